// SPDX-License-Identifier: GPL-3.0-or-later
/* A terminal of eve's, given to the approved program before it reads. */
#include "flow-ways.h"

FLOW("attack: flow_pty; threat: #53; op: read|send; door: ipc|device", .make = make_pty,
     .put = flow_put_given, .get = get_way);
