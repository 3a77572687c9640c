// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pair of sockets. */
#include "flow-chain.h"

FLOW("attack: chain_socketpair_dgram; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways_dgram, .put = put_chain, .relay = relay_read_out, .get = get_net);
