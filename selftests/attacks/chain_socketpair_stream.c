// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pair of sockets. */
#include "flow-chain.h"

FLOW("attack: chain_socketpair_stream; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways_stream, .put = put_chain, .relay = relay_read_out, .get = get_net);
