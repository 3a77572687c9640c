/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Told to stop while the kernel half is being loaded. The verifier takes seconds, and looks
 * for signals while it works: then the system call fails with EAGAIN, and libbpf tries anew
 * a few times. So a signal that was received once comes again and again, until libbpf has
 * given up and pw_kernel_open() has returned.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define AGAIN_NS 10000000

static volatile sig_atomic_t told;
static timer_t again;

static void on_stop(int number)
{
	static const struct itimerspec repeat = { { .tv_nsec = AGAIN_NS },
						  { .tv_nsec = AGAIN_NS } };
	int keep = errno;

	if (!told)
		timer_settime(again, 0, &repeat, NULL);
	told = 1;
	errno = keep;
}

static void on_again(int number)
{
	/* its arrival is all that it is for */
}

static void stop_signals(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGINT);
}

int pw_stop_begin(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct sigaction stop = { .sa_handler = on_stop }, repeated = { .sa_handler = on_again };
	sigset_t set;

	if (timer_create(CLOCK_MONOTONIC, &event, &again) < 0)
		return -errno;
	sigaction(SIGALRM, &repeated, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	stop_signals(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return 0;
}

void pw_stop_end(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL }, ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	stop_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	timer_delete(again);
	sigaction(SIGALRM, &ignore, NULL);
	sigaction(SIGTERM, &standard, NULL);
	sigaction(SIGINT, &standard, NULL);
}

bool pw_stop_told(void)
{
	sigset_t waiting;

	if (told)
		return true;
	sigpending(&waiting);
	return sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1;
}
