// SPDX-License-Identifier: GPL-3.0-or-later
/* A clone of the tree that shows its files as the attacker's own (MOUNT_ATTR_IDMAP). */
#include "attack.h"

ATTACK("attack: idmapped_mount; threat: #20; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

/* A user namespace in which the owner of the files is root. */
static int make_userns(void)
{
	struct stat st;
	char map[64];
	int waits[2], ns, fd;
	pid_t pid;

	if (stat("/srv", &st) < 0 || pipe(waits) < 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0 || write(waits[1], "x", 1) < 0)
			_exit(1);
		pause();
	}
	if (read(waits[0], map, 1) != 1)
		return -1;
	ns = open(at_join("/proc", "%d/ns/user", pid), O_RDONLY | O_CLOEXEC);
	snprintf(map, sizeof(map), "1002 0 1");
	fd = open(at_join("/proc", "%d/uid_map", pid), O_WRONLY);
	if (write(fd, map, strlen(map)) < 0)
		return -1;
	fd = open(at_join("/proc", "%d/gid_map", pid), O_WRONLY);
	if (write(fd, map, strlen(map)) < 0)
		return -1;
	kill(pid, SIGKILL);
	return ns;
}

NO_SETUP

static int attack(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	int ns = make_userns(), tree, fd;

	if (ns < 0)
		return broken("user namespace");
	attr.userns_fd = (__u64)ns;
	tree = open_tree(AT_FDCWD, at_dir("PHI_DIR"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return refused("open_tree");
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return errno == EINVAL ? not_here("no idmapped mounts here")
				       : refused("mount_setattr");
	fd = openat(tree, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
