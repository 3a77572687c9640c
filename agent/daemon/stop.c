/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Told to stop while the kernel half is being loaded. The main thread is with the verifier
 * then, for many seconds, and libbpf would try anew whatever a signal interrupts. Nothing is
 * in force yet, so a thread that only listens for this ends the process: that interrupts the
 * verifier, and the kernel takes down what was loaded.
 */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static int told_fd = -EBADF, end_fd = -EBADF;
static pthread_t listener;

void pw_stop_leave_nothing(struct pw_daemon *d)
{
	_cleanup_free_ char *path = pw_rooted("/run/phiward/phiwardd.lock");

	pw_canary_free(&d->canary);
	if (d->lock_fd >= 0 && path)
		unlink(path); /* while it is still ours */
}

static void *listen_for_stop(void *arg)
{
	struct pollfd fds[] = { { .fd = end_fd, .events = POLLIN },
				{ .fd = told_fd, .events = POLLIN } };

	while (poll(fds, PW_ARRAY_SIZE(fds), -1) <= 0)
		;
	if (fds[0].revents)
		return NULL;
	pw_notice("told to stop while loading: nothing was put in force");
	sd_notify(0, "STOPPING=1");
	pw_stop_leave_nothing(arg);
	_exit(PW_EXIT_FINE);
}

int pw_stop_begin(struct pw_daemon *d)
{
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	told_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	end_fd = eventfd(0, EFD_CLOEXEC);
	r = told_fd < 0 || end_fd < 0 ? -errno
				      : -pthread_create(&listener, NULL, listen_for_stop, d);
	if (r < 0) {
		told_fd = pw_fd_close(told_fd);
		end_fd = pw_fd_close(end_fd);
	}
	return r;
}

void pw_stop_end(void)
{
	eventfd_write(end_fd, 1);
	pthread_join(listener, NULL); /* or the process ends */
	told_fd = pw_fd_close(told_fd);
	end_fd = pw_fd_close(end_fd);
}
