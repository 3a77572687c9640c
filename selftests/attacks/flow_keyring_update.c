// SPDX-License-Identifier: GPL-3.0-or-later
/* A key of eve's, that the data is put into. */
#include "flow.h"
#include <linux/keyctl.h>

static long key;

static int make(void)
{
	char text[32];

	key = syscall(SYS_add_key, "user", "flow_keyring_update", "plain", 5,
		      KEY_SPEC_USER_KEYRING);
	if (key < 0 || syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f3f3f) < 0)
		return broken("add_key");
	snprintf(text, sizeof(text), "%ld", key);
	return put_file(own("key"), text, 0644);
}

static int put(void)
{
	char text[32];

	get_file(own("key"), text, sizeof(text));
	return flow_result(
		syscall(SYS_keyctl, KEYCTL_UPDATE, strtol(text, NULL, 10), flow.text, flow.len));
}

static int get(void)
{
	char text[4096] = "";

	if (syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) < 0)
		return refused("KEYCTL_READ");
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_keyring_update; threat: #63; op: send; door: ipc", .make = make, .put = put,
     .get = get);
