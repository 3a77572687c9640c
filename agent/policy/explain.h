/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a decision falls as it does: the deciding rule, and what kept every other one out. */
#ifndef PW_POLICY_EXPLAIN_H
#define PW_POLICY_EXPLAIN_H

#include "base/str.h"
#include "policy/compile.h"
#include "policy/destination.h"

struct pw_question {
	struct pw_who who;
	const char *path; /* NULL: only what is held counts */
	bool is_directory;
	enum pw_op op;
	uint64_t holding;                /* labels, as bits: of a send, beside those of the path */
	const struct pw_destination *to; /* of a send; found. NULL: one that no place names */
	time_t now;
};

/*
 * Decide with pw_decide() and append the answer to @into: as text, or as one JSON object
 * (@json). Names the labels, the verdict, the rule with file:line, and for each other rule
 * of the label the first condition that failed (operation, actor, hours, program, place,
 * until). What is sent to a hub, or to a medium with `access: read`, no rule decides.
 * Returns 0 or -ENOMEM.
 */
int pw_policy_explain(const struct pw_policy *policy, const struct pw_compiled *compiled,
		      const struct pw_question *question, bool json, struct pw_str *into);

#endif /* PW_POLICY_EXPLAIN_H */
