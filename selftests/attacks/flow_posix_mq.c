// SPDX-License-Identifier: GPL-3.0-or-later
/* A POSIX message queue, opened when the data is in hand. */
#include "flow-mq.h"

static int put(void)
{
	return before_mq() ?: put_mq();
}

FLOW("attack: flow_posix_mq; threat: #56; op: *; who: eve; kind: took-label; expect: open",
     .make = make_mq, .put = put, .get = get_mq);
