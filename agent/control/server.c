/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket's server: who may connect, and who is left waiting too long. */
#include "base/cleanup.h"
#include "base/exit.h"
#include "control/control-private.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define DEFAULT_IDLE_MS   10000
#define DEFAULT_OUT_BYTES (1u << 20)
#define GROUPS_MAX        65536

static int make_address(const char *path, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(ret_address->sun_path))
		return -ENAMETOOLONG;
	memcpy(ret_address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* Is somebody alive behind the socket? If not, remove it. */
static int clear_path(const struct sockaddr_un *address)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
		return -EADDRINUSE;
	if (errno == ENOENT)
		return 0;
	if (errno != ECONNREFUSED)
		return -errno;
	/* A plain file refuses connections, too: that is not ours to remove. */
	if (lstat(address->sun_path, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

static int start_listening(struct pw_control *control)
{
	struct epoll_event event = { .events = EPOLLIN };
	bool has_group = control->options.group != (gid_t)-1;
	struct sockaddr_un address;
	char *slash;
	mode_t mask;
	int r;

	r = make_address(control->path, &address);
	if (r < 0)
		return r;
	slash = strrchr(address.sun_path, '/');
	if (slash && slash != address.sun_path) {
		*slash = '\0';
		mkdir(address.sun_path, 0755); /* if it cannot be made, bind says so */
		*slash = '/';
	}
	r = clear_path(&address);
	if (r < 0)
		return r;
	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return -errno;
	mask = umask(0177);
	r = bind(control->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	umask(mask);
	if (r < 0)
		return r;
	if (has_group && (lchown(control->path, (uid_t)-1, control->options.group) < 0 ||
			  chmod(control->path, 0660) < 0))
		return -errno;
	if (listen(control->listener, 128) < 0)
		return -errno;
	return epoll_ctl(control->epoll, EPOLL_CTL_ADD, control->listener, &event) < 0 ? -errno : 0;
}

int pw_control_new(const struct pw_control_options *options, struct pw_control **ret_control)
{
	struct pw_control *control = calloc(1, sizeof(*control));
	int r = 0;

	if (!control)
		return -ENOMEM;
	control->options = *options;
	control->listener = -EBADF;
	if (!control->options.idle_ms)
		control->options.idle_ms = DEFAULT_IDLE_MS;
	if (!control->options.clients_max)
		control->options.clients_max = PW_CONTROL_CLIENTS_MAX;
	if (!control->options.out_max_bytes)
		control->options.out_max_bytes = DEFAULT_OUT_BYTES;
	control->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (control->epoll < 0)
		r = -errno;
	if (r == 0 && options->path) {
		control->path = strdup(options->path);
		r = control->path ? start_listening(control) : -ENOMEM;
		if (r < 0) { /* what is there may be another's */
			free(control->path);
			control->path = NULL;
		}
	}
	if (r < 0) {
		pw_control_free(&control);
		return r;
	}
	*ret_control = control;
	return 0;
}

void pw_control_free(struct pw_control **control)
{
	if (!*control)
		return;
	while ((*control)->clients)
		pw_session_free((*control)->clients);
	if ((*control)->path)
		unlink((*control)->path);
	free((*control)->path);
	pw_fd_close((*control)->listener);
	pw_fd_close((*control)->epoll);
	free(*control);
	*control = NULL;
}

int pw_control_fd(const struct pw_control *control)
{
	return control->epoll;
}

static bool in_group(int fd, gid_t primary, gid_t group)
{
	_cleanup_free_ gid_t *groups = NULL;
	socklen_t len = 0;

	if (group == (gid_t)-1)
		return false;
	if (primary == group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) == 0 || errno != ERANGE ||
	    len > GROUPS_MAX * sizeof(gid_t))
		return false;
	groups = malloc(len);
	if (!groups || getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(gid_t); i++)
		if (groups[i] == group)
			return true;
	return false;
}

static int get_peer(const struct pw_control *control, int fd, struct pw_peer *ret_peer)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	*ret_peer = (struct pw_peer){ .uid = cred.uid, .gid = cred.gid, .pid = cred.pid };
	ret_peer->in_group = in_group(fd, cred.gid, control->options.group);
	return 0;
}

/* A quarter of the places is root's, so that the group cannot lock out the administrator. */
static bool has_place(const struct pw_control *control, const struct pw_peer *peer)
{
	size_t max = control->options.clients_max;

	return control->counts.clients < (peer->uid == 0 ? max : max - max / 4);
}

int pw_control_adopt(struct pw_control *control, int fd, const struct pw_peer *peer,
		     uint64_t now_ms)
{
	static const char full[] =
		"{\"error\":{\"exit\":1,\"message\":\"too many connections\"}}\n";
	struct epoll_event event = { .events = EPOLLIN };
	struct pw_session_client *client;
	struct pw_peer found = { 0 };
	int r;

	if (!peer) {
		r = get_peer(control, fd, &found);
		if (r < 0)
			return r;
		peer = &found;
	}
	if (!has_place(control, peer)) {
		control->counts.over_limit++;
		/* If even that finds no room, closing says enough. */
		return send(fd, full, sizeof(full) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno
											 : -EUSERS;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->control = control;
	client->fd = fd;
	client->peer = *peer;
	client->active_ms = now_ms;
	client->events = EPOLLIN;
	event.data.ptr = client;
	if (epoll_ctl(control->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		r = -errno;
		free(client);
		return r;
	}
	client->next = control->clients;
	if (client->next)
		client->next->prev = client;
	control->clients = client;
	control->counts.clients++;
	return 0;
}

static void accept_some(struct pw_control *control, uint64_t now_ms)
{
	for (int i = 0; i < 32; i++) {
		int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		/* Nobody there, or no descriptors left: the idle time-out will free some. */
		if (fd < 0)
			return;
		if (pw_control_adopt(control, fd, NULL, now_ms) < 0)
			pw_fd_close(fd);
	}
}

int pw_control_run(struct pw_control *control, uint64_t now_ms)
{
	struct epoll_event event[32];
	int n = epoll_wait(control->epoll, event, 32, 0);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		if (event[i].data.ptr)
			pw_session_handle(event[i].data.ptr, event[i].events, now_ms);
		else
			accept_some(control, now_ms);
	}
	if (control->wake_pending) {
		control->wake_pending = false;
		pw_control_wake(control, now_ms);
	}
	return 0;
}

void pw_control_tick(struct pw_control *control, uint64_t now_ms)
{
	struct pw_session_client *client, *next;

	for (client = control->clients; client; client = next) {
		next = client->next;
		if (now_ms < client->active_ms + control->options.idle_ms)
			continue;
		if (pw_session_waiting(client))
			control->counts.dropped_slow++;
		else if (client->stream.next)
			continue;
		else
			control->counts.dropped_idle++;
		pw_session_refuse(client, "no whole request came in time");
		pw_session_free(client);
	}
}

void pw_control_wake(struct pw_control *control, uint64_t now_ms)
{
	struct pw_session_client *client, *next;

	if (control->busy) {
		control->wake_pending = true;
		return;
	}
	for (client = control->clients; client; client = next) {
		next = client->next;
		if (!client->stream.next)
			continue;
		/* Who was up to date begins to be slow now, not when it last took something. */
		if (!pw_session_waiting(client))
			client->active_ms = now_ms;
		client->more = true;
		pw_session_pump(client, now_ms);
	}
}

bool pw_control_streaming(const struct pw_control *control)
{
	for (const struct pw_session_client *client = control->clients; client;
	     client = client->next)
		if (client->stream.next)
			return true;
	return false;
}

void pw_control_counts(const struct pw_control *control, struct pw_control_counts *ret_counts)
{
	*ret_counts = control->counts;
}
