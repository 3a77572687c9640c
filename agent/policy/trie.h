/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entries of all labels (`trees`, `files`), places (`directories`) and hubs (`sockets`
 * that are paths) as one trie over path components, wildcard
 * components included: what the automaton is made from. Node 0 is "/"; a parent's id is
 * less than its children's.
 */
#ifndef PW_POLICY_TRIE_H
#define PW_POLICY_TRIE_H

#include "base/str.h"
#include "phiward/tree.h"
#include "policy/compile-private.h"
#include "policy/lookup.h"

enum pw_trie_kind {
	PW_TRIE_LITERAL, /* .name: index of names */
	PW_TRIE_ANY,     /* "*" */
	PW_TRIE_GLOB,    /* .name: index of globs */
};

struct pw_trie_node {
	uint64_t tree_labels;
	uint64_t file_labels;
	uint64_t places; /* of a place's directory */
	uint32_t parent;
	uint32_t first_child; /* or PW_ID_NONE */
	uint32_t next_sibling;
	uint32_t name;
	uint32_t entry;      /* the first that made the node, or PW_ID_NONE */
	uint32_t tree_entry; /* the first tree that starts here, or PW_ID_NONE */
	uint8_t kind;
	bool hub;          /* a socket here is a hub's */
	bool literal_path; /* no wildcard on the way */
};

struct pw_trie_name {
	uint64_t hash; /* pw_name_hash() */
	size_t offset; /* in text */
	uint32_t len;
};

struct pw_trie {
	struct pw_trie_node *node;
	size_t n_nodes, nodes_size;
	struct pw_trie_name *name;
	size_t n_names, names_size;
	struct pw_str text; /* of all names */
	struct pw_glob *glob;
	size_t n_globs, globs_size;
	const struct pw_text **entry; /* borrowed from the policy */
	size_t n_entries, entries_size;
	struct pw_lookup children, names, globs;
};

/* Returns 0, -E2BIG with a finding, or -ENOMEM; @trie is to be freed always. */
int pw_trie_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		  struct pw_findings *findings, struct pw_trie *trie);
void pw_trie_free(struct pw_trie *trie);

/* Copy @len bytes (at most PW_NAME_MAX) to @ret_name, zeroes behind them. */
void pw_name_set(struct pw_name *ret_name, const char *text, size_t len);

/* Add an error about the entry @id to @findings (may be NULL). Returns -E2BIG or -ENOMEM. */
int pw_trie_refuse(const struct pw_trie *trie, struct pw_findings *findings, uint32_t id,
		   const char *what, const char *remedy);

/* States and edges of @trees from @trie. Returns as pw_trie_build(). */
int pw_automaton_build(const struct pw_trie *trie, struct pw_findings *findings,
		       struct pw_trees *trees, uint32_t *ret_start);

/* The state that @name of @len bytes leads to from @state. */
uint32_t pw_automaton_step(const struct pw_trees *trees, uint32_t state, const struct pw_name *name,
			   uint32_t len);

#endif /* PW_POLICY_TRIE_H */
