/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "base/log.h"
#include "base/words.h"
#include "control/policy-json.h"
#include "evidence/json.h"

#include <netdb.h>
#include <string.h>
#include <unistd.h>

#define MISSING_MAX 256 /* told by name; the rest by number */
#define HOSTS_MAX   256
#define COUNT_MS    2000 /* counting takes its time when there is much of it */

/* Strings that the status borrows while it is being rendered. */
struct status_parts {
	struct pw_status_hook hook[_PW_HOOK_MAX];
	struct pw_status_label label[PW_LABELS_MAX];
	const char *missing[MISSING_MAX];
	const char *warning[PW_WARNINGS_MAX];
	char text[4][128];
	struct pw_status_host host[HOSTS_MAX];
	char kept[PW_KEEPING_TEXT];
};

static void fill_hooks(const struct pw_daemon *d, struct pw_status *status,
		       struct status_parts *parts)
{
	uint64_t attached = pw_kernel_hooks(d->kernel);

	for (unsigned int hook = 1; hook < _PW_HOOK_MAX; hook++) {
		bool tested = d->watch.tried >> hook & 1;

		if (!(attached >> hook & 1))
			continue;
		parts->hook[status->n_hooks++] = (struct pw_status_hook){
			.name = pw_hook_names[hook],
			/* those that the canary cannot try stand and fall with the others */
			.live = (d->watch.linked >> hook & 1) &&
				(tested ? d->watch.live >> hook & 1 : d->watch.live != 0),
			.needed = true,
		};
	}
	status->hook = parts->hook;
}

/* Entries of @label's trees that hold a wildcard. */
static uint64_t tree_patterns(const struct pw_label *label)
{
	uint64_t n = 0;

	for (size_t i = 0; i < label->trees.n; i++)
		n += strchr(label->trees.item[i].text, '*') != NULL;
	return n;
}

/* Programs of which at least one file is there; they stand in the policy's order. */
static uint64_t programs_here(const struct pw_publication *publication)
{
	uint64_t n = 0;

	for (size_t i = 0; i < publication->n_exes; i++)
		if (!publication->compiled->program[publication->exe[i].program].hub)
			n += i == 0 || publication->exe[i].program != publication->exe[i - 1].program;
	return n;
}

static void fill_labels(const struct pw_daemon *d, struct pw_status *status,
			struct status_parts *parts)
{
	const struct pw_resolved *resolved = d->now.resolved;
	size_t used = 0;

	for (size_t i = 0; i < d->now.policy->n_labels; i++) {
		struct pw_status_label *label = &parts->label[i];
		unsigned int bit = d->now.policy->label[i].bit;

		*label = (struct pw_status_label){
			.name = d->now.policy->label[i].name.text,
			.class = pw_class_names[d->now.policy->label[i].class],
			.trees = resolved->trees[bit],
			.tree_patterns = tree_patterns(&d->now.policy->label[i]),
			.files = d->now.policy->label[i].files.n,
			.holders = d->holders.label_processes[bit],
			.marked = d->holders.label_files[bit],
			.missing_trees = &parts->missing[used],
		};
		for (size_t j = 0; j < resolved->n_missing && used < MISSING_MAX; j++) {
			if (!(resolved->missing[j].labels >> bit & 1))
				continue;
			parts->missing[used++] = resolved->missing[j].path;
			label->n_missing_trees++;
		}
	}
	status->label = parts->label;
	status->n_labels = d->now.policy->n_labels;
}

static void add_warning(struct pw_status *status, struct status_parts *parts, const char *text)
{
	if (status->n_warnings < PW_WARNINGS_MAX)
		parts->warning[status->n_warnings++] = text;
	status->warning = parts->warning;
}

static void add_counter(const struct pw_daemon *d, struct pw_status *status,
			struct status_parts *parts, unsigned int slot, enum pw_counter counter,
			const char *what)
{
	uint64_t n = pw_kernel_counter(d->kernel, counter);

	if (!n)
		return;
	snprintf(parts->text[slot], sizeof(parts->text[slot]), "%llu %s", (unsigned long long)n,
		 what);
	add_warning(status, parts, parts->text[slot]);
}

static void fill_warnings(const struct pw_daemon *d, struct pw_status *status,
			  struct status_parts *parts)
{
	for (size_t i = 0; i < d->now.resolved->n_warnings; i++)
		add_warning(status, parts, d->now.resolved->warning[i]);
	add_counter(d, status, parts, 0, PW_COUNT_FAILED_OPEN,
		    "accesses were let through because they could not be decided");
	add_counter(d, status, parts, 1, PW_COUNT_FAILED_CLOSED,
		    "accesses were refused because they could not be decided");
	add_counter(d, status, parts, 2, PW_COUNT_PATH_LOST,
		    "events are without their path, which was too long");
	if (d->clock_warned)
		add_warning(status, parts, "the clock was set back by more than an hour");
	if (d->predating_maps) {
		snprintf(parts->text[3], sizeof(parts->text[3]),
			 "%llu mappings of labelled files are older than the agent",
			 (unsigned long long)d->predating_maps);
		add_warning(status, parts, parts->text[3]);
	}
}

static void fill_events(const struct pw_daemon *d, struct pw_status *status)
{
	status->events.seen = d->seen;
	status->events.allowed = d->by_verdict[PW_ALLOW];
	status->events.warned = d->by_verdict[PW_WARN];
	status->events.would_denied = d->by_verdict[PW_WOULD_DENY];
	status->events.denied = d->by_verdict[PW_DENY];
	status->events.folded = pw_fold_folded(d->fold);
	status->events.bad = d->bad;
	if (d->journal)
		pw_journal_status(d->journal, &status->journal);
	status->drops.denials = pw_loss_total(d->loss, PW_RING_DENIALS);
	status->drops.bulk = pw_loss_total(d->loss, PW_RING_BULK);
}

/* Who holds what, as of now or nearly so. */
static void fill_lineage(struct pw_daemon *d, struct pw_status *status)
{
	uint64_t now_ms = pw_monotonic_ms();
	int r = 0;

	if (!d->holders_ms || now_ms - d->holders_ms > COUNT_MS) {
		r = pw_kernel_holders(d->kernel, &d->holders);
		d->holders_ms = now_ms;
	}
	if (r < 0)
		pw_err(r, "cannot count who holds labels");
	status->holders.processes = d->holders.processes;
	status->holders.domains = d->holders.domains;
	status->holders.files = d->holders.files;
	status->holders.passing = d->holders.passing;
	status->lineage.taken = pw_kernel_counter(d->kernel, PW_COUNT_TAKEN);
	status->lineage.marked = pw_kernel_counter(d->kernel, PW_COUNT_MARKED);
	status->lineage.lost = pw_kernel_counter(d->kernel, PW_COUNT_SPREAD_LOST);
	status->lineage.sends = pw_kernel_counter(d->kernel, PW_COUNT_SENDS);
}

static void fill_hosts(const struct pw_daemon *d, struct pw_status *status,
		       struct status_parts *parts)
{
	uint64_t now_ms = pw_monotonic_ms();

	for (size_t i = 0; i < pw_hosts_count(d->hosts) && i < HOSTS_MAX; i++) {
		const struct pw_host *host = pw_hosts_at(d->hosts, i);

		parts->host[status->n_hosts++] = (struct pw_status_host){
			.name = host->name,
			.addresses = host->n_addresses,
			.error = host->error ? gai_strerror(host->error) : NULL,
			.last_ok_ms = host->ok_ms ? (int64_t)(now_ms - host->ok_ms) : -1,
		};
	}
	status->host = parts->host;
}

static void answer_status(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	struct pw_daemon *d = ctx;
	_cleanup_free_ struct status_parts *parts = calloc(1, sizeof(*parts));
	struct pw_status status = {
		.protecting = d->watch.protecting,
		.reason = d->watch.reason[0] ? d->watch.reason : NULL,
		/* attached programs that refuse nothing are as good as none */
		.attach = d->watch.live ? "lsm" : "none",
		.mode = pw_mode_names[d->now.policy->mode],
		.cache = { .hits = -1, .misses = -1 },
		.canary_last_ok_ms = -1,
		.version = PW_VERSION,
		.pid = getpid(),
		.since_ns = d->started_ns,
	};

	if (!parts) {
		pw_reply_error(reply, PW_EXIT_FAILED, "out of memory");
		return;
	}
	if (!d->watch.ready_told && !status.reason)
		status.reason = "starting";
	status.policy.id = d->now.policy->id;
	status.policy.loaded_ns = d->now.loaded_ns;
	status.policy.rules = d->now.policy->n_rules;
	status.policy.labels = d->now.policy->n_labels;
	status.policy.programs = d->now.policy->n_programs;
	status.policy.programs_here = programs_here(&d->now.resolved->publication);
	status.cache.walks = (int64_t)pw_kernel_counter(d->kernel, PW_COUNT_WALKS);
	if (d->watch.last_ok_ms)
		status.canary_last_ok_ms = (int64_t)(pw_monotonic_ms() - d->watch.last_ok_ms);
	pw_sink_drain(d);
	fill_hooks(d, &status, parts);
	fill_lineage(d, &status);
	fill_hosts(d, &status, parts);
	fill_labels(d, &status, parts);
	fill_warnings(d, &status, parts);
	pw_keeping_status(d, &status, parts->warning, parts->kept);
	fill_events(d, &status);
	pw_status_json(&status, &reply->line);
}

static void answer_events(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	struct pw_daemon *d = ctx;

	/* What has happened before the question is in the answer. */
	pw_sink_drain(d);
	pw_events_answer(&d->source, request, reply);
}

static void answer_reload(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	struct pw_daemon *d = ctx;
	struct pw_findings findings = { 0 };
	_cleanup_str_ struct pw_str why = { 0 };
	int r = pw_daemon_load(d, &findings, &why);

	pw_json_open(&reply->line, NULL, '{');
	if (r == 0) {
		pw_json_open(&reply->line, "policy", '{');
		pw_json_text(&reply->line, "id", d->now.policy->id);
		pw_json_u64(&reply->line, "rules", d->now.policy->n_rules);
		pw_json_u64(&reply->line, "labels", d->now.policy->n_labels);
		pw_json_close(&reply->line, '}');
		pw_findings_json(&findings, "findings", &reply->line);
		pw_json_open(&reply->line, "warnings", '[');
		for (size_t i = 0; i < d->now.resolved->n_warnings; i++)
			pw_json_text(&reply->line, NULL, d->now.resolved->warning[i]);
		pw_json_close(&reply->line, ']');
	} else {
		pw_json_open(&reply->line, "error", '{');
		pw_json_u64(&reply->line, "exit",
			    r == -EINVAL ? PW_EXIT_POLICY : PW_EXIT_FAILED);
		pw_json_text(&reply->line, "message",
			     why.text ? why.text :
			     r == -EINVAL ? "the policy has errors; the one before stays in force" :
					    strerror(-r));
		pw_findings_json(&findings, "findings", &reply->line);
		pw_json_close(&reply->line, '}');
	}
	pw_json_close(&reply->line, '}');
	pw_findings_free(&findings);
}

/* What is in force, and which files it was read from: for `phiward policy diff`. */
static void answer_policy(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	struct pw_daemon *d = ctx;

	pw_json_open(&reply->line, NULL, '{');
	pw_json_open(&reply->line, "paths", '[');
	for (size_t i = 0; i < d->options.n_policies; i++)
		pw_json_text(&reply->line, NULL, d->options.policy[i]);
	pw_json_close(&reply->line, ']');
	pw_policy_json(d->now.policy, "policy", &reply->line);
	pw_json_close(&reply->line, '}');
}

static void answer_version(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_json_open(&reply->line, NULL, '{');
	pw_json_text(&reply->line, "version", PW_VERSION);
	pw_json_close(&reply->line, '}');
}

const struct pw_command pw_daemon_commands[] = {
	{ "status", false, answer_status },
	{ "version", false, answer_version },
	{ "events", true, answer_events },
	{ "reload", true, answer_reload },
	{ "policy", true, answer_policy },
	{ "label", true, pw_answer_label },
	{ "lineage", true, pw_answer_lineage },
};

const size_t pw_daemon_n_commands = PW_ARRAY_SIZE(pw_daemon_commands);
