// SPDX-License-Identifier: GPL-3.0-or-later
/* Two bytes at a time by the values of semaphores. */
#include "flow.h"
#include <sys/sem.h>

#define SEMAPHORES 32

static int id;

static int make(void)
{
	char text[32];

	id = semget(IPC_PRIVATE, SEMAPHORES, IPC_CREAT | 0666);
	snprintf(text, sizeof(text), "%d", id);
	return id < 0 ? broken("semget") : put_file(own("id"), text, 0644);
}

static int put(void)
{
	unsigned short value[SEMAPHORES];
	char text[32];

	get_file(own("id"), text, sizeof(text));
	for (int i = 0; i < SEMAPHORES; i++)
		value[i] = (unsigned char)flow.text[i];
	return flow_result(semctl((int)at_number(text), 0, SETALL, value));
}

static int get(void)
{
	unsigned short value[SEMAPHORES];
	char text[SEMAPHORES + 1] = "";

	if (semctl(id, 0, GETALL, value) < 0)
		return refused("semctl");
	semctl(id, 0, IPC_RMID);
	for (int i = 0; i < SEMAPHORES; i++)
		text[i] = (char)value[i];
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: flow_sysv_sem; threat: #55; op: *; expect: open; event: may", .make = make,
     .put = put, .get = get);
