/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of objects without walking: inodes that carry nothing, directories and files
 * with what they carry, and the directories that the policy is tied to. Only look-ups and entries.
 */
#ifndef PW_KNOWN_BPF_H
#define PW_KNOWN_BPF_H

#include "state.bpf.h"

struct pw_object {
	__u64 now; /* pw_now under which it was resolved: one for the whole way */
	__u64 labels; /* by name: trees, files, other links of it */
	__u64 marks;  /* by what was written to it; never of a directory */
	__u32 state; /* of the automaton; meaningful for directories */
	__u32 flags; /* PW_OBJECT_* and PW_DIR_* */
};

/* ---- What carries nothing ---- */

/*
 * An inode that carries nothing goes on doing so while it lives and the epoch lasts: names
 * with other labels are refused to it (-EXDEV). So its address is all there is to know.
 */
static __always_inline volatile __u64 *pw_clear_place(__u64 inode)
{
	__u64 index = (inode >> PW_EPOCH_SHIFT) ^ (inode >> (PW_EPOCH_SHIFT + PW_CLEAR_BITS));

	return &pw_clear[index & (PW_CLEAR_SLOTS - 1)];
}

/* What stands in its place if the inode is known. */
static __always_inline __u64 pw_clear_word(__u64 inode, __u64 now)
{
	return (inode & ~PW_EPOCH_MASK) | (now & PW_EPOCH_MASK);
}

static __always_inline bool pw_clear_known(__u64 inode, __u64 now)
{
	return *pw_clear_place(inode) == pw_clear_word(inode, now);
}

/*
 * Nothing was found on @inode. @now was read before anything else was looked at: had a new
 * epoch begun since, the entry would be void as soon as it is made. @before is what stood in
 * its place before it was asked for marks: had it been marked since, another word would stand
 * there (pw_clear_bury). While a fresh mount is not tied to its tree, labels come down the
 * mount tree alone: nothing is known then.
 */
static __always_inline void pw_clear_put(__u64 inode, __u64 now, __u64 before)
{
	if (!pw_mounts_pending)
		__sync_val_compare_and_swap(pw_clear_place(inode), before,
					    pw_clear_word(inode, now));
}

/* Counts marks, so that no two words of pw_clear_bury() are alike. */
volatile __u64 pw_burials = 0;

/* The inode has been marked: whoever found nothing on it before must not say so any more. */
static __always_inline void pw_clear_bury(__u64 inode)
{
	*pw_clear_place(inode) = __sync_fetch_and_add(&pw_burials, 1) << 1 | 1;
}

/* ---- The directory cache ---- */

static __always_inline struct pw_dir_entry *pw_dir_slot(__u64 dentry)
{
	__u32 index = ((__u32)(dentry >> 6) ^ (__u32)(dentry >> 21)) & (PW_DIRS - 1);

	return bpf_map_lookup_elem(&pw_dirs, &index);
}

/* All that tells one directory at one time under one policy from every other. */
static __always_inline __u64 pw_dir_check(__u64 inode, __u64 number, __u32 generation,
					  __u64 now, __u64 labels, __u64 state_flags)
{
	__u64 check = inode ^ (number * 0xff51afd7ed558ccdULL);

	check += (generation ^ now) * 0xc4ceb9fe1a85ec53ULL;
	return check ^ ((labels ^ (state_flags << 13)) * 0x9e3779b97f4a7c15ULL);
}

static __always_inline bool pw_dir_match(volatile struct pw_dir_entry *entry, __u64 inode,
					 __u64 number, __u32 generation, __u64 now,
					 struct pw_object *o)
{
	__u64 labels = entry->labels, state_flags = *(volatile __u64 *)&entry->state;

	if (entry->check != pw_dir_check(inode, number, generation, now, labels, state_flags))
		return false;
	o->now = now;
	o->labels = labels;
	o->marks = 0;
	o->state = (__u32)state_flags;
	o->flags = (__u32)(state_flags >> 32);
	return true;
}

static __always_inline bool pw_dir_get(struct dentry *dentry, __u64 now, struct pw_object *o)
{
	__u64 address = pw_address(dentry);
	volatile struct pw_dir_entry *entry;
	struct inode *inode = dentry->d_inode;

	if (!inode)
		return false;
	if (pw_clear_known(pw_address(inode), now)) {
		*o = (struct pw_object){ .now = now, .state = PW_STATE_DEAD };
		return true;
	}
	entry = pw_dir_slot(address);
	if (!entry || entry->dentry != address)
		return false;
	return pw_dir_match(entry, pw_address(inode), inode->i_ino, inode->i_generation, now, o);
}

static __always_inline bool pw_is_clear(const struct pw_object *o)
{
	return !o->labels && !o->flags && o->state == PW_STATE_DEAD;
}

static __always_inline void pw_dir_put(struct dentry *dentry, const struct pw_object *o)
{
	__u64 address = pw_address(dentry);
	volatile struct pw_dir_entry *entry;
	struct inode *inode = dentry->d_inode;
	__u64 state_flags = o->state | (__u64)o->flags << 32;

	if (!inode)
		return;
	if (pw_is_clear(o)) {
		pw_clear_put(pw_address(inode), o->now, *pw_clear_place(pw_address(inode)));
		return;
	}
	entry = pw_dir_slot(address);
	if (!entry)
		return;
	entry->dentry = address;
	entry->labels = o->labels;
	*(volatile __u64 *)&entry->state = state_flags;
	entry->check = pw_dir_check(pw_address(inode), inode->i_ino, inode->i_generation, o->now,
				    o->labels, state_flags);
}

/* ---- Files that carry something ---- */

/*
 * A file with one name goes on carrying what that name means while the epoch lasts, for names
 * with other labels are refused to it; and its marks until it is marked anew, which takes the
 * entry out. What only passes data on is looked at each time.
 */
static __always_inline volatile struct pw_carrier *pw_carrier_place(__u64 inode)
{
	__u32 index = ((__u32)(inode >> 6) ^ (__u32)(inode >> 18)) & (PW_CARRIERS - 1);

	return bpf_map_lookup_elem(&pw_carriers, &index);
}

static __always_inline __u64 pw_carrier_check(struct inode *inode, __u64 now, __u64 labels,
					      __u64 marks, __u64 flags)
{
	__u64 check = pw_dir_check(pw_address(inode), inode->i_ino, inode->i_generation, now,
				   labels, flags);

	return check + (marks ^ marks >> 29) * 0xbf58476d1ce4e5b9ULL;
}

static __always_inline bool pw_carrier_get(struct inode *inode, __u64 now, struct pw_object *o)
{
	volatile struct pw_carrier *known = pw_carrier_place(pw_address(inode));
	__u64 labels, marks, flags;

	if (!known || known->inode != pw_address(inode) || pw_mounts_pending)
		return false;
	labels = known->labels;
	marks = known->marks;
	flags = known->flags;
	if (known->check != pw_carrier_check(inode, now, labels, marks, flags))
		return false;
	o->now = now;
	o->labels = labels;
	o->marks = marks;
	o->state = PW_STATE_DEAD;
	o->flags = flags;
	return true;
}

/*
 * @before: as of pw_clear_put(). Marked since, another word stands there; marked later, the
 * entry is there already to be taken out.
 */
static __always_inline void pw_carrier_put(struct inode *inode, const struct pw_object *o,
					   __u64 before)
{
	volatile struct pw_carrier *known = pw_carrier_place(pw_address(inode));

	if (!known || pw_mounts_pending || (inode->i_mode & S_IFMT) != S_IFREG ||
	    inode->i_nlink != 1 ||
	    o->flags & (PW_OBJECT_UNKNOWN | PW_OBJECT_PASSING | PW_OBJECT_AHEAD))
		return;
	known->inode = pw_address(inode);
	known->labels = o->labels;
	known->marks = o->marks;
	known->flags = o->flags;
	known->check = pw_carrier_check(inode, o->now, o->labels, o->marks, o->flags);
	if (*pw_clear_place(pw_address(inode)) != before)
		known->inode = 0;
}

static __always_inline void pw_carrier_drop(__u64 inode)
{
	volatile struct pw_carrier *known = pw_carrier_place(inode);

	if (known && known->inode == inode)
		known->inode = 0;
}

/* The inode carries something else from now on. */
static __always_inline void pw_known_end(__u64 inode)
{
	pw_clear_bury(inode);
	pw_carrier_drop(inode);
}

/* The inode is freed: its address may be another's soon. */
static __always_inline void pw_known_forget(__u64 inode)
{
	volatile __u64 *place = pw_clear_place(inode);

	if (!((*place ^ inode) & ~PW_EPOCH_MASK))
		*place = 0;
	pw_carrier_drop(inode);
}

/* ---- Labels by identity ---- */

static __always_inline __u64 pw_kept(const struct pw_kept_labels *kept, __u64 now)
{
	__u32 slot = pw_slot_of(now);

	return kept && kept->slot[slot].generation == pw_generation_of(now) ?
		       kept->slot[slot].labels :
		       0;
}

static __always_inline void pw_keep(struct pw_kept_labels *kept, __u64 generation, __u64 labels)
{
	__u32 slot = generation & 1;

	if (kept->slot[slot].generation == generation)
		labels |= kept->slot[slot].labels;
	kept->slot[slot].labels = labels;
	kept->slot[slot].generation = generation;
}

/* All labels that the file system carries anywhere. */
static __always_inline __u64 pw_sb_labels(__u64 sb)
{
	return pw_kept(bpf_map_lookup_elem(&pw_sbs, &sb), pw_now);
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

/* The filter serves the marked objects, too, under a number of their own. */
static __always_inline __u64 pw_mark_number(__u64 sb, __u64 number)
{
	return (number * 0x9e3779b97f4a7c15ULL ^ sb) >> 8;
}

static __always_inline bool pw_may_be_root(__u64 inode)
{
	__u64 bit, *word = pw_root_bit(inode, &bit);

	return word && *word & bit;
}

static __noinline bool pw_root_find(__u64 inode, __u64 now, struct pw_object *o)
{
	struct pw_root *root = bpf_map_lookup_elem(&pw_roots, &inode);
	__u32 slot = pw_slot_of(now);

	if (!root || root->slot[slot].generation != pw_generation_of(now))
		return false;
	o->now = now;
	o->labels = root->slot[slot].labels;
	o->marks = 0;
	o->state = root->slot[slot].state;
	o->flags = root->slot[slot].flags;
	return true;
}

#endif /* PW_KNOWN_BPF_H */
