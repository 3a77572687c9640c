/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies by hand, for tests: each function adds to a policy that pw_built_free() frees.
 * Failed allocations end the test.
 */
#ifndef PW_TEST_POLICY_BUILD_H
#define PW_TEST_POLICY_BUILD_H

#include "policy/policy.h"

struct pw_policy *pw_build_policy(enum pw_mode mode);
void pw_built_free(struct pw_policy **policy);

/* The nth call of any of these that takes a place gives it line n. */
size_t pw_build_label(struct pw_policy *policy, const char *name);
void pw_build_text(struct pw_policy *policy, struct pw_texts *texts, const char *text);
size_t pw_build_actor(struct pw_policy *policy, const char *name);
size_t pw_build_program(struct pw_policy *policy, const char *name);
size_t pw_build_place(struct pw_policy *policy, const char *name);
size_t pw_build_hub(struct pw_policy *policy, const char *name);
struct pw_declassifier *pw_build_declassifier(struct pw_policy *policy);
struct pw_rule *pw_build_rule(struct pw_policy *policy, const char *id, enum pw_verdict verdict,
			      unsigned int ops);
/* The condition is given: one more value of it. */
void pw_build_ref(struct pw_refs *refs, size_t index);

#endif /* PW_TEST_POLICY_BUILD_H */
