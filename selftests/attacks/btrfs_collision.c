// SPDX-License-Identifier: GPL-3.0-or-later
/* A file outside with the same inode number is opened first; it must stay open to all. */
#include "subvolume.h"

ATTACK("attack: btrfs_collision; threat: #33; user: eve; op: read; errno: EPERM; fs: btrfs; path: $PHI_DIR/sub/secret; expect: refused");

/* Two new subvolumes number their inodes alike: the bait and the secret share a number. */
static int setup(void)
{
	struct stat a, b;
	int r = make_subvolume(at_dir("PHI_DIR"), "sub")
			?: make_subvolume(at_dir("OWN_DIR"), "sub");

	if (r || copy_file(SECRET, phi("sub/secret"), 0666) ||
	    put_file(own("sub/bait"), "bait", 0666))
		return AT_BROKEN;
	if (stat(phi("sub/secret"), &a) < 0 || stat(own("sub/bait"), &b) < 0 ||
	    a.st_ino != b.st_ino)
		return broken("the numbers differ");
	return 0;
}

static int attack(void)
{
	for (int i = 0; i < 3; i++) {
		int fd = open(own("sub/bait"), O_RDONLY);

		if (fd < 0)
			return broken("the bait is refused");
		close(fd);
	}
	int r = loot_path(phi("sub/secret"));
	if (r == AT_REFUSED && open(own("sub/bait"), O_RDONLY) < 0)
		return broken("the bait is refused now");
	return r;
}
