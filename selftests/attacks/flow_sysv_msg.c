// SPDX-License-Identifier: GPL-3.0-or-later
/* A message queue of System V. */
#include "flow-sysv.h"

static int get(void)
{
	char text[LETTER_MAX];
	ssize_t len = letter_take(sysv_id, IPC_NOWAIT, text);
	int error = errno;

	msgctl(sysv_id, IPC_RMID, NULL);
	if (len < 0)
		return error != ENOMSG ? refused_as("msgrcv", error)
		       : flow.status   ? FLOW_NOTHING
				       : refused_silently("no message for eve");
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_sysv_msg; threat: #55; op: read; door: ipc; errno: EPERM|NONE", .make = make_msg,
     .put = put_msg, .get = get);
