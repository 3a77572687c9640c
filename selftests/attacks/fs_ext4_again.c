// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A copy on a file system that is unmounted, and mounted again. The labels of its files come
 * back when the agent has seen the mount, looked up which file system it is, and read its store:
 * who is quicker reads it, and an access after that is refused and told.
 */
#include "flow-ways.h"

#define AGAIN_MS 5000

static int setup(void)
{
	return flow_tool(
		"truncate -s 8M \"$OWN_DIR/image\" && mkfs.ext4 -q -F \"$OWN_DIR/image\" && "
		"mkdir \"$OWN_DIR/at\" && mount -o loop \"$OWN_DIR/image\" \"$OWN_DIR/at\" && "
		"chmod 777 \"$OWN_DIR/at\"");
}

static int put(void)
{
	int fd = open(own("at/copy"), O_WRONLY | O_CREAT, 0666), r = flow_write(fd);

	close(fd);
	return r;
}

static int get(void)
{
	int r, fd;

	if (flow_tool("umount \"$OWN_DIR/at\" && mount -o loop \"$OWN_DIR/image\" \"$OWN_DIR/at\""))
		return AT_BROKEN;
	r = flow_take_path(own("at/copy"));
	for (int ms = 0; r == AT_WORKS && ms < AGAIN_MS; ms += 20) {
		fd = open(own("at/copy"), O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			break; /* the labels are back */
		close(fd);
		poll(NULL, 0, 20);
	}
	return r;
}

FLOW("attack: fs_ext4_again; threat: #92; user: root-as-eve; who: eve; op: read; path: $OWN_DIR/at/copy; setup-user: root; expect: reported",
     .setup = setup, .put = put, .get = get);
