/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/words.h"
#include "policy/answer.h"
#include "policy/compile-private.h"

#include <stdio.h>
#include <string.h>

static void add_foreign(struct pw_str *into, const char *text)
{
	pw_str_add_escaped(into, text, strlen(text));
}

/* "key        text", nothing when there is no text. */
static void add_line(struct pw_str *into, const char *key, const char *text)
{
	if (!text)
		return;
	pw_str_addf(into, "%-11s", key);
	add_foreign(into, text);
	pw_str_add(into, "\n");
}

static void add_place(struct pw_str *into, const struct pw_place_in_file *at)
{
	if (at->file)
		add_foreign(into, at->file);
	pw_str_addf(into, ":%u", at->line);
}

static void add_labels(const struct pw_answer *answer, struct pw_str *into)
{
	const char *before = "";
	size_t i;

	pw_str_addf(into, "%-11s", "labels");
	for (i = 0; i < answer->policy->n_labels; i++) {
		if (!(answer->labels >> answer->policy->label[i].bit & 1))
			continue;
		pw_str_add(into, before);
		add_foreign(into, answer->policy->label[i].name.text);
		pw_str_addf(into, " (%s)", pw_class_names[answer->policy->label[i].class]);
		before = ", ";
	}
	pw_str_add(into, answer->labels ? "\n" : "none: no rule speaks of this path\n");
}

static void add_person(const struct pw_who *who, struct pw_str *into)
{
	size_t i;

	pw_str_addf(into, "%-11s", "person");
	add_foreign(into, who->user ? who->user : "not known");
	for (i = 0; i < who->n_groups; i++) {
		pw_str_add(into, i ? ", " : " (groups ");
		add_foreign(into, who->groups[i]);
	}
	pw_str_add(into, who->n_groups ? ")\n" : "\n");
}

/* Where it goes, by which door, and what the policy calls that. */
static void add_to(const struct pw_answer *answer, struct pw_str *into)
{
	const struct pw_destination *to = answer->question->to;
	const char *before = "";
	size_t i;

	if (!to)
		return;
	add_line(into, "to", to->text);
	add_line(into, "door", pw_door_names[to->door]);
	pw_str_addf(into, "%-11s", "places");
	for (i = 0; i < answer->policy->n_places; i++) {
		if (!(to->places >> i & 1))
			continue;
		pw_str_add(into, before);
		add_foreign(into, answer->policy->place[i].name.text);
		before = ", ";
	}
	pw_str_add(into, to->places ? "\n" : "none: only rules without 'to' count\n");
	add_line(into, "note", to->note);
}

static void add_question(const struct pw_answer *answer, struct pw_str *into)
{
	const struct pw_question *question = answer->question;
	char text[64];
	struct tm tm;

	add_line(into, "operation", pw_op_names[question->op]);
	add_line(into, question->is_directory ? "directory" : "path", question->path);
	add_to(answer, into);
	add_labels(answer, into);
	add_person(&question->who, into);
	add_line(into, "program", question->who.exe ? question->who.exe : "not known");
	add_line(into, "script", question->who.script);
	if (localtime_r(&question->now, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M %a %Z", &tm))
		add_line(into, "time", text);
}

static void add_decision(const struct pw_answer *answer, struct pw_str *into)
{
	const struct pw_decision *decision = &answer->decision;
	const struct pw_rule *rule;

	if (!answer->labels)
		return;
	if (pw_answer_why(answer)) {
		add_line(into, "rule", pw_answer_why(answer));
		return;
	}
	if (decision->rule == PW_RULE_NONE) {
		add_line(into, "rule", "none matched: refused by default");
	} else {
		rule = &answer->policy->rule[decision->rule];
		pw_str_addf(into, "%-11s", "rule");
		add_foreign(into, rule->id.text);
		pw_str_add(into, " at ");
		add_place(into, &rule->at);
		pw_str_add(into, "\n");
	}
	add_line(into, "severity", pw_severity_names[decision->severity]);
	if (decision->rule != PW_RULE_NONE)
		add_line(into, "tell", answer->policy->rule[decision->rule].tell.text);
}

/* Room for the longest of what add_rules() aligns. */
struct widths {
	int id, place;
};

static int place_width(const struct pw_place_in_file *at)
{
	return (at->file ? (int)strlen(at->file) : 0) + snprintf(NULL, 0, ":%u", at->line);
}

static struct widths measure(const struct pw_answer *answer, unsigned int label)
{
	struct widths w = { 0 };
	size_t i;

	for (i = 0; i < answer->policy->n_rules; i++) {
		const struct pw_rule *rule = &answer->policy->rule[i];
		int id, place;

		if (!pw_mask_has(&answer->compiled->image.label[label], i))
			continue;
		id = (int)strlen(rule->id.text);
		place = place_width(&rule->at);
		w.id = id > w.id ? id : w.id;
		w.place = place > w.place ? place : w.place;
	}
	return w;
}

static void add_reason(const struct pw_answer *answer, const struct pw_decision *decision,
		       size_t index, struct pw_str *into)
{
	static const char *const says[_PW_FAILED_MAX] = {
		[PW_FAILED_NOTHING] = "decides",
		[PW_FAILED_OPERATION] = "another operation",
		[PW_FAILED_ACTOR] = "another actor",
		[PW_FAILED_HOURS] = "out of hours: ",
		[PW_FAILED_PROGRAM] = "another program",
		[PW_FAILED_PLACE] = "only to ",
		[PW_FAILED_UNTIL] = "until has passed: ",
		[PW_FAILED_LATER] = "matches, but comes later",
	};
	struct pw_reason reason = pw_answer_reason(answer, decision, index);

	pw_str_add(into, says[reason.failed]);
	pw_answer_add_detail(answer, &reason, index, into);
	pw_str_add(into, "\n");
}

static void add_rules(const struct pw_answer *answer, const struct pw_decision *decision,
		      const struct widths *widths, struct pw_str *into)
{
	size_t i;

	for (i = 0; i < answer->policy->n_rules; i++) {
		const struct pw_rule *rule = &answer->policy->rule[i];
		int pad;

		if (!pw_mask_has(&answer->compiled->image.label[decision->label], i))
			continue;
		pw_str_add(into, i == decision->rule ? "* " : "  ");
		add_foreign(into, rule->id.text);
		pad = widths->id - (int)strlen(rule->id.text) + 2;
		pw_str_addf(into, "%*s%-7s", pad, "", pw_verdict_names[rule->verdict]);
		add_place(into, &rule->at);
		pad = widths->place - place_width(&rule->at) + 2;
		pw_str_addf(into, "%*s", pad, "");
		add_reason(answer, decision, i, into);
	}
}

static void add_label(const struct pw_answer *answer, const struct pw_label *label,
		      struct pw_str *into)
{
	struct widths widths = measure(answer, label->bit);
	struct pw_decision decision;

	pw_answer_decide(answer, 1ULL << label->bit, &decision);
	pw_str_add(into, "\nlabel ");
	add_foreign(into, label->name.text);
	pw_str_addf(into, ": %s", pw_verdict_names[decision.verdict]);
	if (decision.rule == PW_RULE_NONE) {
		pw_str_add(into, ", no rule matched\n");
	} else {
		pw_str_add(into, " by ");
		add_foreign(into, answer->policy->rule[decision.rule].id.text);
		pw_str_add(into, "\n");
	}
	add_rules(answer, &decision, &widths, into);
}

int pw_answer_text(const struct pw_answer *answer, struct pw_str *into)
{
	size_t i;

	add_line(into, "verdict",
		 answer->decision.verdict == PW_WOULD_DENY
			 ? "would-deny (mode observe: the access goes on)"
			 : pw_verdict_names[answer->decision.verdict]);
	add_question(answer, into);
	add_decision(answer, into);
	for (i = 0; i < answer->policy->n_labels && !pw_answer_why(answer); i++)
		if (answer->labels >> answer->policy->label[i].bit & 1)
			add_label(answer, &answer->policy->label[i], into);
	return into->error;
}
