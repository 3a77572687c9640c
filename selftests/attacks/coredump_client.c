// SPDX-License-Identifier: GPL-3.0-or-later
/* Kills the approved client and takes the data from its core, which is labelled as what it holds. */
#include "attack.h"

ATTACK("attack: coredump_client; threat: #46; user: nina; op: read; errno: EPERM|NONE; fs: ext4; path: $OWN_DIR/core; expect: refused; helper: dump $PHI_DIR/secret $OWN_DIR");

NO_SETUP

static int attack(void)
{
	char *core = calloc(1, 4 << 20);
	int r = await_file(own("helped")), fd;
	struct stat st;

	if (r)
		return r;
	fd = open(own("core"), O_RDONLY);
	if (fd < 0)
		return errno == ENOENT ? refused_silently("no core") : refused("open");
	if (fstat(fd, &st) < 0 || st.st_size < 4096)
		return broken("core");
	ssize_t len = 0, got;
	while ((got = read(fd, core + len, (size_t)((4 << 20) - len))) > 0)
		len += got;
	char *at = memmem(core, (size_t)len, "PHI-SECRET:coredump", 19);
	return loot(at, at ? 80 : 0);
}
