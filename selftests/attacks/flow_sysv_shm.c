// SPDX-License-Identifier: GPL-3.0-or-later
/* Shared memory of System V, attached when the data is in hand. */
#include "flow-sysv.h"

static int put(void)
{
	return attach_shm() ?: put_map();
}

FLOW("attack: flow_sysv_shm; threat: #55; op: read; door: ipc", .make = make_shm, .put = put,
     .get = get_shm);
