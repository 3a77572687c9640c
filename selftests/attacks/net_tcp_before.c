// SPDX-License-Identifier: GPL-3.0-or-later
/* A connection from before the secret was read. */
#include "flow-net.h"

FLOW("attack: net_tcp_before; threat: #67; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put_net_out, .get = get_stream);
