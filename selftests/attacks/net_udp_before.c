// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram on a socket that was connected before the secret was read. */
#include "flow-net.h"

FLOW("attack: net_udp_before; threat: #69; op: send; door: network", .make = make_udp,
     .before = before_udp, .put = put_net_out, .get = get_net);
