/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an event lacks and /proc still knows: the arguments, as a token. Best effort. */
#include "evidence/event.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define ARGS_MAX   65536
#define TIMEOUT_MS 50
#define SEEN_NS    1000000000u

int pw_render_context_init(struct pw_render_context *context)
{
	static const char hex[] = "0123456789abcdef";
	_cleanup_close_ int fd = -EBADF;
	uint8_t random[8] = { 0 };
	ssize_t n;

	/* 8 bytes from the kernel's generator never come short. */
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		memcpy(random, &(pid_t){ getpid() }, sizeof(pid_t));
	for (size_t i = 0; i < sizeof(random); i++) {
		context->run[2 * i] = hex[random[i] >> 4];
		context->run[2 * i + 1] = hex[random[i] & 15];
	}
	context->run[16] = '\0';
	context->boot[0] = '\0';
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, context->boot, 36);
	if (n < 0)
		return -errno;
	context->boot[n == 36 ? 36 : 0] = '\0';
	return n == 36 ? 0 : -EIO;
}

struct args_request { /* owned by the worker's thread once it has timed out */
	uint32_t pid;
	uint64_t start_ns;
	struct pw_str args;
};

static void args_free(void *arg)
{
	struct args_request *request = arg;

	pw_str_free(&request->args);
	free(request);
}

static int read_proc(uint32_t pid, const char *name, size_t max, struct pw_str *into)
{
	_cleanup_close_ int fd = -EBADF;
	char path[64], block[4096];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (into->len < max) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		pw_str_add_bytes(into, block, (size_t)n);
	}
	return into->error;
}

/* Field 22 of /proc/PID/stat, counted behind the name, which may hold anything. */
static int start_ticks(const char *stat, uint64_t *ret_ticks)
{
	const char *at = strrchr(stat, ')');
	char digits[24];
	size_t n;

	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -EPROTO;
	n = strcspn(++at, " \n");
	if (n >= sizeof(digits))
		return -EPROTO;
	memcpy(digits, at, n);
	digits[n] = '\0';
	return pw_parse_u64(digits, UINT64_MAX, ret_ticks);
}

static int read_args(void *arg)
{
	struct args_request *request = arg;
	_cleanup_str_ struct pw_str stat = { 0 };
	uint64_t ticks, tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
	int r;

	r = read_proc(request->pid, "cmdline", ARGS_MAX, &request->args);
	if (r < 0)
		return r;
	/* Afterwards: had the PID changed hands in between, this tells. */
	r = read_proc(request->pid, "stat", 4096, &stat);
	if (r < 0)
		return r;
	r = start_ticks(stat.text ? stat.text : "", &ticks);
	if (r < 0)
		return r;
	return ticks == request->start_ns / tick_ns ? 0 : -ESRCH;
}

static void ask(struct pw_record *record, const struct pw_render_context *context)
{
	struct args_request *request = calloc(1, sizeof(*request));
	int r, result = 0;

	if (!request)
		return;
	request->pid = record->view.event.pid;
	request->start_ns = record->view.event.start_ns;
	r = pw_worker_run(context->proc_worker, read_args, args_free, request, TIMEOUT_MS, &result);
	if (r == -ETIMEDOUT)
		return; /* the thread frees it */
	if (r == 0 && result == 0 && request->args.len &&
	    pw_token(context->key, request->args.text, request->args.len, record->args_token) < 0)
		record->args_token[0] = '\0';
	args_free(request);
}

void pw_record_complete(struct pw_record *record, struct pw_render_context *context)
{
	const struct pw_event *event = &record->view.event;
	struct pw_args_seen *seen = &context->args_seen[event->pid & (PW_ARGS_SEEN - 1)];

	record->args_token[0] = '\0';
	if (!context->proc_worker || !context->key || !event->pid)
		return;
	if (seen->pid != event->pid || seen->start_ns != event->start_ns ||
	    seen->exe_inode != event->exe_inode || seen->exe_dev != event->exe_dev ||
	    memcmp(seen->comm, event->comm, PW_COMM_LEN) != 0 || event->time_ns >= seen->until_ns) {
		ask(record, context);
		*seen = (struct pw_args_seen){ .pid = event->pid,
					       .start_ns = event->start_ns,
					       .exe_inode = event->exe_inode,
					       .exe_dev = event->exe_dev,
					       .until_ns = event->time_ns + SEEN_NS };
		memcpy(seen->comm, event->comm, PW_COMM_LEN);
		memcpy(seen->token, record->args_token, sizeof(seen->token));
		return;
	}
	memcpy(record->args_token, seen->token, sizeof(seen->token));
}
