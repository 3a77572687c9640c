// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that waits for a datagram when the data comes. */
#include "flow-chain.h"

FLOW("attack: chain_unix_dgram_waiting; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways_dgram, .put = put_chain, .relay = relay_waiting_out, .get = get_net,
     .relay_waits = true, .relay_call = SYS_read);
