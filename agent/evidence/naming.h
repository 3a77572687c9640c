/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the numbers of an event meant under the policy that decided it: names of rules,
 * labels and places, and how much of a path the policy itself says (and so may stand in the clear).
 * Keeps the last PW_NAMING_KEEP policies, so that an event that was decided just before a
 * reload is told in the words of its own policy. Copies what it needs.
 */
#ifndef PW_EVIDENCE_NAMING_H
#define PW_EVIDENCE_NAMING_H

#include "policy/compile.h"
#include "policy/policy.h"

#include <stddef.h>
#include <stdint.h>

#define PW_NAMING_KEEP        4    /* distinct policies */
#define PW_NAMING_GENERATIONS 64   /* generations that point to them */
#define PW_NAMING_GLOBS_MAX   1024 /* glob trees that are tested; beyond, paths are tokenised more */

struct pw_naming_rule {
	char *id;
	char *at;   /* "file:line" */
	char *tell; /* or NULL */
	enum pw_mode mode;
};

struct pw_naming_label {
	char *name;
	enum pw_class class;
};

struct pw_naming_policy {
	char id[65];
	enum pw_mode mode;
	struct pw_naming_rule *rule;
	size_t n_rules;
	struct pw_naming_label label[PW_LABELS_MAX]; /* by bit; name NULL: no such label */
	char **place; /* names; index: its bit */
	size_t n_places;
	uint64_t *root;   /* open-addressed set of hashes of canonical tree roots; 0: free */
	size_t root_size; /* power of two, or 0 */
	char **glob;
	size_t n_globs;
};

struct pw_naming;

/* Returns 0 or -ENOMEM; pw_naming_free(). */
int pw_naming_new(struct pw_naming **ret_naming);
void pw_naming_free(struct pw_naming **naming);

/*
 * From now on events of @generation are told in the words of @policy (copied; the same
 * id again costs nothing). @compiled may be NULL (then its canonical roots are not known).
 * Returns 0 or -ENOMEM (nothing changed).
 */
int pw_naming_add(struct pw_naming *naming, uint64_t generation, const struct pw_policy *policy,
		  const struct pw_compiled *compiled);

/* The policy of @generation, or NULL when it is not (or no longer) known. */
const struct pw_naming_policy *pw_naming_find(const struct pw_naming *naming, uint64_t generation);

/* The label that has @bit under @policy (NULL: none is known), or NULL. */
const struct pw_naming_label *pw_naming_label(const struct pw_naming_policy *policy,
					      unsigned int bit);

/*
 * How many leading bytes of @path may stand in the clear: up to and including the deepest
 * tree root or `directories` of a place of @policy in it; 0 when it lies in no tree that is known.
 */
size_t pw_naming_clear(const struct pw_naming_policy *policy, const char *path, size_t len);

#endif /* PW_EVIDENCE_NAMING_H */
