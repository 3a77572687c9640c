/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A service's READY=1, for ops.c: how long it took. */
#ifndef PHIWARD_OPS_READY_H
#define PHIWARD_OPS_READY_H

#include "ops-files.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static int ready(int seconds, char **argv)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/bench-notify" };
	int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), status;
	unsigned long long start, end;
	struct pollfd poller = { .fd = notify, .events = POLLIN };
	pid_t pid;

	unlink(un.sun_path);
	if (bind(notify, (struct sockaddr *)&un, sizeof(un)) < 0)
		die("%s", un.sun_path);
	setenv("NOTIFY_SOCKET", un.sun_path, 1);
	start = now_ns();
	end = start + (unsigned int)seconds * 1000000000ULL;
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		die("%s", argv[0]);
	}
	for (;;) {
		char text[4096];
		ssize_t len;

		if (now_ns() >= end) {
			fprintf(stderr, "ops: %s is not ready after %d s\n", argv[0], seconds);
			return 1;
		}
		if (waitpid(pid, &status, WNOHANG) == pid) {
			fprintf(stderr, "ops: %s ended, status %d\n", argv[0],
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
			return 1;
		}
		if (poll(&poller, 1, 100) <= 0)
			continue;
		len = recv(notify, text, sizeof(text) - 1, 0);
		if (len <= 0)
			continue;
		text[len] = '\0';
		if (strstr(text, "READY=1")) {
			printf("ready\t%llu\t%d\n", now_ns() - start, (int)pid);
			return 0;
		}
	}
}

#endif /* PHIWARD_OPS_READY_H */
