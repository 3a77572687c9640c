// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that is reading from the terminal when the data comes. */
#include "flow-chain.h"

FLOW("attack: chain_pty_waiting; threat: #53; op: send; door: network", .make = make_udp,
     .ways = ways_pty, .put = put_chain, .relay = relay_waiting_out, .get = get_net,
     .relay_waits = true, .relay_call = SYS_read);
