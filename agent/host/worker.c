/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread that runs one call at a time. When a call takes too long the thread is left
 * behind, together with the state it shares with nobody else, and ends when the call does.
 */
#include "host/worker.h"

#include "base/cleanup.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#define STACK_BYTES (512u << 10) /* NSS modules are not frugal */

struct thread { /* owned by both sides until one of them lets go */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int (*call)(void *arg);
	void (*free_arg)(void *arg);
	void *arg;
	int result;
	bool busy;         /* a call is there, or under way */
	bool abandoned;    /* the caller has gone: the thread frees everything */
	atomic_uint *hung; /* shared by the threads of one worker, counted */
};

struct hung {              /* outlives the worker while threads hang */
	atomic_uint count; /* first: struct thread.hung points here */
	atomic_uint references;
};

struct pw_worker {
	struct thread *thread;
	struct hung *hung;
};

static void hung_unref(struct hung *hung)
{
	if (atomic_fetch_sub(&hung->references, 1) == 1)
		free(hung);
}

static void thread_free(struct thread *thread)
{
	pthread_mutex_destroy(&thread->lock);
	pthread_cond_destroy(&thread->changed);
	hung_unref((struct hung *)thread->hung);
	free(thread);
}

static void *thread_main(void *arg)
{
	struct thread *thread = arg;

	pthread_mutex_lock(&thread->lock);
	for (;;) {
		bool had_call;
		int result = 0;

		while (!thread->busy && !thread->abandoned)
			pthread_cond_wait(&thread->changed, &thread->lock);
		had_call = thread->busy;
		if (had_call) {
			pthread_mutex_unlock(&thread->lock);
			result = thread->call(thread->arg);
			pthread_mutex_lock(&thread->lock);
		}
		if (thread->abandoned) {
			pthread_mutex_unlock(&thread->lock);
			if (had_call) {
				if (thread->free_arg)
					thread->free_arg(thread->arg);
				atomic_fetch_sub(thread->hung, 1);
			}
			thread_free(thread);
			return NULL;
		}
		thread->result = result;
		thread->busy = false;
		pthread_cond_broadcast(&thread->changed);
	}
}

static int start(struct thread *thread)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t id;
	int r;

	r = pthread_attr_init(&attr);
	if (r != 0)
		return -r;
	pthread_attr_setstacksize(&attr, STACK_BYTES > PTHREAD_STACK_MIN ? STACK_BYTES
									 : PTHREAD_STACK_MIN);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&id, &attr, thread_main, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -r;
}

static int thread_new(struct pw_worker *worker, struct thread **ret_thread)
{
	struct thread *thread = calloc(1, sizeof(*thread));
	pthread_condattr_t attr;
	int r;

	if (!thread)
		return -ENOMEM;
	pthread_mutex_init(&thread->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&thread->changed, &attr);
	pthread_condattr_destroy(&attr);
	thread->hung = &worker->hung->count;
	atomic_fetch_add(&worker->hung->references, 1);
	r = start(thread);
	if (r < 0) {
		thread_free(thread);
		return r;
	}
	*ret_thread = thread;
	return 0;
}

int pw_worker_new(struct pw_worker **ret_worker)
{
	_cleanup_free_ struct pw_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return -ENOMEM;
	worker->hung = calloc(1, sizeof(*worker->hung));
	if (!worker->hung)
		return -ENOMEM;
	worker->hung->references = 1;
	*ret_worker = TAKE_PTR(worker);
	return 0;
}

void pw_worker_free(struct pw_worker **worker)
{
	if (!*worker)
		return;
	if ((*worker)->thread) {
		struct thread *thread = (*worker)->thread;

		pthread_mutex_lock(&thread->lock);
		thread->abandoned = true;
		pthread_cond_broadcast(&thread->changed);
		pthread_mutex_unlock(&thread->lock);
	}
	hung_unref((*worker)->hung);
	free(*worker);
	*worker = NULL;
}

int pw_worker_run(struct pw_worker *worker, int (*call)(void *arg), void (*free_arg)(void *arg),
		  void *arg, unsigned int timeout_ms, int *ret_result)
{
	struct thread *thread;
	struct timespec until;
	int r = 0;

	if (!worker->thread) {
		if (pw_worker_hung(worker) >= PW_WORKER_HUNG_MAX)
			return -EAGAIN;
		if (thread_new(worker, &worker->thread) < 0)
			return -EAGAIN;
	}
	thread = worker->thread;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&thread->lock);
	thread->call = call;
	thread->free_arg = free_arg;
	thread->arg = arg;
	thread->busy = true;
	pthread_cond_broadcast(&thread->changed);
	while (thread->busy && r == 0)
		r = pthread_cond_timedwait(&thread->changed, &thread->lock, &until);
	if (thread->busy) {
		thread->abandoned = true;
		atomic_fetch_add(thread->hung, 1);
		worker->thread = NULL;
		pthread_mutex_unlock(&thread->lock);
		return -ETIMEDOUT;
	}
	*ret_result = thread->result;
	pthread_mutex_unlock(&thread->lock);
	return 0;
}

unsigned int pw_worker_hung(const struct pw_worker *worker)
{
	return atomic_load(&worker->hung->count);
}
