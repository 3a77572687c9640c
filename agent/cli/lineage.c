/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward lineage: how a label came to a file or a process, step by step. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/look.h"
#include "cli/member.h"
#include "evidence/json.h"

#include <string.h>
#include <time.h>

#define LINEAGE_MS 15000

static void add_text(struct pw_str *into, const char *text)
{
	pw_str_add_escaped(into, text ? text : "?", strlen(text ? text : "?"));
}

static void add_names(struct pw_str *into, struct json_object *labels)
{
	size_t n =
		json_object_is_type(labels, json_type_array) ? json_object_array_length(labels) : 0;

	for (size_t i = 0; i < n; i++) {
		pw_str_add(into, i ? ", " : "");
		add_text(into, json_object_get_string(json_object_array_get_idx(labels, i)));
	}
	if (!n)
		pw_str_add(into, "nothing");
}

/* The time of the agent's JSON as a local one. */
static void add_time(struct pw_str *into, const char *utc)
{
	struct tm tm = { 0 }, local;
	char text[32];
	time_t at;

	if (!utc || !strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm)) {
		add_text(into, utc);
		return;
	}
	at = timegm(&tm);
	if (localtime_r(&at, &local) && strftime(text, sizeof(text), "%F %T", &local))
		pw_str_add(into, text);
}

/* "reads"/"writes" tell people more than our words for steps do. */
static const char *verb_of(const char *step)
{
	static const struct {
		const char *step, *verb;
	} verbs[] = {
		{ "took", "read" },
		{ "labelled", "wrote to" },
		{ "declassified", "wrote, declassified, to" },
		{ "lost", "wrote to, but the label could not be kept with it:" },
		{ "set", "labelled by command" },
		{ "cleared", "took the label by command off" },
		{ "recalled", "labelled, as its xattr said," },
	};

	for (size_t i = 0; step && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].step, step) == 0)
			return verbs[i].verb;
	return step ? step : "?";
}

static void add_object(struct pw_str *into, struct json_object *object)
{
	const char *path = pw_member_text(object, "path"), *token = pw_member_text(object, "path_token");

	if (path || token) {
		add_text(into, path ? path : token);
		return;
	}
	pw_str_add(into, "a ");
	add_text(into, pw_member_text(object, "type"));
	pw_str_add(into, " [");
	add_text(into, pw_member_text(object, "inode"));
	pw_str_add(into, "]");
}

static void add_person(struct pw_str *into, struct json_object *actor)
{
	const char *user = pw_member_text(actor, "user"), *uid = pw_member_text(actor, "auid");

	if (user) {
		add_text(into, user);
		return;
	}
	pw_str_add(into, "uid ");
	add_text(into, uid ? uid : pw_member_text(actor, "uid"));
}

/*
 * "2026-03-01 12:00:00  alice, cat (pid 4242), read /srv/phi/records/…": by time, so that the
 * way of the data reads downwards.
 */
static void add_step(struct pw_str *into, struct json_object *step)
{
	struct json_object *process = pw_member(step, "process");
	const char *program = pw_member_text(process, "script");

	if (!program)
		program = pw_member_text(process, "exe");
	if (!program)
		program = pw_member_text(process, "comm");
	pw_str_add(into, "  ");
	add_time(into, pw_member_text(step, "time"));
	pw_str_add(into, "  ");
	add_person(into, pw_member(step, "actor"));
	pw_str_add(into, ", ");
	add_text(into, program);
	pw_str_add(into, " (pid ");
	add_text(into, pw_member_text(process, "pid"));
	pw_str_addf(into, "), %s ", verb_of(pw_member_text(step, "step")));
	add_object(into, pw_member(step, "object"));
	pw_str_add(into, "  [");
	add_names(into, pw_member(step, "labels"));
	pw_str_addf(into, "]%s\n", json_object_get_boolean(pw_member(step, "origin")) ? "  origin" : "");
}

static void tell(struct json_object *answer, struct pw_str *into)
{
	struct json_object *of = pw_member(answer, "of"), *steps = pw_member(answer, "steps");
	size_t n =
		json_object_is_type(steps, json_type_array) ? json_object_array_length(steps) : 0;

	if (pw_member(of, "path")) {
		add_text(into, pw_member_text(of, "path"));
		pw_str_add(into, " carries by name ");
		add_names(into, pw_member(of, "by_name"));
		pw_str_add(into, ", by itself ");
		add_names(into, pw_member(of, "by_mark"));
	} else {
		pw_str_add(into, "process ");
		add_text(into, pw_member_text(of, "pid"));
		pw_str_add(into, json_object_get_boolean(pw_member(of, "running"))
					 ? " holds "
					 : " has ended; it held ");
		if (json_object_get_boolean(pw_member(of, "running")))
			add_names(into, pw_member(of, "held"));
		else
			pw_str_add(into, "what these steps brought");
	}
	pw_str_add(into, n ? ":\n" : "; no step is known that brought a label there\n");
	for (size_t i = 0; i < n; i++)
		add_step(into, json_object_array_get_idx(steps, i));
	if (!json_object_get_boolean(pw_member(answer, "complete")))
		pw_str_add(into, "  ... and more than can be shown\n");
}

/* What is asked: a PID if it is a number and no such file is here. */
static int make_request(const char *operand, struct json_object *request)
{
	_cleanup_str_ struct pw_str absolute = { 0 };
	_cleanup_free_ char *path = NULL, *here = NULL;
	struct pw_worker *worker = NULL;
	struct pw_paths *paths = NULL;
	uint64_t pid;
	int r;

	json_object_object_add(request, "command", json_object_new_string("lineage"));
	if (pw_parse_u64(operand, INT32_MAX, &pid) == 0 && access(operand, F_OK) < 0) {
		json_object_object_add(request, "pid", json_object_new_int64((int64_t)pid));
		return 0;
	}
	if (operand[0] != '/') {
		here = getcwd(NULL, 0);
		pw_str_addf(&absolute, "%s/", here ? here : "");
	}
	pw_str_add(&absolute, operand);
	r = absolute.error ? absolute.error : pw_worker_new(&worker);
	if (r == 0)
		r = pw_paths_new(worker, 0, &paths);
	if (r == 0)
		r = pw_look_canonical(paths, absolute.text, &path);
	if (r == 0)
		json_object_object_add(request, "path", json_object_new_string(path));
	pw_paths_free(&paths);
	pw_worker_free(&worker);
	return r;
}

int pw_cli_lineage(const struct pw_cli *cli)
{
	struct json_object *request = json_object_new_object(), *answer = NULL;
	_cleanup_str_ struct pw_str text = { 0 };
	int r = make_request(cli->operand[0], request);

	if (r < 0) {
		pw_str_add_escaped(&text, cli->operand[0], strlen(cli->operand[0]));
		fprintf(stderr, "phiward: %s: %s\n", text.text ? text.text : "", strerror(-r));
		json_object_put(request);
		return PW_EXIT_FAILED;
	}
	r = pw_cli_ask(json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN), LINEAGE_MS,
		       &answer);
	json_object_put(request);
	if (r)
		return r;
	if (pw_cli_has(cli, "json")) {
		pw_str_add(&text, json_object_to_json_string_ext(
					  answer,
					  JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
		pw_str_add(&text, "\n");
	} else {
		tell(answer, &text);
	}
	json_object_put(answer);
	return pw_cli_print(&text);
}
