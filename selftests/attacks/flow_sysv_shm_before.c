// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, attached by the approved program before it reads. */
#include "flow-sysv.h"

FLOW("attack: flow_sysv_shm_before; threat: #55; op: read; door: ipc", .make = make_shm,
     .before = attach_shm, .put = put_map, .get = get_shm);
