/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision is pw_decide()'s; why the other rules were passed over is read from the same
 * masks, so the two cannot disagree. Foreign text (paths, names) is escaped as
 * pw_str_add_escaped() does, in text and in JSON.
 */
#include "policy/explain.h"

#include "base/cleanup.h"
#include "base/words.h"
#include "policy/answer.h"
#include "policy/compile-private.h"
#include "policy/hours.h"

#include <string.h>

const char *const pw_failed_names[_PW_FAILED_MAX] = {
	[PW_FAILED_NOTHING] = "decides", [PW_FAILED_OPERATION] = "operation",
	[PW_FAILED_ACTOR] = "actor",     [PW_FAILED_HOURS] = "hours",
	[PW_FAILED_PROGRAM] = "program", [PW_FAILED_PLACE] = "place",
	[PW_FAILED_UNTIL] = "until",     [PW_FAILED_LATER] = "later",
};

static bool texts_have(const struct pw_texts *texts, const char *text)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		if (!strcmp(texts->item[i].text, text))
			return true;
	return false;
}

/* Is @who one of @actor, whatever the hour? */
static bool actor_lists(const struct pw_actor *actor, const struct pw_who *who)
{
	size_t i;

	if (who->user && texts_have(&actor->users, who->user))
		return true;
	for (i = 0; i < who->n_groups; i++)
		if (texts_have(&actor->groups, who->groups[i]))
			return true;
	return false;
}

/* The first actor of @rule that lists the person, or NULL. */
static const struct pw_actor *listed_actor(const struct pw_answer *answer,
					   const struct pw_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->actors.n; i++) {
		const struct pw_actor *actor = &answer->policy->actor[rule->actors.index[i]];

		if (actor_lists(actor, &answer->question->who))
			return actor;
	}
	return NULL;
}

static enum pw_failed first_failed(const struct pw_answer *answer, size_t index,
				   const struct pw_actor **ret_actor)
{
	const struct pw_image *image = &answer->compiled->image;
	enum pw_op op = answer->question->op;

	*ret_actor = NULL;
	if (!pw_mask_has(&image->op[op], index))
		return PW_FAILED_OPERATION;
	if (!pw_mask_has(&answer->actor, index)) {
		*ret_actor = listed_actor(answer, &answer->policy->rule[index]);
		return *ret_actor ? PW_FAILED_HOURS : PW_FAILED_ACTOR;
	}
	if (!pw_mask_has(&answer->program, index))
		return PW_FAILED_PROGRAM;
	if (op == PW_OP_SEND && !pw_mask_has(&answer->place, index))
		return PW_FAILED_PLACE;
	if (!pw_mask_has(&image->active, index))
		return PW_FAILED_UNTIL;
	return PW_FAILED_LATER;
}

struct pw_reason pw_answer_reason(const struct pw_answer *answer,
				  const struct pw_decision *decision, size_t index)
{
	struct pw_reason reason = { .failed = PW_FAILED_NOTHING };

	if (index != decision->rule)
		reason.failed = first_failed(answer, index, &reason.actor);
	return reason;
}

int pw_answer_add_detail(const struct pw_answer *answer, const struct pw_reason *reason,
			 size_t index, struct pw_str *into)
{
	const struct pw_rule *rule = &answer->policy->rule[index];
	char text[64];
	struct tm tm;
	size_t i;

	if (reason->failed == PW_FAILED_HOURS) {
		pw_str_add_escaped(into, reason->actor->name.text,
				   strlen(reason->actor->name.text));
		pw_str_add(into, " ");
		pw_hours_add(&reason->actor->hours, into);
	} else if (reason->failed == PW_FAILED_PLACE) {
		for (i = 0; i < rule->to.n; i++) {
			const char *name = answer->policy->place[rule->to.index[i]].name.text;

			pw_str_add(into, i ? ", " : "");
			pw_str_add_escaped(into, name, strlen(name));
		}
	} else if (reason->failed == PW_FAILED_UNTIL && localtime_r(&rule->until, &tm)) {
		strftime(text, sizeof(text), "ended %Y-%m-%d %H:%M", &tm);
		pw_str_add(into, text);
	}
	return into->error;
}

void pw_answer_decide(const struct pw_answer *answer, uint64_t labels,
		      struct pw_decision *ret_decision)
{
	const struct pw_destination *to = answer->question->to;

	pw_decide(&answer->compiled->image, &answer->who, labels, answer->question->op,
		  ret_decision);
	if (!to || to->outcome == PW_OUTCOME_DECIDED)
		return;
	ret_decision->rule = PW_RULE_NONE;
	ret_decision->severity = PW_SEVERITY_MEDIUM;
	if (to->outcome == PW_OUTCOME_HUB)
		ret_decision->verdict = PW_ALLOW;
	else
		ret_decision->verdict =
			answer->policy->mode == PW_ENFORCE ? PW_DENY : PW_WOULD_DENY;
}

const char *pw_answer_why(const struct pw_answer *answer)
{
	const struct pw_destination *to = answer->question->to;

	if (!to || to->outcome == PW_OUTCOME_DECIDED)
		return NULL;
	if (to->outcome == PW_OUTCOME_HUB)
		return "no rule is asked: the socket is a hub's, and the labels end there";
	return "no rule is asked: the policy says access: read of the medium";
}

int pw_policy_explain(const struct pw_policy *policy, const struct pw_compiled *compiled,
		      const struct pw_question *question, bool json, struct pw_str *into)
{
	struct pw_answer answer = {
		.policy = policy,
		.compiled = compiled,
		.question = question,
		.labels = question->holding & compiled->image.known,
	};
	size_t i;

	pw_who_actor_mask(compiled, &question->who, &answer.actor);
	pw_who_program_mask(compiled, &question->who, &answer.program);
	pw_compiled_who(compiled, &question->who, &answer.who);
	for (i = 0; i < PW_MASK_WORDS; i++)
		answer.place.w[i] = UINT64_MAX;
	pw_mask_places(&compiled->image, question->to ? question->to->places : 0, &answer.place);
	if (question->op == PW_OP_SEND)
		pw_mask_and(&answer.who, &answer.place);
	if (question->path)
		answer.labels |=
			pw_trees_labels(&compiled->trees, question->path, question->is_directory);
	if (answer.labels)
		pw_answer_decide(&answer, answer.labels, &answer.decision);
	else
		answer.decision = (struct pw_decision){ .rule = PW_RULE_NONE };
	return json ? pw_answer_json(&answer, into) : pw_answer_text(&answer, into);
}
