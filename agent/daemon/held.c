/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What processes hold outlives the agent: it is looked at whenever it has grown, what changed
 * goes to the store, and who starts anew under the same kernel gives it back. A process is
 * known by its number and its start; whoever was forked while no agent was there holds what
 * its parent does.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <string.h>

#define LOOK_MS 400 /* at least, between two looks */
#define ROUNDS  8   /* of giving back, while processes go on forking */

static struct pw_process *list(const struct pw_str *bytes, size_t *ret_n)
{
	*ret_n = bytes->len / sizeof(struct pw_process);
	return (struct pw_process *)(void *)bytes->text;
}

static int by_start(const void *a, const void *b)
{
	const struct pw_process *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Where @held stands to the process, in the order of both. */
static int compare_held(const struct pw_labels_held *held, uint64_t start_ns, uint32_t pid)
{
	if (held->start_ns != start_ns)
		return held->start_ns < start_ns ? -1 : 1;
	return held->pid < pid ? -1 : held->pid > pid;
}

/* ---- Looking ---- */

/* What @processes (sorted) hold. */
static int held_by(const struct pw_process *process, size_t n, struct pw_str *into)
{
	for (size_t i = 0; i < n; i++) {
		const struct pw_labels_held held = {
			.start_ns = process[i].start_ns,
			.labels = process[i].labels,
			.since_ns = process[i].since_ns,
			.pid = process[i].pid,
			.session = process[i].session,
			.person = process[i].person,
		};

		if (held.labels && held.pid != (uint32_t)getpid())
			pw_str_add_bytes(into, &held, sizeof(held));
	}
	return into->error;
}

/* What is to be written where @before stands: what is new or has grown, and with no labels
 * what is gone. Both are sorted. */
static int changes(const struct pw_labels_look *before, const struct pw_labels_look *now,
		   struct pw_str *into)
{
	size_t i = 0;

	for (size_t k = 0; k <= now->n; k++) {
		const struct pw_labels_held *held = k < now->n ? &now->held[k] : NULL;
		bool same = false;
		int order;

		for (; i < before->n; i++) {
			struct pw_labels_held gone = before->held[i];

			order = held ? compare_held(&gone, held->start_ns, held->pid) : -1;
			if (order > 0)
				break;
			if (order == 0) {
				same = gone.labels == held->labels;
				continue;
			}
			gone.labels = 0;
			pw_str_add_bytes(into, &gone, sizeof(gone));
		}
		if (held && !same)
			pw_str_add_bytes(into, held, sizeof(*held));
	}
	return into->error;
}

/* Hand what has changed to the keeper. */
static int keep(struct pw_keeping *keeping, const char *boot, const struct pw_labels_look *now)
{
	_cleanup_str_ struct pw_str changed = { 0 };
	struct pw_keep change = { .boot = boot, .look.at_ns = now->at_ns };
	int r = changes(&keeping->look, now, &changed);

	change.look.n = changed.len / sizeof(*change.look.held);
	change.look.held = (struct pw_labels_held *)(void *)changed.text;
	if (r == 0 && (change.look.n || now->n))
		r = pw_keeper_add(keeping->keeper, &change);
	return r;
}

static int look(struct pw_daemon *d)
{
	_cleanup_str_ struct pw_str processes = { 0 }, held = { 0 };
	struct pw_labels_look now = { .at_ns = pw_boottime_ns() };
	struct pw_process *process;
	size_t n;
	int r = pw_kernel_processes(d->kernel, &processes);

	if (r < 0)
		return r;
	process = list(&processes, &n);
	if (n)
		qsort(process, n, sizeof(*process), by_start);
	r = held_by(process, n, &held);
	if (r < 0)
		return r;
	now.n = held.len / sizeof(*now.held);
	now.held = (struct pw_labels_held *)(void *)held.text;
	r = keep(d->keeping, d->context.boot, &now);
	if (r < 0)
		return r;
	free(d->keeping->look.held);
	now.held = (struct pw_labels_held *)(void *)pw_str_take(&held);
	d->keeping->look = now;
	return 0;
}

void pw_held_tick(struct pw_daemon *d, bool gone)
{
	struct pw_keeping *keeping = d->keeping;
	uint64_t epoch, now_ms = pw_monotonic_ms();
	int r;

	if (!keeping->keeper || !d->context.boot[0])
		return;
	/* Before the look: what grows meanwhile is looked at again. */
	epoch = pw_kernel_held_epoch(d->kernel);
	if (epoch == keeping->look_epoch && !(gone && keeping->look.n))
		return;
	if (now_ms - keeping->looked_ms < LOOK_MS)
		return;
	keeping->looked_ms = now_ms;
	r = look(d);
	if (r == 0)
		keeping->look_epoch = epoch;
	if (r < 0 && !keeping->look_failed)
		pw_err(r, "cannot keep what processes hold, retrying");
	keeping->look_failed = r < 0;
}

void pw_held_close(struct pw_daemon *d)
{
	if (d->keeping->keeper && d->kernel && d->now.policy && d->context.boot[0])
		look(d);
	free(d->keeping->look.held);
	d->keeping->look.held = NULL;
}

/* ---- Giving back ---- */

static const struct pw_labels_held *find_held(const struct pw_labels_look *kept,
					      const struct pw_process *process)
{
	size_t low = 0, high = kept->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_held(&kept->held[middle], process->start_ns, process->pid);

		if (order == 0)
			return &kept->held[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct pw_process *find_parent(const struct pw_process *process, size_t n,
					    const struct pw_process *child)
{
	const struct pw_process key = { .pid = child->parent, .start_ns = child->parent_start_ns };

	return bsearch(&key, process, n, sizeof(key), by_start);
}

static void hold(struct pw_process *process, uint64_t labels, uint64_t since_ns)
{
	if (labels && !process->since_ns)
		process->since_ns = since_ns;
	process->labels |= labels;
}

/*
 * Whose parent has ended has another one now, mostly of another session; it may have been
 * forked by any of its own session and person.
 */
static void hold_as_orphan(struct pw_process *process, const struct pw_process *parent,
			   const struct pw_labels_look *kept)
{
	if (!process->session || process->session == process->pid ||
	    (parent && parent->session == process->session))
		return;
	for (size_t i = 0; i < kept->n; i++)
		if (kept->held[i].session == process->session &&
		    kept->held[i].person == process->person)
			hold(process, kept->held[i].labels, kept->held[i].since_ns);
}

/*
 * Say of each process, sorted by their start, what it holds by what was kept of it, or
 * of those that it was forked by after the last look.
 */
static void inherit(struct pw_process *process, size_t n, const struct pw_labels_look *kept)
{
	for (size_t i = 0; i < n; i++) {
		const struct pw_labels_held *held = find_held(kept, &process[i]);
		const struct pw_process *parent = find_parent(process, n, &process[i]);

		if (process[i].pid == (uint32_t)getpid()) {
			process[i].labels = 0;
			continue;
		}
		if (held)
			hold(&process[i], held->labels, held->since_ns);
		if (held || process[i].start_ns < kept->at_ns)
			continue;
		if (parent)
			hold(&process[i], parent->labels, parent->since_ns);
		hold_as_orphan(&process[i], parent, kept);
	}
}

/* One round: how many came to hold something by it. */
static int give_back(struct pw_daemon *d, const struct pw_labels_look *kept)
{
	_cleanup_str_ struct pw_str processes = { 0 };
	struct pw_process *process;
	size_t n;
	int given = 0, r = pw_kernel_processes(d->kernel, &processes);

	if (r < 0)
		return r;
	process = list(&processes, &n);
	if (n)
		qsort(process, n, sizeof(*process), by_start);
	inherit(process, n, kept);
	for (size_t i = 0; i < n && r >= 0; i++) {
		if (!process[i].labels)
			continue;
		r = pw_kernel_hold(d->kernel, &process[i]);
		given += r > 0;
	}
	return r < 0 ? r : given;
}

int pw_held_restore(struct pw_daemon *d, struct pw_labels *store)
{
	struct pw_labels_look *kept = &d->keeping->look;
	int total = 0, r;

	if (!d->context.boot[0])
		return 0;
	r = pw_labels_load_held(store, d->context.boot, kept);
	if (r < 0 || !kept->n)
		return r;
	for (int round = 0; round < ROUNDS; round++) {
		r = give_back(d, kept);
		if (r <= 0)
			break;
		total += r;
	}
	if (total)
		pw_info("%d processes hold again what they held before", total);
	return r < 0 ? r : 0;
}
