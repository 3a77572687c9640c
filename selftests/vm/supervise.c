// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The last process of the guest's init: runs the test command, carries its
 * output and its exit status to the host, and powers the guest off.
 *
 *   supervise OUTPUT-PORT STATUS-PORT COMMAND...
 *
 * It runs as PID 1. The command gets a pipe, not the virtio port itself: a
 * port can be opened only once, so `echo >/dev/stderr` would fail there. The
 * run ends when the command ends, even if a daemon it left behind still holds
 * the pipe. The status line carries the number of bytes sent, so that the host
 * can tell a whole output from a cut one.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "supervise: %s: %s\n", what, strerror(errno));
	exit(1); /* PID 1 leaves: the kernel panics and the host sees why */
}

static int open_port(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static void write_all(int fd, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("write to the host");
		buf += n;
		len -= (size_t)n;
	}
}

/* Copies what the pipe holds; false when it holds nothing more for now. */
static bool relay(int from, int to, unsigned long long *bytes)
{
	static char buf[32768];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n <= 0)
		return false;
	write_all(to, buf, (size_t)n);
	*bytes += (unsigned long long)n;
	return true;
}

/* Reaps whatever ended; true when the command was among them. */
static bool reap(pid_t command, int *ret_status)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		ended = true;
	}
	return ended;
}

static pid_t start(char **argv, int out, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setsid();
	sigprocmask(SIG_UNBLOCK, mask, NULL);
	if (dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(127);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int main(int argc, char **argv)
{
	unsigned long long bytes = 0;
	int status = 125, pipes[2], out, ret, sig;
	struct pollfd fds[2];
	sigset_t mask;
	pid_t command;
	char line[64];

	if (argc < 4)
		die("usage: supervise OUTPUT-PORT STATUS-PORT COMMAND...");
	out = open_port(argv[1]);
	ret = open_port(argv[2]);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sig = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sig < 0 || pipe2(pipes, O_CLOEXEC) < 0)
		die("signalfd or pipe");
	command = start(argv + 3, pipes[1], &mask);
	if (command < 0)
		die("fork");
	/* The write end stays open here, so the read end never sees an end of file. */
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	fds[0] = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = sig, .events = POLLIN };
	for (;;) {
		struct signalfd_siginfo info;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die("poll");
		relay(pipes[0], out, &bytes);
		while (read(sig, &info, sizeof(info)) > 0)
			;
		if (reap(command, &status))
			break;
	}
	while (relay(pipes[0], out, &bytes))
		;
	sync();
	snprintf(line, sizeof(line), "status %d bytes %llu\n", status, bytes);
	write_all(ret, line, strlen(line));
	reboot(RB_POWER_OFF);
	die("power off");
}
