/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CLI's side of the control socket: blocking, with time limits. */
#include "control/control.h"

#include "base/cleanup.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define LINE_MAX_BYTES (16u << 20)

char *pw_rooted(const char *path)
{
	_cleanup_str_ struct pw_str whole = { 0 };
	const char *root = secure_getenv("PHIWARD_ROOT");

	if (root)
		pw_str_add(&whole, root);
	pw_str_add(&whole, path);
	return pw_str_take(&whole);
}

static int64_t now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Wait for @events until @until_ms (negative: for ever). */
static int wait_for(int fd, short events, int64_t until_ms)
{
	struct pollfd one = { .fd = fd, .events = events };
	int64_t left = until_ms < 0 ? -1 : until_ms - now_ms();
	int n;

	if (until_ms >= 0 && left < 0)
		left = 0;
	n = poll(&one, 1, (int)left);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

int pw_client_open(const char *path, unsigned int timeout_ms, struct pw_client *ret_client)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -EBADF;
	int64_t until = now_ms() + timeout_ms;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* A full backlog is -EAGAIN at once; no event tells when there is room. */
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		if (errno != EAGAIN)
			return -errno;
		if (now_ms() >= until)
			return -ETIMEDOUT;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	*ret_client = (struct pw_client){ .fd = TAKE_FD(fd), .timeout_ms = timeout_ms };
	return 0;
}

void pw_client_close(struct pw_client *client)
{
	client->fd = pw_fd_close(client->fd);
	pw_str_free(&client->in);
	client->used = 0;
}

int pw_client_send(struct pw_client *client, const char *json)
{
	_cleanup_str_ struct pw_str line = { 0 };
	int64_t until = now_ms() + client->timeout_ms;
	size_t done = 0;

	pw_str_add(&line, json);
	pw_str_add(&line, "\n");
	if (line.error)
		return line.error;
	while (done < line.len) {
		ssize_t n = send(client->fd, line.text + done, line.len - done, MSG_NOSIGNAL);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN) {
			int r = wait_for(client->fd, POLLOUT, until);

			if (r < 0)
				return r;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int pw_client_line(struct pw_client *client, bool wait, const char **ret_line)
{
	int64_t until = wait ? -1 : now_ms() + client->timeout_ms;
	size_t searched;

	if (client->used) { /* forget the line handed out before */
		memmove(client->in.text, client->in.text + client->used,
			client->in.len - client->used + 1);
		client->in.len -= client->used;
		client->used = 0;
	}
	for (searched = 0;;) {
		char block[16384], *end = NULL;
		ssize_t n;
		int r;

		if (client->in.len > searched)
			end = memchr(client->in.text + searched, '\n', client->in.len - searched);
		if (end) {
			*end = '\0';
			client->used = (size_t)(end - client->in.text) + 1;
			*ret_line = client->in.text;
			return 0;
		}
		searched = client->in.len;
		if (searched > LINE_MAX_BYTES)
			return -EMSGSIZE;
		n = recv(client->fd, block, sizeof(block), 0);
		if (n == 0)
			return -ENODATA;
		if (n > 0) {
			r = pw_str_add_bytes(&client->in, block, (size_t)n);
			if (r < 0)
				return r;
			continue;
		}
		if (errno != EAGAIN)
			return errno == ECONNRESET ? -ENODATA : -errno;
		r = wait_for(client->fd, POLLIN, until);
		if (r < 0)
			return r;
	}
}
