/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For attacks in which who receives is already waiting in the call when the data comes: a
 * hook that runs when the call begins has seen nothing yet.
 */
#ifndef PHIWARD_ATTACK_FLOW_WAIT_H
#define PHIWARD_ATTACK_FLOW_WAIT_H

#include "flow-ways.h"
#include <pthread.h>

static struct {
	pthread_t thread;
	volatile pid_t tid;
	ssize_t (*take)(char *text, size_t size);
	char text[4096];
	ssize_t len;
	int error;
} waiter;

static void *waiter_main(void *unused)
{
	waiter.tid = gettid();
	waiter.len = waiter.take(waiter.text, sizeof(waiter.text) - 1);
	waiter.error = errno;
	return NULL;
}

/* meet: a thread of eve's that is in @call, a system call, and waits. */
AT_UNUSED static int wait_in(ssize_t (*take)(char *text, size_t size), long call)
{
	waiter.take = take;
	if (pthread_create(&waiter.thread, NULL, waiter_main, NULL))
		return broken("pthread_create");
	while (!waiter.tid)
		sched_yield();
	return flow_await_call(waiter.tid, call) < 0 ? broken("nobody waits") : 0;
}

AT_UNUSED static int get_waited(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += flow.status ? 0 : 2;
	if (pthread_timedjoin_np(waiter.thread, NULL, &until))
		return flow.status ? FLOW_NOTHING : refused_silently("nothing came");
	if (waiter.len < 0)
		return refused_as("wait", waiter.error);
	return flow_take_memory(waiter.text, sizeof(waiter.text));
}

AT_UNUSED static ssize_t take_way(char *text, size_t size)
{
	return read(way_ends[0], text, size);
}

AT_UNUSED static int meet_read(void)
{
	return wait_in(take_way, SYS_read);
}

#endif /* PHIWARD_ATTACK_FLOW_WAIT_H */
