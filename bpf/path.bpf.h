/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths for events: whole, from the root of the mount tree, into the scratch of an access.
 */
#ifndef PW_PATH_BPF_H
#define PW_PATH_BPF_H

#include "label.bpf.h"

#define PW_MOUNTS_OF_SB 1024 /* looked at for a good one */

/* struct pw_level lies like this in the dentry of every kernel known: read at once. */
#define pw_level_at(field, place)                       \
	(bpf_core_field_offset(struct dentry, field) == \
	 bpf_core_field_offset(struct dentry, d_hash.pprev) + __builtin_offsetof(struct pw_level, place))

static __always_inline void pw_level_read(__u64 at, struct pw_level *level)
{
	struct dentry *dentry = (struct dentry *)at;

	if (pw_level_at(d_parent, parent) && pw_level_at(d_name.len, len) &&
	    pw_level_at(d_name.name, name)) {
		bpf_probe_read_kernel(level, sizeof(*level),
				      (void *)(at + bpf_core_field_offset(struct dentry,
									  d_hash.pprev)));
		return;
	}
	level->parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	level->name = (__u64)BPF_CORE_READ(dentry, d_name.name);
	level->hashed = (__u64)BPF_CORE_READ(dentry, d_hash.pprev);
	level->len = BPF_CORE_READ(dentry, d_name.len);
}

/* A mount, as far as paths go over it; read at once, too. */
struct pw_mount_head {
	__u64 parent;
	__u64 mountpoint;
	__u64 root;
};

#define pw_mount_at(field, place)                      \
	(bpf_core_field_offset(struct mount, field) == \
	 bpf_core_field_offset(struct mount, mnt_parent) + __builtin_offsetof(struct pw_mount_head, place))

static __always_inline void pw_mount_enter(struct pw_path_walk *walk, __u64 address)
{
	struct mount *mount = (struct mount *)address;
	struct pw_mount_head head = {};

	if (pw_mount_at(mnt_mountpoint, mountpoint) && pw_mount_at(mnt.mnt_root, root)) {
		bpf_probe_read_kernel(&head, sizeof(head),
				      (void *)(address +
					       bpf_core_field_offset(struct mount, mnt_parent)));
	} else {
		head.parent = (__u64)BPF_CORE_READ(mount, mnt_parent);
		head.mountpoint = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		head.root = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
	}
	walk->mount = address;
	walk->above = head.parent;
	walk->mountpoint = head.mountpoint;
	walk->root = head.root;
}

/* From the root of a mount to where it is mounted; false: it is mounted nowhere. */
static __always_inline bool pw_path_cross(struct pw_path_walk *walk)
{
	if (!walk->above || walk->above == walk->mount)
		return false;
	walk->at = walk->mountpoint;
	pw_mount_enter(walk, walk->above);
	return walk->at != 0;
}

/*
 * Up by one level, its name put before what is there. The walk stands in a map, for what
 * the verifier knows of numbers there is the same in every turn. True: at the top.
 */
static __always_inline bool pw_path_up(struct pw_path_walk *walk)
{
	struct pw_level *level = &walk->level;
	__u32 len, at;

	pw_level_read(walk->at, level);
	if (walk->at == walk->root || level->parent == walk->at)
		return !pw_path_cross(walk);
	len = level->len & PW_NAME_MAX;
	if (walk->start < len + 1) {
		walk->why |= PW_WHY_PATH_LOST;
		return true;
	}
	walk->start -= len;
	at = walk->start & PW_TEXT_MASK;
	if (len)
		bpf_probe_read_kernel(&walk->text[at], len, (void *)level->name);
	walk->start--;
	at = walk->start & PW_TEXT_MASK;
	walk->text[at] = '/';
	walk->at = level->parent;
	return !level->parent;
}

static long pw_path_level(__u32 index, void *data)
{
	struct pw_path_walk *walk = bpf_map_lookup_elem(&pw_path_walks, data);

	return !walk || pw_path_up(walk);
}

struct pw_mount_search {
	__u64 sb;
	__u64 root; /* s_root */
	__u64 at;
	__u64 best; /* the first whole one that hangs somewhere; of a chain, the last */
};

/* Is it a chain of pointers, whose first is the newest? */
static __always_inline bool pw_mounts_are_chain(void)
{
	return bpf_core_field_exists(((struct mount___chain *)0)->mnt_next_for_sb);
}

static long pw_mount_consider(__u32 index, void *data)
{
	struct pw_mount_search *search = data;
	struct mount *mount = (struct mount *)search->at;

	if (!search->at)
		return 1;
	if ((__u64)BPF_CORE_READ(mount, mnt.mnt_root) == search->root &&
	    (__u64)BPF_CORE_READ(mount, mnt_parent) != search->at) {
		search->best = search->at;
		if (!pw_mounts_are_chain())
			return 1;
	}
	search->at = pw_next_mount(search->sb, search->at);
	return 0;
}

/*
 * The mount by which the file system is best known: its oldest that shows all of it and
 * hangs in a tree; else any. What overlayfs and open_tree clone for themselves hangs nowhere.
 */
static __noinline __u64 pw_mount_of_sb(__u64 sb)
{
	struct super_block *s = (struct super_block *)sb;
	struct pw_mount_search search = { .sb = sb };
	__u64 any;

	if (!sb)
		return 0;
	any = pw_first_mount(sb);
	search.at = any;
	search.root = (__u64)BPF_CORE_READ(s, s_root);
	bpf_loop(PW_MOUNTS_OF_SB, pw_mount_consider, &search, 0);
	return search.best ? search.best : any;
}

struct pw_path_job {
	__u64 dentry;
	__u64 mount; /* vfsmount or 0 */
	__u64 sb;
	__u32 base;
	__u32 scratch;
	__u32 why;   /* out */
	__u32 len;   /* out */
};

static __always_inline void pw_path_start(struct pw_path_walk *walk, const struct pw_path_job *job)
{
	__u64 mount = 0;

	walk->at = job->dentry;
	walk->start = PW_TEXT_MAX;
	walk->why = 0;
	walk->above = 0;
	walk->root = 0;
	if (job->mount)
		pw_mount_enter(walk, job->mount - bpf_core_field_offset(struct mount, mnt));
	/* one that hangs nowhere gives no whole path, but for the root of all */
	if (!job->mount || walk->above == walk->mount)
		mount = pw_mount_of_sb(job->sb);
	if (mount)
		pw_mount_enter(walk, mount);
	walk->first_root = walk->root;
}

/* Levels written without bpf_loop, which costs more a turn than the rest of it. */
#define PW_PATH_LEVELS 12

/* Copy what is written into the text of the record; false: it does not fit. */
static __always_inline bool pw_path_place(struct pw_path_walk *walk, struct pw_scratch *scratch,
					  __u32 base, __u32 len)
{
	const __u8 *from = &walk->text[walk->start & PW_TEXT_MASK];

	if (base + len > PW_TEXT_MASK)
		return false;
	if (!base) {
		bpf_probe_read_kernel(scratch->text, len & PW_TEXT_MASK, from);
		return true;
	}
	if (len > PW_TEXT_MORE_MASK)
		return false;
	bpf_probe_read_kernel(&scratch->text[base & PW_TEXT_MASK], len & PW_TEXT_MORE_MASK, from);
	return true;
}

/* Write the path of a dentry behind text[base]. Global: verified once. */
__noinline int pw_path_write(struct pw_path_job *job)
{
	struct pw_scratch *scratch;
	struct pw_path_walk *walk;
	__u32 index, len;

	if (!job || !job->dentry)
		return 0;
	index = job->scratch;
	scratch = pw_scratch_at(index);
	walk = bpf_map_lookup_elem(&pw_path_walks, &index);
	if (!scratch || !walk)
		return 0;
	pw_path_start(walk, job);
	pw_level_read(job->dentry, &walk->leaf);
	for (__u32 i = 0; i < PW_PATH_LEVELS; i++)
		if (pw_path_up(walk))
			goto top;
	bpf_loop(PW_CLIMB_LEVELS, pw_path_level, &index, 0);
top:
	pw_level_read(job->dentry, &walk->level);
	if (walk->level.parent != walk->leaf.parent || walk->level.name != walk->leaf.name ||
	    walk->level.len != walk->leaf.len)
		job->why |= PW_WHY_PATH_RACED;
	if (!walk->leaf.hashed && walk->leaf.parent != job->dentry)
		job->why |= PW_WHY_PATH_DELETED;
	len = PW_TEXT_MAX - walk->start;
	if (!len) { /* the root itself */
		scratch->text[job->base & PW_TEXT_MASK] = '/';
		job->len = 1;
	} else if (!walk->why && pw_path_place(walk, scratch, job->base, len)) {
		job->len = len;
	} else {
		job->why |= PW_WHY_PATH_LOST;
	}
	return 0;
}

/* ---- Paths that were written just now ---- */

/*
 * How long one is good without another look. A rename between its hook and its end, and a
 * mount that takes the place of another unseen, can make one old for so long.
 */
#define PW_PATH_NOTE_NS 1000000000ULL

static __always_inline struct pw_path_note *pw_path_note(__u64 address)
{
	__u32 index = ((__u32)(address >> 6) ^ (__u32)(address >> 14)) & (PW_PATH_NOTES - 1);

	return bpf_map_lookup_elem(&pw_path_notes, &index);
}

/* The noted path, behind text[base]; its length, or 0. */
static __always_inline __u32 pw_path_noted(volatile struct pw_path_note *note,
					   struct pw_scratch *scratch, __u32 base, __u64 address,
					   __u64 check)
{
	__u32 len;

	if (!note || note->address != address || note->check != check ||
	    scratch->event.time_ns >= note->until_ns)
		return 0;
	len = note->len & PW_PATH_NOTE_MAX;
	bpf_probe_read_kernel(&scratch->text[base & PW_TEXT_MASK], len, (void *)note->text);
	/* who has preempted us may have filled it anew meanwhile */
	return note->address == address && note->check == check ? len : 0;
}

static __always_inline void pw_path_note_put(volatile struct pw_path_note *note,
					     struct pw_scratch *scratch, __u32 base, __u32 len,
					     __u64 address, __u64 check)
{
	if (!note || !len || len > PW_PATH_NOTE_MAX)
		return;
	note->address = 0;
	barrier_var(len); /* else clang drops the mask, and the verifier cannot bound it */
	bpf_probe_read_kernel((void *)note->text, len & PW_PATH_NOTE_MAX,
			      &scratch->text[base & PW_TEXT_MASK]);
	note->len = len;
	note->check = check;
	note->until_ns = scratch->event.time_ns + PW_PATH_NOTE_NS;
	note->address = address;
}

/* Its directory's path, if that is noted, and its name. Sets walk->check for the note. */
static __always_inline bool pw_path_from_note(struct pw_path_job *job, struct pw_scratch *scratch,
					      struct pw_path_walk *walk,
					      volatile struct pw_path_note *note)
{
	struct pw_level *leaf = &walk->leaf, *dir = &walk->level;
	__u32 len, name, at;

	pw_level_read(leaf->parent, dir);
	/* the name itself, not where it stands: a dentry may be another's by now */
	walk->check = (dir->parent ^ ((__u64)dir->hash << 32 | dir->len)) +
		      (job->mount ^ pw_path_changes << 4);
	len = pw_path_noted(note, scratch, job->base, leaf->parent, walk->check);
	name = leaf->len & PW_NAME_MAX;
	if (!len || !name || !leaf->hashed || job->base + len + name >= PW_TEXT_MASK)
		return false;
	at = job->base + len;
	scratch->text[at & PW_TEXT_MASK] = '/';
	at++;
	bpf_probe_read_kernel(&scratch->text[at & PW_TEXT_MASK], name, (void *)leaf->name);
	job->len = len + 1 + name;
	return true;
}

#endif /* PW_PATH_BPF_H */
