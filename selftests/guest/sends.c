// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * sends FILE DEST...: for each DEST a process reads FILE and sends a few bytes of it there;
 * prints "VERDICT DEST": "refused" for EPERM, else "sent", also when nobody listens there. DEST as `phiward explain --to` has it: tcp:, udp:, unix:, dir:.
 * sends --listen DEST...: unix sockets to be sent to (datagrams), until it is killed; prints
 * "ready".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
	socklen_t len;
	int type;
};

static void wrong(const char *dest)
{
	fprintf(stderr, "sends: what is %s?\n", dest);
	exit(2);
}

/* "127.0.0.1:53" or "[::1]:53" */
static void read_inet(const char *text, struct address *a)
{
	char host[64];
	const char *port = strrchr(text, ':');
	int v6 = text[0] == '[';

	if (!port || port - text >= (int)sizeof(host))
		wrong(text);
	snprintf(host, sizeof(host), "%.*s", (int)(port - text) - 2 * v6, text + v6);
	if (v6) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((unsigned short)atoi(port + 1));
		a->len = sizeof(a->in6);
		if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) != 1)
			wrong(text);
		return;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons((unsigned short)atoi(port + 1));
	a->len = sizeof(a->in);
	if (inet_pton(AF_INET, host, &a->in.sin_addr) != 1)
		wrong(text);
}

static void read_address(const char *dest, struct address *a)
{
	memset(a, 0, sizeof(*a));
	a->type = SOCK_DGRAM;
	if (!strncmp(dest, "tcp:", 4) || !strncmp(dest, "udp:", 4)) {
		a->type = dest[0] == 't' ? SOCK_STREAM : SOCK_DGRAM;
		read_inet(dest + 4, a);
	} else if (!strncmp(dest, "unix:", 5) && strlen(dest + 5) < sizeof(a->un.sun_path)) {
		size_t len = strlen(dest + 5);

		a->un.sun_family = AF_UNIX;
		memcpy(a->un.sun_path, dest + 5, len);
		if (dest[5] == '@')
			a->un.sun_path[0] = '\0';
		a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	} else {
		wrong(dest);
	}
}

static int write_file(const char *directory, const char *bytes, size_t n)
{
	char path[512];
	int fd, r;

	snprintf(path, sizeof(path), "%s/sent.%d", directory, (int)getpid());
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write(fd, bytes, n) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int send_to(const char *dest, const char *bytes, size_t n)
{
	struct address a;
	int fd, r;

	if (!strncmp(dest, "dir:", 4))
		return write_file(dest + 4, bytes, n);
	read_address(dest, &a);
	fd = socket(a.any.sa_family, a.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	r = connect(fd, &a.any, a.len) < 0 && errno != EINPROGRESS ? -errno : 0;
	if (r == 0 && a.type == SOCK_DGRAM)
		r = send(fd, bytes, n, MSG_NOSIGNAL) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int listen_at(int n, char **dest)
{
	for (int i = 0; i < n; i++) {
		struct address a;
		int fd;

		read_address(dest[i], &a);
		if (a.un.sun_path[0])
			unlink(a.un.sun_path);
		fd = socket(AF_UNIX, SOCK_DGRAM, 0);
		if (fd < 0 || bind(fd, &a.any, a.len) < 0) {
			perror(dest[i]);
			return 1;
		}
		if (a.un.sun_path[0])
			chmod(a.un.sun_path, 0666);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

/* In a process of its own: who reads holds the labels, and what it printed would carry them. */
static int try_in_child(const char *file, const char *dest)
{
	char bytes[64];
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	if (n <= 0)
		return 2;
	close(fd);
	return send_to(dest, bytes, (size_t)n) == -EPERM;
}

int main(int argc, char **argv)
{
	static const char *const verdict[] = { "sent", "refused", "unread" };

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "--listen"))
		return listen_at(argc - 2, argv + 2);
	for (int i = 2; i < argc; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(try_in_child(argv[1], argv[i]));
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status)) {
			perror("sends");
			return 1;
		}
		printf("%s %s\n", verdict[WEXITSTATUS(status)], argv[i]);
	}
	return 0;
}
