// SPDX-License-Identifier: GPL-3.0-or-later
/* A message queue, at which eve is waiting when the data comes. */
#include "flow-wait.h"
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

static ssize_t take(char *text, size_t size)
{
	struct letter letter = { 0 };
	ssize_t len = msgrcv(id, &letter, sizeof(letter.text), 0, 0);

	memcpy(text, letter.text, sizeof(letter.text));
	return len;
}

static int meet(void)
{
	return wait_in(take, SYS_msgrcv);
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
	int r = get_waited();

	msgctl(id, IPC_RMID, NULL);
	return r;
}

FLOW("attack: flow_sysv_msg_waiting; threat: #55; op: *; door: *; errno: EPERM|NONE", .make = make,
     .meet = meet, .put = put, .get = get);
