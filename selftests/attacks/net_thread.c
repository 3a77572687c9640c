// SPDX-License-Identifier: GPL-3.0-or-later
/* One thread reads, another sends on a connection from before. */
#include "flow-net.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_t thread;
static sem_t go;
static int result;

static void *sends(void *unused)
{
	sem_wait(&go);
	result = put_net_out();
	return NULL;
}

static int before(void)
{
	sem_init(&go, 0, 0);
	return pthread_create(&thread, NULL, sends, NULL) ? -EAGAIN : before_tcp();
}

static int put(void)
{
	flow_read();
	sem_post(&go);
	pthread_join(thread, NULL);
	return result;
}

FLOW("attack: net_thread; threat: #57; op: send; door: network", .make = make_tcp, .before = before,
     .put = put, .get = get_stream, .reads_itself = true);
