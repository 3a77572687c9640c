/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The status for a person. Works from the agent's JSON, which is a foreign text: it may
 * lack fields, and every string is escaped before it reaches a terminal.
 */
#include "control/status.h"

#include <string.h>

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

struct view {
	struct json_object *status;
	struct pw_str *out;
	time_t now;
	bool colour;
};

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

static void paint(struct view *view, const char *colour)
{
	if (view->colour)
		pw_str_add(view->out, colour);
}

/* A string or a number; @instead when there is none. */
static void add(struct view *view, struct json_object *value, const char *instead)
{
	const char *text = value ? json_object_get_string(value) : instead;

	pw_str_add_escaped(view->out, text, strlen(text));
}

static void line(struct view *view, const char *name)
{
	pw_str_addf(view->out, "  %-12s", name);
}

/* A number and what it counts; "?" when it is not told. */
static void add_count(struct view *view, struct json_object *n, const char *noun)
{
	if (n)
		pw_str_add_count(view->out, json_object_get_uint64(n), noun);
	else
		pw_str_addf(view->out, "? %ss", noun);
}

/* "12 s ago", in the largest unit that fits; nothing of a time that is yet to come. */
static void add_ago(struct view *view, time_t when)
{
	static const struct {
		time_t seconds;
		const char *name;
	} unit[] = { { 86400, "day" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	time_t ago = view->now - when;
	size_t i = 0;

	if (ago < 0)
		return;
	while (ago < unit[i].seconds && unit[i].seconds > 1)
		i++;
	ago /= unit[i].seconds;
	pw_str_addf(view->out, " (%lld %s%s ago)", (long long)ago, unit[i].name,
		    i == 0 && ago > 1 ? "s" : "");
}

/* "2026-03-01T12:00:00.123456789Z" as "2026-03-01 13:00:00 (5 min ago)", local time. */
static void add_time(struct view *view, struct json_object *utc, const char *instead)
{
	const char *text = utc ? json_object_get_string(utc) : NULL;
	struct tm tm = { 0 };
	char local[32];
	time_t when;

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &tm)) {
		add(view, utc, instead);
		return;
	}
	when = timegm(&tm);
	if (!localtime_r(&when, &tm) || !strftime(local, sizeof(local), "%Y-%m-%d %H:%M:%S", &tm))
		return;
	pw_str_add(view->out, local);
	add_ago(view, when);
}

/* How many of the policy's programs are on this machine: rules that name the others match nobody. */
static void add_programs(struct view *view, struct json_object *policy)
{
	struct json_object *all = get(policy, "programs"), *here = get(policy, "programs_here");
	bool none = !json_object_get_uint64(here);

	if (!all || !here || !json_object_get_uint64(all))
		return;
	pw_str_add(view->out, ", ");
	if (none)
		paint(view, RED);
	pw_str_addf(view->out, "%llu of ", (unsigned long long)json_object_get_uint64(here));
	add_count(view, all, "program");
	pw_str_add(view->out, " here");
	if (none)
		paint(view, PLAIN);
}

static void add_policy(struct view *view)
{
	struct json_object *policy = get(view->status, "policy"), *id = get(policy, "id");

	line(view, "policy");
	if (id)
		pw_str_addf(view->out, "%.12s, ", json_object_get_string(id));
	add_count(view, get(policy, "rules"), "rule");
	pw_str_add(view->out, ", ");
	add_count(view, get(policy, "labels"), "label");
	add_programs(view, policy);
	pw_str_add(view->out, ", mode ");
	add(view, get(view->status, "mode"), "?");
	pw_str_add(view->out, "\n");
	if (get(policy, "loaded")) {
		line(view, "loaded");
		add_time(view, get(policy, "loaded"), "");
		pw_str_add(view->out, "\n");
	}
}

static void add_hooks(struct view *view)
{
	struct json_object *hooks = get(view->status, "hooks");
	size_t n =
		json_object_is_type(hooks, json_type_array) ? json_object_array_length(hooks) : 0;
	size_t live = 0, dead = 0;

	line(view, "hooks");
	for (size_t i = 0; i < n; i++)
		live += json_object_get_boolean(get(json_object_array_get_idx(hooks, i), "live"));
	pw_str_addf(view->out, "%zu of %zu live, attached by ", live, n);
	add(view, get(view->status, "attach"), "?");
	for (size_t i = 0; i < n; i++) {
		struct json_object *hook = json_object_array_get_idx(hooks, i);

		if (json_object_get_boolean(get(hook, "live")) ||
		    !json_object_get_boolean(get(hook, "needed")))
			continue;
		paint(view, dead ? "" : RED);
		pw_str_add(view->out, dead++ ? ", " : "; missing: ");
		add(view, get(hook, "name"), "?");
	}
	if (dead)
		paint(view, PLAIN);
	pw_str_add(view->out, "\n");
}

static void add_events(struct view *view)
{
	static const struct {
		const char *key, *word;
	} part[] = {
		{ "denied", "denied" }, { "would_denied", "would be denied" },
		{ "warned", "warned" }, { "allowed", "allowed" },
		{ "folded", "folded" }, { "written", "written" },
	};
	struct json_object *events = get(view->status, "events"), *log = get(view->status, "log");
	struct json_object *drops = get(view->status, "drops");

	line(view, "events");
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		pw_str_add(view->out, i ? ", " : "");
		add(view, get(events, part[i].key), "?");
		pw_str_addf(view->out, " %s", part[i].word);
	}
	pw_str_add(view->out, "\n");
	line(view, "lost");
	add(view, get(drops, "denials"), "?");
	pw_str_add(view->out, " denials, ");
	add(view, get(drops, "bulk"), "?");
	pw_str_add(view->out, " others in the kernel; ");
	add(view, get(log, "lost"), "?");
	pw_str_add(view->out, " before the log\n");
	line(view, "log");
	add(view, get(log, "file"), "none");
	if (log && !json_object_get_boolean(get(log, "working"))) {
		paint(view, RED);
		pw_str_add(view->out, " cannot be written: ");
		add(view, get(log, "error"), "?");
		pw_str_add(view->out, "; ");
		add(view, get(log, "waiting"), "?");
		pw_str_add(view->out, " events wait");
		paint(view, PLAIN);
	}
	pw_str_add(view->out, "\n");
}

static uint64_t number(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	return value ? json_object_get_uint64(value) : 0;
}

static void add_processes(struct view *view, uint64_t n)
{
	pw_str_addf(view->out, "%llu process%s", (unsigned long long)n, n == 1 ? "" : "es");
}

/* How far labels have come by themselves, and what went wrong on the way. */
static void add_lineage(struct view *view)
{
	struct json_object *holders = get(view->status, "holders");
	uint64_t lost = number(get(view->status, "lineage"), "lost");

	if (!json_object_is_type(holders, json_type_object))
		return;
	line(view, "lineage");
	add_processes(view, number(holders, "processes"));
	pw_str_add(view->out, " and ");
	pw_str_add_count(view->out, number(holders, "files"), "file");
	pw_str_add(view->out, " have labels of what they were made from");
	if (lost) {
		paint(view, RED);
		pw_str_addf(view->out, "; %llu times a label was lost on the way",
			    (unsigned long long)lost);
		paint(view, PLAIN);
	}
	pw_str_add(view->out, "\n");
}

/* Names of hosts that are not what they should be. */
static void add_hosts(struct view *view)
{
	struct json_object *hosts = get(view->status, "hosts");
	size_t n = json_object_is_type(hosts, json_type_array) ? json_object_array_length(hosts) : 0;
	size_t told = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *host = json_object_array_get_idx(hosts, i);

		if (!get(host, "error"))
			continue;
		line(view, told++ ? "" : "hosts");
		paint(view, YELLOW);
		add(view, get(host, "name"), "?");
		pw_str_add(view->out, ": ");
		add(view, get(host, "error"), "?");
		pw_str_add(view->out, number(host, "addresses") ?
					      "; its last addresses count for a day" :
					      "; nothing belongs to its place by this name");
		paint(view, PLAIN);
		pw_str_add(view->out, "\n");
	}
}

/* Beside its trees: how many processes hold the label, how many files carry it. */
static void add_spread(struct view *view, struct json_object *label)
{
	uint64_t holders = number(label, "holders"), marked = number(label, "marked");

	if (holders) {
		pw_str_add(view->out, "; held by ");
		add_processes(view, holders);
	}
	if (marked) {
		pw_str_add(view->out, "; carried by ");
		pw_str_add_count(view->out, marked, "file");
		pw_str_add(view->out, " by lineage");
	}
}

/* "1 of 3 trees, 2 tree patterns, 1 file pattern": patterns cover what fits, there or not yet. */
static void add_covered(struct view *view, struct json_object *label, size_t missing)
{
	static const char *const key[] = { "tree_patterns", "files" };
	static const char *const noun[] = { "tree pattern", "file pattern" };
	struct json_object *trees = get(label, "trees");
	uint64_t all = trees ? json_object_get_uint64(trees) + missing : 0;
	bool some = !trees || all;

	if (some && missing)
		pw_str_addf(view->out, "%llu of ", (unsigned long long)(all - missing));
	if (all)
		pw_str_add_count(view->out, all, "tree");
	else if (!trees)
		pw_str_add(view->out, "? trees");
	for (size_t i = 0; i < 2; i++) {
		struct json_object *n = get(label, key[i]);

		if (!n || !json_object_get_uint64(n))
			continue;
		pw_str_add(view->out, some ? ", " : "");
		add_count(view, n, noun[i]);
		some = true;
	}
	if (!some)
		pw_str_add(view->out, "nothing");
}

static void add_labels(struct view *view)
{
	struct json_object *labels = get(view->status, "labels");
	size_t n =
		json_object_is_type(labels, json_type_array) ? json_object_array_length(labels) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *label = json_object_array_get_idx(labels, i);
		struct json_object *missing = get(label, "missing_trees");
		size_t m = json_object_is_type(missing, json_type_array)
				   ? json_object_array_length(missing)
				   : 0;

		line(view, i ? "" : "labels");
		add(view, get(label, "name"), "?");
		pw_str_add(view->out, " (");
		add(view, get(label, "class"), "?");
		pw_str_add(view->out, "): ");
		add_covered(view, label, m);
		add_spread(view, label);
		for (size_t k = 0; k < m; k++) {
			if (!k)
				paint(view, YELLOW);
			pw_str_add(view->out, k ? ", " : "; not there: ");
			add(view, json_object_array_get_idx(missing, k), "?");
		}
		if (m)
			paint(view, PLAIN);
		pw_str_add(view->out, "\n");
	}
}

static void add_rest(struct view *view)
{
	struct json_object *ok = get(get(view->status, "canary"), "last_ok_seconds");
	struct json_object *warnings = get(view->status, "warnings");
	size_t n = json_object_is_type(warnings, json_type_array)
			   ? json_object_array_length(warnings)
			   : 0;

	line(view, "canary");
	if (ok)
		pw_str_addf(view->out, "refused and heard %.1f s ago\n",
			    json_object_get_double(ok));
	else
		pw_str_add(view->out, "not refused yet\n");
	line(view, "agent");
	pw_str_add(view->out, "version ");
	add(view, get(view->status, "version"), "?");
	pw_str_add(view->out, ", pid ");
	add(view, get(view->status, "pid"), "?");
	pw_str_add(view->out, ", since ");
	add_time(view, get(view->status, "since"), "?");
	pw_str_add(view->out, "\n");
	for (size_t i = 0; i < n; i++) {
		line(view, i ? "" : "warnings");
		paint(view, YELLOW);
		add(view, json_object_array_get_idx(warnings, i), "?");
		paint(view, PLAIN);
		pw_str_add(view->out, "\n");
	}
}

int pw_status_text(struct json_object *status, time_t now, bool colour, struct pw_str *into)
{
	struct view view = { .status = status, .out = into, .now = now, .colour = colour };
	bool protecting = json_object_get_boolean(get(status, "protecting"));

	paint(&view, BOLD);
	paint(&view, protecting ? GREEN : RED);
	pw_str_add(into, protecting ? "protecting" : "NOT PROTECTING");
	paint(&view, PLAIN);
	if (get(status, "reason")) {
		pw_str_add(into, ": ");
		add(&view, get(status, "reason"), "");
	}
	pw_str_add(into, "\n");
	add_policy(&view);
	add_hooks(&view);
	add_events(&view);
	add_lineage(&view);
	add_labels(&view);
	add_hosts(&view);
	add_rest(&view);
	return into->error;
}
