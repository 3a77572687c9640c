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
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define HEAR_MAX_MS 500   /* for a record to come that is not there when the round ends */
#define ROUND_MAX_MS 4000 /* a helper that takes longer is taken for dead */

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

static bool switched_off(void)
{
	return file_says("/proc/sys/kernel/ftrace_enabled", "0\n", true);
}

/* What explains that nothing at all is refused. */
static const char *silence(void)
{
	if (switched_off())
		return "kernel.ftrace_enabled is 0, which silences every program: "
		       "sysctl kernel.ftrace_enabled=1";
	if (access("/sys/kernel/security/lsm", R_OK) == 0 &&
	    !file_says("/sys/kernel/security/lsm", "bpf", false))
		return "the kernel was booted without bpf in its list of LSMs: add bpf to lsm= on "
		       "the kernel command line and boot again";
	return "the hooks refuse nothing";
}

static void describe(struct pw_watch *watch, uint64_t live, uint64_t attached)
{
	uint64_t dead = (watch->tried & ~live) | (attached & ~watch->linked);
	size_t at;

	/* a round that was under way then has found some of the hooks live */
	if (!live || switched_off()) {
		snprintf(watch->reason, sizeof(watch->reason), "%s", silence());
		return;
	}
	at = (size_t)snprintf(watch->reason, sizeof(watch->reason), "hooks not live:");
	for (; dead && at < sizeof(watch->reason); dead &= dead - 1)
		at += (size_t)snprintf(watch->reason + at, sizeof(watch->reason) - at, " %s",
				       pw_hook_names[pw_lowest_bit(dead)]);
}

/* An alert among the events: whoever reads only those must not miss it. */
static void tell_event(struct pw_daemon *d, enum pw_event_kind kind, const char *reason)
{
	struct pw_event event = {
		.kind = (uint8_t)kind,
		.verdict = PW_WARN,
		.severity = kind == PW_EVENT_UNPROTECTED ? PW_SEVERITY_CRITICAL : PW_SEVERITY_LOW,
		.rule = PW_RULE_NONE,
		.generation = d->now.generation,
		.pid = (uint32_t)getpid(),
		.tid = (uint32_t)getpid(),
		.auid = UINT32_MAX,
		.session = UINT32_MAX,
		.comm = "phiwardd",
	};

	pw_sink_own(d, &event, NULL, reason);
}

/* Say so wherever it matters, but only when it changes. */
static void judge(struct pw_daemon *d, bool protecting)
{
	struct pw_watch *watch = &d->watch;
	bool before = watch->protecting;

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
			tell_event(d, PW_EVENT_PROTECTED, NULL);
		}
		watch->told[0] = '\0';
		return;
	}
	if (before || strcmp(watch->told, watch->reason)) {
		_cleanup_free_ char *state = NULL;

		memcpy(watch->told, watch->reason, sizeof(watch->told));
		tell_event(d, PW_EVENT_UNPROTECTED, watch->reason);

		pw_log(PW_LOG_ERR, "NOT PROTECTING: %s", watch->reason);
		if (asprintf(&state, "STATUS=not protecting: %s", watch->reason) >= 0)
			sd_notify(0, state);
	}
}

void pw_watch_heard(struct pw_daemon *d, unsigned int ring, const struct pw_event *event)
{
	if (ring == PW_RING_DENIALS)
		d->watch.read_ns = event->time_ns;
	if (event->kind == PW_EVENT_CANARY && (pid_t)event->pid == pw_canary_pid(d->canary))
		d->watch.heard |= 1ULL << event->hook;
}

static void fail(struct pw_daemon *d, const char *reason)
{
	pw_kernel_canary_turn(d->kernel, 0);
	d->watch.live = 0;
	d->watch.round_ms = 0;
	d->watch.ended_ns = 0;
	snprintf(d->watch.reason, sizeof(d->watch.reason), "%s", reason);
	judge(d, false);
}

int pw_watch_spawn(struct pw_daemon *d)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = PW_SOURCE_CANARY };
	int r;

	/* By name, not by closing: other children may hold copies of the old one. */
	if (pw_canary_fd(d->canary) >= 0)
		epoll_ctl(d->epoll_fd, EPOLL_CTL_DEL, pw_canary_fd(d->canary), NULL);
	r = pw_canary_spawn(d->canary);
	if (r == 0 &&
	    epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, pw_canary_fd(d->canary), &event) < 0)
		r = -errno;
	return r < 0 ? pw_err(r, "cannot start the canary's helper") : 0;
}

static uint64_t lost_denials(struct pw_daemon *d)
{
	uint64_t lost = 0;

	for (unsigned int cpu = 0; cpu < pw_kernel_cpus(d->kernel); cpu++)
		lost += pw_kernel_dropped(d->kernel, PW_RING_DENIALS, cpu);
	return lost;
}

/*
 * Is every refusal of the round heard, or can it not come any more? Its record was in the ring
 * before the round ended, so in front of any that was made after that: however full others
 * keep the ring, this reads at most one ring of records.
 */
static bool hear(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;

	/* In a flood events of the canary are lost like others, which is counted and told. */
	if (lost_denials(d) != watch->lost_before)
		watch->heard |= watch->refused;
	while (watch->refused & ~watch->heard && watch->read_ns < watch->ended_ns)
		if (!pw_sink_drain(d))
			return pw_boottime_ns() - watch->ended_ns > HEAR_MAX_MS * 1000000ULL;
	return true;
}

/* What the round that has ended has shown. */
static void conclude(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;
	bool all;

	if (!watch->ended_ns || !hear(d))
		return;
	watch->linked = pw_kernel_hooks_linked(d->kernel);
	watch->live = watch->refused & watch->heard & watch->tried & watch->linked;
	watch->round_ms = 0;
	watch->ended_ns = 0;
	all = watch->live == watch->tried && watch->linked == pw_kernel_hooks(d->kernel);
	if (!all)
		describe(watch, watch->live, pw_kernel_hooks(d->kernel));
	else if (pw_keeping_unsafe(d))
		snprintf(watch->reason, sizeof(watch->reason), "%s", pw_keeping_unsafe(d));
	judge(d, all && !pw_keeping_unsafe(d));
}

void pw_watch_result(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;
	struct pw_canary_result result;
	int r = pw_canary_result(d->canary, &result);

	if (r == -EAGAIN)
		return;
	if (r < 0) {
		fail(d, "the canary's helper has ended");
		watch->next_ms = pw_monotonic_ms();
		pw_watch_spawn(d);
		return;
	}
	pw_kernel_canary_turn(d->kernel, 0);
	watch->refused = result.refused;
	watch->tried = result.tried & pw_kernel_hooks(d->kernel);
	watch->ended_ns = pw_boottime_ns();
	conclude(d);
}

void pw_watch_tick(struct pw_daemon *d)
{
	struct pw_watch *watch = &d->watch;
	uint64_t now_ms = pw_monotonic_ms();
	int r;

	/* Who is kept from looking must not take a result that waits for one that did not come. */
	if (watch->round_ms && !watch->ended_ns)
		pw_watch_result(d);
	conclude(d);
	if (watch->round_ms && !watch->ended_ns && now_ms - watch->round_ms > ROUND_MAX_MS) {
		fail(d, "the canary's helper does not answer");
		pw_watch_spawn(d);
	}
	if (watch->round_ms || now_ms < watch->next_ms)
		return;
	watch->heard = 0;
	watch->lost_before = lost_denials(d);
	pw_kernel_canary_turn(d->kernel, (uint32_t)pw_canary_pid(d->canary));
	r = pw_canary_go(d->canary);
	if (r < 0) {
		fail(d, "the canary cannot be sent");
		pw_watch_spawn(d);
	} else {
		watch->round_ms = now_ms;
	}
	watch->next_ms = now_ms + d->settings.canary_interval_ms;
}
