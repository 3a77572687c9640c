// SPDX-License-Identifier: GPL-3.0-or-later
/* Memory with a descriptor: eve's, written to. */
#include "flow-ways.h"

FLOW("attack: flow_memfd; threat: #58; op: read; door: ipc", .make = make_memfd,
     .put = flow_put_given, .get = get_file_held);
