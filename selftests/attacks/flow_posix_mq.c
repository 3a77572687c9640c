// SPDX-License-Identifier: GPL-3.0-or-later
/* A POSIX message queue, opened when the data is in hand. */
#include "flow.h"
#include <mqueue.h>

#define QUEUE "/flow_posix_mq"

static mqd_t queue, out;

static int make(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 4096 };

	mq_unlink(QUEUE);
	queue = mq_open(QUEUE, O_RDONLY | O_CREAT | O_NONBLOCK, 0666, &attr);
	return queue < 0 ? broken("mq_open") : 0;
}

static int reach(void)
{
	out = mq_open(QUEUE, O_WRONLY);
	return flow_result(out);
}

static int put(void)
{
	return reach() ?: flow_result(mq_send(out, flow.text, flow.len, 0));
}

static int get(void)
{
	char text[4096] = "";
	ssize_t len = mq_receive(queue, text, sizeof(text), NULL);
	int error = errno;

	mq_unlink(QUEUE);
	if (len < 0)
		return error == EAGAIN ? FLOW_NOTHING : refused_as("mq_receive", error);
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_posix_mq; threat: #56; op: *; who: eve; kind: took-label; expect: open",
     .make = make, .put = put, .get = get);
