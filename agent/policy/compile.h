/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy as the decision needs it: masks, and the automaton of its trees. Pure: what the
 * host knows (canonical paths, the time) is handed in; users, groups and executables come
 * out by name for the host room to resolve.
 */
#ifndef PW_POLICY_COMPILE_H
#define PW_POLICY_COMPILE_H

#include "phiward/decide.h"
#include "phiward/tree.h"
#include "policy/policy.h"

struct pw_edge {
	struct pw_edge_key key;
	uint32_t next;
};

/*
 * A directory on the way of some literal tree, file or glob prefix, "/" included; parents
 * stand before children. The agent opens each that exists and ties it to @state.
 */
struct pw_anchor {
	char *path;      /* canonical */
	uint32_t state;
	uint64_t labels; /* all that this very directory carries: of itself and of every parent */
	bool is_root;    /* a tree starts here: worth telling when it does not exist */
	struct pw_place_in_file at; /* the first entry that made it */
};

struct pw_trees {
	struct pw_state *state; /* state[PW_STATE_DEAD] is all zero */
	size_t n_states;
	struct pw_edge *edge;
	size_t n_edges;
	struct pw_glob *glob;
	size_t n_globs;
	struct pw_anchor *anchor;
	size_t n_anchors;
};

struct pw_name_mask { /* a user or group by name, with the rules it satisfies */
	const char *name; /* borrowed from the policy */
	struct pw_mask mask;
};

/* An executable or script by path. Its mask bits need @script/@exe as its program says. */
struct pw_exe_entry {
	const char *path; /* borrowed from the policy */
	uint32_t program; /* index in the policy */
	bool is_script;
};

struct pw_program_mask {
	struct pw_mask mask; /* rules that name this program */
	bool needs_exe;	     /* `paths` given */
	bool needs_script;   /* `scripts` given */
};

struct pw_compiled {
	struct pw_image image;
	struct pw_trees trees;
	struct pw_name_mask *user;
	size_t n_users;
	struct pw_name_mask *group;
	size_t n_groups;
	struct pw_exe_entry *exe;
	size_t n_exes;
	struct pw_program_mask *program; /* as many as the policy has programs */
	size_t n_programs;
	time_t next_change; /* when `hours` or `until` change the image; 0: never */
};

struct pw_compile_options {
	time_t now; /* for hours and until; local time zone */
	/*
	 * Canonical form of @path, whose components are all literal: symlinks of the part
	 * that exists resolved. Returns 0 with *ret (caller frees) or -errno.
	 * NULL: paths are canonical already.
	 */
	int (*canonical)(void *ctx, const char *path, char **ret);
	void *ctx;
};

/*
 * Compile. An allow or warn rule that names read, write, create, rename, link or delete
 * also covers `stat` of the same objects (who may read a file may know its size).
 * Returns 0 with *ret_compiled (pw_compiled_free; borrows names from @policy, which must
 * outlive it), -E2BIG when the trees are over a limit (a finding says which and where),
 * -ENOMEM.
 */
int pw_policy_compile(const struct pw_policy *policy, const struct pw_compile_options *options,
		      struct pw_findings *findings, struct pw_compiled **ret_compiled);

void pw_compiled_free(struct pw_compiled **compiled);

/*
 * Labels of @path (absolute, canonical) by name alone, as the kernel would find them when
 * every directory was created under the agent's eyes; *ret_state: of the automaton there.
 */
uint64_t pw_trees_at(const struct pw_trees *trees, const char *path, bool is_directory,
		     uint32_t *ret_state);

/* The same without the state. */
uint64_t pw_trees_labels(const struct pw_trees *trees, const char *path, bool is_directory);

/* A person and a program, as explain and the tests know them. */
struct pw_who {
	const char *user;	    /* the person, or NULL */
	const char *const *groups;  /* of the person */
	size_t n_groups;
	const char *exe;	    /* path, or NULL: unknown */
	const char *script;	    /* or NULL */
};

/* The rules that @who satisfies: actor & program & session(any). */
void pw_compiled_who(const struct pw_compiled *compiled, const struct pw_who *who,
		     struct pw_mask *ret_mask);

#endif /* PW_POLICY_COMPILE_H */
