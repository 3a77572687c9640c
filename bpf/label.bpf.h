/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which labels does an object carry? A question about identity: tree roots are found by the
 * address of their inode while walking up, and the way down from there is stepped through
 * by the automaton. Never by text of a path, so aliases, mounts and namespaces do not matter.
 *
 * Fast: what is known (known.bpf.h). Slow: walk up to the first known ancestor with typed
 * loads, or with probe reads where the way is longer than the verifier follows.
 * Must not: decide, report, or call anything "unlabelled" that it could not resolve.
 */
#ifndef PW_LABEL_BPF_H
#define PW_LABEL_BPF_H

#include "step.bpf.h"
#include "who.bpf.h"

/* Levels of the fast walk; what lies deeper is left to bpf_loop. */
#define PW_WALK_LEVELS 20
/* More levels than any file system can hold in memory: the bound that bpf_loop wants. */
#define PW_CLIMB_LEVELS (1 << 20)

/* ---- The slow walk: any depth, any pointer, by probe reads ---- */

/* One struct for the way up and the way down, for the stack is short. */
struct pw_climb {
	__u64 leaf;
	__u64 at;	/* on the way up */
	struct pw_object o; /* of where the walk is; .now: of the whole walk */
	__u32 levels;	/* up so far; then those left to go down, the leaf's own included */
	__u16 done;
	__u16 is_dir;	/* the leaf is a directory; everything above it is one */
};

static long pw_climb_level(__u32 index, void *data)
{
	struct pw_climb *climb = data;
	struct dentry *dentry = (struct dentry *)climb->at;
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	volatile struct pw_dir_entry *entry;
	__u64 parent, now = climb->o.now;

	if (pw_clear_known((__u64)inode, now)) {
		climb->o = (struct pw_object){ .now = now, .state = PW_STATE_DEAD };
		goto done;
	}
	entry = pw_dir_slot(climb->at);
	if (entry && entry->dentry == climb->at &&
	    pw_dir_match(entry, (__u64)inode, BPF_CORE_READ(inode, i_ino),
			 BPF_CORE_READ(inode, i_generation), now, &climb->o))
		goto done;
	if (pw_may_be_root((__u64)inode) && pw_root_find((__u64)inode, now, &climb->o))
		goto done;
	parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	if (!parent)
		return 1;
	if (parent == climb->at) {
		climb->o = (struct pw_object){ .now = now };
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

static long pw_descend_level(__u32 index, void *data)
{
	struct pw_climb *climb = data;
	struct pw_ascent ascent = { .at = climb->leaf };
	struct dentry *dentry;

	if (!climb->levels || climb->o.state == PW_STATE_DEAD)
		return 1;
	climb->levels--;
	if (climb->levels)
		bpf_loop(climb->levels, pw_ascend_level, &ascent, 0);
	dentry = (struct dentry *)ascent.at;
	pw_step(&climb->o, (__u64)BPF_CORE_READ(dentry, d_name.name),
		BPF_CORE_READ(dentry, d_name.len), climb->levels || climb->is_dir);
	return 0;
}

/* What the object at @dentry carries, whatever it is; *@o is set, UNKNOWN when it fails. */
__noinline int pw_resolve_slow(__u64 leaf, struct pw_object *o)
{
	struct pw_climb climb = {
		.leaf = leaf,
		.at = leaf,
		.o.now = pw_now,
		.levels = pw_zero,
		.done = pw_zero,
	};
	struct dentry *dentry = (struct dentry *)leaf;
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);

	if (!o)
		return 0;
	pw_count(PW_COUNT_SLOW_WALKS, 1);
	climb.is_dir = inode && (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR;
	bpf_loop(PW_CLIMB_LEVELS, pw_climb_level, &climb, 0);
	if (!climb.done)
		climb.o = (struct pw_object){ .now = climb.o.now,
					      .state = PW_STATE_DEAD,
					      .flags = PW_OBJECT_UNKNOWN };
	else if (climb.levels && climb.o.state != PW_STATE_DEAD)
		bpf_loop(PW_CLIMB_LEVELS, pw_descend_level, &climb, 0);
	*o = climb.o;
	if (!climb.is_dir)
		o->state = PW_STATE_DEAD;
	return 0;
}

/* ---- The fast walk: typed loads, bounded ---- */

/* What the directory @dir carries; remembered, unless unknown. */
static __always_inline void pw_resolve_dir(struct dentry *dir, struct pw_object *o)
{
	/* The way down again is short, for automata die early: the last two suffice, mostly. */
	struct dentry *at = dir, *below = dir, *two_below = dir;
	__u64 now = pw_now;

	o->now = now;
	o->labels = 0;
	o->marks = 0;
	o->state = PW_STATE_DEAD;
	o->flags = 0;
	for (__u32 level = 0; level < PW_WALK_LEVELS; level++) {
		struct dentry *parent;
		__u64 inode;

		if (pw_dir_get(at, now, o))
			goto found;
		inode = pw_address(at->d_inode);
		if (pw_may_be_root(inode) && pw_root_find(inode, now, o))
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
	if (pw_is_clear(o)) {
		pw_clear_put((__u64)inode, o->now, *pw_clear_place((__u64)inode));
		return 0;
	}
	state_flags = o->state | (__u64)o->flags << 32;
	entry->dentry = address;
	entry->labels = o->labels;
	*(volatile __u64 *)&entry->state = state_flags;
	entry->check = pw_dir_check((__u64)inode, BPF_CORE_READ(inode, i_ino),
				    BPF_CORE_READ(inode, i_generation), o->now, o->labels,
				    state_flags);
	return 0;
}

/* ---- Objects ---- */

/* Regular files, symbolic links and sockets: what is no directory, pipe or device. */
#define PW_MODE_PLAIN 0100000
/* Of the modes of block and character devices, and of no other. */
#define PW_MODE_DEVICE_MASK 0130000
#define PW_MODE_DEVICE 0020000

static __always_inline bool pw_needs_decision(const struct pw_object *o)
{
	return o->labels || o->marks || o->flags & (PW_OBJECT_CANARY | PW_OBJECT_UNKNOWN);
}

/* How a directory that is not remembered is resolved: by the fast walk, or by the slow one. */
enum pw_walk { PW_WALK_HOT, PW_WALK_COLD };

static __always_inline void pw_directory(struct dentry *dir, struct pw_object *o, enum pw_walk walk)
{
	if (pw_dir_get(dir, pw_now, o))
		return;
	if (walk == PW_WALK_HOT)
		pw_resolve_dir(dir, o);
	else
		pw_resolve_dir_cold(pw_address(dir), o);
}

/* A POSIX message queue: used without a hook, so every opening of it is looked at. */
static __always_inline bool pw_is_queue(struct inode *inode)
{
	return inode->i_sb->s_magic == PW_MQUEUE_MAGIC;
}

/* Is it gone with its inode? A file that was given a name since is not. */
static __always_inline bool pw_is_passing(const struct pw_mark *mark, struct inode *inode)
{
	return mark->why & PW_MARK_PASSING &&
	       ((inode->i_mode & S_IFMT) != S_IFREG || !inode->i_nlink || pw_is_queue(inode));
}

static __always_inline struct pw_mark_key pw_mark_key_of(struct inode *inode)
{
	return (struct pw_mark_key){
		.sb = pw_address(inode->i_sb),
		.inode = inode->i_ino,
		.inode_generation = inode->i_generation,
	};
}

/* The same of an inode that no hook handed out. */
static __always_inline void pw_mark_key_read(struct inode *inode, struct pw_mark_key *ret_key)
{
	ret_key->sb = (__u64)BPF_CORE_READ(inode, i_sb);
	ret_key->inode = BPF_CORE_READ(inode, i_ino);
	ret_key->inode_generation = BPF_CORE_READ(inode, i_generation);
}

static __always_inline struct pw_mark *pw_mark_of(struct inode *inode)
{
	struct pw_mark_key key = pw_mark_key_of(inode);

	return bpf_map_lookup_elem(&pw_marks, &key);
}

static __noinline bool pw_mark_there(struct inode *inode)
{
	return pw_mark_of(inode) != NULL;
}

/* By device and number, and so that it costs nothing while there is none. */
static __always_inline bool pw_is_marked(struct inode *inode)
{
	return pw_n_marks &&
	       pw_may_be_root(pw_mark_number(pw_address(inode->i_sb), inode->i_ino)) &&
	       pw_mark_there(inode);
}

/*
 * What the inode carries by itself. Its other links in a tree count as its name does, and so
 * do, where the inode is not the one of its dentry (overlay), the names it goes by below.
 */
static __noinline int pw_mark_look(struct inode *inode, struct pw_object *o)
{
	struct pw_mark *mark = pw_mark_of(inode);

	if (!mark)
		return 0;
	o->labels |= mark->linked;
	o->marks |= mark->labels;
	if (pw_is_passing(mark, inode)) {
		o->flags |= PW_OBJECT_PASSING;
		if (mark->person == pw_person_of(bpf_get_current_task_btf()))
			o->flags |= PW_OBJECT_OURS;
	}
	if (mark->why & PW_MARK_AHEAD)
		o->flags |= PW_OBJECT_AHEAD;
	return 0;
}

/* What a child called as @child is (or would be), by its name alone. */
static __always_inline void pw_resolve_child(struct dentry *child, bool is_dir, struct pw_object *o,
					     enum pw_walk walk)
{
	pw_directory(child->d_parent, o, walk);
	if (is_dir ? o->state != PW_STATE_DEAD : o->flags & PW_DIR_NAMES_FILES)
		pw_step(o, pw_address(child->d_name.name), child->d_name.len, is_dir);
	if (!is_dir)
		o->state = PW_STATE_DEAD;
}

static __always_inline void pw_resolve_object(struct dentry *dentry, struct pw_object *o,
					      enum pw_walk walk)
{
	struct inode *inode = dentry->d_inode;
	struct dentry *dir = dentry;
	__u64 before;
	bool is_dir;

	if (!inode)
		return; /* 7.x wants to see the test on a dentry that it trusts */
	before = *pw_clear_place(pw_address(inode));
	is_dir = (inode->i_mode & S_IFMT) == S_IFDIR;
	if (!is_dir) {
		dir = dentry->d_parent;
		if (dir == dentry) {
			*o = (struct pw_object){ .now = pw_now,
						 .state = PW_STATE_DEAD,
						 .flags = PW_OBJECT_UNKNOWN };
			goto links;
		}
	}
	pw_directory(dir, o, walk);
	if (is_dir)
		return;
	if (o->flags & PW_DIR_NAMES_FILES)
		pw_step(o, pw_address(dentry->d_name.name), dentry->d_name.len, false);
	o->state = PW_STATE_DEAD;
links:
	if (pw_is_marked(inode))
		pw_mark_look(inode, o);
	if (pw_needs_decision(o))
		pw_carrier_put(inode, o, before);
	else if (inode->i_mode & PW_MODE_PLAIN && inode->i_nlink == 1)
		pw_clear_put(pw_address(inode), o->now, before);
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

static __always_inline bool pw_is_device(umode_t mode)
{
	return (mode & PW_MODE_DEVICE_MASK) == PW_MODE_DEVICE;
}

/*
 * Does its directory tell that the object, which is not marked, carries nothing? Then that is
 * known of it, too. @before: as of pw_clear_put(), from before it was asked for marks.
 */
static __always_inline bool pw_clear_by_directory(struct dentry *dentry, struct inode *inode,
						   __u64 now, __u64 before)
{
	struct inode *dir;

	if (!(inode->i_mode & PW_MODE_PLAIN) || dentry->d_inode != inode)
		return false;
	dir = dentry->d_parent->d_inode;
	if (!dir || !pw_clear_known(pw_address(dir), now))
		return false;
	/* With one name, or with several, or none: only the first is sure to stay so. */
	if (inode->i_nlink == 1)
		pw_clear_put(pw_address(inode), now, before);
	return true;
}

/*
 * Not known yet, but found with a few look-ups to carry nothing: its file system or its
 * directory does not. The second thing that most opens, reads and stats on the host ask;
 * the first is pw_clear_known().
 */
static __noinline bool pw_looks_clear(struct dentry *dentry, struct inode *inode)
{
	__u64 now = pw_now, before = *pw_clear_place(pw_address(inode));

	if (!now)
		return true;
	if (pw_mounts_pending)
		return false;
	if (pw_is_marked(inode))
		return false;
	if (pw_sb_may_carry(pw_address(inode->i_sb)))
		return pw_clear_by_directory(dentry, inode, now, before);
	if (pw_is_device(inode->i_mode) || pw_is_queue(inode))
		return false;
	pw_clear_put(pw_address(inode), now, before);
	return true;
}

/*
 * The question of every hook: does the object at @dentry need a decision at all?
 * False: unlabelled for certain. True: *@o says what it is.
 */
static __always_inline bool pw_carries(struct dentry *dentry, struct inode *inode,
				       struct pw_object *o, enum pw_walk walk)
{
	__u64 before;

	if (pw_clear_known(pw_address(inode), pw_now))
		return false;
	if (pw_carrier_get(inode, pw_now, o))
		return true;
	if (!pw_sb_may_carry(pw_address(dentry->d_sb))) {
		if (!pw_is_marked(inode))
			return false;
		before = *pw_clear_place(pw_address(inode));
		*o = (struct pw_object){ .now = pw_now, .state = PW_STATE_DEAD };
		pw_mark_look(inode, o);
		if (!pw_needs_decision(o))
			return false;
		pw_carrier_put(inode, o, before);
		return true;
	}
	before = *pw_clear_place(pw_address(inode));
	if (!pw_is_marked(inode) && pw_clear_by_directory(dentry, inode, pw_now, before))
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

	*o = (struct pw_object){ .now = pw_now, .state = PW_STATE_DEAD };
	if (!alias) {
		o->flags = PW_OBJECT_UNKNOWN;
		return 0;
	}
	pw_resolve_slow(pw_dentry_of_alias(alias), o);
	if (pw_is_marked(inode))
		pw_mark_look(inode, o);
	return 0;
}

#endif /* PW_LABEL_BPF_H */
