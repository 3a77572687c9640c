/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hooks on names and attributes ask, in terms of objects and operations. Everything
 * here leaves at once for unlabelled objects.
 */
#ifndef PW_NAME_BPF_H
#define PW_NAME_BPF_H

#include "write.bpf.h"

static __always_inline void pw_access_dentry(struct pw_access *access, struct dentry *dentry,
					     __u32 op, __u32 hook)
{
	access->dentry = pw_address(dentry);
	access->inode = pw_address(dentry->d_inode);
	access->sb = pw_address(dentry->d_sb);
	access->op = op;
	access->hook = hook;
}

/* An operation on an existing object. */
static __always_inline int pw_on_object(struct dentry *dentry, __u32 op, __u32 hook)
{
	struct inode *inode = dentry->d_inode;
	struct pw_access access = {};

	if (!inode || !pw_carries(dentry, inode, &access.object, PW_WALK_COLD))
		return 0;
	pw_access_dentry(&access, dentry, op, hook);
	return pw_ask(&access, inode);
}

/* What a copy carries by itself is read from its attributes, too. */
static __noinline int pw_on_getxattr_marked(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct pw_access access = {};

	if (!inode || !pw_is_marked(inode))
		return PW_ANSWER_ALLOW;
	pw_mark_look(inode, &access.object);
	access.object.labels = 0;
	pw_access_dentry(&access, dentry, PW_OP_READ, PW_HOOK_INODE_GETXATTR);
	return pw_ask(&access, inode);
}

static __noinline int pw_on_getxattr(struct dentry *dentry)
{
	return pw_on_object(dentry, PW_OP_STAT, PW_HOOK_INODE_GETXATTR);
}

/* An attribute that holds whatever its user likes, and not the system's own. */
static __always_inline bool pw_xattr_is_data(const char *name)
{
	__u64 start = 0;

	bpf_probe_read_kernel(&start, 5, name);
	return start == 0x2e72657375ULL; /* "user." */
}

/* Apart from what follows it, for the stack is short. */
static __noinline int pw_on_setxattr(struct dentry *dentry)
{
	return pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_SETXATTR);
}

/* A holder writes into an attribute: the file takes the labels. */
static __noinline int pw_on_xattr_spread(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct pw_access access = {};
	struct pw_object o = {};
	__u64 held = pw_held_by_writer();
	int answer;

	if (!held || !inode)
		return PW_ANSWER_ALLOW;
	if (pw_is_marked(inode))
		pw_mark_look(inode, &o);
	held &= ~o.marks;
	if (!held)
		return PW_ANSWER_ALLOW;
	pw_access_dentry(&access, dentry, PW_OP_WRITE, PW_HOOK_INODE_SETXATTR);
	access.object.labels = held;
	answer = pw_mark_inode(inode, &access);
	if (access.report)
		pw_tell_lineage(&access, held);
	return answer;
}

/* An object about to be made. */
static __always_inline int pw_on_create(struct dentry *dentry, bool is_dir, __u32 hook)
{
	struct pw_access access = {};

	if (!pw_sb_may_carry(pw_address(dentry->d_sb)))
		return 0;
	pw_resolve_child(dentry, is_dir, &access.object, PW_WALK_COLD);
	if (!pw_needs_decision(&access.object))
		return 0;
	pw_access_dentry(&access, dentry, PW_OP_CREATE, hook);
	return pw_ask(&access, NULL);
}

/* Attributes of what is open or named; the mount is known here, and wanted for the path. */
static __always_inline bool pw_path_is_clear(const struct path *path)
{
	struct dentry *dentry = path->dentry;
	struct inode *inode = dentry->d_inode;

	return !inode || pw_clear_known(pw_address(inode), pw_now) ||
	       pw_looks_clear(dentry, inode);
}

static __noinline int pw_on_getattr(const struct path *path)
{
	struct dentry *dentry = path->dentry;
	struct pw_access access = {};
	struct inode *inode = dentry->d_inode;

	if (!inode || !pw_carries(dentry, inode, &access.object, PW_WALK_COLD))
		return 0;
	pw_access_dentry(&access, dentry, PW_OP_STAT, PW_HOOK_INODE_GETATTR);
	access.mount = pw_address(path->mnt);
	return pw_ask(&access, inode);
}

/* fanotify marks of a whole mount or file system hear of everything on it. */
#define PW_NOTIFY_INODE 0

static __always_inline int pw_on_notify(const struct path *path, unsigned int object_type)
{
	struct dentry *dentry = path->dentry;
	struct pw_access access = {};
	struct inode *inode = dentry->d_inode;
	__u64 sb = pw_address(dentry->d_sb);

	if (!inode || !pw_sb_may_carry(sb))
		return 0;
	if (object_type != PW_NOTIFY_INODE) {
		access.object.labels = pw_sb_labels(sb);
		if (!access.object.labels)
			return 0;
	} else if (!pw_carries(dentry, inode, &access.object, PW_WALK_COLD)) {
		return 0;
	}
	pw_access_dentry(&access, dentry, PW_OP_STAT, PW_HOOK_PATH_NOTIFY);
	access.mount = pw_address(path->mnt);
	return pw_ask(&access, inode);
}

static __always_inline int pw_on_link(struct dentry *old, struct dentry *new)
{
	struct pw_access access = {};
	struct pw_object there = {};

	if (!pw_sb_may_carry(pw_address(old->d_sb)))
		return 0;
	pw_object_cold(old, &access.object);
	pw_resolve_child(new, false, &there, PW_WALK_COLD);
	if (!access.object.labels && !there.labels && !access.object.flags && !there.flags)
		return 0;
	if (access.object.labels != there.labels)
		access.why = PW_WHY_CROSSES;
	access.object.labels |= there.labels;
	access.object.flags |= there.flags;
	pw_access_dentry(&access, old, PW_OP_LINK, PW_HOOK_INODE_LINK);
	access.dentry2 = pw_address(new);
	return pw_ask(&access, old->d_inode);
}

static __always_inline int pw_on_rename(struct dentry *old, struct dentry *new)
{
	struct inode *inode = old->d_inode;
	struct pw_access access = {};
	struct pw_object there = {};
	bool is_dir;

	if (!inode)
		return 0;
	is_dir = (inode->i_mode & S_IFMT) == S_IFDIR;
	if (is_dir)
		pw_path_changes++;
	if (!pw_sb_may_carry(pw_address(old->d_sb)))
		return 0;
	pw_object_cold(old, &access.object);
	pw_resolve_child(new, is_dir, &there, PW_WALK_COLD);
	if (access.object.labels != there.labels || access.object.state != there.state)
		access.why = PW_WHY_CROSSES;
	else if (!access.object.labels && !access.object.flags && !there.flags)
		return 0;
	access.object.labels |= there.labels;
	access.object.flags |= there.flags & ~PW_DIR_NAMES_FILES;
	access.object.flags &= ~PW_DIR_NAMES_FILES;
	pw_access_dentry(&access, old, PW_OP_RENAME, PW_HOOK_INODE_RENAME);
	access.dentry2 = pw_address(new);
	return pw_ask(&access, inode);
}

/*
 * Probing of names: access(2), and walking a path through a labelled directory. Attached
 * only with hide-names, for it runs for every component of every path on the host.
 */
static __always_inline int pw_on_permission(struct inode *inode, int mask)
{
	struct pw_access access = {};
	__u64 alias;

	if (!pw_now || !pw_sb_may_carry(pw_address(inode->i_sb)))
		return 0;
	alias = pw_address(inode->i_dentry.first);
	if (!alias)
		return 0;
	access.dentry = pw_dentry_of_alias(alias);
	if ((inode->i_mode & S_IFMT) == S_IFDIR)
		pw_resolve_dir_cold(access.dentry, &access.object);
	else
		pw_resolve_slow(access.dentry, &access.object);
	if (!pw_needs_decision(&access.object))
		return 0;
	/* Only access(2) of the canary is this hook's: the others must be reached to be tried. */
	if (access.object.flags & PW_OBJECT_CANARY && !(mask & MAY_ACCESS))
		return 0;
	access.inode = pw_address(inode);
	access.sb = pw_address(inode->i_sb);
	access.op = PW_OP_STAT;
	access.hook = PW_HOOK_INODE_PERMISSION;
	access.quiet = 1;
	return pw_ask(&access, inode);
}

/* ---- Mounts ---- */

/* Something is about to be mounted at @path. */
static __always_inline int pw_on_mount(const struct path *path)
{
	struct dentry *dentry = path->dentry;
	struct pw_object o = {};

	pw_path_changes++;
	if (!pw_now || !pw_sb_may_carry(pw_address(dentry->d_sb)))
		return 0;
	pw_object_cold(dentry, &o);
	if (o.labels || o.state != PW_STATE_DEAD) {
		__sync_fetch_and_add(&pw_mounts_pending, 1);
		pw_epoch_end(); /* and nothing is learnt until the agent has tied the mount */
	}
	return 0;
}

#endif /* PW_NAME_BPF_H */
