/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes from a client of the control socket, in pieces that the bytes themselves
 * choose: nothing breaks, and a well-behaved client is still served.
 */
#include "control/control.h"
#include "control/events.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pw_recent *recent;
static struct pw_render_context context;

static void run_version(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "{\"version\":\"x\"}");
}

static void run_events(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_events_answer(&(struct pw_events_source){ .recent = recent, .context = &context },
			 request, reply);
}

static const struct pw_command commands[] = {
	{ "version", false, run_version },
	{ "events", true, run_events },
};

static void hear(int fd)
{
	char block[65536];

	while (recv(fd, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
}

static int join_as_root(struct pw_control *control)
{
	static const struct pw_peer root = { 0 };
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) < 0 ||
	    pw_control_adopt(control, fd[0], &root, 0) < 0)
		abort();
	return fd[1];
}

static void must_serve(struct pw_control *control)
{
	char answer[64] = { 0 };
	int fd = join_as_root(control);

	if (send(fd, "{\"command\":\"version\"}\n", 22, 0) != 22)
		abort();
	pw_control_run(control, 0);
	pw_control_run(control, 0);
	if (recv(fd, answer, sizeof(answer) - 1, 0) <= 0 ||
	    strcmp(answer, "{\"version\":\"x\"}\n") != 0)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pw_control_options options = { .command = commands,
					      .n_commands = 2,
					      .group = (gid_t)-1 };
	struct pw_control *control;
	size_t piece = size ? 1 + data[0] * 16u : 1;
	int fd;

	if (!recent && pw_recent_new(4, 0, &recent) < 0)
		abort();
	if (pw_control_new(&options, &control) < 0)
		return 0;
	fd = join_as_root(control);
	for (size_t at = 1; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (send(fd, data + at, n, MSG_NOSIGNAL) < 0)
			break;
		pw_control_run(control, 0);
		hear(fd);
	}
	shutdown(fd, SHUT_WR);
	pw_control_run(control, 0);
	must_serve(control);
	hear(fd);
	close(fd);
	pw_control_run(control, 0);
	pw_control_free(&control);
	return 0;
}
