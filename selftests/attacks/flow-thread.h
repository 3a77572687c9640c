/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks in which one thread of the approved program reads and another, older one sends. */
#ifndef PHIWARD_ATTACK_FLOW_THREAD_H
#define PHIWARD_ATTACK_FLOW_THREAD_H

#include "flow.h"
#include <pthread.h>
#include <semaphore.h>

static struct {
	pthread_t thread;
	sem_t go;
	int (*put)(void);
	int result;
} sender;

static void *sender_main(void *unused)
{
	sem_wait(&sender.go);
	sender.result = sender.put();
	return NULL;
}

/* before: the thread is there, and waits. */
static int thread_waits(int (*put)(void))
{
	sender.put = put;
	sem_init(&sender.go, 0, 0);
	return pthread_create(&sender.thread, NULL, sender_main, NULL) ? -EAGAIN : 0;
}

/* put: this thread reads. */
static int put_by_thread(void)
{
	flow_read();
	sem_post(&sender.go);
	pthread_join(sender.thread, NULL);
	return sender.result;
}

#endif /* PHIWARD_ATTACK_FLOW_THREAD_H */
