// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, attached by both before: no call is made any more. */
#include "flow-ways.h"
#include <sys/shm.h>

static int id;

static int make(void)
{
	char text[32];

	id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
	snprintf(text, sizeof(text), "%d", id);
	return id < 0 ? broken("shmget") : put_file(own("id"), text, 0644);
}

static int attach(void)
{
	char text[32];

	get_file(own("id"), text, sizeof(text));
	way_map = shmat((int)at_number(text), NULL, 0);
	return way_map == (void *)-1 ? -errno : 0;
}

static int meet(void)
{
	return attach() ? broken("shmat") : 0;
}

static int get(void)
{
	int r = get_map();

	shmctl(id, IPC_RMID, NULL);
	return r;
}

FLOW("attack: flow_sysv_shm_both; threat: #55; op: *; who: eve; kind: took-label; expect: open",
     .make = make, .before = attach, .meet = meet, .put = put_map, .get = get);
