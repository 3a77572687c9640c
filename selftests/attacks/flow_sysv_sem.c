// SPDX-License-Identifier: GPL-3.0-or-later
/* Two bytes at a time by the values of semaphores. */
#include "flow-sysv.h"
#include <sys/sem.h>

#define SEMAPHORES 32

static int make(void)
{
	return sysv_give("semget", semget(IPC_PRIVATE, SEMAPHORES, IPC_CREAT | 0666));
}

static int put(void)
{
	unsigned short value[SEMAPHORES];

	for (int i = 0; i < SEMAPHORES; i++)
		value[i] = (unsigned char)flow.text[i];
	return flow_result(semctl(sysv_given(), 0, SETALL, value));
}

static int get(void)
{
	unsigned short value[SEMAPHORES];
	char text[SEMAPHORES + 1] = "";

	if (semctl(sysv_id, 0, GETALL, value) < 0)
		return refused("semctl");
	semctl(sysv_id, 0, IPC_RMID);
	for (int i = 0; i < SEMAPHORES; i++)
		text[i] = (char)value[i];
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: flow_sysv_sem; threat: #55; op: *; expect: open; event: may", .make = make,
     .put = put, .get = get);
