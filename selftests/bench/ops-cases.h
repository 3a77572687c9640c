/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the cases of ops.c do: the operation of turn i, what stands before and behind it, and
 * what is prepared once. Whatever does not come out as it should is counted as refused.
 */
#ifndef PHIWARD_OPS_CASES_H
#define PHIWARD_OPS_CASES_H

#include "ops-files.h"
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static char (*paths)[PATH_LEN];
static int fd = -1, listener = -1, ends[2];
static struct sockaddr_in address = { .sin_family = AF_INET };
static unsigned int n_refused;

/* ---- Operations: turn i of a case ---- */

static void op_nothing(int i)
{
	(void)i;
}

static void op_open(int i)
{
	int file = open(paths[i], O_RDONLY | O_CLOEXEC);

	if (file < 0)
		n_refused++;
	else
		close(file);
}

static void op_open_read(int i)
{
	int file = open(paths[i], O_RDONLY | O_CLOEXEC);

	if (file < 0 || read(file, buffer, 4096) != 4096)
		n_refused++;
	close(file);
}

static void op_stat(int i)
{
	struct stat st;

	if (stat(paths[i], &st) < 0)
		n_refused++;
}

static void op_pread(int i)
{
	if (pread(fd, buffer, 4096, 0) != 4096)
		n_refused++;
}

static void op_pwrite(int i)
{
	if (pwrite(fd, buffer, 4096, 0) != 4096)
		n_refused++;
}

/* Both ends are ours, so that nobody need be woken. */
static void op_pipe(int i)
{
	if (write(ends[1], buffer, 4096) != 4096 || read(ends[0], buffer, 4096) != 4096)
		n_refused++;
}

static void op_unix(int i)
{
	if (send(ends[1], buffer, 4096, 0) != 4096 || recv(ends[0], buffer, 4096, 0) != 4096)
		n_refused++;
}

static void op_tcp(int i)
{
	if (send(ends[1], buffer, 4096, 0) != 4096)
		n_refused++;
}

static void after_tcp(int i)
{
	if (recv(ends[0], buffer, 4096, MSG_WAITALL) != 4096)
		n_refused++;
}

static void op_create(int i)
{
	int file = open(paths[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (file < 0)
		n_refused++;
	close(file);
	unlink(paths[i]);
}

static void before_connect(int i)
{
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void op_connect(int i)
{
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		n_refused++;
}

static void after_connect(int i)
{
	struct linger at_once = { .l_onoff = 1 };
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
	close(peer);
}

static void op_sendto(int i)
{
	if (sendto(fd, buffer, 64, 0, (struct sockaddr *)&address, sizeof(address)) != 64)
		n_refused++;
}

static void after_sendto(int i)
{
	if (recv(listener, buffer, sizeof(buffer), 0) != 64)
		n_refused++;
}

static void run_command(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		n_refused++;
}

static void op_exec(int i)
{
	static const char *const argv[] = { "/opt/bench/true", NULL };

	run_command(argv);
}

static void op_find(int i)
{
	static const char *const argv[] = {
		"/bin/sh", "-c", "exec find " BASE "/macro -type f -exec cat {} + >/dev/null", NULL
	};

	run_command(argv);
}

static void op_tar(int i)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "exec tar -C " BASE " -cf /dev/zero macro", NULL };

	run_command(argv);
}

/* ---- Preparing ---- */

static void same(const char *path)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, "%s", path);
}

static void prepare_w4(void)
{
	same(BASE "/w4/a/f");
}

static void prepare_w16(void)
{
	same(BASE "/w16" DOWN_13 "/f");
}

static void prepare_else4(void)
{
	same(ELSE "/w4/a/f");
}

static void prepare_else16(void)
{
	same(ELSE "/w16" DOWN_13 "/f");
}

static void prepare_k4(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/k4/a/f%04d", i);
}

static void prepare_k16(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/k16" DOWN_13 "/f%04d", i);
}

static void prepare_new(unsigned int levels)
{
	snprintf(paths[0], PATH_LEN, BASE "/new/%u/seen", levels);
	for (int i = 0; i < WARM; i++)
		op_open(0);
	for (unsigned int i = 0; i < N_NEW; i++)
		new_path(paths[i], levels, i);
}

static void prepare_new1(void)
{
	prepare_new(1);
}

static void prepare_new4(void)
{
	prepare_new(4);
}

static void prepare_new16(void)
{
	prepare_new(16);
}

static void prepare_data(void)
{
	fd = open(BASE "/w4/a/data", O_RDWR | O_CLOEXEC);
}

static void prepare_create(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/w4/made/f%04d", i);
}

static void prepare_socket(int type)
{
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		die("socket");
}

static void prepare_connect(void)
{
	prepare_socket(SOCK_STREAM);
	if (listen(listener, 16) < 0)
		die("listen");
}

static void prepare_sendto(void)
{
	prepare_socket(SOCK_DGRAM);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void prepare_pipe(void)
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe");
}

static void prepare_unix(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die("socketpair");
}

static void prepare_tcp(void)
{
	prepare_connect();
	ends[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(ends[1], (struct sockaddr *)&address, sizeof(address)) < 0)
		die("connect");
	ends[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* Under the agent, whoever has done this holds the label. */
static void prepare_holding(void)
{
	fd = open(BASE "/labelled/d/f0000", O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, buffer, 4096, 0) != 4096)
		die("labelled file");
}

/* ... and what it writes carries it. */
static void prepare_copy(void)
{
	prepare_holding();
	close(fd);
	fd = open(BASE "/w4/made/copy", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || pwrite(fd, buffer, 4096, 0) != 4096)
		die("copy");
	same(BASE "/w4/made/copy");
}

static void prepare_holding_pipe(void)
{
	prepare_holding();
	prepare_pipe();
}

/* The pipes in a holder's hands carry its labels, used or not: it shall have none. */
static void no_pipes(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
}

/* Returns when a child of ours has read FILE; it stays behind us and does nothing. */
static int hold(const char *file)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0) {
		int record;

		no_pipes();
		record = open(file, O_RDONLY | O_CLOEXEC);

		if (record < 0 || read(record, buffer, 4096) < 0)
			die("%s", file);
		kill(getppid(), SIGUSR1);
		for (;;)
			pause();
	}
	sigwait(&set, &signal);
	return signal == SIGUSR1 ? 0 : 1;
}

static void prepare_labelled(void)
{
	same(BASE "/labelled/d/f0000");
}

static void prepare_labelled_each(void)
{
	for (int i = 0; i < N_LABEL + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/labelled/d/f%04d", i);
}

#endif /* PHIWARD_OPS_CASES_H */
