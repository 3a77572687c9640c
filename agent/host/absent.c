/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/absent.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"

/* Does some rule let somebody do something with whatever program? */
static bool allows_any_program(const struct pw_policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++)
		if (policy->rule[i].verdict != PW_DENY && policy->rule[i].programs.any)
			return true;
	return false;
}

static int tell_nobody(const struct pw_policy *policy, int (*warn)(void *ctx, const char *text),
		       void *ctx)
{
	_cleanup_str_ struct pw_str text = { 0 };

	if (!allows_any_program(policy))
		pw_str_add(&text, policy->mode == PW_ENFORCE
					  ? "NOBODY IS ALLOWED ANYTHING: "
					  : "ENFORCED, NOBODY WOULD BE ALLOWED ANYTHING: ");
	pw_str_add(&text, "none of the policy's ");
	pw_str_add_count(&text, policy->n_programs, "program");
	pw_str_add(&text, " was found, rules that name programs match nobody");
	return text.error ? text.error : warn(ctx, text.text);
}

/* The @n entries at @first are the paths, or the scripts, of one program: all are absent. */
static int tell_program(const struct pw_policy *policy, const struct pw_exe_entry *first, size_t n,
			int (*warn)(void *ctx, const char *text), void *ctx)
{
	_cleanup_str_ struct pw_str text = { 0 };

	pw_str_addf(&text, "program '%s': ", policy->program[first->program].name.text);
	if (n == 1)
		pw_str_addf(&text, "%s does not exist", first->path);
	else
		pw_str_addf(&text, "none of its %zu %s exists", n,
			    first->is_script ? "scripts" : "paths");
	pw_str_add(&text, "; rules naming it match nobody");
	return text.error ? text.error : warn(ctx, text.text);
}

int pw_absent_tell(const struct pw_policy *policy, const struct pw_compiled *compiled,
		   const bool *absent, size_t n_bound, int (*warn)(void *ctx, const char *text),
		   void *ctx)
{
	const struct pw_exe_entry *exe = compiled->exe;
	size_t n_exes = compiled->n_exes; /* hubs stand last: that one is not here harms nobody */
	int r = 0;

	while (n_exes && compiled->program[exe[n_exes - 1].program].hub)
		n_exes--;
	if (n_exes && !n_bound)
		r = tell_nobody(policy, warn, ctx);
	for (size_t i = 0, end; i < n_exes && r == 0; i = end) {
		size_t n = 0;

		for (end = i; end < n_exes && exe[end].program == exe[i].program &&
			      exe[end].is_script == exe[i].is_script;
		     end++) {
			n += absent[end];
			if (absent[end])
				pw_debug("program '%s': %s does not exist",
					 policy->program[exe[i].program].name.text, exe[end].path);
		}
		if (n == end - i)
			r = tell_program(policy, &exe[i], n, warn, ctx);
	}
	return r;
}
