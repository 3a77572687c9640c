/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Trees and labelled files of a policy, as one deterministic automaton over path components.
 *
 * The agent expands every `trees:` and `files:` entry into components and builds the
 * automaton once (agent/policy/trees.c). Each existing directory on the way is then tied to
 * its state by the identity of its inode, never by text; from there downwards the kernel
 * steps from directory to child by the child's own name. So a directory that is created
 * later, or deleted and created again, is labelled in the same instant.
 *
 * State PW_STATE_DEAD: nothing below can gain a further label. Labels only grow downwards:
 * labels(child) = labels(parent) | state(child).tree_labels (| .file_labels if no directory).
 */
#ifndef PHIWARD_TREE_H
#define PHIWARD_TREE_H

#include "words.h"

#define PW_STATE_DEAD 0u
#define PW_STATES_MAX (1u << 20)  /* states of one policy */
#define PW_STATE_GLOBS_MAX 4      /* different wildcards that one directory may be tested for */
#define PW_GLOBS_MAX 1024         /* different wildcard components in one policy */

/* Some child of this state may carry file_labels or be a hub: names of plain files matter here. */
#define PW_STATE_NAMES_FILES (1u << 0)
/* A socket in this state is a hub's: what is sent to it stays within its reach. */
#define PW_STATE_HUB (1u << 1)

struct pw_state {
	__u64 tree_labels;  /* labels of whatever is in this state */
	__u64 file_labels;  /* further labels of what is no directory */
	/*
	 * Places (`directories`) that whatever is in this state or below belongs to. A state
	 * with places never leads to a dead one.
	 */
	__u64 tree_places;
	__u32 flags;        /* PW_STATE_* */
	__u32 n_globs;      /* 0..PW_STATE_GLOBS_MAX */
	__u32 glob[PW_STATE_GLOBS_MAX]; /* indexes of struct pw_glob, tested in order */
	/*
	 * Successor of a name that has no edge of its own, by the set of globs it matches
	 * (bit i: glob[i]). A component "*" matches every name, so it is folded in and
	 * takes no glob: next[0] is what "any other name" leads to.
	 */
	__u32 next[1 << PW_STATE_GLOBS_MAX];
};

/* A literal component: {state, name} -> next state, which accounts for matching globs too. */
struct pw_edge_key {
	__u32 state;
	__u32 len;  /* of the name, in bytes */
	__u64 hash; /* pw_name_hash() of the name */
};

/* A component with one "*": matches prefix + anything + suffix. */
struct pw_glob {
	__u16 prefix_len;
	__u16 suffix_len;          /* prefix_len + suffix_len <= PW_NAME_MAX */
	__u8 text[PW_NAME_MAX + 1]; /* prefix, then suffix, then zeroes */
};

/* A name in a buffer that is zero behind its end: what the functions below work on. */
#define PW_NAME_BUF 256
struct pw_name {
	union {
		__u8 text[PW_NAME_BUF];
		__u64 word[PW_NAME_BUF / 8];
	};
};

/* Hash of a name of @len bytes (at most PW_NAME_MAX). */
static inline __attribute__((always_inline)) __u64 pw_name_hash(const struct pw_name *name,
								  __u32 len)
{
	__u64 hash = 0x9e3779b97f4a7c15ULL ^ len;
	__u32 i, words = (len + 7) / 8;

	for (i = 0; i < PW_NAME_BUF / 8; i++) {
		if (i >= words)
			break;
		hash = (hash ^ name->word[i]) * 0xff51afd7ed558ccdULL;
		hash ^= hash >> 32;
	}
	return hash;
}

/*
 * Does byte @i of the name of @len bytes contradict the glob? The kernel half asks this in
 * a bpf_loop, everyone else in pw_glob_match().
 */
static inline __attribute__((always_inline)) bool
pw_glob_differs(const struct pw_glob *glob, const struct pw_name *name, __u32 len, __u32 i)
{
	__u32 prefix = glob->prefix_len, suffix = glob->suffix_len, at = i;

	if (i >= prefix) {
		if (i < len - suffix)
			return false;
		at = prefix + i - (len - suffix);
	}
	return glob->text[at & PW_NAME_MAX] != name->text[i & PW_NAME_MAX];
}

/* Is the name long enough for the glob at all? Asked before pw_glob_differs(). */
static inline __attribute__((always_inline)) bool pw_glob_fits(const struct pw_glob *glob, __u32 len)
{
	return (__u32)glob->prefix_len + glob->suffix_len <= len;
}

#ifndef __bpf__
/* Does the name of @len bytes match the glob? */
static inline bool pw_glob_match(const struct pw_glob *glob, const struct pw_name *name, __u32 len)
{
	if (!pw_glob_fits(glob, len))
		return false;
	for (__u32 i = 0; i < len; i++)
		if (pw_glob_differs(glob, name, len, i))
			return false;
	return true;
}
#endif

#ifndef __bpf__
_Static_assert(sizeof(struct pw_state) == 32 + 16 + 64, "struct pw_state is an ABI");
_Static_assert(sizeof(struct pw_edge_key) == 16, "struct pw_edge_key is an ABI");
_Static_assert(sizeof(struct pw_glob) == 260, "struct pw_glob is an ABI");
#endif

#endif /* PHIWARD_TREE_H */
