// SPDX-License-Identifier: GPL-3.0-or-later
/* A thread that was there before another read sends. */
#include "flow-ways.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_t thread;
static sem_t go;
static int result;

static void *sends(void *unused)
{
	sem_wait(&go);
	result = flow_put_given();
	return NULL;
}

static int before(void)
{
	sem_init(&go, 0, 0);
	return pthread_create(&thread, NULL, sends, NULL) ? -EAGAIN : 0;
}

static int put(void)
{
	flow_read();
	sem_post(&go);
	pthread_join(thread, NULL);
	return result;
}

FLOW("attack: flow_thread_before; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way, .reads_itself = true, .before = before);
