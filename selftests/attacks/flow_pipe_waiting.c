// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe, from which eve is reading when the data comes. */
#include "flow-wait.h"

FLOW("attack: flow_pipe_waiting; threat: #53; op: *; door: *; errno: EPERM|NONE", .make = make_pipe,
     .meet = meet_read, .put = flow_put_given, .get = get_waited);
