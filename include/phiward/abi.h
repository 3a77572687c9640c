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
#define PW_OBJECT_HUB (1u << 2) /* kernel half only: a socket that the policy names as a hub's */
#define PW_OBJECT_OURS (1u << 3) /* kernel half only: passes data within one person's processes */
#define PW_OBJECT_PASSING (1u << 5) /* kernel half only: passes data between processes */
#define PW_OBJECT_AHEAD (1u << 4) /* kernel half only: marked before it was written to */
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

/* What an executable alone, a script alone, or the two together are to the policy. */
struct pw_program_key {
	__u64 exe;    /* inode address, or 0 */
	__u64 script; /* inode address, or 0 */
};

struct pw_program_rules {
	struct {
		__u64 generation;
		__u64 declassifies; /* labels that what it writes does not take */
		__u64 hub;	    /* 0, 1: takes no labels, and what is sent to it does not spread */
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

/*
 * Labels that an object carries by itself, whatever its name: a file with several links, one
 * of them in a tree; what a holder wrote to; what somebody labelled. Label bits mean the same
 * under every policy (struct pw_label.bit), so nothing of this is rewritten on a reload.
 */
struct pw_mark_key {
	__u64 sb; /* address of the superblock */
	__u64 inode;
	__u32 inode_generation;
	__u32 reserved;
};

struct pw_mark {
	__u64 labels; /* by what was written to it, or said of it */
	__u64 linked; /* by another name of it in a tree */
	__u32 person; /* whose process marked it first; 0xffffffff: the agent */
	__u32 why;    /* PW_MARK_* */
};

#define PW_MARK_LINKED (1u << 0)  /* found to be another name of a file in a tree */
#define PW_MARK_FLOW (1u << 1)	  /* a holder wrote to it */
#define PW_MARK_SET (1u << 2)	  /* by `phiward label`, the store, or an xattr */
#define PW_MARK_PASSING (1u << 3) /* pipe or other object without a name: gone with its inode */
#define PW_MARK_AHEAD (1u << 4)	  /* a holder has it in hand, and was not seen to write yet */

/*
 * What may be labelled on a file system, known by its UUID, mounted or not: when it is mounted,
 * it takes the agent a moment until the marks are back. One bit stands for many inodes.
 */
#define PW_STORED_WORDS 512

struct pw_stored_key {
	__u8 uuid[16];
};

struct pw_stored {
	__u64 labels;
	__u64 inodes[PW_STORED_WORDS];
};

/* The word of ->inodes for inode number @inode; @ret_bit: its bit there. */
static inline __u32 pw_stored_word(__u64 inode, __u64 *ret_bit)
{
	__u32 hash = (__u32)((inode * 0x9e3779b97f4a7c15ULL) >> 40);

	*ret_bit = 1ULL << (hash & 63);
	return (hash >> 6) & (PW_STORED_WORDS - 1);
}

/*
 * What holds labels: all that shares memory. Key: a number that a task's storage has; what
 * holds nothing has no entry. Deleted by the agent when no task has the number any more.
 */
struct pw_domain {
	__u64 labels;
	__u64 from;	/* the domain it was forked or executed from with labels; 0: none */
	__u64 since_ns; /* CLOCK_BOOTTIME of the first label */
	__u64 start_ns; /* of the thread group that took it */
	__u32 tgid;
	__u32 person;
};

/* Numbers of domains of tasks that are older than the agent: from who they are. */
#define PW_DOMAIN_OLD (1ULL << 63)

/* A process, as iterator pw_processes tells the agent of all of them. */
struct pw_process {
	__u64 domain;
	__u64 labels;	/* that it holds */
	__u64 since_ns; /* CLOCK_BOOTTIME of the first of them; 0: it holds none */
	__u64 start_ns; /* CLOCK_BOOTTIME */
	__u64 parent_start_ns;
	__u32 pid, parent, session; /* thread groups; of session 0: unknown */
	__u32 person;
};

/*
 * A way for data that no hook sees used: a shared mapping, a message queue held open. Known
 * from when it is made; when one side comes to carry a label, so does the other.
 */
struct pw_way_key {
	__u64 domain;
	struct pw_mark_key object; /* sb 0: memory shared by fork, .inode its number; 0: has ways */
};

struct pw_way {
	__u64 inode; /* address, while the way is there; 0: none */
	__u32 rights; /* PW_WAY_* */
	__u32 why;    /* PW_MARK_*, once labels reach it */
	__u64 kept;   /* labels that what the domain writes does not take */
};

#define PW_WAY_READ (1u << 0)
#define PW_WAY_WRITE (1u << 1)

/* Key: address of a socket (struct sock), terminal or message: an end that data waits at. */
struct pw_end {
	__u64 labels;
	__u32 person; /* of who marked it */
	__u32 flags;  /* PW_END_* */
};

#define PW_END_HUB (1u << 0)

/* Where in the network: the longest prefix tells the node, the node and the port the places. */
struct pw_net_key {
	__u32 prefixlen; /* in bits, 32 of them for the slot */
	__u32 slot;	 /* generation & 1 */
	__u8 addr[16];	 /* IPv6; IPv4 as ::ffff:a.b.c.d */
};

struct pw_port_key {
	__u32 node;	/* with the slot in its top bit */
	__u16 port;	/* host order; 0: any other */
	__u8 protocol;	/* IPPROTO_TCP, IPPROTO_UDP; 0: any other */
	__u8 reserved;
};

/* A name of the abstract namespace of unix sockets that is a hub's. */
struct pw_hub_key {
	__u64 hash; /* pw_name_hash() of the name without its NUL in front */
	__u32 len;
	__u32 slot;
};

/* Key: device number (kernel encoding). What a block device is, as far as the agent knows. */
struct pw_medium {
	struct {
		__u64 generation;
		__u64 places;
	} slot[2];
	__u32 kind; /* enum pw_medium_kind */
	__u32 read_only; /* bit per slot: who holds labels never writes there, whatever the rules */
};

/* What is not known is removable: it may have been plugged in a moment ago. */
enum pw_medium_kind {
	PW_MEDIUM_FIXED = 1,
	PW_MEDIUM_REMOVABLE,
};

/* Labels of file systems, under the policies of both slots. */
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
	PW_REGISTER_MARK,	/* mark the object with .labels (and .flags: PW_MARK_*) */
	PW_REGISTER_UNMARK,	/* take .labels off it again */
	PW_REGISTER_LOOK,	/* tell what it carries: .labels by name and mark, .sb_labels by mark */
};

struct pw_register {
	__u32 as;    /* enum pw_register_as */
	__u32 state;
	__u64 labels;
	__u32 flags; /* PW_OBJECT_*, PW_DIR_*; to mark: PW_MARK_* */
	__u32 inode_generation; /* out, of what is looked at */
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
	PW_COUNT_TAKEN,	       /* a domain came to hold labels */
	PW_COUNT_MARKED,       /* an object came to carry labels */
	PW_COUNT_SPREAD_LOST,  /* labels that could be kept nowhere */
	PW_COUNT_SENDS,	       /* sends decided */
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
_Static_assert(sizeof(struct pw_mark_key) == 24, "struct pw_mark_key is an ABI");
_Static_assert(sizeof(struct pw_mark) == 24, "struct pw_mark is an ABI");
_Static_assert(sizeof(struct pw_domain) == 40, "struct pw_domain is an ABI");
_Static_assert(sizeof(struct pw_process) == 56, "struct pw_process is an ABI");
_Static_assert(sizeof(struct pw_way_key) == 32, "struct pw_way_key is an ABI");
_Static_assert(sizeof(struct pw_net_key) == 24, "struct pw_net_key is an ABI");
_Static_assert(sizeof(struct pw_medium) == 40, "struct pw_medium is an ABI");
#endif

#endif /* PHIWARD_ABI_H */
