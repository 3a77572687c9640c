// SPDX-License-Identifier: GPL-3.0-or-later
/* A pair of sockets, from which eve is reading when the data comes. */
#include "flow-wait.h"

FLOW("attack: flow_socketpair_waiting; threat: #54; op: *; door: *; errno: EPERM|NONE",
     .make = make_socketpair, .meet = meet_read, .put = flow_put_given, .get = get_waited);
