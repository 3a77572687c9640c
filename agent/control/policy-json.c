/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/policy-json.h"

#include "base/words.h"
#include "evidence/json.h"
#include "policy/hours.h"

static void add_texts(struct pw_str *s, const char *key, const struct pw_texts *texts)
{
	pw_json_open(s, key, '[');
	for (size_t i = 0; i < texts->n; i++)
		pw_json_text(s, NULL, texts->item[i].text);
	pw_json_close(s, ']');
}

static void add_labels(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "labels", '[');
	for (size_t i = 0; i < policy->n_labels; i++) {
		const struct pw_label *label = &policy->label[i];

		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", label->name.text);
		pw_json_text(s, "class", pw_class_names[label->class]);
		pw_json_text(s, "on-failure", pw_on_failure_names[label->on_failure]);
		add_texts(s, "trees", &label->trees);
		add_texts(s, "files", &label->files);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static void add_actors(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "actors", '[');
	for (size_t i = 0; i < policy->n_actors; i++) {
		const struct pw_actor *actor = &policy->actor[i];
		struct pw_str hours = { 0 };

		if (actor->hours.given)
			pw_hours_add(&actor->hours, &hours);
		if (hours.error)
			s->error = hours.error;
		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", actor->name.text);
		add_texts(s, "users", &actor->users);
		add_texts(s, "groups", &actor->groups);
		pw_json_text(s, "hours", hours.text);
		pw_json_close(s, '}');
		pw_str_free(&hours);
	}
	pw_json_close(s, ']');
}

static void add_programs(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "programs", '[');
	for (size_t i = 0; i < policy->n_programs; i++) {
		const struct pw_program *program = &policy->program[i];

		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", program->name.text);
		add_texts(s, "paths", &program->paths);
		add_texts(s, "scripts", &program->scripts);
		add_texts(s, "sha256", &program->sha256);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static const char *said(int answer)
{
	return answer < 0 ? NULL : answer ? "true" : "false";
}

static void add_sessions(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "sessions", '[');
	for (size_t i = 0; i < policy->n_sessions; i++) {
		const struct pw_session *session = &policy->session[i];

		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", session->name.text);
		pw_json_text(s, "local", said(session->local));
		pw_json_text(s, "locked", said(session->locked));
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

/* "VENDOR:PRODUCT:SERIAL", with "*" for any; "(read)" behind it when that is all it is for. */
static void add_media(struct pw_str *s, const struct pw_place *place)
{
	pw_json_open(s, "removable", '[');
	for (size_t i = 0; i < place->n_removable; i++) {
		const struct pw_removable *one = &place->removable[i];
		struct pw_str medium = { 0 };

		pw_str_addf(&medium, "%s:%s:%s%s", one->vendor.text ? one->vendor.text : "*",
			    one->product.text ? one->product.text : "*",
			    one->serial.text ? one->serial.text : "*",
			    one->read_only ? " (read)" : "");
		if (medium.error)
			s->error = medium.error;
		pw_json_text(s, NULL, medium.text);
		pw_str_free(&medium);
	}
	pw_json_close(s, ']');
}

static void add_places(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "places", '[');
	for (size_t i = 0; i < policy->n_places; i++) {
		const struct pw_place *place = &policy->place[i];

		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", place->name.text);
		add_texts(s, "network", &place->network);
		pw_json_text(s, "protocol", place->protocol.text);
		add_media(s, place);
		add_texts(s, "printers", &place->printers);
		add_texts(s, "directories", &place->directories);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static bool names(const struct pw_refs *refs, size_t index)
{
	for (size_t i = 0; i < refs->n; i++)
		if (refs->index[i] == index)
			return true;
	return refs->any;
}

static void add_declassifier(struct pw_str *s, const struct pw_policy *policy, size_t program)
{
	bool open = false;

	for (size_t label = 0; label < policy->n_labels; label++) {
		bool off = false;

		for (size_t i = 0; i < policy->n_declassifiers && !off; i++)
			off = names(&policy->declassifier[i].programs, program) &&
			      names(&policy->declassifier[i].labels, label);
		if (!off)
			continue;
		if (!open) {
			pw_json_open(s, NULL, '{');
			pw_json_text(s, "name", policy->program[program].name.text);
			pw_json_open(s, "labels", '[');
		}
		open = true;
		pw_json_text(s, NULL, policy->label[label].name.text);
	}
	if (!open)
		return;
	pw_json_close(s, ']');
	pw_json_close(s, '}');
}

static void add_hubs(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "hubs", '[');
	for (size_t i = 0; i < policy->n_hubs; i++) {
		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", policy->hub[i].name.text);
		add_texts(s, "paths", &policy->hub[i].paths);
		add_texts(s, "sockets", &policy->hub[i].sockets);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

/*
 * The policy has no names for them: by program, with the labels that any of the policy's
 * declassifiers lets it take off.
 */
static void add_declassifiers(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "declassifiers", '[');
	for (size_t i = 0; i < policy->n_programs; i++)
		add_declassifier(s, policy, i);
	pw_json_close(s, ']');
}

static void add_spread(struct pw_str *s, const struct pw_policy *policy)
{
	pw_json_open(s, "spread", '[');
	for (unsigned int door = PW_DOOR_NONE + 1; door < _PW_DOOR_MAX; door++) {
		pw_json_open(s, NULL, '{');
		pw_json_text(s, "name", pw_door_names[door]);
		pw_json_text(s, "spread", pw_spread_names[policy->spread[door]]);
		pw_json_close(s, '}');
	}
	pw_json_close(s, ']');
}

static void add_refs(struct pw_str *s, const char *key, const struct pw_refs *refs)
{
	if (!refs->any) {
		add_texts(s, key, &refs->as_written);
		return;
	}
	pw_json_open(s, key, '[');
	pw_json_text(s, NULL, "any");
	pw_json_close(s, ']');
}

/* The last day, as it is written; with the minute where it is not its end. */
static void add_until(struct pw_str *s, time_t until)
{
	time_t last = until - 1;
	struct tm end, tm;
	char text[32];

	if (!until || !localtime_r(&until, &end) || !localtime_r(&last, &tm)) {
		pw_json_null(s, "until");
		return;
	}
	if (end.tm_hour || end.tm_min || end.tm_sec)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M", &end);
	else
		strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	pw_json_text(s, "until", text);
}

static void add_rule(struct pw_str *s, const struct pw_rule *rule)
{
	pw_json_open(s, NULL, '{');
	pw_json_text(s, "name", rule->id.text);
	pw_json_text(s, "verdict", pw_verdict_names[rule->verdict]);
	pw_json_open(s, "operations", '[');
	for (unsigned int op = 0; op < _PW_OP_MAX; op++)
		if (rule->ops >> op & 1)
			pw_json_text(s, NULL, pw_op_names[op]);
	pw_json_close(s, ']');
	add_refs(s, "labels", &rule->labels);
	add_refs(s, "actors", &rule->actors);
	add_refs(s, "programs", &rule->programs);
	add_refs(s, "sessions", &rule->sessions);
	add_refs(s, "to", &rule->to);
	pw_json_text(s, "mode", pw_mode_names[rule->mode]);
	pw_json_text(s, "severity", pw_severity_names[rule->severity]);
	add_until(s, rule->until);
	pw_json_text(s, "tell", rule->tell.text);
	pw_json_text(s, "purpose", rule->purpose.text);
	pw_json_text(s, "approved-by", rule->approved_by.text);
	pw_json_close(s, '}');
}

void pw_policy_json(const struct pw_policy *policy, const char *key, struct pw_str *into)
{
	pw_json_open(into, key, '{');
	pw_json_text(into, "id", policy->id);
	pw_json_text(into, "mode", pw_mode_names[policy->mode]);
	add_labels(into, policy);
	add_actors(into, policy);
	add_programs(into, policy);
	add_sessions(into, policy);
	add_places(into, policy);
	add_hubs(into, policy);
	add_declassifiers(into, policy);
	add_spread(into, policy);
	pw_json_open(into, "rules", '[');
	for (size_t i = 0; i < policy->n_rules; i++)
		add_rule(into, &policy->rule[i]);
	pw_json_close(into, ']');
	pw_json_close(into, '}');
}
