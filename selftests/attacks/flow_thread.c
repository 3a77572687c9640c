// SPDX-License-Identifier: GPL-3.0-or-later
/* One thread reads, another sends. */
#include "flow-ways.h"
#include <pthread.h>

static void *reads(void *unused)
{
	flow_read();
	return NULL;
}

static int put(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, reads, NULL) || pthread_join(thread, NULL))
		return -EAGAIN;
	return flow_put_given();
}

FLOW("attack: flow_thread; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way, .reads_itself = true);
