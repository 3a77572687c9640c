/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The resolver: a process of its own, and for each name another one, which the time limit
 * ends wherever it waits. So each also sees the network as it is configured by then.
 */
#include "host/hosts.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(struct pw_host_answer *answer, const struct sockaddr *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t *into = answer->addr[answer->n];

	if (address->sa_family == AF_INET) {
		memcpy(into, mapped, sizeof(mapped));
		memcpy(into + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
		       4);
	} else if (address->sa_family == AF_INET6) {
		memcpy(into, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	} else {
		return;
	}
	answer->n++;
}

static void resolve(struct pw_host_answer *answer)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	answer->error = getaddrinfo(answer->name, NULL, &hints, &found);
	for (struct addrinfo *at = found; at && answer->n < PW_HOST_ADDRESSES_MAX; at = at->ai_next)
		add(answer, at->ai_addr);
	if (found)
		freeaddrinfo(found);
}

/* In a process of its own, which answers by @pipe; whatever it does, it ends in time. */
static void __attribute__((noreturn)) look_up(int pipe, struct pw_host_answer *answer)
{
	alarm(PW_HOSTS_LIMIT_MS / 1000);
	resolve(answer);
	_exit(write(pipe, answer, sizeof(*answer)) == sizeof(*answer) ? 0 : 1);
}

static bool read_whole(int fd, void *into, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, (char *)into + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static void answer_question(const char *name, struct pw_host_answer *answer)
{
	struct pw_host_answer found;
	int ends[2];
	pid_t pid;

	*answer = (struct pw_host_answer){ .error = EAI_AGAIN };
	memcpy(answer->name, name, PW_HOST_NAME_MAX);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		answer->error = 0;
		look_up(ends[1], answer);
	}
	pw_fd_close(ends[1]);
	if (pid > 0) {
		if (read_whole(ends[0], &found, sizeof(found)) &&
		    found.n <= PW_HOST_ADDRESSES_MAX) {
			*answer = found;
			memcpy(answer->name, name, PW_HOST_NAME_MAX);
		}
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	pw_fd_close(ends[0]);
}

void pw_hosts_serve(int socket)
{
	struct pw_host_question question;
	struct pw_host_answer answer;

	signal(SIGALRM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		ssize_t n = recv(socket, &question, sizeof(question), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(question))
			_exit(0);
		question.name[PW_HOST_NAME_MAX] = '\0';
		answer_question(question.name, &answer);
		if (send(socket, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer))
			_exit(0);
	}
}
