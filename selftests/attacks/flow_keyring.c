// SPDX-License-Identifier: GPL-3.0-or-later
/* A key of the kernel, for everybody to read. */
#include "flow.h"
#include <linux/keyctl.h>

static int make(void)
{
	return put_file(own("key"), "", 0666);
}

/* The number of the key is told before the data is in it. */
static int put(void)
{
	long key = syscall(SYS_add_key, "user", "flow_keyring", flow.text, flow.len,
			   KEY_SPEC_USER_KEYRING);

	if (key < 0)
		return -errno;
	return flow_result(syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f3f3f));
}

static int get(void)
{
	char text[4096] = "", line[256];
	FILE *keys = fopen("/proc/keys", "re");
	long key = -1;

	while (keys && fgets(line, sizeof(line), keys))
		if (strstr(line, "flow_keyring"))
			key = strtol(line, NULL, 16);
	if (key < 0)
		return FLOW_NOTHING;
	if (syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) < 0)
		return refused("KEYCTL_READ");
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_keyring; threat: #63; op: *; door: *", .make = make, .put = put, .get = get);
