/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control server against messages of every wrong shape, over real sockets and epoll. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/exit.h"
#include "control/control.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

static struct pw_control *control;
static const struct pw_peer root = { .uid = 0 };
static const struct pw_peer member = { .uid = 1000, .in_group = true };
static const struct pw_peer other = { .uid = 1000 };
static uint64_t stream_left, stream_freed, stream_line_bytes = 64;

static void run_version(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "{\"version\":1}");
}

static void run_secret(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "{\"secret\":1}");
}

static void run_nothing(void *ctx, struct json_object *request, struct pw_reply *reply)
{
}

static void run_fail(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "half an ans");
	pw_reply_error(reply, PW_EXIT_POLICY, "bad \"%s\"", "policy");
}

static void run_large(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "{\"x\":\"");
	for (int i = 0; i < 300000; i++)
		pw_str_add(&reply->line, "0123456789");
	pw_str_add(&reply->line, "\"}");
}

static int stream_next(void *state, struct pw_str *into)
{
	if (!stream_left)
		return 0;
	if (stream_left == UINT64_MAX)
		return -ENODATA;
	stream_left--;
	pw_str_addf(into, "{\"n\":\"%0*d\"}\n", (int)stream_line_bytes, 0);
	return stream_left > 0;
}

static void stream_free(void *state)
{
	stream_freed++;
}

static void run_stream(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	reply->stream = (struct pw_stream){ .next = stream_next, .free = stream_free };
}

static const struct pw_command commands[] = {
	{ "version", false, run_version }, { "secret", true, run_secret },
	{ "nothing", true, run_nothing },  { "fail", true, run_fail },
	{ "large", true, run_large },      { "stream", true, run_stream },
};

static int setup(void **state)
{
	struct pw_control_options options = { .command = commands,
					      .n_commands = sizeof(commands) / sizeof(commands[0]),
					      .group = (gid_t)-1,
					      .idle_ms = 1000,
					      .clients_max = 8 };

	stream_left = stream_freed = 0;
	stream_line_bytes = 64;
	return pw_control_new(&options, &control);
}

static int teardown(void **state)
{
	pw_control_free(&control);
	return 0;
}

static int join_as(const struct pw_peer *peer)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd), 0);
	assert_int_equal(pw_control_adopt(control, fd[0], peer, 0), 0);
	return fd[1];
}

static void turn(void)
{
	for (int i = 0; i < 10; i++)
		assert_int_equal(pw_control_run(control, 0), 0);
}

static void say(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EPIPE)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
		turn();
	}
	turn();
}

/* What has come, as text; *ret_closed: and then the end. */
static const char *hear(int fd, bool *ret_closed)
{
	static char text[8192];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	if (ret_closed)
		*ret_closed = n == 0;
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void expect(const struct pw_peer *peer, const char *request, const char *answer)
{
	int fd = join_as(peer);
	const char *heard;

	say(fd, request, strlen(request));
	heard = hear(fd, NULL);
	if (!strstr(heard, answer))
		fail_msg("asked %.60s, expected %s, got %s", request, answer, heard);
	close(fd);
	turn();
}

static void test_answers(void **state)
{
	expect(&root, "{\"command\":\"version\"}\n", "{\"version\":1}\n");
	expect(&root, " { \"command\" : \"version\", \"x\":[1,2] } \r\n", "{\"version\":1}\n");
	expect(&root, "{\"command\":\"nothing\"}\n", "{}\n");
	expect(&root, "{\"command\":\"fail\"}\n",
	       "{\"error\":{\"exit\":3,\"message\":\"bad \\\"policy\\\"\"}}\n");
	expect(&root, "{\"command\":\"version\"}\n{\"command\":\"secret\"}\n",
	       "{\"version\":1}\n{\"secret\":1}\n");
}

static void test_every_wrong_shape_gets_an_error(void **state)
{
	static const char *const wrong[] = {
		"\n",
		" \n",
		"null\n",
		"12\n",
		"\"x\"\n",
		"[]\n",
		"[{\"command\":\"version\"}]\n",
		"{}\n",
		"{\"command\":null}\n",
		"{\"command\":5}\n",
		"{\"command\":[\"version\"]}\n",
		"{\"command\":{}}\n",
		"{\"command\":\"\"}\n",
		"{\"command\":\"nope\"}\n",
		"{\"command\":\"version\"\n",
		"{\"command\":\"version\"}}\n",
		"{\"command\":\"version\"} x\n",
		"{\"command\":\"version\"}{}\n",
		"{command:1}\n",
		"{'command':'version'}\n",
		"{\"Command\":\"version\"}\n",
		"{\"command\":\"ver\xff\"}\n",
		"\xff\xfe\n",
		"GET / HTTP/1.1\r\n",
		"nan\n",
		"{\"command\":\n",
		"{\"command\":\"version\\u0000\"}\n",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
		"{\"command\":\"version\",}\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (strstr(wrong[i], "\\u0000"))
			continue; /* json-c ends the string there: "version" it is */
		expect(&root, wrong[i], "{\"error\":{\"exit\":2,");
	}
}

static void test_nul_bytes_are_refused(void **state)
{
	int fd = join_as(&root);

	say(fd, "{\"command\":\"version\"}\0\n", 23);
	assert_non_null(strstr(hear(fd, NULL), "\"exit\":2"));
	close(fd);
}

static void test_byte_by_byte(void **state)
{
	const char *request = "{\"command\":\"version\"}\n";
	int fd = join_as(&root);

	for (size_t i = 0; i < strlen(request); i++) {
		assert_string_equal(hear(fd, NULL), "");
		say(fd, request + i, 1);
	}
	assert_string_equal(hear(fd, NULL), "{\"version\":1}\n");
	close(fd);
}

static void test_oversized_gets_an_error_and_goes(void **state)
{
	size_t size = PW_CONTROL_REQUEST_MAX + 1;
	_cleanup_free_ char *text = malloc(size);
	bool closed;
	int fd = join_as(&root), well = join_as(&root);

	memset(text, 'x', size);
	say(fd, text, size);
	assert_non_null(strstr(hear(fd, NULL), "\"exit\":2"));
	hear(fd, &closed);
	assert_true(closed);
	say(well, "{\"command\":\"version\"}\n", 22);
	assert_string_equal(hear(well, NULL), "{\"version\":1}\n");
	close(fd);
	close(well);
}

static void test_largest_request_is_taken(void **state)
{
	_cleanup_free_ char *text = malloc(PW_CONTROL_REQUEST_MAX + 1);
	int fd = join_as(&root);
	size_t head = strlen("{\"command\":\"version\"}");

	memset(text, ' ', PW_CONTROL_REQUEST_MAX);
	memcpy(text, "{\"command\":\"version\"}", head);
	text[PW_CONTROL_REQUEST_MAX] = '\n';
	say(fd, text, PW_CONTROL_REQUEST_MAX + 1);
	assert_string_equal(hear(fd, NULL), "{\"version\":1}\n");
	close(fd);
}

static void test_end_in_the_middle(void **state)
{
	struct pw_control_counts counts;
	bool closed;
	int fd = join_as(&root);

	say(fd, "{\"comm", 6);
	shutdown(fd, SHUT_WR);
	turn();
	assert_non_null(strstr(hear(fd, NULL), "\"exit\":2"));
	hear(fd, &closed);
	assert_true(closed);
	close(fd);
	fd = join_as(&root); /* a whole request before the end is still answered */
	assert_int_equal(send(fd, "{\"command\":\"version\"}\n", 22, 0), 22);
	shutdown(fd, SHUT_WR);
	turn();
	assert_string_equal(hear(fd, NULL), "{\"version\":1}\n");
	close(fd);
	fd = join_as(&root);
	close(fd);           /* says nothing at all */
	fd = join_as(&root); /* does not wait for the answer */
	assert_int_equal(send(fd, "{\"command\":\"large\"}\n", 20, 0), 20);
	close(fd);
	turn();
	pw_control_counts(control, &counts);
	assert_int_equal(counts.clients, 0);
}

static void test_permissions(void **state)
{
	const struct pw_command open_to_group = { .need_root = false },
				closed = { .need_root = true };

	assert_true(pw_control_permits(&open_to_group, &root));
	assert_true(pw_control_permits(&closed, &root));
	assert_true(pw_control_permits(&open_to_group, &member));
	assert_false(pw_control_permits(&closed, &member));
	assert_false(pw_control_permits(&open_to_group, &other));
	assert_false(pw_control_permits(&closed, &other));
	expect(&member, "{\"command\":\"version\"}\n", "{\"version\":1}\n");
	expect(&member, "{\"command\":\"secret\"}\n", "{\"error\":{\"exit\":6,");
	expect(&other, "{\"command\":\"version\"}\n", "{\"error\":{\"exit\":6,");
	expect(&other, "{\"command\":\"nope\"}\n", "{\"error\":{\"exit\":6,");
}

static void test_slow_reader_is_bounded_and_dropped(void **state)
{
	struct pw_control_counts counts;
	int fd = join_as(&root), well = join_as(&root);

	stream_left = 1000000; /* 70 MB if it were all held */
	stream_line_bytes = 1000;
	say(fd, "{\"command\":\"stream\"}\n", 21);
	assert_true(pw_control_streaming(control));
	assert_true(stream_left > 990000);
	say(well, "{\"command\":\"version\"}\n", 22);
	assert_string_equal(hear(well, NULL), "{\"version\":1}\n");
	pw_control_tick(control, 999);
	pw_control_counts(control, &counts);
	assert_int_equal(counts.clients, 2);
	pw_control_tick(control, 1000);
	pw_control_counts(control, &counts);
	assert_int_equal(counts.dropped_slow, 1);
	assert_int_equal(stream_freed, 1);
	assert_false(pw_control_streaming(control));
	close(fd);
	close(well);
}

static void test_follower_is_woken_and_ends(void **state)
{
	struct pw_control_counts counts;
	bool closed;
	int fd = join_as(&root);

	say(fd, "{\"command\":\"stream\"}\n", 21);
	assert_string_equal(hear(fd, NULL), "");
	pw_control_tick(control, 100000); /* waiting is not idling */
	pw_control_counts(control, &counts);
	assert_int_equal(counts.clients, 1);
	stream_left = 2;
	pw_control_wake(control, 100000);
	assert_int_equal(strlen(hear(fd, NULL)), 2 * (64 + 9));
	stream_left = UINT64_MAX;
	pw_control_wake(control, 100000);
	turn();
	hear(fd, &closed);
	assert_true(closed);
	assert_int_equal(stream_freed, 1);
	close(fd);
	fd = join_as(&root);
	stream_left = 0;
	say(fd, "{\"command\":\"stream\"}\n", 21);
	close(fd); /* a follower that goes away is noticed */
	turn();
	assert_int_equal(stream_freed, 2);
}

static void test_large_answer_arrives_whole(void **state)
{
	int fd = join_as(&root);
	size_t total = 0;

	say(fd, "{\"command\":\"large\"}\n", 20);
	for (int i = 0; i < 10000; i++) {
		char block[65536];
		ssize_t n = recv(fd, block, sizeof(block), 0);

		total += n > 0 ? (size_t)n : 0;
		turn();
	}
	assert_int_equal(total, 3000000 + 9);
	close(fd);
}

static void test_idle_and_half_requests_are_dropped(void **state)
{
	struct pw_control_counts counts;
	int idle = join_as(&root), half = join_as(&root);

	say(half, "{\"comm", 6);
	pw_control_tick(control, 500);
	say(half, "and", 3); /* bytes alone do not buy time */
	pw_control_tick(control, 1000);
	pw_control_counts(control, &counts);
	assert_int_equal(counts.dropped_idle, 2);
	assert_int_equal(counts.clients, 0);
	assert_non_null(strstr(hear(half, NULL), "error"));
	close(idle);
	close(half);
}

static void test_too_many_clients(void **state)
{
	int fd[8], pair[2];
	struct pw_control_counts counts;

	for (int i = 0; i < 6; i++)
		fd[i] = join_as(&member);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(pw_control_adopt(control, pair[0], &member, 0), -EUSERS);
	fd[6] = join_as(&root); /* the last quarter is root's */
	fd[7] = join_as(&root);
	assert_int_equal(pw_control_adopt(control, pair[0], &root, 0), -EUSERS);
	pw_control_counts(control, &counts);
	assert_int_equal(counts.over_limit, 2);
	close(pair[0]);
	assert_non_null(strstr(hear(pair[1], NULL), "too many"));
	close(pair[1]);
	for (int i = 0; i < 8; i++)
		close(fd[i]);
}

static atomic_bool server_ends;

static void *serve(void *arg)
{
	while (!server_ends) {
		pw_control_run(control, 0);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return NULL;
}

static void test_real_socket_and_client(void **state)
{
	char dir[] = "/tmp/phiward-unit-XXXXXX", path[64];
	struct pw_control_options options = { .command = commands,
					      .n_commands = sizeof(commands) / sizeof(commands[0]),
					      .group = getgid() };
	struct pw_control *second = NULL;
	struct pw_client client;
	const char *line;
	struct stat st;
	pthread_t thread;

	pw_control_free(&control);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control.sock", dir);
	assert_int_equal(pw_client_open(path, 100, &client), -ENOENT);
	options.path = path;
	assert_int_equal(pw_control_new(&options, &control), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(pw_control_new(&options, &second), -EADDRINUSE);
	assert_int_equal(access(path, F_OK), 0);
	server_ends = false;
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
	assert_int_equal(pw_client_open(path, 5000, &client), 0);
	assert_int_equal(pw_client_send(&client, "{\"command\":\"version\"}"), 0);
	assert_int_equal(pw_client_line(&client, false, &line), 0);
	assert_string_equal(line, "{\"version\":1}");
	client.timeout_ms = 50;
	assert_int_equal(pw_client_line(&client, false, &line), -ETIMEDOUT);
	pw_client_close(&client);
	server_ends = true;
	pthread_join(thread, NULL);
	pw_control_free(&control);
	assert_int_equal(access(path, F_OK), -1);
	/* A socket that a dead daemon left is replaced; a file is not. */
	second = NULL;
	assert_int_equal(pw_control_new(&options, &second), 0);
	pw_control_free(&second);
	close(creat(path, 0600));
	assert_int_equal(pw_control_new(&options, &second), -EEXIST);
	unlink(path);
	rmdir(dir);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_answers),
		T(test_every_wrong_shape_gets_an_error),
		T(test_nul_bytes_are_refused),
		T(test_byte_by_byte),
		T(test_oversized_gets_an_error_and_goes),
		T(test_largest_request_is_taken),
		T(test_end_in_the_middle),
		T(test_permissions),
		T(test_slow_reader_is_bounded_and_dropped),
		T(test_follower_is_woken_and_ends),
		T(test_large_answer_arrives_whole),
		T(test_idle_and_half_requests_are_dropped),
		T(test_too_many_clients),
		T(test_real_socket_and_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
