// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A copy on a file system that is unmounted, and mounted again: it is read before the agent has
 * read its store.
 */
#include "flow-ways.h"

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
	if (flow_tool("umount \"$OWN_DIR/at\" && mount -o loop \"$OWN_DIR/image\" \"$OWN_DIR/at\""))
		return AT_BROKEN;
	return flow_take_path(own("at/copy"));
}

FLOW("attack: fs_ext4_again; threat: #92; user: root-as-eve; op: read; path: $OWN_DIR/at/copy; setup-user: root",
     .setup = setup, .put = put, .get = get);
