/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side: which names are wanted, what was answered, and how long that holds. */
#include "host/hosts.h"

#include "base/cleanup.h"

#include <linux/close_range.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* When nothing comes, the child has long given up the name: it is lost. */
#define ANSWER_MAX_MS (3 * PW_HOSTS_LIMIT_MS)

struct pw_hosts {
	struct pw_host *host;
	size_t n;
	int socket;
	pid_t pid;
	bool waiting; /* one question is out */
	uint64_t asked_ms;
};

/* ---- One name ---- */

static struct pw_host_address *find_address(struct pw_host *host, const uint8_t addr[16])
{
	for (size_t i = 0; i < host->n_addresses; i++)
		if (memcmp(host->address[i].addr, addr, 16) == 0)
			return &host->address[i];
	return NULL;
}

/* Room for one more: that of the one that was seen first. */
static struct pw_host_address *free_address(struct pw_host *host)
{
	struct pw_host_address *oldest = &host->address[0];

	if (host->n_addresses < PW_HOST_ADDRESSES_MAX)
		return &host->address[host->n_addresses++];
	for (size_t i = 1; i < host->n_addresses; i++)
		if (host->address[i].seen_ms < oldest->seen_ms)
			oldest = &host->address[i];
	return oldest;
}

static bool drop_address(struct pw_host *host, size_t index)
{
	host->address[index] = host->address[--host->n_addresses];
	return true;
}

bool pw_host_expire(struct pw_host *host, uint64_t now_ms)
{
	bool changed = false;

	for (size_t i = 0; i < host->n_addresses;) {
		/* Against the last good answer: while there is none, nothing is known to be old. */
		bool stale = host->address[i].seen_ms + PW_HOSTS_STALE_MS <= host->ok_ms;

		if (stale || host->ok_ms + PW_HOSTS_KEEP_MS <= now_ms)
			changed = drop_address(host, i);
		else
			i++;
	}
	return changed;
}

bool pw_host_take(struct pw_host *host, const struct pw_host_answer *answer, uint64_t now_ms)
{
	uint32_t n = answer->n < PW_HOST_ADDRESSES_MAX ? answer->n : PW_HOST_ADDRESSES_MAX;
	bool changed = false;

	host->asked = false;
	host->answered = true;
	host->error = answer->error ? answer->error : n ? 0 : EAI_NODATA;
	host->next_ms = now_ms + (host->error ? PW_HOSTS_RETRY_MS : PW_HOSTS_REFRESH_MS);
	if (host->error)
		return pw_host_expire(host, now_ms);
	host->ok_ms = now_ms;
	for (uint32_t i = 0; i < n; i++) {
		struct pw_host_address *known = find_address(host, answer->addr[i]);

		if (!known) {
			known = free_address(host);
			memcpy(known->addr, answer->addr[i], 16);
			changed = true;
		}
		known->seen_ms = now_ms;
	}
	return pw_host_expire(host, now_ms) || changed;
}

/* ---- All of them ---- */

int pw_hosts_new(int (*confine)(void), struct pw_hosts **ret_hosts)
{
	_cleanup_free_ struct pw_hosts *hosts = calloc(1, sizeof(*hosts));
	_cleanup_close_ int ours = -EBADF, theirs = -EBADF;
	int pair[2];

	if (!hosts)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	hosts->pid = fork();
	if (hosts->pid < 0)
		return -errno;
	if (hosts->pid == 0) {
		sigset_t none;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "phiward-resolver");
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (dup2(theirs, 3) != 3 || syscall(SYS_close_range, 4, ~0U, 0) < 0 ||
		    (confine && confine() < 0))
			_exit(1);
		pw_hosts_serve(3);
	}
	hosts->socket = TAKE_FD(ours);
	*ret_hosts = TAKE_PTR(hosts);
	return 0;
}

void pw_hosts_free(struct pw_hosts **hosts)
{
	if (!*hosts)
		return;
	pw_fd_close((*hosts)->socket);
	if ((*hosts)->pid > 0) {
		kill((*hosts)->pid, SIGKILL);
		waitpid((*hosts)->pid, NULL, 0);
	}
	free((*hosts)->host);
	free(*hosts);
	*hosts = NULL;
}

int pw_hosts_fd(const struct pw_hosts *hosts)
{
	return hosts->socket;
}

size_t pw_hosts_count(const struct pw_hosts *hosts)
{
	return hosts->n;
}

const struct pw_host *pw_hosts_at(const struct pw_hosts *hosts, size_t index)
{
	return &hosts->host[index];
}

static struct pw_host *find(struct pw_host *host, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(host[i].name, name) == 0)
			return &host[i];
	return NULL;
}

const struct pw_host *pw_hosts_find(const struct pw_hosts *hosts, const char *name)
{
	return find(hosts->host, hosts->n, name);
}

int pw_hosts_want(struct pw_hosts *hosts, const char *const *name, size_t n)
{
	struct pw_host *wanted = calloc(n + 1, sizeof(*wanted));
	size_t kept = 0;

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct pw_host *known = find(hosts->host, hosts->n, name[i]);

		if (strlen(name[i]) > PW_HOST_NAME_MAX || find(wanted, kept, name[i]))
			continue;
		if (known)
			wanted[kept] = *known;
		else
			snprintf(wanted[kept].name, sizeof(wanted[kept].name), "%s", name[i]);
		kept++;
	}
	free(hosts->host);
	hosts->host = wanted;
	hosts->n = kept;
	return 0;
}

/* The resolver is gone, and cannot be made anew: what is known holds for its time. */
static void lose_resolver(struct pw_hosts *hosts)
{
	hosts->socket = pw_fd_close(hosts->socket);
	for (size_t i = 0; i < hosts->n; i++)
		hosts->host[i].error = EAI_SYSTEM;
}

/* The one that has been due for the longest time, if any. */
static struct pw_host *next_due(struct pw_hosts *hosts, uint64_t now_ms)
{
	struct pw_host *due = NULL;

	for (size_t i = 0; i < hosts->n; i++) {
		struct pw_host *host = &hosts->host[i];

		if (host->next_ms <= now_ms && (!due || host->next_ms < due->next_ms))
			due = host;
	}
	return due;
}

static void ask(struct pw_hosts *hosts, uint64_t now_ms)
{
	struct pw_host *host = next_due(hosts, now_ms);
	struct pw_host_question question = { 0 };

	if (!host || hosts->waiting || hosts->socket < 0)
		return;
	memcpy(question.name, host->name, sizeof(question.name));
	if (send(hosts->socket, &question, sizeof(question), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno != EAGAIN)
			lose_resolver(hosts);
		return;
	}
	host->asked = true;
	host->next_ms = now_ms + ANSWER_MAX_MS;
	hosts->waiting = true;
	hosts->asked_ms = now_ms;
}

bool pw_hosts_tick(struct pw_hosts *hosts, uint64_t now_ms)
{
	bool changed = false;

	for (size_t i = 0; i < hosts->n; i++)
		changed |= pw_host_expire(&hosts->host[i], now_ms);
	if (hosts->waiting && now_ms - hosts->asked_ms > ANSWER_MAX_MS)
		hosts->waiting = false;
	ask(hosts, now_ms);
	return changed;
}

bool pw_hosts_answer(struct pw_hosts *hosts, uint64_t now_ms)
{
	struct pw_host_answer answer;
	struct pw_host *host;
	bool changed;
	ssize_t n = recv(hosts->socket, &answer, sizeof(answer), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n != sizeof(answer)) {
		lose_resolver(hosts);
		return false;
	}
	hosts->waiting = false;
	answer.name[PW_HOST_NAME_MAX] = '\0';
	host = find(hosts->host, hosts->n, answer.name);
	changed = host && pw_host_take(host, &answer, now_ms);
	ask(hosts, now_ms);
	return changed;
}
