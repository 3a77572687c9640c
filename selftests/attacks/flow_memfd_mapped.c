// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, mapped before the secret was read. */
#include "flow-ways.h"

FLOW("attack: flow_memfd_mapped; threat: #58; op: read; door: ipc", .make = make_memfd,
     .before = before_map_given, .put = put_map, .get = get_file_held);
