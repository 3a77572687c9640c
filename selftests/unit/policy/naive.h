/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The contract once more, the slow way: first match over struct pw_policy by strings and
 * loops, no masks, no automaton. What compile must agree with.
 */
#ifndef PW_TEST_POLICY_NAIVE_H
#define PW_TEST_POLICY_NAIVE_H

#include "policy/compile.h"

struct naive_access {
	struct pw_who who;
	uint64_t labels;
	uint64_t places; /* of the destination: counts for `send` */
	enum pw_op op;
	time_t now;
};

struct naive_decision {
	int rule; /* index, or -1 */
	enum pw_verdict verdict;
	enum pw_severity severity;
	size_t label; /* its bit */
};

struct naive_decision naive_decide(const struct pw_policy *policy,
				   const struct naive_access *access);

bool naive_within_hours(const struct pw_hours *hours, time_t now);

/* Labels of @path by its text; every literal prefix is canonical. */
uint64_t naive_labels(const struct pw_policy *policy, const char *path, bool is_directory);

/* Places whose directories hold it; whether a socket there is a hub's. */
uint64_t naive_places(const struct pw_policy *policy, const char *path);
bool naive_hub(const struct pw_policy *policy, const char *path);

#endif /* PW_TEST_POLICY_NAIVE_H */
