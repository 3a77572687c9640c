// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a terminal. */
#include "flow-chain.h"

FLOW("attack: chain_pty; threat: #53; op: send; door: network", .make = make_udp, .ways = ways_pty,
     .put = put_chain, .relay = relay_read_out, .get = get_net);
