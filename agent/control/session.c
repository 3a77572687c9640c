/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection of the control socket: bytes to requests, answers to bytes. Never waits;
 * holds at most one request and a bounded answer.
 */
#include "base/cleanup.h"
#include "base/exit.h"
#include "control/control-private.h"
#include "evidence/json.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

void pw_session_free(struct pw_session_client *client)
{
	struct pw_control *control = client->control;

	if (client->prev)
		client->prev->next = client->next;
	else
		control->clients = client->next;
	if (client->next)
		client->next->prev = client->prev;
	control->counts.clients--;
	if (client->stream.free)
		client->stream.free(client->stream.state);
	/* Explicitly: a child that was just forked may hold a copy, and closing alone would
	 * leave the entry, with a pointer to this client, in the epoll. */
	epoll_ctl(control->epoll, EPOLL_CTL_DEL, client->fd, NULL);
	pw_fd_close(client->fd);
	pw_str_free(&client->in);
	pw_str_free(&client->out);
	free(client);
}

void pw_reply_error(struct pw_reply *reply, int exit_status, const char *format, ...)
{
	_cleanup_str_ struct pw_str message = { 0 };
	va_list args;

	va_start(args, format);
	pw_str_vaddf(&message, format, args);
	va_end(args);
	pw_str_reset(&reply->line);
	pw_json_open(&reply->line, NULL, '{');
	pw_json_open(&reply->line, "error", '{');
	pw_json_i64(&reply->line, "exit", exit_status);
	pw_json_text(&reply->line, "message", message.text ? message.text : "no memory");
	pw_json_close(&reply->line, '}');
	pw_json_close(&reply->line, '}');
}

static const struct pw_command *find_command(const struct pw_control *control, const char *name)
{
	for (size_t i = 0; i < control->options.n_commands; i++)
		if (strcmp(control->options.command[i].name, name) == 0)
			return &control->options.command[i];
	return NULL;
}

bool pw_control_permits(const struct pw_command *command, const struct pw_peer *peer)
{
	return peer->uid == 0 || (peer->in_group && !command->need_root);
}

/* One whole JSON value, nothing but white space behind it. */
static struct json_object *parse(const char *line, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(PW_CONTROL_DEPTH_MAX);
	struct json_object *request = NULL;

	if (!tokener || memchr(line, '\0', len))
		goto out;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	request = json_tokener_parse_ex(tokener, line, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue && !request)
		request = json_tokener_parse_ex(tokener, "\n", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(request);
		request = NULL;
	}
out:
	if (tokener)
		json_tokener_free(tokener);
	return request;
}

static void run_request(struct pw_session_client *client, struct json_object *request,
			struct pw_reply *reply)
{
	struct pw_control *control = client->control;
	struct json_object *name = NULL;
	const struct pw_command *command;

	if (!json_object_is_type(request, json_type_object)) {
		pw_reply_error(reply, PW_EXIT_USAGE,
			       "a request must be one line with a JSON object");
		return;
	}
	if (!json_object_object_get_ex(request, "command", &name) ||
	    !json_object_is_type(name, json_type_string)) {
		pw_reply_error(reply, PW_EXIT_USAGE, "a request needs a \"command\"");
		return;
	}
	command = find_command(control, json_object_get_string(name));
	if (!command && client->peer.uid != 0 && !client->peer.in_group) {
		pw_reply_error(reply, PW_EXIT_NOT_PERMITTED, "not permitted");
	} else if (!command) {
		pw_reply_error(reply, PW_EXIT_USAGE, "this agent does not know that command");
	} else if (!pw_control_permits(command, &client->peer)) {
		control->counts.refused_peers++;
		pw_reply_error(reply, PW_EXIT_NOT_PERMITTED, "not permitted: '%s' needs %s",
			       command->name,
			       command->need_root ? "root" : "root or the socket's group");
	} else {
		control->busy = true;
		command->run(control->options.ctx, request, reply);
		control->busy = false;
	}
}

static void answer_line(struct pw_session_client *client, const char *line, size_t len)
{
	struct pw_control *control = client->control;
	struct pw_reply reply = { .peer = &client->peer };
	struct json_object *request = parse(line, len);

	control->counts.requests++;
	run_request(client, request, &reply);
	json_object_put(request);
	if (reply.line.error)
		pw_reply_error(&reply, PW_EXIT_FAILED, "no memory");
	if (reply.line.len) {
		if (strncmp(reply.line.text, "{\"error\"", 8) == 0)
			control->counts.errors++;
		pw_str_add_bytes(&client->out, reply.line.text, reply.line.len);
		pw_str_add(&client->out, "\n");
	} else if (!reply.stream.next) {
		pw_str_add(&client->out, "{}\n");
	}
	pw_str_free(&reply.line);
	client->stream = reply.stream;
	client->more = reply.stream.next != NULL;
	if (client->out.error)
		client->closing = true;
}

static void answer_refusal(struct pw_session_client *client, const char *why)
{
	struct pw_reply reply = { 0 };

	pw_reply_error(&reply, PW_EXIT_USAGE, "%s", why);
	client->control->counts.errors++;
	if (reply.line.text)
		pw_str_addf(&client->out, "%s\n", reply.line.text);
	pw_str_free(&reply.line);
	client->closing = true;
}

/* Answer the whole lines in the buffer, as long as the reader keeps up. */
static void answer_lines(struct pw_session_client *client, uint64_t now_ms)
{
	size_t done = 0;

	while (!client->closing && !client->stream.next &&
	       pw_session_waiting(client) <= client->control->options.out_max_bytes) {
		const char *from = client->in.text ? client->in.text + done : "";
		size_t left = client->in.len - done;
		const char *end = memchr(from, '\n', left);
		size_t len = end ? (size_t)(end - from) : left;

		if (len > PW_CONTROL_REQUEST_MAX) {
			answer_refusal(client, "a request is at most 65536 bytes");
			break;
		}
		if (!end)
			break;
		done += len + 1;
		client->active_ms = now_ms;
		answer_line(client, from, len);
	}
	if (done) {
		memmove(client->in.text, client->in.text + done, client->in.len - done + 1);
		client->in.len -= done;
	}
	if (client->eof && client->in.len && !client->closing && !client->stream.next &&
	    !memchr(client->in.text, '\n', client->in.len))
		answer_refusal(client, "the request ended before its line did");
}

/* False: the connection is broken. */
static bool receive(struct pw_session_client *client)
{
	char block[16384];

	while (client->in.len <= PW_CONTROL_REQUEST_MAX) {
		ssize_t n = recv(client->fd, block, sizeof(block), MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		if (n == 0) {
			client->eof = true;
			return true;
		}
		if (pw_str_add_bytes(&client->in, block, (size_t)n) < 0)
			return false;
	}
	return true;
}

/* False: the connection is broken. */
static bool send_waiting(struct pw_session_client *client, uint64_t now_ms)
{
	while (pw_session_waiting(client)) {
		ssize_t n = send(client->fd, client->out.text + client->sent,
				 pw_session_waiting(client), MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		client->sent += (size_t)n;
		client->active_ms = now_ms;
	}
	if (client->out.size > 65536)
		pw_str_free(&client->out); /* a large answer leaves no memory behind */
	else
		pw_str_reset(&client->out);
	client->sent = 0;
	return true;
}

static void fill_from_stream(struct pw_session_client *client)
{
	struct pw_control *control = client->control;
	size_t low = control->options.out_max_bytes / 4;
	int r;

	if (client->sent && client->more) {
		memmove(client->out.text, client->out.text + client->sent,
			pw_session_waiting(client) + 1);
		client->out.len -= client->sent;
		client->sent = 0;
	}
	while (client->stream.next && client->more && pw_session_waiting(client) <= low) {
		control->busy = true;
		r = client->stream.next(client->stream.state, &client->out);
		control->busy = false;
		client->more = r > 0;
		if (r < 0 || client->out.error) {
			if (client->stream.free)
				client->stream.free(client->stream.state);
			client->stream = (struct pw_stream){ 0 };
			client->closing = true;
		}
	}
}

void pw_session_refuse(struct pw_session_client *client, const char *why)
{
	if (pw_session_waiting(client))
		return;
	answer_refusal(client, why);
	send_waiting(client, client->active_ms);
}

static int ask_epoll(struct pw_session_client *client)
{
	struct epoll_event event = { .data.ptr = client };

	if (!client->eof && !client->closing && !client->stream.next &&
	    client->in.len <= PW_CONTROL_REQUEST_MAX &&
	    pw_session_waiting(client) <= client->control->options.out_max_bytes)
		event.events |= EPOLLIN;
	if (pw_session_waiting(client) || client->more)
		event.events |= EPOLLOUT;
	if (event.events == client->events)
		return 0;
	client->events = event.events;
	return epoll_ctl(client->control->epoll, EPOLL_CTL_MOD, client->fd, &event);
}

void pw_session_pump(struct pw_session_client *client, uint64_t now_ms)
{
	bool working;

	/* A few rounds a turn, so that one eager reader does not keep the loop. */
	for (int round = 0; round < 4; round++) {
		answer_lines(client, now_ms);
		fill_from_stream(client);
		working = send_waiting(client, now_ms);
		if (!working || pw_session_waiting(client) || !client->more)
			break;
	}
	if (working && !pw_session_waiting(client) && !client->stream.next &&
	    (client->closing || (client->eof && !client->in.len)))
		working = false;
	if (!working || ask_epoll(client) < 0)
		pw_session_free(client);
}

void pw_session_handle(struct pw_session_client *client, uint32_t events, uint64_t now_ms)
{
	if ((events & EPOLLIN) && !receive(client)) {
		pw_session_free(client);
		return;
	}
	/* Hung up for good: nobody will read what is left. */
	if ((events & (EPOLLERR | EPOLLHUP)) && !(events & EPOLLIN)) {
		pw_session_free(client);
		return;
	}
	pw_session_pump(client, now_ms);
}
