/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which labels does an object carry? A question about identity: tree roots are found by the
 * address of their inode while walking up, and the way down from there is stepped through
 * by the automaton. Never by text of a path, so aliases, mounts and namespaces do not matter.
 *
 * Fast: the directory's entry in pw_dirs. Slow: walk up to the first known ancestor with
 * typed loads, or with probe reads where the way is longer than the verifier follows.
 * Must not: decide, report, or call anything "unlabelled" that it could not resolve.
 */
#ifndef PW_LABEL_BPF_H
#define PW_LABEL_BPF_H

#include "state.bpf.h"

struct pw_object {
	__u64 policy; /* generation under which it was resolved: one for the whole way */
	__u64 labels;
	__u32 state; /* of the automaton; meaningful for directories */
	__u32 flags; /* PW_OBJECT_* and PW_DIR_* */
};

/* Levels of the fast walk; what lies deeper is left to bpf_loop. */
#define PW_WALK_LEVELS 20
/* More levels than any file system can hold in memory: the bound that bpf_loop wants. */
#define PW_CLIMB_LEVELS (1 << 20)

/* ---- The directory cache ---- */

static __always_inline struct pw_dir_entry *pw_dir_slot(__u64 dentry)
{
	__u32 index = ((__u32)(dentry >> 6) ^ (__u32)(dentry >> 21)) & (PW_DIRS - 1);

	return bpf_map_lookup_elem(&pw_dirs, &index);
}

/* All that tells one directory at one time under one policy from every other. */
static __always_inline __u64 pw_dir_check(__u64 inode, __u64 number, __u32 generation,
					  __u64 policy, __u64 labels, __u64 state_flags)
{
	__u64 check = inode ^ (number * 0xff51afd7ed558ccdULL);

	check += (generation ^ (policy << 32)) * 0xc4ceb9fe1a85ec53ULL;
	return check ^ ((labels ^ (state_flags << 13)) * 0x9e3779b97f4a7c15ULL);
}

static __always_inline bool pw_dir_match(volatile struct pw_dir_entry *entry, __u64 inode,
					 __u64 number, __u32 generation, __u64 policy,
					 struct pw_object *o)
{
	__u64 labels = entry->labels, state_flags = *(volatile __u64 *)&entry->state;

	if (entry->check != pw_dir_check(inode, number, generation, policy, labels, state_flags))
		return false;
	o->policy = policy;
	o->labels = labels;
	o->state = (__u32)state_flags;
	o->flags = (__u32)(state_flags >> 32);
	return true;
}

static __always_inline bool pw_dir_get(struct dentry *dentry, __u64 policy, struct pw_object *o)
{
	__u64 address = pw_address(dentry);
	volatile struct pw_dir_entry *entry = pw_dir_slot(address);
	struct inode *inode;

	if (!entry || entry->dentry != address)
		return false;
	inode = dentry->d_inode;
	if (!inode)
		return false;
	return pw_dir_match(entry, pw_address(inode), inode->i_ino, inode->i_generation, policy, o);
}

static __always_inline void pw_dir_put(struct dentry *dentry, const struct pw_object *o)
{
	__u64 address = pw_address(dentry);
	volatile struct pw_dir_entry *entry = pw_dir_slot(address);
	struct inode *inode = dentry->d_inode;
	__u64 state_flags = o->state | (__u64)o->flags << 32;

	if (!inode || !entry)
		return;
	entry->dentry = address;
	entry->labels = o->labels;
	*(volatile __u64 *)&entry->state = state_flags;
	entry->check = pw_dir_check(pw_address(inode), inode->i_ino, inode->i_generation, o->policy,
				    o->labels, state_flags);
}

/* ---- Roots ---- */

/* The word and the bit of the filter that stand for an inode. */
static __always_inline __u64 *pw_root_bit(__u64 inode, __u64 *ret_bit)
{
	__u32 hash = ((__u32)(inode >> 3) * 0x9e3779b1u) >> 9;
	__u32 word = (hash >> 6) & (PW_ROOT_FILTER_WORDS - 1);

	*ret_bit = 1ULL << (hash & 63);
	return bpf_map_lookup_elem(&pw_root_filter, &word);
}

/* The filter serves the files with several links, too, under a number of their own. */
static __always_inline __u64 pw_linked_mark(__u64 sb, __u64 number)
{
	return (number * 0x9e3779b97f4a7c15ULL ^ sb) >> 8;
}

static __always_inline bool pw_may_be_root(__u64 inode)
{
	__u64 bit, *word = pw_root_bit(inode, &bit);

	return word && *word & bit;
}

static __noinline bool pw_root_find(__u64 inode, __u64 policy, struct pw_object *o)
{
	struct pw_root *root = bpf_map_lookup_elem(&pw_roots, &inode);
	__u32 slot = policy & 1;

	if (!root || root->slot[slot].generation != policy)
		return false;
	o->policy = policy;
	o->labels = root->slot[slot].labels;
	o->state = root->slot[slot].state;
	o->flags = root->slot[slot].flags;
	return true;
}

/* ---- The automaton ---- */

struct pw_name_slot {
	struct pw_name name;
	__u32 busy;
	__u32 reserved;
};

/* Buffers for one name: too large for the stack; several, for a CPU may be preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PW_SCRATCHES);
	__type(key, __u32);
	__type(value, struct pw_name_slot);
} pw_names SEC(".maps");

/* As pw_scratch_claim(): the index of a free one, or PW_SCRATCHES. */
__noinline __u32 pw_name_claim(void)
{
	for (__u32 i = 0; i < PW_SCRATCHES; i++) {
		__u32 key = i;
		struct pw_name_slot *slot = bpf_map_lookup_elem(&pw_names, &key);

		if (slot && __sync_val_compare_and_swap(&slot->busy, 0, 1) == 0)
			return i;
	}
	return PW_SCRATCHES;
}

static __always_inline __u32 pw_state_key(__u32 state, __u64 policy)
{
	return state | (__u32)(policy & 1) << PW_STATE_SLOT;
}

/* A global function, so that the verifier follows its loop once and not in each use. */
__noinline __u64 pw_name_digest(struct pw_name *name, __u32 len)
{
	return name ? pw_name_hash(name, len & PW_NAME_MAX) : 0;
}

struct pw_glob_job {
	__u32 glob;
	__u32 slot; /* of the name in pw_names */
	__u32 len;
	__u32 differs;
};

static long pw_glob_byte(__u32 index, void *data)
{
	struct pw_glob_job *job = data;
	__u32 key = job->glob, slot_key = job->slot;
	struct pw_glob *glob = bpf_map_lookup_elem(&pw_globs, &key);
	struct pw_name_slot *slot = bpf_map_lookup_elem(&pw_names, &slot_key);

	if (!glob || !slot || pw_glob_differs(glob, &slot->name, job->len, index)) {
		job->differs = 1;
		return 1;
	}
	return 0;
}

static __always_inline __u32 pw_glob_test(__u32 index, __u32 slot, __u32 len)
{
	struct pw_glob *glob = bpf_map_lookup_elem(&pw_globs, &index);
	struct pw_glob_job job = { .glob = index, .slot = slot, .len = len };

	if (!glob || !pw_glob_fits(glob, len))
		return 0;
	bpf_loop(len, pw_glob_byte, &job, 0);
	return job.differs ^ 1;
}

/*
 * The state that a child of that name is in, seen from state @from (key, with its slot);
 * PW_STATE_LOST: the automaton is not there.
 */
#define PW_STATE_LOST 0x7fffffffu

static __always_inline __u32 pw_successor(__u32 from, struct pw_name_slot *slot, __u32 index,
					  __u32 len)
{
	struct pw_edge_key key = { .state = from, .len = len };
	struct pw_state *state;
	__u32 set = 0, *next;

	key.hash = pw_name_digest(&slot->name, len);
	next = bpf_map_lookup_elem(&pw_edges, &key);
	if (next)
		return *next;
	state = bpf_map_lookup_elem(&pw_states, &from);
	if (!state)
		return PW_STATE_LOST;
	for (__u32 i = 0; i < PW_STATE_GLOBS_MAX; i++) {
		if (i >= state->n_globs)
			break;
		set |= (pw_glob_test(state->glob[i] | (from & (1u << PW_STATE_SLOT)), index,
				     len) & 1u) << i;
	}
	barrier_var(set); /* else clang drops the mask, and the verifier cannot bound the index */
	return state->next[set & ((1u << PW_STATE_GLOBS_MAX) - 1)];
}

/* *@o was a directory; its child in state @next carries what that adds. */
static __always_inline void pw_enter(struct pw_object *o, __u32 next, bool is_dir)
{
	__u32 key = pw_state_key(next, o->policy);
	struct pw_state *state;

	o->state = next;
	o->flags &= ~PW_DIR_NAMES_FILES;
	if (next == PW_STATE_DEAD)
		return;
	state = bpf_map_lookup_elem(&pw_states, &key);
	if (!state) {
		o->flags |= PW_OBJECT_UNKNOWN;
		return;
	}
	o->labels |= state->tree_labels;
	if (!is_dir)
		o->labels |= state->file_labels;
	if (state->flags & PW_STATE_NAMES_FILES)
		o->flags |= PW_DIR_NAMES_FILES;
}

/*
 * From a directory @o to its child called @text: *@o becomes what the child carries;
 * unknown, when its name cannot be read or stepped by.
 * A global function: verified once, not in every hook.
 */
__noinline int pw_step(struct pw_object *o, __u64 text, __u32 len, __u32 is_dir)
{
	struct pw_name_slot *slot;
	__u32 next = PW_STATE_LOST, index;

	if (!o)
		return 0;
	if (o->state == PW_STATE_DEAD)
		return 0;
	index = pw_name_claim();
	slot = bpf_map_lookup_elem(&pw_names, &index);
	if (!slot) {
		o->flags |= PW_OBJECT_UNKNOWN;
		return 0;
	}
	__builtin_memset(&slot->name, 0, sizeof(slot->name));
	len &= PW_NAME_MAX;
	if (len && bpf_probe_read_kernel(&slot->name, len, (void *)text) == 0)
		next = pw_successor(pw_state_key(o->state, o->policy), slot, index, len);
	slot->busy = 0;
	if (next == PW_STATE_LOST)
		o->flags |= PW_OBJECT_UNKNOWN;
	else
		pw_enter(o, next, is_dir);
	return 0;
}

/* ---- The slow walk: any depth, any pointer, by probe reads ---- */

struct pw_climb {
	__u64 at;
	__u64 policy;
	struct pw_object o;
	__u32 levels;
	__u32 done;
};

static long pw_climb_level(__u32 index, void *data)
{
	struct pw_climb *climb = data;
	struct dentry *dentry = (struct dentry *)climb->at;
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	volatile struct pw_dir_entry *entry = pw_dir_slot(climb->at);
	__u64 parent;

	if (entry && entry->dentry == climb->at &&
	    pw_dir_match(entry, (__u64)inode, BPF_CORE_READ(inode, i_ino),
			 BPF_CORE_READ(inode, i_generation), climb->policy, &climb->o))
		goto done;
	if (pw_may_be_root((__u64)inode) &&
	    pw_root_find((__u64)inode, climb->policy, &climb->o))
		goto done;
	parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	if (!parent)
		return 1;
	if (parent == climb->at) {
		climb->o = (struct pw_object){ .policy = climb->policy };
		if (BPF_CORE_READ(dentry, d_flags) & DCACHE_DISCONNECTED)
			climb->o.flags = PW_OBJECT_UNKNOWN;
		goto done;
	}
	climb->at = parent;
	climb->levels++;
	return 0;
done:
	climb->done = 1;
	return 1;
}

struct pw_ascent {
	__u64 at;
};

static long pw_ascend_level(__u32 index, void *data)
{
	struct pw_ascent *ascent = data;
	struct dentry *dentry = (struct dentry *)ascent->at;

	ascent->at = (__u64)BPF_CORE_READ(dentry, d_parent);
	return !ascent->at;
}

struct pw_descent {
	__u64 leaf;
	struct pw_object o;
	__u32 left;   /* levels still to go down, the leaf's own included */
	__u32 is_dir; /* the leaf is a directory; everything above it is one */
};

static long pw_descend_level(__u32 index, void *data)
{
	struct pw_descent *descent = data;
	struct pw_ascent ascent = { .at = descent->leaf };
	struct dentry *dentry;

	if (!descent->left || descent->o.state == PW_STATE_DEAD)
		return 1;
	descent->left--;
	if (descent->left)
		bpf_loop(descent->left, pw_ascend_level, &ascent, 0);
	dentry = (struct dentry *)ascent.at;
	pw_step(&descent->o, (__u64)BPF_CORE_READ(dentry, d_name.name),
		BPF_CORE_READ(dentry, d_name.len), descent->left || descent->is_dir);
	return 0;
}

/*
 * Zero, but the verifier does not know. Before 6.8 it takes a bpf_loop for exactly one turn:
 * what a callback counts up from a constant would be a constant to it, and the code for
 * every other count dead, and removed.
 */
volatile __u32 pw_zero = 0;

/* What the object at @dentry carries, whatever it is; *@o is set, UNKNOWN when it fails. */
__noinline int pw_resolve_slow(__u64 leaf, struct pw_object *o)
{
	struct pw_climb climb = {
		.at = leaf,
		.policy = pw_generation,
		.levels = pw_zero,
		.done = pw_zero,
	};
	struct pw_descent descent = { .leaf = leaf };
	struct dentry *dentry = (struct dentry *)leaf;
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);

	if (!o)
		return 0;
	pw_count(PW_COUNT_SLOW_WALKS, 1);
	descent.is_dir = inode && (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR;
	bpf_loop(PW_CLIMB_LEVELS, pw_climb_level, &climb, 0);
	if (!climb.done) {
		o->policy = climb.policy;
		o->labels = 0;
		o->state = PW_STATE_DEAD;
		o->flags = PW_OBJECT_UNKNOWN;
		return 0;
	}
	descent.o = climb.o;
	descent.left = climb.levels;
	if (climb.levels && climb.o.state != PW_STATE_DEAD)
		bpf_loop(PW_CLIMB_LEVELS, pw_descend_level, &descent, 0);
	*o = descent.o;
	if (!descent.is_dir)
		o->state = PW_STATE_DEAD;
	return 0;
}

/* ---- The fast walk: typed loads, bounded ---- */

/* What the directory @dir carries; remembered, unless unknown. */
static __noinline int pw_resolve_dir(struct dentry *dir, struct pw_object *o)
{
	/* The way down again is short, for automata die early: the last two suffice, mostly. */
	struct dentry *at = dir, *below = dir, *two_below = dir;
	__u64 policy = pw_generation;

	o->policy = policy;
	o->labels = 0;
	o->state = PW_STATE_DEAD;
	o->flags = 0;
	for (__u32 level = 0; level < PW_WALK_LEVELS; level++) {
		struct dentry *parent;
		__u64 inode;

		if (pw_dir_get(at, policy, o))
			goto found;
		inode = pw_address(at->d_inode);
		if (pw_may_be_root(inode) && pw_root_find(inode, policy, o))
			goto found;
		parent = at->d_parent;
		if (parent == at) {
			if (at->d_flags & DCACHE_DISCONNECTED)
				o->flags = PW_OBJECT_UNKNOWN;
			goto found;
		}
		two_below = below;
		below = at;
		at = parent;
	}
	pw_resolve_slow(pw_address(dir), o);
	goto out;
found:
	/*
	 * No test of the level here: the verifier would come by once for each. The pointers
	 * tell as much, and are alike to it.
	 */
	if (at == dir || o->state == PW_STATE_DEAD)
		goto out;
	pw_step(o, pw_address(below->d_name.name), below->d_name.len, true);
	if (below == dir || o->state == PW_STATE_DEAD)
		goto out;
	pw_step(o, pw_address(two_below->d_name.name), two_below->d_name.len, true);
	if (two_below != dir && o->state != PW_STATE_DEAD)
		pw_resolve_slow(pw_address(dir), o);
out:
	pw_count(PW_COUNT_WALKS, 1);
	if (!(o->flags & PW_OBJECT_UNKNOWN))
		pw_dir_put(dir, o);
	return 0;
}

/*
 * The same by the slow walk: for the hooks that are called seldom. A program with the fast
 * walk in it takes the verifier four times as long, and every hook has a program.
 */
__noinline int pw_resolve_dir_cold(__u64 address, struct pw_object *o)
{
	volatile struct pw_dir_entry *entry = pw_dir_slot(address);
	struct dentry *dir = (struct dentry *)address;
	struct inode *inode = BPF_CORE_READ(dir, d_inode);
	__u64 state_flags;

	if (!o)
		return 0;
	pw_resolve_slow(address, o);
	if (!inode || !entry || o->flags & PW_OBJECT_UNKNOWN)
		return 0;
	state_flags = o->state | (__u64)o->flags << 32;
	entry->dentry = address;
	entry->labels = o->labels;
	*(volatile __u64 *)&entry->state = state_flags;
	entry->check = pw_dir_check((__u64)inode, BPF_CORE_READ(inode, i_ino),
				    BPF_CORE_READ(inode, i_generation), o->policy, o->labels,
				    state_flags);
	return 0;
}

/* ---- Objects ---- */

/* How a directory that is not remembered is resolved: by the fast walk, or by the slow one. */
enum pw_walk { PW_WALK_HOT, PW_WALK_COLD };

static __always_inline void pw_directory(struct dentry *dir, struct pw_object *o, enum pw_walk walk)
{
	if (pw_dir_get(dir, pw_generation, o))
		return;
	if (walk == PW_WALK_HOT)
		pw_resolve_dir(dir, o);
	else
		pw_resolve_dir_cold(pw_address(dir), o);
}

/*
 * Labels that the names of @inode cannot tell: of another link of it in a tree, or, where
 * the inode is not the one of its dentry (overlay), of the names it goes by below.
 */
static __noinline __u64 pw_linked_labels(struct inode *inode)
{
	struct pw_linked_key key = {
		.sb = pw_address(inode->i_sb),
		.inode = inode->i_ino,
		.inode_generation = inode->i_generation,
	};
	__u64 *labels = bpf_map_lookup_elem(&pw_linked, &key);

	return labels ? *labels : 0;
}

/*
 * Not by i_nlink: the link in the tree may be gone by now. By device and number, and so
 * that it costs nothing while there is none.
 */
static __always_inline bool pw_may_be_linked(struct inode *inode)
{
	return pw_n_linked &&
	       pw_may_be_root(pw_linked_mark(pw_address(inode->i_sb), inode->i_ino));
}

/* What a child called as @child is (or would be), by its name alone. */
static __always_inline void pw_resolve_child(struct dentry *child, bool is_dir, struct pw_object *o,
					     enum pw_walk walk)
{
	pw_directory(child->d_parent, o, walk);
	if (o->state != PW_STATE_DEAD)
		pw_step(o, pw_address(child->d_name.name), child->d_name.len, is_dir);
	if (!is_dir)
		o->state = PW_STATE_DEAD;
}

static __always_inline void pw_resolve_object(struct dentry *dentry, struct pw_object *o,
					      enum pw_walk walk)
{
	struct inode *inode = dentry->d_inode;

	if (!inode)
		return; /* 7.x wants to see the test on a dentry that it trusts */
	if ((inode->i_mode & S_IFMT) == S_IFDIR) {
		pw_directory(dentry, o, walk);
		return;
	}
	if (dentry->d_parent == dentry) {
		o->labels = 0;
		o->state = PW_STATE_DEAD;
		o->flags = PW_OBJECT_UNKNOWN;
	} else {
		pw_resolve_child(dentry, false, o, walk);
	}
	if (pw_may_be_linked(inode))
		o->labels |= pw_linked_labels(inode);
}

static __noinline int pw_object_hot(struct dentry *dentry, struct pw_object *o)
{
	pw_resolve_object(dentry, o, PW_WALK_HOT);
	return 0;
}

static __noinline int pw_object_cold(struct dentry *dentry, struct pw_object *o)
{
	pw_resolve_object(dentry, o, PW_WALK_COLD);
	return 0;
}

static __always_inline bool pw_needs_decision(const struct pw_object *o)
{
	return o->labels || o->flags & (PW_OBJECT_CANARY | PW_OBJECT_UNKNOWN);
}

/*
 * The question of every hook: does the object at @dentry need a decision at all?
 * False: unlabelled for certain. True: *@o says what it is.
 */
static __always_inline bool pw_carries(struct dentry *dentry, struct inode *inode,
				       struct pw_object *o, enum pw_walk walk)
{
	if (!pw_sb_may_carry(pw_address(dentry->d_sb)))
		return false;
	if ((inode->i_mode & S_IFMT) == S_IFDIR) {
		pw_directory(dentry, o, walk);
		return pw_needs_decision(o);
	}
	if (pw_dir_get(dentry->d_parent, pw_generation, o) && !o->labels && !o->flags &&
	    !pw_may_be_linked(inode))
		return false;
	if (walk == PW_WALK_HOT)
		pw_object_hot(dentry, o);
	else
		pw_object_cold(dentry, o);
	return pw_needs_decision(o);
}

/* The labels of an inode by whatever names the kernel knows for it right now. */
static __noinline int pw_resolve_alias(struct inode *inode, struct pw_object *o)
{
	__u64 alias = pw_address(inode->i_dentry.first);

	o->labels = 0;
	o->state = PW_STATE_DEAD;
	o->flags = 0;
	if (!alias) {
		o->flags = PW_OBJECT_UNKNOWN;
		return 0;
	}
	pw_resolve_slow(pw_dentry_of_alias(alias), o);
	if (pw_may_be_linked(inode))
		o->labels |= pw_linked_labels(inode);
	return 0;
}

#endif /* PW_LABEL_BPF_H */
