/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control socket. A request is one line of JSON, {"command": "...", ...}, at most
 * 64 KiB; the answer one line of JSON, or a stream of lines; an error is
 * {"error":{"exit":N,"message":"..."}} with N of base/exit.h. Several requests may follow
 * each other on one connection; a stream is its last.
 *
 * Server: everything non-blocking behind one descriptor (an inner epoll), for the one loop
 * of the daemon. Nobody can stall another: bounded buffers, at most 64 clients, an idle
 * time-out; who does not read is left with what is in the buffers and then dropped.
 */
#ifndef PW_CONTROL_CONTROL_H
#define PW_CONTROL_CONTROL_H

#include "base/str.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PW_CONTROL_REQUEST_MAX 65536
#define PW_CONTROL_CLIENTS_MAX 64
#define PW_CONTROL_DEPTH_MAX   16 /* nesting of a request */

struct pw_control;

struct pw_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	bool in_group; /* member of the socket's group (primary or supplementary) */
};

/* A stream of lines: pulled as the reader reads. */
struct pw_stream {
	/*
	 * Append the next lines (each with '\n', together at most ~64 KiB) to @into.
	 * Returns 1: there may be more at once; 0: nothing more for now (pw_control_wake()
	 * asks again); negative: the stream has ended, the connection closes when all is read.
	 */
	int (*next)(void *state, struct pw_str *into);
	void (*free)(void *state); /* or NULL */
	void *state;
};

struct pw_reply {
	const struct pw_peer *peer;
	struct pw_str line;      /* the answer: one JSON object without '\n' */
	struct pw_stream stream; /* instead of or after the line, when next is set */
};

/* Answer an error. @exit_status: enum pw_exit. */
void pw_reply_error(struct pw_reply *reply, int exit_status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct pw_command {
	const char *name;
	bool need_root; /* false: members of the socket's group, too */
	/* Fill @reply; an empty one becomes {}. @request is borrowed and is an object. */
	void (*run)(void *ctx, struct json_object *request, struct pw_reply *reply);
};

struct pw_control_options {
	const char *path;                 /* the socket; NULL: none (tests hand in connections) */
	gid_t group;                      /* owner group of the socket; (gid_t)-1: root only */
	const struct pw_command *command; /* borrowed for the life of the server */
	size_t n_commands;
	void *ctx;
	unsigned int idle_ms;     /* without a whole request, or without reading; 0: 10 s */
	unsigned int clients_max; /* 0: PW_CONTROL_CLIENTS_MAX */
	size_t out_max_bytes;     /* buffered for one reader; 0: 1 MiB */
};

struct pw_control_counts {
	uint64_t requests, errors, refused_peers, dropped_slow, dropped_idle, over_limit;
	size_t clients;
};

/*
 * Make the server and, with a path, its socket (mode 0660 or 0600). A socket that is
 * there and answers belongs to a living daemon: -EADDRINUSE; a dead one is replaced.
 * Other -errno of socket(2), bind(2), epoll(7); -ENOMEM.
 */
int pw_control_new(const struct pw_control_options *options, struct pw_control **ret_control);

/* Closes every connection and removes the socket. */
void pw_control_free(struct pw_control **control);

/* Readable when pw_control_run() has work. */
int pw_control_fd(const struct pw_control *control);

/* Do what is due, without waiting. @now_ms: a monotonic clock. Returns 0 or -errno of epoll. */
int pw_control_run(struct pw_control *control, uint64_t now_ms);

/* Drop those who idle: call about once a second. */
void pw_control_tick(struct pw_control *control, uint64_t now_ms);

/* There may be news for the streams that wait. */
void pw_control_wake(struct pw_control *control, uint64_t now_ms);

/* Is some stream open? (No: nobody follows, and a wake costs nothing.) */
bool pw_control_streaming(const struct pw_control *control);

void pw_control_counts(const struct pw_control *control, struct pw_control_counts *ret_counts);

/* Take over a connected socket as if it had been accepted. For tests. @peer may be NULL. */
int pw_control_adopt(struct pw_control *control, int fd, const struct pw_peer *peer,
		     uint64_t now_ms);

/* May @peer run @command? Root: all; the socket's group: what needs no root; others: nothing. */
bool pw_control_permits(const struct pw_command *command, const struct pw_peer *peer);

/* Client side, for the CLI: blocking, with time limits. */
struct pw_client {
	int fd;
	struct pw_str in; /* read, not handed out yet */
	size_t used;
	unsigned int timeout_ms;
};

/*
 * Connect to @path. Returns 0 (pw_client_close()), -ECONNREFUSED or -ENOENT: no agent;
 * -EACCES; -ETIMEDOUT.
 */
int pw_client_open(const char *path, unsigned int timeout_ms, struct pw_client *ret_client);
void pw_client_close(struct pw_client *client);

/* Send one line of JSON ('\n' is added). Returns 0, -ETIMEDOUT, -EPIPE, ... */
int pw_client_send(struct pw_client *client, const char *json);

/*
 * Read the next line into *ret_line (borrowed until the next call; NUL-terminated, no '\n').
 * @wait: no time limit (follow). Returns 0; -ENODATA: the agent closed; -ETIMEDOUT;
 * -EMSGSIZE: a line over 16 MiB; -EINTR.
 */
int pw_client_line(struct pw_client *client, bool wait, const char **ret_line);

/* $PHIWARD_ROOT + @path, or @path; caller frees; NULL: no memory. */
char *pw_rooted(const char *path);

#define PW_CONTROL_SOCKET "/run/phiward/control.sock"

#endif /* PW_CONTROL_CONTROL_H */
