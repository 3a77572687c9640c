/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of a policy that this machine does not have: told once a program, not once a path. */
#ifndef PW_HOST_ABSENT_H
#define PW_HOST_ABSENT_H

#include "policy/compile.h"

#include <stdbool.h>

/*
 * Tell of what is not there: @absent has an entry for each of compiled->exe, @n_bound of
 * them were found and can be trusted by identity. None at all: that is told first, for then
 * nobody is allowed what only programs are. @warn takes a copy of the text and returns 0 or
 * -errno. Returns 0, or the first -errno; -ENOMEM.
 */
int pw_absent_tell(const struct pw_policy *policy, const struct pw_compiled *compiled,
		   const bool *absent, size_t n_bound, int (*warn)(void *ctx, const char *text),
		   void *ctx);

#endif /* PW_HOST_ABSENT_H */
