// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hold RECORD COPY: reads RECORD, writes a copy of it, opens ways for data (a pipe, a pair of
 * sockets, memory shared with a child, a listening socket) and stays, doing nothing, until it
 * is killed. COPY appears under its name when all of that is done.
 * hold RECORD -- PROGRAM...: reads RECORD and becomes PROGRAM, which knows what it has read.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int ways(const char *data, size_t size)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "\0battery-holder" };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + sizeof("battery-holder");
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pipes[2], pair[2], listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (page == MAP_FAILED || listener < 0 || pipe(pipes) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return fail("ways");
	if (bind(listener, (struct sockaddr *)&at, len) < 0 || listen(listener, 5) < 0)
		return fail("listen");
	memcpy(page, data, size);
	if (write(pipes[1], data, size) < 0 || send(pair[0], data, size, 0) < 0)
		return fail("write");
	return 0;
}

int main(int argc, char **argv)
{
	char data[256], fresh[4096];
	bool becomes = argc > 3 && strcmp(argv[2], "--") == 0;
	ssize_t size;
	int fd;

	if (argc != 3 && !becomes) {
		fprintf(stderr, "usage: hold RECORD COPY | hold RECORD -- PROGRAM...\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, data, sizeof(data));
	if (size <= 0)
		return fail(argv[1]);
	if (becomes) {
		execvp(argv[3], argv + 3);
		return fail(argv[3]);
	}
	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		return fail("mmap");
	if (ways(data, (size_t)size))
		return 1;
	snprintf(fresh, sizeof(fresh), "%s.new", argv[2]);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, data, (size_t)size) != size || close(fd) < 0)
		return fail(fresh);
	if (fork() == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	else if (rename(fresh, argv[2]) < 0)
		return fail(argv[2]);
	for (;;)
		pause();
}
