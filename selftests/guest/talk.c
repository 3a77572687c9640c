// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * talk SOCKET MS [N] <DATA
 *
 * Sends DATA over each of N (1) connections to SOCKET (0: one, and says that no more comes), then prints what comes back on the
 * first until the other side closes or MS milliseconds passed since the last byte. The last
 * line is "[closed]" or "[open]"; "[refused: ERROR]" when no connection is had. With N > 1
 * prints only how many connections there are at the end: "[N connected, M closed]".
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST 4096
static char data[4 << 20], back[65536];

static int send_all(int fd, size_t len, int ms)
{
	for (size_t done = 0; done < len;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
		ssize_t n = send(fd, data + done, len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EAGAIN)
			return -1; /* closed on us: what it said may still be read */
		else if (poll(&poll_fd, 1, ms) <= 0)
			return -1;
	}
	return 0;
}

/* 1: closed by the other side; 0: still open. */
static int read_back(int fd, int ms, int print)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	while (poll(&poll_fd, 1, ms) > 0) {
		ssize_t n = recv(fd, back, sizeof(back), MSG_DONTWAIT);

		if (n <= 0)
			return 1;
		if (print)
			fwrite(back, 1, (size_t)n, stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fds[MOST], n, ms, connected = 0, closed = 0;
	bool half_close = false;
	size_t len;

	if (argc < 3 || argc > 4 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	ms = atoi(argv[2]);
	n = argc == 4 ? atoi(argv[3]) : 1;
	if (n < 0 || n > MOST)
		return 2;
	if (n == 0) {
		n = 1;
		half_close = true;
	}
	len = fread(data, 1, sizeof(data), stdin);
	for (int i = 0; i < n; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fds[i], (struct sockaddr *)&address, sizeof(address)) < 0) {
			if (n == 1)
				printf("[refused: %s]\n", strerror(errno));
			close(fds[i]);
			fds[i] = -1;
			continue;
		}
		connected++;
		send_all(fds[i], len, ms);
		if (half_close)
			shutdown(fds[i], SHUT_WR);
	}
	for (int i = 0; i < n; i++)
		if (fds[i] >= 0)
			closed += read_back(fds[i], n == 1 || i == 0 ? ms : 0, n == 1);
	if (n > 1)
		printf("[%d connected, %d closed]\n", connected, closed);
	else if (connected)
		printf("[%s]\n", closed ? "closed" : "open");
	return 0;
}
