// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe of eve's, given to the approved program before it reads. */
#include "flow-ways.h"

FLOW("attack: flow_pipe; threat: #53; op: read; door: ipc", .make = make_pipe,
     .put = flow_put_given, .get = get_way);
