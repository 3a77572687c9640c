/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that the kernel half remembers: maps and globals, each with who writes and reads it,
 * how large it may get and what happens when it is full. No logic here.
 */
#ifndef PW_STATE_BPF_H
#define PW_STATE_BPF_H

#include "compat.bpf.h"

#include "phiward/abi.h"
#include "phiward/event.h"
#include "phiward/tree.h"

/* ---- Globals: written by the agent, read by every program ---- */

/*
 * What holds now; 0: no policy yet, every hook leaves at once. Upper half: the generation of
 * the policy in force, its low bit the slot. In the bits of PW_EPOCH_MASK: the epoch, for
 * which what is known of objects (pw_clear, pw_dirs) holds; a new one begins with a policy,
 * with a mount where labels apply, and with a move that mode observe lets pass though it
 * changes labels. In one word, and read once for one answer, so that the two agree.
 */
volatile __u64 pw_now = 0;

/* Thread group of the agent, which looks at labelled trees without being asked. */
volatile __u32 pw_agent = 0;

/* The canary's helper, while it is its turn to try the sockets; 0: nobody's. */
volatile __u32 pw_canary = 0;

/* Superblocks that carry labels, as a filter of one hashed bit each: false hits only cost. */
volatile __u64 pw_sb_filter[4] = {};

/* How many objects were ever marked; 0 spares every look-up. */
volatile __u64 pw_n_marks = 0;

/*
 * Domains that hold labels, as far as they have not been found dead yet; 0: nobody holds
 * anything, and nothing needs to be followed. The agent lowers it by what it deletes.
 */
volatile __u64 pw_holders = 0;

/* Tasks inside of a splice(2) whose write will be refused; 0 spares every write the look-up. */
volatile __u64 pw_splices_refused = 0;

/* Changes whenever a domain comes to hold more: what tasks remember of their own is old then. */
volatile __u64 pw_held_epoch = 1;

/*
 * What tasks hold, mostly nothing: a direct-mapped table with the labels and a word of the
 * task's address, of the labels and of the epoch that this holds for; entries that are torn
 * are no hit. A task that comes to share what holds begins a new epoch.
 */
#define PW_WRITERS 1024
volatile __u64 pw_writers[PW_WRITERS][2] __attribute__((aligned(4096))) = {};

/*
 * Accesses by descriptor that were allowed and told: a direct-mapped table of one word each
 * (judge.bpf.h), which no other task, program, person, object, label or policy has.
 */
#define PW_SETTLED 4096
volatile __u64 pw_settled_words[PW_SETTLED] __attribute__((aligned(4096))) = {};

/* Counts the programs that have lost their identity while they ran: nothing is settled then. */
volatile __u64 pw_settled_end = 0;

/* The number of the next domain. */
volatile __u64 pw_next_domain = 1;

/* Ends that carry labels or are hubs', and ways, ever made; 0 spares the look-ups. */
volatile __u64 pw_n_ends = 0;
volatile __u64 pw_n_ways = 0;

/*
 * Raised by the mount hooks when something is mounted where labels apply, lowered by the
 * agent once it has tied the new root. Meanwhile labels also come down the mount tree.
 */
volatile __u64 pw_mounts_pending = 0;

/* Raised when a directory is renamed or removed, or something mounted: paths may be others. */
volatile __u64 pw_path_changes = 0;

/* CLOCK_BOOTTIME when the hooks were attached: older tasks have no recorded program. */
volatile __u64 pw_attached_ns = 0;

/* ---- Maps ---- */

/*
 * What is known of directories: a direct-mapped cache without locks. Each entry carries a
 * check word over the rest of it and over what the directory is now, so an entry that is
 * torn, of another directory at the same address, or of another policy is simply no hit.
 * Directories only: they have one name, so no alias can poison an answer. Not a global,
 * for the agent would map it, and pay for it.
 */
#define PW_DIRS (1u << 16)
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PW_DIRS);
	__type(key, __u32);
	__type(value, struct pw_dir_entry);
} pw_dirs SEC(".maps");

/* What is known of files that carry something, by inode: entries as of pw_dirs. */
#define PW_CARRIERS (1u << 12)
struct pw_carrier {
	__u64 inode;
	__u64 check;
	__u64 labels, marks, flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PW_CARRIERS);
	__type(key, __u32);
	__type(value, struct pw_carrier);
} pw_carriers SEC(".maps");

/*
 * Inodes that carry nothing: a direct-mapped table of one word an inode, so that an entry is
 * never torn. The word holds all of the address that its place does not tell, and the epoch
 * (known.bpf.h). An inode that is freed is taken out. A global, for an access to it is the
 * cheapest there is; on pages of its own, which the agent can unmap.
 */
volatile __u64 pw_clear[PW_CLEAR_SLOTS] __attribute__((aligned(4096))) = {};

/* Inodes that may be in pw_roots, a hashed bit each of 2^23. Bits are only ever added. */
#define PW_ROOT_FILTER_WORDS (1u << 17)
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PW_ROOT_FILTER_WORDS);
	__type(key, __u32);
	__type(value, __u64);
} pw_root_filter SEC(".maps");

/* slot -> compiled policy; written by the agent before it changes pw_now. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct pw_image);
} pw_images SEC(".maps");

/* Automaton. Sized by the agent at load; full: the reload is refused, the old policy stays. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct pw_edge_key); /* .state has the slot in its top bit */
	__type(value, __u32);
} pw_edges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32); /* with the slot in its top bit */
	__type(value, struct pw_state);
} pw_states SEC(".maps");
#define PW_STATE_SLOT 31

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * PW_GLOBS_MAX);
	__type(key, __u32); /* with the slot in its top bit */
	__type(value, struct pw_glob);
} pw_globs SEC(".maps");

/* inode address -> what the directory is to the policy; written by pw_register for the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct pw_root);
} pw_roots SEC(".maps");

/* superblock address -> every label it carries anywhere: for objects that cannot be walked. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct pw_kept_labels);
} pw_sbs SEC(".maps");

/* device number (kernel encoding) -> labels of the file systems on it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64); /* character devices: bit 32 set */
	__type(value, __u64);
} pw_devices SEC(".maps");

/* Labels of objects themselves. Full: the label's on-failure decides, counted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2097152);
	__type(key, struct pw_mark_key);
	__type(value, struct pw_mark);
} pw_marks SEC(".maps");

/*
 * superblock address -> 1: where something is marked. Gone with it, as are its marks. Full:
 * marks of further ones stay until the agent ends.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} pw_marked_sbs SEC(".maps");

/* What may be labelled on file systems that have a UUID. Full: theirs are not waited for. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct pw_stored_key);
	__type(value, struct pw_stored);
} pw_stored SEC(".maps");

/* One of which nothing is known: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pw_stored);
} pw_stored_none SEC(".maps");

/* Superblock address -> its UUID, from when it is read until the agent has its marks back. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct pw_stored_key);
} pw_awaited SEC(".maps");

/* Entries of pw_awaited. */
volatile __u64 pw_n_awaited = 0;

/*
 * Domains that hold labels. Never evicted: the agent deletes those that no task is in. Full:
 * a child shares its parent's, and who would newly hold is refused as on-failure says.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct pw_domain);
} pw_domains SEC(".maps");

/*
 * Domains of hubs that were running when the policy came to name them: found by the agent
 * (pw_find_hubs). Key: a domain. Value: the generation that it was found under.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} pw_hubs SEC(".maps");

/* Sockets, terminals and messages that labelled data waits at; gone with them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct pw_end);
} pw_ends SEC(".maps");

/* Shared mappings and queues held open: who could pass data on unseen. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 32768);
	__type(key, struct pw_way_key);
	__type(value, struct pw_way);
} pw_ways SEC(".maps");

/*
 * Memory of domains that have ways, by its address (struct mm_struct) -> the domain: when the
 * memory ends, so do they. Written with the first way, at fork and at exec; deleted when the
 * memory ends. Full: those ways stay until the agent finds the domain without a task.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, __u64);
} pw_memories SEC(".maps");

/* Places in the network, of both slots: prefix -> node, node and port -> places. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct pw_net_key);
	__type(value, __u32);
} pw_nets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct pw_port_key);
	__type(value, __u64);
} pw_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct pw_hub_key);
	__type(value, __u8);
} pw_hub_names SEC(".maps");

/* device number (kernel encoding) -> what the agent knows of the block device. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct pw_medium);
} pw_media SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 131072);
	__type(key, struct pw_person_key);
	__type(value, struct pw_person);
} pw_persons SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct pw_person_key);
	__type(value, struct pw_mask);
} pw_groups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct pw_program_key);
	__type(value, struct pw_program_rules);
} pw_programs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct pw_executable);
} pw_executables SEC(".maps");

/* descriptor of the agent -> what to do with it; filled and read back by the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576 / 4);
	__type(key, __u32);
	__type(value, struct pw_register);
} pw_registers SEC(".maps");

/* Denials and what else matters have a ring of their own: noise cannot evict them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 19);
} pw_denials SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20); /* the agent maps it twice over: 2 MiB of its memory */
} pw_bulk SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, _PW_RING_MAX);
	__type(key, __u32);
	__type(value, struct pw_ring_state);
} pw_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, _PW_COUNT_MAX);
	__type(key, __u32);
	__type(value, __u64);
} pw_counters SEC(".maps");

/*
 * Where one access is worked on, too large for the stack. A task may be preempted while it
 * holds one, so each CPU has several, taken by compare-and-swap. None free: the access is
 * settled as its labels' on-failure says, and its event counts as lost.
 */
struct pw_identity {
	__u32 uid, euid, gid, auid, session;
	__u32 n_groups;
	__u64 groups; /* address of the struct group_info */
};

/* Where data is about to go. */
struct pw_to {
	__u64 places; /* of the policy, that the destination belongs to */
	__u8 addr[16]; /* IPv6, or IPv4 mapped into it */
	__u32 uid;    /* owner of the other end; 0xffffffff: unknown */
	__u16 port, protocol;
	__u8 family, door;
	__u8 read_only; /* the policy lets holders write nothing there, whatever its rules say */
	__u8 reserved[5];
};

#define PW_TEXT_MAX 0x4000u /* 16 KiB of strings in a record, at most */
#define PW_TEXT_MASK (PW_TEXT_MAX - 1)
#define PW_TEXT_MORE_MASK (PW_TEXT_MASK >> 1) /* of a string behind another, at most */

struct pw_scratch {
	struct pw_event event;
	__u8 text[PW_TEXT_MAX + PW_TEXT_MORE_MASK + 1]; /* path, path2, exe, script */
	struct {
		__u64 inode; /* number; 0: there is none, or nobody has looked yet */
		__u32 dev, generation, mode, reserved;
	} object;
	struct pw_identity who;
	struct pw_mask actor;     /* rules that the person satisfies */
	struct pw_mask satisfied; /* rules that person and program satisfy */
	struct pw_mask sending;	  /* those of them that the destination satisfies, too */
	struct pw_to to;	  /* .door 0: nothing is sent */
	__u64 value; /* address of what else is told, in place of a second path */
	__u32 value_len; /* 0: nothing */
	__u32 busy;
};

#define PW_SCRATCHES 4
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PW_SCRATCHES);
	__type(key, __u32);
	__type(value, struct pw_scratch);
} pw_scratches SEC(".maps");

/*
 * Where a path is put together, from its end. One for each scratch, with its number; apart,
 * for a per-CPU value has at most 32 KiB.
 */
struct pw_level { /* what a path needs of a dentry */
	__u64 hashed; /* 0: no longer linked */
	__u64 parent;
	__u32 hash, len; /* of the name */
	__u64 name;
};

struct pw_path_walk {
	struct pw_level leaf, level; /* where it began, where it is */
	__u64 check; /* pw_path_note.check of the leaf's directory */
	__u64 at;
	__u64 mount;	  /* struct mount */
	__u64 root;	  /* its mnt_root */
	__u64 above;	  /* mounted there: its mnt_parent */
	__u64 mountpoint; /* and its mnt_mountpoint */
	__u64 first_root; /* of the mount that the walk began in */
	__u32 start;	  /* of what is written so far */
	__u32 why;
	__u8 text[PW_TEXT_MAX + PW_NAME_BUF]; /* to the verifier, a name may reach over the end */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PW_SCRATCHES);
	__type(key, __u32);
	__type(value, struct pw_path_walk);
} pw_path_walks SEC(".maps");

/*
 * Paths that were put together just now, of directories and programs: most events name the
 * same few. Of each CPU; an entry that another takes the place of is made again.
 */
#define PW_PATH_NOTES 256
#define PW_PATH_NOTE_MAX 255u
struct pw_path_note {
	__u64 address; /* of a directory's dentry or a program's inode; 0: not filled */
	__u64 check;   /* what the path hangs on, besides */
	__u64 until_ns; /* CLOCK_BOOTTIME */
	__u32 len;
	__u32 reserved;
	__u8 text[PW_PATH_NOTE_MAX + 1];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PW_PATH_NOTES);
	__type(key, __u32);
	__type(value, struct pw_path_note);
} pw_path_notes SEC(".maps");

/*
 * What is known of a task. Made when it is forked; copied from its parent; its program is
 * set at exec. A task without one is older than the agent, or memory was short.
 */
struct pw_recent {
	__u64 object; /* mixed from the inode's address and number */
	__u32 ops;    /* bits of enum pw_op that were allowed and reported */
	__u32 generation;
};

#define PW_RECENT 4
struct pw_task {
	__u64 exe;	 /* inode address of the executable, 0: unknown */
	__u64 script;	 /* inode address of the script being interpreted, or 0 */
	__u64 exe_inode;
	__u32 exe_dev;
	__u32 exe_generation;
	__u64 script_inode;
	__u32 why;	 /* PW_WHY_PROGRAM_*: the program has lost its identity */
	__u32 flags;	 /* PW_TASK_* */
	__u64 domain;	 /* what it shares memory with; 0: not given yet */
	__u64 held;	 /* labels of its domain, as of held_epoch */
	__u64 held_epoch;
	__u64 refused; /* inode address that the splice(2) under way may not write to, or 0 */
	/* collected while an exec is under way */
	__u64 next_exe, next_script, next_exe_inode, next_script_inode;
	__u32 next_exe_dev, next_exe_generation, next_why, next_flags;
	/* the rules this task satisfies, and what that holds for */
	__u64 generation;
	__u64 credentials;
	struct pw_mask who;
	struct pw_recent recent[PW_RECENT];
};

#define PW_TASK_PROGRAM (1u << 0) /* runs an executable or script that the policy named then */
#define PW_TASK_EXE (1u << 1)	  /* and it was the executable */
#define PW_TASK_SCRIPT (1u << 2)  /* and it was the script */

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct pw_task);
} pw_tasks SEC(".maps");

/* ---- Small helpers on the above ---- */

/*
 * Zero, but the verifier does not know. Before 6.8 it takes a bpf_loop for exactly one turn:
 * what a callback counts up from a constant would be a constant to it, and the code for
 * every other count dead, and removed.
 */
volatile __u32 pw_zero = 0;

/*
 * The address of a kernel object as a plain number. The verifier forbids arithmetic on its
 * typed pointers; negation, allowed to us, makes a number of one, and once more the right one.
 */
static __always_inline __u64 pw_address(const void *object)
{
	__u64 number = (__u64)object;

	asm volatile("%0 = -%0\n\t%0 = -%0" : "+r"(number));
	return number;
}

static __always_inline __u64 pw_generation_of(__u64 now)
{
	return now >> PW_NOW_GENERATION;
}

static __always_inline __u32 pw_slot_of(__u64 now)
{
	return (__u32)pw_generation_of(now) & 1;
}

/* From here on nothing is known of objects. Of two at the same time, one is enough. */
static __always_inline void pw_epoch_end(void)
{
	__u64 now = pw_now;

	__sync_val_compare_and_swap(&pw_now, now, pw_now_next_epoch(now));
}

static __always_inline void pw_count(__u32 counter, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&pw_counters, &counter);

	if (value)
		*value += n;
}

static __always_inline struct pw_scratch *pw_scratch_at(__u32 index)
{
	return bpf_map_lookup_elem(&pw_scratches, &index);
}

/*
 * Take a free one; its index, or PW_SCRATCHES. Global, so that the verifier does not follow
 * all that comes after once for each index.
 */
__noinline __u32 pw_scratch_claim(void)
{
	for (__u32 i = 0; i < PW_SCRATCHES; i++) {
		struct pw_scratch *scratch = pw_scratch_at(i);

		if (scratch && __sync_val_compare_and_swap(&scratch->busy, 0, 1) == 0)
			return i;
	}
	return PW_SCRATCHES;
}

static __always_inline bool pw_sb_may_carry(__u64 sb)
{
	__u32 bit = (__u32)(sb >> 11) ^ (__u32)(sb >> 17);

	return pw_sb_filter[(bit >> 6) & 3] >> (bit & 63) & 1;
}

#endif /* PW_STATE_BPF_H */
