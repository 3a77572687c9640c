// SPDX-License-Identifier: GPL-3.0-or-later
/* A message queue, at which eve is waiting when the data comes. */
#include "flow-sysv.h"
#include "flow-wait.h"

static ssize_t take(char *text, size_t size)
{
	return letter_take(sysv_id, 0, text);
}

static int meet(void)
{
	return wait_in(take, SYS_msgrcv);
}

static int get(void)
{
	int r = get_waited();

	msgctl(sysv_id, IPC_RMID, NULL);
	return r;
}

FLOW("attack: flow_sysv_msg_waiting; threat: #55; op: *; door: *; errno: EPERM|NONE",
     .make = make_msg, .meet = meet, .put = put_msg, .get = get);
