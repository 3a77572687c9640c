/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by server.c and session.c alone. */
#ifndef PW_CONTROL_PRIVATE_H
#define PW_CONTROL_PRIVATE_H

#include "control/control.h"

struct pw_session_client {
	struct pw_session_client *prev, *next;
	struct pw_control *control;
	int fd;
	struct pw_peer peer;
	struct pw_str in;
	struct pw_str out;
	size_t sent; /* of out */
	struct pw_stream stream;
	bool more;          /* the stream has more at once */
	bool eof;           /* the other side will not send any more */
	bool closing;       /* close when out is sent */
	uint32_t events;    /* asked of epoll */
	uint64_t active_ms; /* last whole request, or last bytes taken by the reader */
};

struct pw_control {
	struct pw_control_options options;
	char *path;
	int epoll;
	int listener;
	struct pw_session_client *clients;
	struct pw_control_counts counts;
	bool busy; /* in a callback: do not free clients */
	bool wake_pending;
};

/* Act on @events of epoll for @client; frees it when it is done. */
void pw_session_handle(struct pw_session_client *client, uint32_t events, uint64_t now_ms);

/* Fill from the stream, send what can be sent; frees @client when it is done. */
void pw_session_pump(struct pw_session_client *client, uint64_t now_ms);

void pw_session_free(struct pw_session_client *client);

/* Tell why the connection ends, as far as that can be said without waiting. */
void pw_session_refuse(struct pw_session_client *client, const char *why);

/* Bytes that wait for the reader. */
static inline size_t pw_session_waiting(const struct pw_session_client *client)
{
	return client->out.len - client->sent;
}

#endif /* PW_CONTROL_PRIVATE_H */
