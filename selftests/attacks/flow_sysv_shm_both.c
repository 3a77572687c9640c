// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, attached by both before: no call is made any more. */
#include "flow-sysv.h"

static int meet(void)
{
	return attach_shm() ? broken("shmat") : 0;
}

static int get(void)
{
	int r = get_map();

	shmctl(sysv_id, IPC_RMID, NULL);
	return r;
}

FLOW("attack: flow_sysv_shm_both; threat: #55; op: *; who: eve; kind: took-label; expect: open",
     .make = make_shm, .before = attach_shm, .meet = meet, .put = put_map, .get = get);
