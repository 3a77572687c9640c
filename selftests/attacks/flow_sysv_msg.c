// SPDX-License-Identifier: GPL-3.0-or-later
/* A message queue of System V. */
#include "flow.h"
#include <sys/msg.h>

struct letter {
	long type;
	char text[256];
};

static int id;

static int make(void)
{
	char text[32];

	id = msgget(IPC_PRIVATE, IPC_CREAT | 0666);
	snprintf(text, sizeof(text), "%d", id);
	return id < 0 ? broken("msgget") : put_file(own("id"), text, 0644);
}

static int put(void)
{
	struct letter letter = { .type = 1 };
	char text[32];

	get_file(own("id"), text, sizeof(text));
	memcpy(letter.text, flow.text, flow.len);
	return flow_result(msgsnd((int)at_number(text), &letter, flow.len, 0));
}

static int get(void)
{
	struct letter letter = { 0 };
	ssize_t len = msgrcv(id, &letter, sizeof(letter.text), 0, IPC_NOWAIT);
	int error = errno;

	msgctl(id, IPC_RMID, NULL);
	if (len < 0)
		return error != ENOMSG ? refused_as("msgrcv", error)
		       : flow.status   ? FLOW_NOTHING
				       : refused_silently("no message for eve");
	return flow_take_memory(letter.text, sizeof(letter.text));
}

FLOW("attack: flow_sysv_msg; threat: #55; op: read; door: ipc; errno: EPERM|NONE", .make = make,
     .put = put, .get = get);
