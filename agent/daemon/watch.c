/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this host protected, right now? Only what was just seen counts: the helper was refused
 * at every hook, and every refusal was heard. Everything else is "not protecting", with the
 * likeliest reason in words.
 */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "base/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define ROUND_MAX_MS 2000 /* a helper that takes longer is taken for dead */

static bool file_says(const char *path, const char *word, bool whole)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[1024];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return false;
	text[n] = '\0';
	return whole ? strcmp(text, word) == 0 : strstr(text, word) != NULL;
}

/* What explains that nothing at all is refused. */
static const char *silence(void)
{
	if (file_says("/proc/sys/kernel/ftrace_enabled", "0\n", true))
		return "kernel.ftrace_enabled is 0, which silences every program: "
		       "sysctl kernel.ftrace_enabled=1";
	if (access("/sys/kernel/security/lsm", R_OK) == 0 &&
	    !file_says("/sys/kernel/security/lsm", "bpf", false))
		return "the kernel was booted without bpf in its list of LSMs: add bpf to lsm= on "
		       "the kernel command line and boot again";
	return "the hooks refuse nothing";
}

static void describe(struct pw_watch *watch, uint64_t live)
{
	uint64_t dead = watch->tried & ~live;
	size_t at;

	if (!live) {
		snprintf(watch->reason, sizeof(watch->reason), "%s", silence());
		return;
	}
	at = (size_t)snprintf(watch->reason, sizeof(watch->reason), "hooks not live:");
	for (; dead && at < sizeof(watch->reason); dead &= dead - 1)
		at += (size_t)snprintf(watch->reason + at, sizeof(watch->reason) - at, " %s",
				       pw_hook_names[pw_lowest_bit(dead)]);
}

/* Say so wherever it matters, but only when it changes. */
static void judge(struct pw_daemon *d, bool protecting)
{
	struct pw_watch *watch = &d->watch;
	struct pw_event event = {
		.kind = PW_EVENT_ACCESS,
	};
	bool before = watch->protecting;

	(void)event;
	watch->protecting = protecting;
	if (protecting) {
		watch->reason[0] = '\0';
		watch->last_ok_ms = pw_monotonic_ms();
		if (!watch->ready_told) {
			pw_notice("protecting");
			sd_notify(0, "READY=1\nSTATUS=protecting");
			watch->ready_told = true;
		} else if (!before) {
			pw_notice("protecting again");
			sd_notify(0, "STATUS=protecting");
		}
		return;
	}
	if (before || !watch->ready_told) {
		_cleanup_free_ char *state = NULL;

		pw_log(PW_LOG_ERR, "NOT PROTECTING: %s", watch->reason);
		if (asprintf(&state, "STATUS=not protecting: %s", watch->reason) >= 0)
			sd_notify(0, state);
	}
}

void pw_watch_heard(struct pw_daemon *d, const struct pw_event *event)
{
	if ((pid_t)event->pid == pw_canary_pid(d->canary))
		d->watch.heard |= 1ULL << event->hook;
}

static void fail(struct pw_daemon *d, const char *reason)
{
	d->watch.live = 0;
	d->watch.round_ms = 0;
	snprintf(d->watch.reason, sizeof(d->watch.reason), "%s", reason);
	judge(d, false);
}

void pw_watch_result(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;
	struct pw_canary_result result;
	int r = pw_canary_result(d->canary, &result);
	uint64_t live;

	if (r == -EAGAIN)
		return;
	if (r < 0) {
		fail(d, "the canary's helper has ended");
		watch->next_ms = pw_monotonic_ms();
		r = pw_canary_spawn(d->canary);
		if (r < 0)
			pw_err(r, "cannot start the canary's helper");
		return;
	}
	pw_sink_drain(d);
	watch->tried = result.tried & pw_kernel_hooks(d->kernel);
	live = result.refused & watch->heard & watch->tried;
	watch->live = live;
	watch->round_ms = 0;
	if (live != watch->tried)
		describe(watch, live);
	judge(d, live == watch->tried);
}

void pw_watch_tick(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;
	uint64_t now_ms = pw_monotonic_ms();
	int r;

	if (watch->round_ms && now_ms - watch->round_ms > ROUND_MAX_MS) {
		fail(d, "the canary's helper does not answer");
		r = pw_canary_spawn(d->canary);
		if (r < 0)
			pw_err(r, "cannot start the canary's helper");
	}
	if (watch->round_ms || now_ms < watch->next_ms)
		return;
	watch->heard = 0;
	r = pw_canary_go(d->canary);
	if (r < 0) {
		fail(d, "the canary cannot be sent");
		pw_canary_spawn(d->canary);
	} else {
		watch->round_ms = now_ms;
	}
	watch->next_ms = now_ms + d->settings.canary_interval_ms;
}
