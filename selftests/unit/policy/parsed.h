/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies from text, for tests: what came of it, and what was found. */
#ifndef PW_TEST_POLICY_PARSED_H
#define PW_TEST_POLICY_PARSED_H

#include "policy/policy.h"

#define PW_TEST_FILES_MAX 8

struct pw_parsed {
	int r;
	struct pw_policy *policy; /* NULL unless r is 0 */
	struct pw_findings findings;
};

/* Parse texts as files named "a.yaml", "b.yaml" and so on; NULL ends them. */
struct pw_parsed pw_parse_texts(const char *const *texts);
struct pw_parsed pw_parse_one(const char *text);
void pw_parsed_free(struct pw_parsed *parsed);
#define _cleanup_parsed_ __attribute__((cleanup(pw_parsed_free)))

/* Is there a finding there that says so? "FILE:LINE:COLUMN: error|warning: MESSAGE". */
bool pw_parsed_says(const struct pw_parsed *parsed, const char *line);

#endif /* PW_TEST_POLICY_PARSED_H */
