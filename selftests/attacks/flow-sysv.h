/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by what System V shares: eve's has a number, which she leaves in a file. */
#ifndef PHIWARD_ATTACK_FLOW_SYSV_H
#define PHIWARD_ATTACK_FLOW_SYSV_H

#include "flow-ways.h"
#include <sys/msg.h>
#include <sys/shm.h>

static int sysv_id = -1; /* eve's */

/* make: @id is what the call @what has made. */
AT_UNUSED static int sysv_give(const char *what, int id)
{
	char text[32];

	sysv_id = id;
	snprintf(text, sizeof(text), "%d", id);
	return id < 0 ? broken(what) : put_file(own("id"), text, 0644);
}

/* The number of what eve has made, for the sender. */
AT_UNUSED static int sysv_given(void)
{
	char text[32];

	get_file(own("id"), text, sizeof(text));
	return (int)at_number(text);
}

/* ---- message queues ------------------------------------------------------------ */

#define LETTER_MAX 256

struct letter {
	long type;
	char text[LETTER_MAX];
};

AT_UNUSED static int letter_put(int id)
{
	struct letter letter = { .type = 1 };

	memcpy(letter.text, flow.text, flow.len);
	return flow_result(msgsnd(id, &letter, flow.len, 0));
}

/* What came to the queue, or -1. */
AT_UNUSED static ssize_t letter_take(int id, int flags, char ret_text[static LETTER_MAX])
{
	struct letter letter = { 0 };
	ssize_t len = msgrcv(id, &letter, sizeof(letter.text), 0, flags);

	memcpy(ret_text, letter.text, sizeof(letter.text));
	return len;
}

AT_UNUSED static int make_msg(void)
{
	return sysv_give("msgget", msgget(IPC_PRIVATE, IPC_CREAT | 0666));
}

AT_UNUSED static int put_msg(void)
{
	return letter_put(sysv_given());
}

/* The same between the approved program and its relay. */
AT_UNUSED static int ways_msg(void)
{
	flow.way[0] = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	return flow.way[0] < 0;
}

AT_UNUSED static int put_msg_way(void)
{
	return letter_put(flow.way[0]);
}

/* ---- memory -------------------------------------------------------------------- */

AT_UNUSED static int make_shm(void)
{
	return sysv_give("shmget", shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666));
}

AT_UNUSED static int attach_shm(void)
{
	way_map = shmat(sysv_given(), NULL, 0);
	return way_map == (void *)-1 ? -errno : 0;
}

/* get: eve attaches it now. */
AT_UNUSED static int get_shm(void)
{
	int r = attach_shm() ? refused("shmat") : get_map();

	shmctl(sysv_id, IPC_RMID, NULL);
	return r;
}

#endif /* PHIWARD_ATTACK_FLOW_SYSV_H */
