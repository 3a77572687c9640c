/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/compile.h"

#include "base/cleanup.h"
#include "policy/compile-private.h"

int pw_policy_compile(const struct pw_policy *policy, const struct pw_compile_options *options,
		      struct pw_findings *findings, struct pw_compiled **ret_compiled)
{
	_cleanup_(pw_compiled_free) struct pw_compiled *compiled = NULL;
	int r;

	compiled = calloc(1, sizeof(*compiled));
	if (!compiled)
		return -ENOMEM;
	r = pw_masks_build(policy, options, compiled);
	if (r < 0)
		return r;
	r = pw_doors_build(policy, findings, compiled);
	if (r < 0)
		return r;
	r = pw_trees_build(policy, options, findings, &compiled->trees);
	if (r < 0)
		return r;
	*ret_compiled = TAKE_PTR(compiled);
	return 0;
}

void pw_compiled_free(struct pw_compiled **compiled)
{
	struct pw_compiled *c = *compiled;

	if (!c)
		return;
	pw_doors_free(c);
	pw_trees_free(&c->trees);
	free(c->user);
	free(c->group);
	free(c->exe);
	free(c->program);
	free(c);
	*compiled = NULL;
}
