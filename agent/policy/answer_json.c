/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answer as one JSON object on one line, schema phiward.explain.v1: schema, policy, time,
 * verdict, operation, path (null: none was asked about), directory, to (with a destination:
 * destination, door, places[], note), user, groups[], exe, script, labels[], and, when there
 * are labels, label, rule (null: none matched), reason (when no rule was asked), file, line, column, mode, severity, tell; and
 * decisions[], one a label: label, class, verdict, rule, rules[]: id, verdict, file, line,
 * column, failed (null: it decides), detail.
 */
#include "base/cleanup.h"
#include "base/words.h"
#include "policy/answer.h"
#include "policy/compile-private.h"

#include <json-c/json.h>
#include <string.h>

/* An object under construction; like struct pw_str it remembers a failed allocation. */
struct build {
	json_object *object;
	int error;
};

static void build_free(struct build *b)
{
	json_object_put(b->object);
}

static struct build build_new(void)
{
	struct build b = { .object = json_object_new_object() };

	b.error = b.object ? 0 : -ENOMEM;
	return b;
}

/* Takes @value. */
static void put(struct build *b, const char *key, json_object *value)
{
	if (value && !b->error && json_object_object_add(b->object, key, value) == 0)
		return;
	json_object_put(value);
	b->error = -ENOMEM;
}

static void put_null(struct build *b, const char *key)
{
	if (!b->error && json_object_object_add(b->object, key, NULL) < 0)
		b->error = -ENOMEM;
}

static json_object *foreign(const char *text)
{
	_cleanup_str_ struct pw_str s = { 0 };

	pw_str_add(&s, "");
	pw_str_add_escaped(&s, text, strlen(text));
	return s.error ? NULL : json_object_new_string(s.text);
}

static void put_text(struct build *b, const char *key, const char *text)
{
	if (text)
		put(b, key, foreign(text));
	else
		put_null(b, key);
}

/* Moves what @b holds to the end of @array. */
static int append(json_object *array, struct build *b)
{
	if (b->error || json_object_array_add(array, b->object) < 0)
		return -ENOMEM;
	b->object = NULL;
	return 0;
}

static void put_place(struct build *b, const struct pw_place_in_file *at)
{
	put_text(b, "file", at->file);
	put(b, "line", json_object_new_int64(at->line));
	put(b, "column", json_object_new_int64(at->column));
}

static void put_names(struct build *b, const char *key, const char *const *name, size_t n)
{
	json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; array && i < n; i++) {
		json_object *text = foreign(name[i]);

		if (text && json_object_array_add(array, text) == 0)
			continue;
		json_object_put(text);
		json_object_put(array);
		array = NULL;
	}
	put(b, key, array);
}

static void put_labels(const struct pw_answer *answer, struct build *b)
{
	const char *name[PW_LABELS_MAX];
	size_t i, n = 0;

	for (i = 0; i < answer->policy->n_labels; i++)
		if (answer->labels >> answer->policy->label[i].bit & 1)
			name[n++] = answer->policy->label[i].name.text;
	put_names(b, "labels", name, n);
}

static void put_to(const struct pw_answer *answer, struct build *b)
{
	const struct pw_destination *to = answer->question->to;
	_cleanup_(build_free) struct build one = build_new();
	const char *name[PW_PLACES_MAX];
	size_t i, n = 0;

	for (i = 0; i < answer->policy->n_places; i++)
		if (to->places >> i & 1)
			name[n++] = answer->policy->place[i].name.text;
	put_text(&one, "destination", to->text);
	put_text(&one, "door", pw_door_names[to->door]);
	put_names(&one, "places", name, n);
	put_text(&one, "note", to->note);
	b->error = one.error ? one.error : b->error;
	put(b, "to", TAKE_PTR(one.object));
}

static void put_question(const struct pw_answer *answer, struct build *b)
{
	const struct pw_question *question = answer->question;
	char text[64] = "";
	struct tm tm;

	put_text(b, "schema", "phiward.explain.v1");
	put_text(b, "policy", answer->policy->id);
	if (gmtime_r(&question->now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	put_text(b, "time", text);
	put_text(b, "verdict", pw_verdict_names[answer->decision.verdict]);
	put_text(b, "operation", pw_op_names[question->op]);
	put_text(b, "path", question->path);
	put(b, "directory", json_object_new_boolean(question->is_directory));
	if (question->to)
		put_to(answer, b);
	put_text(b, "user", question->who.user);
	put_names(b, "groups", question->who.groups, question->who.n_groups);
	put_text(b, "exe", question->who.exe);
	put_text(b, "script", question->who.script);
	put_labels(answer, b);
}

static void put_decision(const struct pw_answer *answer, struct build *b)
{
	const struct pw_decision *decision = &answer->decision;
	const struct pw_rule *rule = NULL;

	if (!answer->labels)
		return;
	if (decision->rule != PW_RULE_NONE)
		rule = &answer->policy->rule[decision->rule];
	put_text(b, "label", pw_policy_label(answer->policy, decision->label)->name.text);
	put_text(b, "rule", rule ? rule->id.text : NULL);
	if (pw_answer_why(answer))
		put_text(b, "reason", pw_answer_why(answer));
	if (rule)
		put_place(b, &rule->at);
	put_text(b, "mode", pw_mode_names[rule ? rule->mode : answer->policy->mode]);
	put_text(b, "severity", pw_severity_names[decision->severity]);
	put_text(b, "tell", rule ? rule->tell.text : NULL);
}

static int append_rule(const struct pw_answer *answer, const struct pw_decision *decision,
		       size_t index, json_object *array)
{
	_cleanup_(build_free) struct build b = build_new();
	_cleanup_str_ struct pw_str detail = { 0 };
	const struct pw_rule *rule = &answer->policy->rule[index];
	struct pw_reason reason = pw_answer_reason(answer, decision, index);

	put_text(&b, "id", rule->id.text);
	put_text(&b, "verdict", pw_verdict_names[rule->verdict]);
	put_place(&b, &rule->at);
	if (reason.failed == PW_FAILED_NOTHING)
		put_null(&b, "failed");
	else
		put_text(&b, "failed", pw_failed_names[reason.failed]);
	if (pw_answer_add_detail(answer, &reason, index, &detail) < 0)
		return -ENOMEM;
	if (detail.len)
		put(&b, "detail", json_object_new_string(detail.text));
	return append(array, &b);
}

static int append_label(const struct pw_answer *answer, const struct pw_label *label,
			json_object *array)
{
	_cleanup_(build_free) struct build b = build_new();
	json_object *rules = json_object_new_array(); /* @b's from put() on */
	struct pw_decision decision;
	size_t i;

	pw_answer_decide(answer, 1ULL << label->bit, &decision);
	put_text(&b, "label", label->name.text);
	put_text(&b, "class", pw_class_names[label->class]);
	put_text(&b, "verdict", pw_verdict_names[decision.verdict]);
	put_text(&b, "rule",
		 decision.rule == PW_RULE_NONE ? NULL
					       : answer->policy->rule[decision.rule].id.text);
	put(&b, "rules", rules);
	if (b.error)
		return b.error;
	for (i = 0; i < answer->policy->n_rules; i++) {
		if (!pw_mask_has(&answer->compiled->image.label[label->bit], i))
			continue;
		if (append_rule(answer, &decision, i, rules) < 0)
			return -ENOMEM;
	}
	return append(array, &b);
}

int pw_answer_json(const struct pw_answer *answer, struct pw_str *into)
{
	_cleanup_(build_free) struct build b = build_new();
	json_object *decisions = json_object_new_array(); /* @b's from put() on */
	const char *text;
	size_t i;

	put_question(answer, &b);
	put_decision(answer, &b);
	put(&b, "decisions", decisions);
	if (b.error)
		return b.error;
	for (i = 0; i < answer->policy->n_labels && !pw_answer_why(answer); i++) {
		const struct pw_label *label = &answer->policy->label[i];

		if (answer->labels >> label->bit & 1 && append_label(answer, label, decisions) < 0)
			return -ENOMEM;
	}
	text = json_object_to_json_string_ext(b.object, JSON_C_TO_STRING_PLAIN |
								JSON_C_TO_STRING_NOSLASHESCAPE);
	return text ? pw_str_add(into, text) : -ENOMEM;
}
