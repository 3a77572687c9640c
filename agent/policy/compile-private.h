/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What compile.c, masks.c, doors.c, who.c, trees.c and explain.c know of each other. */
#ifndef PW_POLICY_COMPILE_PRIVATE_H
#define PW_POLICY_COMPILE_PRIVATE_H

#include "policy/compile.h"

static inline void pw_mask_set(struct pw_mask *mask, size_t bit)
{
	mask->w[bit / 64] |= 1ULL << (bit % 64);
}

static inline bool pw_mask_has(const struct pw_mask *mask, size_t bit)
{
	return mask->w[bit / 64] >> (bit % 64) & 1;
}

static inline bool pw_refs_has(const struct pw_refs *refs, size_t index)
{
	size_t i;

	if (refs->any)
		return true;
	for (i = 0; i < refs->n; i++)
		if (refs->index[i] == index)
			return true;
	return false;
}

/* Fill the image and the masks by name of @compiled. Returns 0 or -ENOMEM. */
int pw_masks_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		   struct pw_compiled *compiled);

/*
 * Fill what @compiled has of networks and abstract sockets. Returns 0, -E2BIG with a finding,
 * or -ENOMEM; pw_doors_free() always.
 */
int pw_doors_build(const struct pw_policy *policy, struct pw_findings *findings,
		   struct pw_compiled *compiled);
void pw_doors_free(struct pw_compiled *compiled);

/* Fill @trees. Returns 0, -E2BIG with a finding, or -ENOMEM; @trees is to be freed always. */
int pw_trees_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		   struct pw_findings *findings, struct pw_trees *trees);
void pw_trees_free(struct pw_trees *trees);

/*
 * For each place of @policy (at most PW_PLACES_MAX) the set of those that hold whatever is in
 * it, itself included, as far as the text tells. Returns 0 or -ENOMEM.
 */
int pw_places_within(const struct pw_policy *policy, uint64_t ret_within[static PW_PLACES_MAX]);

/* All that the place has are media with `access: read`. */
bool pw_place_never_written(const struct pw_place *place);

/* The two factors of pw_compiled_who(): rules whose `actors`, whose `programs` @who satisfies. */
void pw_who_actor_mask(const struct pw_compiled *compiled, const struct pw_who *who,
		       struct pw_mask *ret_mask);
void pw_who_program_mask(const struct pw_compiled *compiled, const struct pw_who *who,
			 struct pw_mask *ret_mask);

#endif /* PW_POLICY_COMPILE_PRIVATE_H */
