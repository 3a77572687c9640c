// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram to a socket of eve's. */
#include "flow-ways.h"

FLOW("attack: flow_unix_dgram; threat: #54; op: send|read; door: unix|ipc", .make = make_unix_dgram,
     .put = put_unix_dgram, .get = get_way);
