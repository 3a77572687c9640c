// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, opened by both before. */
#include "flow-mq.h"

FLOW("attack: flow_posix_mq_before; threat: #56; op: *; who: eve; kind: took-label; expect: open",
     .make = make_mq, .before = before_mq, .put = put_mq, .get = get_mq);
