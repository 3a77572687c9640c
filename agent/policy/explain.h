/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a decision falls as it does: the deciding rule, and what kept every other one out. */
#ifndef PW_POLICY_EXPLAIN_H
#define PW_POLICY_EXPLAIN_H

#include "base/str.h"
#include "policy/compile.h"

struct pw_question {
	struct pw_who who;
	const char *path;
	bool is_directory;
	enum pw_op op;
	time_t now;
};

/*
 * Decide with pw_decide() and append the answer to @into: as text, or as one JSON object
 * (@json). Names the labels, the verdict, the rule with file:line, and for each other rule
 * of the label the first condition that failed (operation, actor, hours, program, until).
 * Returns 0 or -ENOMEM.
 */
int pw_policy_explain(const struct pw_policy *policy, const struct pw_compiled *compiled,
		      const struct pw_question *question, bool json, struct pw_str *into);

#endif /* PW_POLICY_EXPLAIN_H */
