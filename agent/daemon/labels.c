/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels that outlive the agent: what the kernel half tells of lineage goes to the keeper.
 * A store that cannot be used stops nobody: the marks stay in the kernel, and the status
 * says what is missing. It is no protection, though, where a label fails closed.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <string.h>
#include <sys/stat.h>

#define STOP_MS 5000 /* for what is not written yet */

/* ---- Names ---- */

#define NAMES_PLENTY 48 /* beyond that, those that nothing carries give their bits away */
#define FLUSH_MS     3000

/* From the start on names have the bits that the store remembers. */
static int take_names(struct pw_daemon *d)
{
	struct pw_label_names *names = &d->keeping->names;

	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		struct pw_label_number *number = &d->number[d->n_numbers];

		if (!names->name[bit][0])
			continue;
		number->name = strdup(names->name[bit]);
		number->bit = bit;
		if (!number->name)
			return -ENOMEM;
		d->n_numbers++;
	}
	return 0;
}

static bool has_label(const struct pw_policy *policy, const char *name)
{
	for (size_t i = 0; policy && i < policy->n_labels; i++)
		if (strcmp(policy->label[i].name.text, name) == 0)
			return true;
	return false;
}

/* How many names there would be, with those of @policy. */
static size_t count_names(const struct pw_daemon *d, const struct pw_policy *policy)
{
	size_t n = d->n_numbers + policy->n_labels;

	for (size_t i = 0; i < d->n_numbers; i++)
		n -= has_label(policy, d->number[i].name);
	return n;
}

static int carried_in_store(struct pw_keeping *keeping, uint64_t *ret_labels)
{
	struct pw_labels *store = NULL;
	int r;

	if (!keeping->keeper)
		return keeping->store ? pw_labels_used(keeping->store, ret_labels) : 0;
	r = pw_keeper_flush(keeping->keeper, FLUSH_MS);
	if (r == 0)
		r = pw_keeping_read(keeping, &store);
	if (r == 0)
		r = pw_labels_used(store, ret_labels);
	pw_labels_close(&store);
	return r;
}

/*
 * Labels that anything carries. What the kernel half has told is on its way to the store
 * before that is asked; what it will tell is about labels of the policy in force.
 */
static int carried(struct pw_daemon *d, uint64_t *ret_labels)
{
	uint64_t in_kernel = 0, in_store = 0;
	int r = 0;

	if (d->kernel && !pw_sink_drain_all(d))
		return -EAGAIN; /* in doubt, all are */
	if (d->kernel)
		r = pw_kernel_carried(d->kernel, &in_kernel);
	if (r == 0)
		r = carried_in_store(d->keeping, &in_store);
	*ret_labels = in_kernel | in_store;
	return r;
}

/* Those of @released have no bit any more. */
static void drop_numbers(struct pw_daemon *d, uint64_t released)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_numbers; i++) {
		if (released >> d->number[i].bit & 1)
			free((char *)d->number[i].name);
		else
			d->number[kept++] = d->number[i];
	}
	d->n_numbers = kept;
}

void pw_keeping_release(struct pw_daemon *d, const struct pw_policy *policy)
{
	struct pw_label_names before = d->keeping->names;
	_cleanup_str_ struct pw_str text = { 0 };
	uint64_t keep, released;
	int r;

	if (count_names(d, policy) <= NAMES_PLENTY)
		return;
	r = carried(d, &keep);
	if (r < 0) {
		pw_err(r, "cannot find out which labels nothing carries any more: all of them "
			  "keep their numbers");
		return;
	}
	for (size_t i = 0; i < d->n_numbers; i++)
		if (has_label(policy, d->number[i].name) ||
		    has_label(d->now.policy, d->number[i].name))
			keep |= 1ULL << d->number[i].bit;
	released = pw_label_names_release(&d->keeping->names, keep);
	drop_numbers(d, released);
	pw_label_names_add(&before, released, &text);
	if (released)
		pw_info("labels that no policy names and nothing carries are forgotten: %s",
			text.text ? text.text : "?");
}

void pw_keeping_numbered(struct pw_daemon *d)
{
	struct pw_label_names *names = &d->keeping->names, before = *names;
	struct pw_keep change = { .names = names };

	for (size_t i = 0; i < d->n_numbers; i++)
		snprintf(names->name[d->number[i].bit], sizeof(names->name[0]), "%s",
			 d->number[i].name);
	if (d->keeping->keeper && memcmp(&before, names, sizeof(before)) != 0)
		pw_keeper_add(d->keeping->keeper, &change);
}

/* No process of an earlier boot is there any more, nor what stood in its memory's file systems. */
static void forget_boots(struct pw_daemon *d)
{
	struct pw_labels *store = d->keeping->store;

	if (!d->context.boot[0] || pw_labels_begin(store) < 0)
		return;
	if (pw_labels_forget_boots(store, d->context.boot) < 0 ||
	    pw_labels_forget_held(store, d->context.boot) < 0 || pw_labels_commit(store) < 0)
		pw_labels_rollback(store);
}

int pw_keeping_open(struct pw_daemon *d)
{
	struct pw_keeping *keeping = calloc(1, sizeof(*keeping));
	_cleanup_str_ struct pw_str why = { 0 };
	int r;

	if (!keeping)
		return -ENOMEM;
	d->keeping = keeping;
	keeping->path = pw_rooted("/var/lib/phiward/labels.db");
	if (!keeping->path)
		return -ENOMEM;
	r = pw_labels_open(keeping->path, PW_LABELS_WRITE, &why, &keeping->store);
	if (r == 0)
		forget_boots(d);
	if (r == 0)
		r = pw_labels_load_names(keeping->store, &keeping->names);
	if (r == 0)
		r = take_names(d);
	if (r < 0) {
		pw_labels_close(&keeping->store);
		if (!why.len)
			pw_str_addf(&why, "the store of labels cannot be read: %s",
				    pw_labels_strerror(r));
		snprintf(keeping->reason, sizeof(keeping->reason), "%s", why.text);
		pw_log(PW_LOG_ERR, "%s: labels of files are not kept", keeping->reason);
	}
	return r == -ENOMEM ? r : 0;
}

void pw_keeping_close(struct pw_daemon *d)
{
	struct pw_keeping *keeping = d->keeping;
	uint64_t lost;

	if (!keeping)
		return;
	pw_held_close(d);
	lost = pw_keeper_free(&keeping->keeper, STOP_MS);
	if (lost)
		pw_warning("%llu changes of labels could not be written and are lost",
			   (unsigned long long)lost);
	pw_labels_close(&keeping->store);
	for (size_t i = 0; i < keeping->n_fs; i++)
		free(keeping->fs[i].point);
	free(keeping->fs);
	free(keeping->path);
	free(keeping);
	d->keeping = NULL;
}

int pw_keeping_read(const struct pw_keeping *keeping, struct pw_labels **ret_store)
{
	_cleanup_str_ struct pw_str why = { 0 };

	return pw_labels_open(keeping->path, PW_LABELS_READ, &why, ret_store);
}

/* Does a label of the policy in force ask for refusal where something fails? */
static bool any_closed(const struct pw_daemon *d)
{
	for (size_t i = 0; d->now.policy && i < d->now.policy->n_labels; i++)
		if (d->now.policy->label[i].on_failure == PW_FAIL_CLOSED)
			return true;
	return false;
}

const char *pw_keeping_unsafe(const struct pw_daemon *d)
{
	return d->keeping && d->keeping->reason[0] && any_closed(d) ? d->keeping->reason : NULL;
}

/* Say once that writing fails, and that it works again; damage is for good. */
static void watch_keeper(struct pw_keeping *keeping)
{
	struct pw_keeper_status status;

	pw_keeper_status(keeping->keeper, &status);
	if (status.working == !keeping->failing)
		return;
	keeping->failing = !status.working;
	if (status.working)
		pw_notice("labels are written to the store again");
	else
		pw_log(PW_LOG_ERR, "labels cannot be written to the store: %s, retrying",
		       pw_labels_strerror(status.error));
	if (status.error == -EBADMSG)
		snprintf(keeping->reason, sizeof(keeping->reason),
			 "the store of labels cannot be written: %s",
			 pw_labels_strerror(status.error));
}

/* ---- What happens ---- */

const struct pw_known_fs *pw_keeping_fs(const struct pw_keeping *keeping, uint32_t dev)
{
	for (size_t i = 0; i < keeping->n_fs; i++)
		if (keeping->fs[i].dev == dev)
			return &keeping->fs[i];
	return NULL;
}

/* Remember domain @id; false: it was seen lately. */
static bool first_seen(struct pw_keeping *keeping, uint64_t id)
{
	uint64_t *slot =
		&keeping->domain_seen[(id * 0x9e3779b97f4a7c15ull >> 32) & (PW_DOMAINS_SEEN - 1)];

	if (*slot == id)
		return false;
	*slot = id;
	return true;
}

static void see_domain(void *ctx, uint64_t id, const struct pw_domain *domain)
{
	struct pw_daemon *d = ctx;
	struct pw_keep change = {
		.step.run = strtoull(d->context.run, NULL, 16),
		.domain = id,
		.from = domain->from,
		.since_ns = pw_clock_utc(&d->clock, domain->since_ns),
	};

	if (domain->from && first_seen(d->keeping, id))
		pw_keeper_add(d->keeping->keeper, &change);
}

void pw_keeping_domains(struct pw_daemon *d)
{
	if (!d->keeping->keeper)
		return;
	watch_keeper(d->keeping);
	pw_held_tick(d, true);
	pw_kernel_each_domain(d->kernel, see_domain, d);
}

void pw_keeping_held(struct pw_daemon *d)
{
	pw_held_tick(d, false);
}

/* What domain @id came out of, and that one, as far as it is new. */
static void see_domains(struct pw_daemon *d, uint64_t run, uint64_t id, uint64_t from)
{
	for (int depth = 0; from && id && depth < 64; depth++) {
		struct pw_keep change = { .step.run = run, .domain = id, .from = from };
		struct pw_domain domain;

		if (!first_seen(d->keeping, id))
			return;
		change.since_ns = pw_clock_utc(&d->clock, pw_boottime_ns());
		pw_keeper_add(d->keeping->keeper, &change);
		id = from;
		from = pw_kernel_domain(d->kernel, id, &domain) == 0 ? domain.from : 0;
	}
}

/* Is it a file that has a name now? */
static bool is_named_file(const struct pw_event_view *view)
{
	return S_ISREG(view->event.mode) && view->path.len &&
	       !(view->event.flags & (PW_WHY_PATH_DELETED | PW_WHY_PATH_LOST | PW_WHY_PATH_RACED));
}

static bool gives_xattr(enum pw_event_kind kind)
{
	return kind == PW_EVENT_MARKED || kind == PW_EVENT_RECALLED || kind == PW_EVENT_TAMPERED;
}

/* What the event changes; false: nothing that is kept. */
static bool change_of(struct pw_daemon *d, const struct pw_event_view *view, struct pw_keep *change)
{
	const struct pw_event *event = &view->event;

	*change = (struct pw_keep){
		.why = event->kind == PW_EVENT_RECALLED ? PW_MARK_SET : PW_MARK_FLOW,
		.dev = event->dev,
		.tag = event->kind == PW_EVENT_TAMPERED,
	};
	if (change->tag) {
		change->step.inode = event->inode;
		change->step.generation = event->inode_generation;
		return true;
	}
	return pw_step_of_event(view, &d->context, pw_clock_utc(&d->clock, event->time_ns),
				pw_clock_utc(&d->clock, event->start_ns), &change->step) == 0;
}

void pw_keeping_see(struct pw_daemon *d, const struct pw_event_view *view)
{
	const struct pw_event *event = &view->event;
	struct pw_keeping *keeping = d->keeping;
	const struct pw_identity *identity = pw_keeping_identity(keeping, event->dev);
	_cleanup_free_ char *path = NULL;
	struct pw_identity passing;
	struct pw_keep change;

	if (!keeping->keeper || !change_of(d, view, &change))
		return;
	see_domains(d, change.step.run, event->domain, event->domain_from);
	change.kept = identity && S_ISREG(event->mode);
	if (!identity) {
		pw_identity_boot(d->context.boot, event->dev, &passing);
		identity = &passing;
	}
	change.fs = identity->name;
	change.reuses_inodes = identity->reuses_inodes;
	if (gives_xattr(event->kind) && is_named_file(view)) {
		keeping->unkept += !change.kept && !change.tag;
		path = strndup(view->path.bytes, view->path.len);
		change.path = change.kept ? path : NULL;
	}
	pw_keeper_add(keeping->keeper, &change);
}

/* ---- The status ---- */

static void warn(struct pw_status *status, const char **warning, const char *text)
{
	if (status->n_warnings < PW_WARNINGS_MAX)
		warning[status->n_warnings++] = text;
	status->warning = warning;
}

void pw_keeping_status(struct pw_daemon *d, struct pw_status *status, const char **warning,
		       char text[static PW_KEEPING_TEXT])
{
	struct pw_keeping *keeping = d->keeping;
	struct pw_keeper_status keeper = { 0 };

	if (keeping->keeper)
		pw_keeper_status(keeping->keeper, &keeper);
	status->store = (struct pw_status_store){
		.working = keeping->keeper && keeper.working && !keeping->reason[0],
		.error = keeping->reason[0] ? keeping->reason
			 : keeper.error     ? pw_labels_strerror(keeper.error)
					    : NULL,
		.saved = keeper.saved,
		.waiting = keeper.waiting,
		.lost = keeper.lost,
		.restored = keeping->restored,
		.missing = keeping->missing,
		.unkept = keeping->unkept,
		.tagged = keeper.tagged,
		.untagged = keeper.untagged,
	};
	if (keeping->reason[0]) {
		warn(status, warning, keeping->reason);
	} else if (keeping->keeper && !keeper.working) {
		snprintf(text, PW_KEEPING_TEXT,
			 "labels cannot be written to the store (%s): %llu changes wait, and "
			 "are lost if the machine goes down",
			 pw_labels_strerror(keeper.error), (unsigned long long)keeper.waiting);
		warn(status, warning, text);
	} else if (keeper.lost) {
		snprintf(text, PW_KEEPING_TEXT,
			 "%llu changes of labels were never written to the store",
			 (unsigned long long)keeper.lost);
		warn(status, warning, text);
	}
}
