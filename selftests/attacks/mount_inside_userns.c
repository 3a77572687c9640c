// SPDX-License-Identifier: GPL-3.0-or-later
/* Mounts a file system in the tree in a user namespace, lets the approved program fill it, and reads that. */
#include "client.h"

ATTACK("attack: mount_inside_userns; threat: #21; user: nina; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt/secret; expect: refused");

static int setup(void)
{
	return mkdir(phi("mnt"), 0777) < 0 ? broken("mkdir") : 0;
}

static int attack(void)
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)CLIENT, (char *)"copy", (char *)SECRET, (char *)phi("mnt/secret"),
			 NULL };
	struct command copy = { .file = CLIENT, .args = args, .env = env };
	int r = enter_userns();

	if (r)
		return r;
	if (mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return refused("mount");
	r = run_captured(&copy, text, sizeof(text));
	return r ?: *text ? judge_output("client", text) : loot_path(phi("mnt/secret"));
}
