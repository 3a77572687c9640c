// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, mapped by both before: no call is made any more. */
#include "flow-ways.h"

FLOW("attack: flow_memfd_both; threat: #58; op: *; who: eve; kind: took-label; expect: open",
     .make = make_memfd, .before = before_map_given, .meet = meet_map, .put = put_map,
     .get = get_map);
