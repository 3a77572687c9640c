// SPDX-License-Identifier: GPL-3.0-or-later
/* A key of the kernel, for everybody to read. */
#include "flow.h"
#include <linux/keyctl.h>

static char name[32];

/* One of its own: what an earlier run left under another would be found, too. */
static int make(void)
{
	snprintf(name, sizeof(name), "flow_keyring-%d", getpid());
	return put_file(own("key"), name, 0644);
}

static int put(void)
{
	long key;

	if (get_file(own("key"), name, sizeof(name)) <= 0)
		return -ENOENT;
	key = syscall(SYS_add_key, "user", name, flow.text, flow.len, KEY_SPEC_USER_KEYRING);

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
		if (strstr(line, name))
			key = strtol(line, NULL, 16);
	if (key < 0)
		return FLOW_NOTHING;
	if (syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) < 0)
		return refused("KEYCTL_READ");
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_keyring; threat: #63; op: send; door: ipc", .make = make, .put = put,
     .get = get);
