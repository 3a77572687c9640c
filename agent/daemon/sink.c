/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Arguments are read from /proc, where a process can make its readers wait: so many events
 * a tick get theirs. In a flood the others go without (args_token null).
 */
#define COMPLETIONS_A_TICK 16

/* Not to be displaced by noise: what was refused or would be, and labels that went astray. */
static bool is_important(const struct pw_event *event)
{
	return event->verdict >= PW_WARN || event->kind == PW_EVENT_DECLASSIFIED ||
	       event->kind == PW_EVENT_SPREAD_LOST;
}

/* One event as evidence: numbered, remembered, written, shown to those who follow. */
static void emit(void *ctx, const struct pw_fold_out *out)
{
	struct pw_daemon *d = ctx;
	_cleanup_str_ struct pw_str line = { 0 };
	struct pw_record record = {
		.view = *out->view,
		.seq = ++d->seq,
		.time_ns = pw_clock_utc(&d->clock, out->view->event.time_ns),
		.count = out->count,
		.first_ns = pw_clock_utc(&d->clock, out->first_ns),
		.last_ns = pw_clock_utc(&d->clock, out->last_ns),
		.dropped_before = out->dropped_before,
	};
	bool important = is_important(&record.view.event);

	if (important && d->completions) {
		d->completions--;
		pw_record_complete(&record, &d->context);
	}
	if (pw_recent_add(d->recent, &record) < 0)
		pw_debug("no memory to remember an event, ignoring");
	d->fresh = true;
	if (pw_record_render(&record, &d->context, PW_RENDER_TOKEN, &line) < 0) {
		d->bad++;
		return;
	}
	if (d->journal)
		pw_journal_write(d->journal, line.text, line.len, record.seq, important,
				 pw_monotonic_ms());
	if (d->options.to_stdout)
		fwrite(line.text, 1, line.len, stdout);
}

/* Losses found in the kernel's counters become records of their own. */
static void emit_loss(struct pw_daemon *d, unsigned int ring, int cpu, uint64_t count)
{
	_cleanup_str_ struct pw_str line = { 0 };
	struct pw_loss_report loss = {
		.seq = ++d->seq,
		.time_ns = pw_clock_utc(&d->clock, pw_boottime_ns()),
		.count = count,
		.where = "kernel",
		.ring = pw_ring_names[ring],
		.cpu = cpu,
	};

	pw_recent_add_loss(d->recent, &loss);
	d->fresh = true;
	if (pw_loss_render(&loss, &d->context, &line) < 0)
		return;
	if (d->journal)
		pw_journal_write(d->journal, line.text, line.len, loss.seq, true,
				 pw_monotonic_ms());
	if (d->options.to_stdout)
		fwrite(line.text, 1, line.len, stdout);
}

static void count_and_fold(struct pw_daemon *d, const struct pw_event_view *view, uint64_t lost)
{
	d->seen++;
	d->by_verdict[view->event.verdict]++;
	pw_keeping_see(d, view);
	pw_fold_add(d->fold, pw_boottime_ns(), view, lost);
}

void pw_sink_take(struct pw_daemon *d, const struct pw_event_view *view)
{
	count_and_fold(d, view, 0);
}

/* What the kernel half tells the agent, and nobody else. */
static bool take_for_us(struct pw_daemon *d, const struct pw_event_view *view)
{
	switch (view->event.kind) {
	case PW_EVENT_CANARY: /* heard already */
		return true;
	case PW_EVENT_RECALLED:
		pw_keeping_recalled(d, view);
		return true;
	case PW_EVENT_SUPERBLOCK:
		pw_keeping_superblock(d, &view->event);
		return true;
	default:
		return false;
	}
}

static void take(void *ctx, unsigned int ring, const void *data, size_t size)
{
	struct pw_daemon *d = ctx;
	struct pw_event_view view;
	uint64_t lost;

	if (pw_event_decode(data, size, &view) < 0) {
		d->bad++;
		return;
	}
	lost = pw_loss_see(d->loss, ring, &view);
	pw_watch_heard(d, ring, &view.event);
	if (!take_for_us(d, &view))
		count_and_fold(d, &view, lost);
	else if (lost)
		emit_loss(d, ring, (int)view.event.cpu, lost);
}

size_t pw_sink_drain(struct pw_daemon *d)
{
	size_t n = pw_kernel_drain(d->kernel, take, d);

	pw_keeping_superblocks(d);
	return n;
}

bool pw_sink_drain_all(struct pw_daemon *d)
{
	uint64_t until = pw_boottime_ns() + 200000000ULL;

	while (pw_sink_drain(d))
		if (pw_boottime_ns() > until)
			return false;
	return true;
}

void pw_sink_own(struct pw_daemon *d, struct pw_event *event, const char *path, const char *path2)
{
	_cleanup_str_ struct pw_str wire = { 0 };
	struct pw_event_view view;
	size_t len = path ? strlen(path) : 0, len2 = path2 ? strlen(path2) : 0;

	event->version = PW_EVENT_VERSION;
	event->time_ns = pw_boottime_ns();
	event->path_len = (uint16_t)len;
	event->path2_len = (uint16_t)len2;
	event->size = (uint32_t)(sizeof(*event) + len + len2);
	pw_str_add_bytes(&wire, event, sizeof(*event));
	pw_str_add_bytes(&wire, path, len);
	pw_str_add_bytes(&wire, path2, len2);
	if (wire.error || pw_event_decode(wire.text, wire.len, &view) < 0) {
		d->bad++;
		return;
	}
	d->seen++;
	d->by_verdict[view.event.verdict]++;
	pw_fold_add(d->fold, event->time_ns, &view, 0);
}

static void look_for_losses(struct pw_daemon *d)
{
	for (unsigned int ring = 0; ring < _PW_RING_MAX; ring++)
		for (unsigned int cpu = 0; cpu < pw_kernel_cpus(d->kernel); cpu++) {
			uint64_t lost = pw_loss_counter(d->loss, ring, cpu,
							pw_kernel_dropped(d->kernel, ring, cpu));

			if (lost)
				emit_loss(d, ring, (int)cpu, lost);
		}
}

void pw_sink_tick(struct pw_daemon *d)
{
	uint64_t now_ms = pw_monotonic_ms();

	d->completions = COMPLETIONS_A_TICK;
	pw_sink_drain(d);
	pw_fold_flush(d->fold, pw_boottime_ns());
	if (d->options.to_stdout)
		fflush(stdout);
	if (d->fresh && pw_control_streaming(d->control))
		pw_control_wake(d->control, now_ms);
	d->fresh = false;
	if (d->journal)
		pw_journal_tick(d->journal, now_ms);
	look_for_losses(d);
}

static int loss_line(void *ctx, uint64_t count, uint64_t from, uint64_t to, struct pw_str *into)
{
	struct pw_daemon *d = ctx;
	struct pw_loss_report loss = {
		.time_ns = pw_clock_utc(&d->clock, pw_boottime_ns()),
		.count = count,
		.where = "journal",
		.cpu = -1,
		.from_seq = from,
		.to_seq = to,
	};

	return pw_loss_render(&loss, &d->context, into);
}

static int make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

int pw_sink_open(struct pw_daemon *d)
{
	_cleanup_free_ char *key = pw_rooted("/var/lib/phiward/token.key");
	_cleanup_free_ char *file = pw_rooted(d->settings.log_file);
	struct pw_fold_options fold = { .emit = emit, .ctx = d };
	struct pw_journal_options journal = {
		.path = file,
		.max_bytes = d->settings.log_max_bytes,
		.keep = (unsigned int)d->settings.log_keep,
		.loss_line = loss_line,
		.ctx = d,
	};
	int r;

	if (!key || !file)
		return -ENOMEM;
	pw_clock_measure(&d->clock);
	r = make_parents(key);
	if (r == 0)
		r = pw_token_key_load(key, &d->key);
	if (r < 0)
		return pw_err(r, "cannot use the token key '%s'", key);
	r = pw_naming_new(&d->naming);
	if (r == 0)
		r = pw_loss_new(&d->loss);
	if (r == 0)
		r = pw_recent_new(0, 0, &d->recent);
	if (r == 0)
		r = pw_fold_new(&fold, &d->fold);
	if (r < 0)
		return r;
	if (!d->options.no_log) {
		make_parents(file);
		r = pw_journal_new(&journal, &d->journal);
	}
	d->context = (struct pw_render_context){
		.naming = d->naming,
		.key = &d->key,
		.users = d->users,
		.proc_worker = d->proc_worker,
	};
	pw_render_context_init(&d->context);
	d->source = (struct pw_events_source){ d->recent, &d->context };
	return r;
}

void pw_sink_close(struct pw_daemon *d)
{
	if (d->fold)
		pw_fold_flush(d->fold, UINT64_MAX);
	if (d->journal) {
		uint64_t lost = pw_journal_free(&d->journal);

		if (lost)
			pw_warning("%llu events could not be written to the log and are lost",
				   (unsigned long long)lost);
	}
	if (d->options.to_stdout)
		fflush(stdout);
	pw_fold_free(&d->fold);
	pw_recent_free(&d->recent);
	pw_loss_free(&d->loss);
	pw_naming_free(&d->naming);
}
