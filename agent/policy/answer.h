/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of explain.c, before it is written as text or as JSON. */
#ifndef PW_POLICY_ANSWER_H
#define PW_POLICY_ANSWER_H

#include "policy/explain.h"

/* The first condition of a rule that is not satisfied. */
enum pw_failed {
	PW_FAILED_NOTHING = 0, /* the rule decides */
	PW_FAILED_OPERATION,
	PW_FAILED_ACTOR,
	PW_FAILED_HOURS,
	PW_FAILED_PROGRAM,
	PW_FAILED_PLACE, /* a send, and it names other places */
	PW_FAILED_UNTIL,
	PW_FAILED_LATER, /* satisfied, but stands behind the rule that decides */
	_PW_FAILED_MAX,
};

extern const char *const pw_failed_names[_PW_FAILED_MAX];

struct pw_reason {
	enum pw_failed failed;
	const struct pw_actor *actor; /* HOURS: the one that lists the person */
};

struct pw_answer {
	const struct pw_policy *policy;
	const struct pw_compiled *compiled;
	const struct pw_question *question;
	uint64_t labels;
	struct pw_mask actor, program, place, who; /* rules satisfied */
	struct pw_decision decision;               /* about all labels together */
};

void pw_answer_decide(const struct pw_answer *answer, uint64_t labels,
		      struct pw_decision *ret_decision);

/* Why no rule was asked, or NULL. */
const char *pw_answer_why(const struct pw_answer *answer);

/* Why rule @index does not make @decision, or that it does. */
struct pw_reason pw_answer_reason(const struct pw_answer *answer,
				  const struct pw_decision *decision, size_t index);

/* Append what more is to be said of @reason, maybe nothing. Returns 0 or -ENOMEM. */
int pw_answer_add_detail(const struct pw_answer *answer, const struct pw_reason *reason,
			 size_t index, struct pw_str *into);

/* Each returns 0 or -ENOMEM. */
int pw_answer_text(const struct pw_answer *answer, struct pw_str *into);
int pw_answer_json(const struct pw_answer *answer, struct pw_str *into);

#endif /* PW_POLICY_ANSWER_H */
