// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that waits at the message queue when the data comes. */
#include "flow-net.h"
#include <sys/msg.h>

struct letter {
	long type;
	char text[256];
};

static int ways(void)
{
	flow.way[0] = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	return flow.way[0] < 0;
}

static int put(void)
{
	struct letter letter = { .type = 1 };

	memcpy(letter.text, flow.text, flow.len);
	return flow_result(msgsnd(flow.way[0], &letter, flow.len, 0));
}

static int relay(void)
{
	struct letter letter = { 0 };
	ssize_t len = msgrcv(flow.way[0], &letter, sizeof(letter.text), 0, 0);

	msgctl(flow.way[0], IPC_RMID, NULL);
	memcpy(flow.text, letter.text, sizeof(letter.text));
	return flow_relayed(len) ?: relay_out();
}

FLOW("attack: chain_sysv_msg_waiting; threat: #55; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net, .relay_waits = true,
     .relay_call = SYS_msgrcv);
