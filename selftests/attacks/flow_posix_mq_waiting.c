// SPDX-License-Identifier: GPL-3.0-or-later
/* A POSIX queue, at which eve is waiting when the data comes. */
#include "flow-wait.h"
#include <mqueue.h>

#define QUEUE "/flow_posix_mq_waiting"

static mqd_t queue;

static int make(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 2048 };

	mq_unlink(QUEUE);
	queue = mq_open(QUEUE, O_RDONLY | O_CREAT, 0666, &attr);
	return queue < 0 ? broken("mq_open") : 0;
}

static ssize_t take(char *text, size_t size)
{
	return mq_receive(queue, text, size, NULL);
}

static int meet(void)
{
	return wait_in(take, SYS_mq_timedreceive);
}

static int put(void)
{
	return flow_result(mq_send(mq_open(QUEUE, O_WRONLY), flow.text, flow.len, 0));
}

static int get(void)
{
	int r = get_waited();

	mq_unlink(QUEUE);
	return r;
}

FLOW("attack: flow_posix_mq_waiting; threat: #56; op: *; who: eve; kind: took-label; expect: open",
     .make = make, .meet = meet, .put = put, .get = get);
