/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The status as JSON, for machines: every field always there, null where not known. */
#include "control/status.h"

#include "evidence/event.h"
#include "evidence/json.h"

#include <string.h>

static void add_time(struct pw_str *s, const char *key, uint64_t utc_ns)
{
	if (!utc_ns) {
		pw_json_null(s, key);
		return;
	}
	pw_json_raw(s, key, "\"", 1);
	pw_time_add(s, utc_ns);
	pw_str_add(s, "\"");
}

static void add_count(struct pw_str *s, const char *key, int64_t value)
{
	if (value < 0)
		pw_json_null(s, key);
	else
		pw_json_i64(s, key, value);
}

static void add_policy(struct pw_str *s, const struct pw_status *status)
{
	pw_json_open(s, "policy", '{');
	pw_json_text(s, "id", status->policy.id);
	add_time(s, "loaded", status->policy.loaded_ns);
	pw_json_u64(s, "rules", status->policy.rules);
	pw_json_u64(s, "labels", status->policy.labels);
	pw_json_u64(s, "programs", status->policy.programs);
	pw_json_u64(s, "programs_here", status->policy.programs_here);
	pw_json_close(s, '}');
}

static void add_hooks(struct pw_str *s, const struct pw_status *status)
{
	pw_json_open(s, "hooks", '[');
	for (size_t i = 0; i < status->n_hooks; i++) {
		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", status->hook[i].name);
		pw_json_bool(s, "live", status->hook[i].live);
		pw_json_bool(s, "needed", status->hook[i].needed);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static void add_events(struct pw_str *s, const struct pw_status *status)
{
	const struct pw_journal_status *journal = &status->journal;

	pw_json_open(s, "events", '{');
	pw_json_u64(s, "seen", status->events.seen);
	pw_json_u64(s, "allowed", status->events.allowed);
	pw_json_u64(s, "warned", status->events.warned);
	pw_json_u64(s, "would_denied", status->events.would_denied);
	pw_json_u64(s, "denied", status->events.denied);
	pw_json_u64(s, "written", journal->written);
	pw_json_u64(s, "folded", status->events.folded);
	pw_json_u64(s, "bad", status->events.bad);
	pw_json_close(s, '}');
	pw_json_open(s, "log", '{');
	pw_json_text(s, "file", journal->path);
	pw_json_bool(s, "working", journal->working);
	pw_json_text(s, "error", journal->error ? strerror(journal->error) : NULL);
	pw_json_u64(s, "waiting", journal->waiting);
	pw_json_u64(s, "lost", journal->lost);
	pw_json_u64(s, "rotated", journal->rotated);
	pw_json_close(s, '}');
	pw_json_open(s, "drops", '{');
	pw_json_u64(s, "denials", status->drops.denials);
	pw_json_u64(s, "bulk", status->drops.bulk);
	pw_json_close(s, '}');
}

static void add_lineage(struct pw_str *s, const struct pw_status *status)
{
	pw_json_open(s, "holders", '{');
	pw_json_u64(s, "processes", status->holders.processes);
	pw_json_u64(s, "domains", status->holders.domains);
	pw_json_u64(s, "files", status->holders.files);
	pw_json_u64(s, "passing", status->holders.passing);
	pw_json_close(s, '}');
	pw_json_open(s, "lineage", '{');
	pw_json_u64(s, "taken", status->lineage.taken);
	pw_json_u64(s, "marked", status->lineage.marked);
	pw_json_u64(s, "lost", status->lineage.lost);
	pw_json_u64(s, "sends", status->lineage.sends);
	pw_json_close(s, '}');
}

/* So many milliseconds ago, as seconds; null: never. */
static void add_ago(struct pw_str *s, const char *key, int64_t ms)
{
	if (ms < 0) {
		pw_json_null(s, key);
		return;
	}
	pw_json_raw(s, key, "", 0);
	pw_str_addf(s, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void add_hosts(struct pw_str *s, const struct pw_status *status)
{
	pw_json_open(s, "hosts", '[');
	for (size_t i = 0; i < status->n_hosts; i++) {
		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", status->host[i].name);
		pw_json_u64(s, "addresses", status->host[i].addresses);
		pw_json_text(s, "error", status->host[i].error);
		add_ago(s, "last_ok_seconds", status->host[i].last_ok_ms);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static void add_store(struct pw_str *s, const struct pw_status_store *store)
{
	pw_json_open(s, "store", '{');
	pw_json_bool(s, "working", store->working);
	pw_json_text(s, "error", store->error);
	pw_json_u64(s, "saved", store->saved);
	pw_json_u64(s, "waiting", store->waiting);
	pw_json_u64(s, "lost", store->lost);
	pw_json_u64(s, "restored", store->restored);
	pw_json_u64(s, "missing", store->missing);
	pw_json_u64(s, "unkept", store->unkept);
	pw_json_u64(s, "tagged", store->tagged);
	pw_json_u64(s, "untagged", store->untagged);
	pw_json_close(s, '}');
}

static void add_labels(struct pw_str *s, const struct pw_status *status)
{
	pw_json_open(s, "labels", '[');
	for (size_t i = 0; i < status->n_labels; i++) {
		const struct pw_status_label *label = &status->label[i];

		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", label->name);
		pw_json_text(s, "class", label->class);
		pw_json_u64(s, "trees", label->trees);
		pw_json_u64(s, "tree_patterns", label->tree_patterns);
		pw_json_u64(s, "files", label->files);
		pw_json_open(s, "missing_trees", '[');
		for (size_t k = 0; k < label->n_missing_trees; k++)
			pw_json_text(s, NULL, label->missing_trees[k]);
		pw_json_close(s, ']');
		pw_json_u64(s, "holders", label->holders);
		pw_json_u64(s, "marked", label->marked);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

int pw_status_json(const struct pw_status *status, struct pw_str *s)
{
	pw_json_open(s, NULL, '{');
	pw_json_bool(s, "protecting", status->protecting);
	pw_json_text(s, "reason", status->reason);
	pw_json_text(s, "attach", status->attach);
	pw_json_text(s, "mode", status->mode);
	add_policy(s, status);
	add_hooks(s, status);
	add_events(s, status);
	add_lineage(s, status);
	add_store(s, &status->store);
	add_labels(s, status);
	add_hosts(s, status);
	pw_json_open(s, "cache", '{');
	add_count(s, "hits", status->cache.hits);
	add_count(s, "misses", status->cache.misses);
	add_count(s, "walks", status->cache.walks);
	pw_json_close(s, '}');
	pw_json_open(s, "canary", '{');
	add_ago(s, "last_ok_seconds", status->canary_last_ok_ms);
	pw_json_close(s, '}');
	pw_json_open(s, "warnings", '[');
	for (size_t i = 0; i < status->n_warnings; i++)
		pw_json_text(s, NULL, status->warning[i]);
	pw_json_close(s, ']');
	pw_json_text(s, "version", status->version);
	pw_json_i64(s, "pid", status->pid);
	add_time(s, "since", status->since_ns);
	pw_json_close(s, '}');
	return s->error;
}

void pw_findings_json(const struct pw_findings *findings, const char *key, struct pw_str *into)
{
	pw_json_open(into, key, '[');
	for (size_t i = 0; i < findings->n; i++) {
		const struct pw_finding *finding = &findings->item[i];

		pw_json_open(into, NULL, '{');
		pw_json_text(into, "severity", finding->error ? "error" : "warning");
		pw_json_text(into, "file", finding->at.file);
		pw_json_u64(into, "line", finding->at.line);
		pw_json_u64(into, "column", finding->at.column);
		pw_json_text(into, "message", finding->message);
		pw_json_text(into, "remedy", finding->remedy);
		pw_json_close(into, '}');
	}
	pw_json_close(into, ']');
}
