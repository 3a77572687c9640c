// SPDX-License-Identifier: GPL-3.0-or-later
/* A pair of sockets of eve's. */
#include "flow-ways.h"

FLOW("attack: flow_socketpair; threat: #54; op: send|read; door: unix|ipc", .make = make_socketpair,
     .put = flow_put_given, .get = get_way);
