// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, attached by the approved program before it reads. */
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

static int get(void)
{
	int r = attach() ? refused("shmat") : get_map();

	shmctl(id, IPC_RMID, NULL);
	return r;
}

FLOW("attack: flow_sysv_shm_before; threat: #55; op: read; door: ipc", .make = make,
     .before = attach, .put = put_map, .get = get);
