/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the agent and the kernel half share through maps and globals, apart from the policy
 * image (decide.h), the automaton (tree.h) and the events (event.h).
 *
 * Publishing. Everything of a policy exists for two generations at once, in slot
 * `generation & 1`: the agent fills the idle slot, writes the new generation number, waits
 * until no program can still read the old one, and clears it. A program reads the number
 * once and stays with it: it sees the old policy or the new one, never a mixture.
 */
#ifndef PHIWARD_ABI_H
#define PHIWARD_ABI_H

#include "decide.h"

/*
 * The word that says what holds now: generation in the upper half, epoch in PW_EPOCH_MASK.
 * The epoch takes the bits that the place of an inode among PW_CLEAR_SLOTS tells anyway.
 */
#define PW_NOW_GENERATION 32
#define PW_CLEAR_BITS 17
#define PW_CLEAR_SLOTS (1u << PW_CLEAR_BITS)
#define PW_EPOCH_SHIFT 6
#define PW_EPOCH_MASK ((__u64)(PW_CLEAR_SLOTS - 1) << PW_EPOCH_SHIFT)

static inline __attribute__((always_inline)) __u64 pw_now_next_epoch(__u64 now)
{
	return (now & ~PW_EPOCH_MASK) | ((now + (1ULL << PW_EPOCH_SHIFT)) & PW_EPOCH_MASK);
}

/* Key: kernel address of a directory's inode, which the agent holds open. */
struct pw_root {
	struct {
		__u64 generation; /* valid when equal to the current one */
		__u64 labels;	  /* all that the directory carries */
		__u32 state;	  /* of the automaton; PW_STATE_DEAD: none */
		__u32 flags;	  /* PW_OBJECT_* */
	} slot[2];
};

#define PW_OBJECT_CANARY (1u << 0) /* refuse always: proof that the hooks work */
#define PW_OBJECT_UNKNOWN (1u << 1) /* kernel half only: could not be resolved */
#define PW_DIR_NAMES_FILES (1u << 8) /* names of plain files in it may mean labels */

/* What the kernel half remembers of a directory. Only it reads and writes these. */
struct pw_dir_entry {
	__u64 dentry;
	__u64 labels;
	__u32 state;
	__u32 flags; /* PW_OBJECT_*, PW_DIR_* */
	__u64 check;
};

struct pw_person_key {
	__u32 slot; /* generation & 1 */
	__u32 id;   /* uid, or gid in the map of groups */
};

struct pw_person {
	struct pw_mask user;	/* rules satisfied by the user itself */
	struct pw_mask groups;	/* rules satisfied by the groups the directory service gives it */
};

/* Rules satisfied by an executable alone, a script alone, or the two together. */
struct pw_program_key {
	__u64 exe;    /* inode address, or 0 */
	__u64 script; /* inode address, or 0 */
};

struct pw_program_rules {
	struct {
		__u64 generation;
		struct pw_mask mask;
	} slot[2];
};

/* Key: inode address. An executable or script that the policy names, as it was resolved. */
struct pw_executable {
	__u64 changed; /* its ctime, in nanoseconds: another means another content */
	__u64 inode;
	__u32 dev;
	__u32 inode_generation;
};

/* A file with several links, one of them in a tree: what its names cannot tell. */
struct pw_linked_key {
	__u64 sb; /* address of the superblock */
	__u64 inode;
	__u32 inode_generation;
	__u32 reserved;
};

/* Labels of what is no directory of a tree, under the policies of both slots. */
struct pw_kept_labels {
	struct {
		__u64 generation; /* valid when equal to the current one */
		__u64 labels;
	} slot[2];
};

/* What the agent wants of one of its own descriptors (programs pw_register, pw_inspect). */
enum pw_register_as {
	PW_REGISTER_ROOT = 1,	/* tie the directory to labels and state */
	PW_REGISTER_EXECUTABLE, /* record an executable or script */
	PW_REGISTER_LINKED,	/* record an object with several links */
};

struct pw_register {
	__u32 as;    /* enum pw_register_as */
	__u32 state;
	__u64 labels;
	__u32 flags; /* PW_OBJECT_*, PW_DIR_* */
	__u32 reserved;
	__u64 sb_labels; /* that may stand anywhere on its file system */
	/* out */
	__u64 address; /* of the inode; 0: not seen */
	__u64 sb;
	__u32 dev; /* as the kernel has it: not always what stat(2) says */
	__s32 error;
};

/* A labelled file that a process had open or mapped before the agent started. */
struct pw_predating {
	__u64 labels;
	__u64 inode;
	__u64 vm_flags; /* of the mapping */
	__u32 dev;
	__u32 inode_generation;
	__u32 pid;
	__u32 tid;
	__u32 fd; /* PW_PREDATES_MAPPED: a mapping */
	__u32 reserved;
};

#define PW_PREDATES_MAPPED 0xffffffffu

/* Counters, per CPU. Names for status and metrics: pw_counter_names. */
enum pw_counter {
	PW_COUNT_WALKS = 0,    /* directories resolved by walking */
	PW_COUNT_SLOW_WALKS,   /* deeper than the fast walk goes, or by alias */
	PW_COUNT_UNKNOWN,      /* objects that could not be resolved */
	PW_COUNT_NO_TASK_STATE,
	PW_COUNT_FAILED_OPEN,
	PW_COUNT_FAILED_CLOSED,
	PW_COUNT_MAP_FULL,     /* an insert failed */
	PW_COUNT_PATH_LOST,
	PW_COUNT_IDENTITY_LOST,
	PW_COUNT_EXECS,	       /* bprm_committed_creds ran */
	PW_COUNT_FORKS,	       /* task_alloc ran */
	_PW_COUNT_MAX,
};

/* Ring bookkeeping, per CPU: [0] denials, [1] bulk. */
struct pw_ring_state {
	__u64 seq;     /* last number given, dropped ones included */
	__u64 dropped;
};

#define PW_RING_DENIALS 0
#define PW_RING_BULK 1
#define _PW_RING_MAX 2

#ifndef __bpf__
_Static_assert(sizeof(struct pw_root) == 48, "struct pw_root is an ABI");
_Static_assert(sizeof(struct pw_register) == 56, "struct pw_register is an ABI");
_Static_assert(sizeof(struct pw_executable) == 24, "struct pw_executable is an ABI");
#endif

#endif /* PHIWARD_ABI_H */
