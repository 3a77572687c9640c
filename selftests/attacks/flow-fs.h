/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For copies on a file system of the attack's own, mounted at $OWN_DIR/at. */
#ifndef PHIWARD_ATTACK_FLOW_FS_H
#define PHIWARD_ATTACK_FLOW_FS_H

#include "flow.h"

/* setup: @what is mount's operands but for the last. */
static int fs_mount(const char *what)
{
	char line[512];

	snprintf(line, sizeof(line),
		 "mkdir \"$OWN_DIR/at\" && mount %s \"$OWN_DIR/at\" && chmod 777 \"$OWN_DIR/at\"",
		 what);
	return flow_tool(line) ? not_here("no such file system") : 0;
}

/* setup: one in a file, which @mkfs makes, mounted with @options. */
AT_UNUSED static int fs_mount_image(const char *mkfs, const char *options)
{
	char line[256], what[128];

	snprintf(line, sizeof(line),
		 "truncate -s 8M \"$OWN_DIR/image\" && %s \"$OWN_DIR/image\" >/dev/null", mkfs);
	snprintf(what, sizeof(what), "-o %s \"$OWN_DIR/image\"", options);
	return flow_tool(line) ? not_here("no such file system") : fs_mount(what);
}

AT_UNUSED static int put_fs(void)
{
	return flow_write_path(own("at/copy"), O_CREAT);
}

AT_UNUSED static int get_fs(void)
{
	return flow_take_path(own("at/copy"));
}

#endif /* PHIWARD_ATTACK_FLOW_FS_H */
