// SPDX-License-Identifier: GPL-3.0-or-later
/* A POSIX queue, at which eve is waiting when the data comes. */
#include "flow-mq.h"
#include "flow-wait.h"

static int make(void)
{
	return mq_make(0, 2048);
}

static ssize_t take(char *text, size_t size)
{
	return mq_receive(mq_eve, text, size, NULL);
}

static int meet(void)
{
	return wait_in(take, SYS_mq_timedreceive);
}

static int put(void)
{
	return before_mq() ?: put_mq();
}

static int get(void)
{
	int r = get_waited();

	mq_unlink(mq_name());
	return r;
}

FLOW("attack: flow_posix_mq_waiting; threat: #56; op: *; who: eve; kind: took-label; expect: open",
     .make = make, .meet = meet, .put = put, .get = get);
