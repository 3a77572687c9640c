// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a key of the kernel. */
#include "flow-net.h"
#include <linux/keyctl.h>

static int ways(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0;
}

static int put(void)
{
	flow.way[0] = (int)syscall(SYS_add_key, "user", "chain_keyring", flow.text, flow.len,
				   KEY_SPEC_SESSION_KEYRING);
	return flow_result(flow.way[0]);
}

static int relay(void)
{
	long key = syscall(SYS_request_key, "user", "chain_keyring", NULL, 0);

	return flow_relayed(key < 0 ? -1
				    : syscall(SYS_keyctl, KEYCTL_READ, key, flow.text,
					      sizeof(flow.text)))
		       ?: relay_out();
}

FLOW("attack: chain_keyring; threat: #63; op: send; door: network|ipc", .make = make_udp, .ways = ways,
     .put = put, .relay = relay, .get = get_net);
