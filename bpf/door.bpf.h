/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a holder writes to by descriptor: does it take the labels along, or is it a door, where
 * `send` is decided? Files by their file system, its medium and their directory; devices by
 * their numbers. Sockets are in socket.bpf.h. Runs for holders only.
 */
#ifndef PW_DOOR_BPF_H
#define PW_DOOR_BPF_H

#include "spread.bpf.h"

/* Not a door: what is written there is no data that anybody would get. */
#define PW_DOOR_IGNORED 0x80u

#define PW_MAJOR(dev) ((dev) >> 20)
#define PW_MINOR(dev) ((dev) & 0xfffffu)

/* ---- File systems ---- */

/* Knobs of the kernel, and what is no file: a few bytes for the kernel itself. */
static __always_inline bool pw_fs_is_knobs(unsigned long magic)
{
	return magic == 0x9fa0 /* proc */ || magic == 0x62656572 /* sysfs */ ||
	       magic == 0x63677270 /* cgroup2 */ || magic == 0x27e0eb /* cgroup */ ||
	       magic == 0x09041934 /* anon_inode */ || magic == 0x73636673 /* securityfs */ ||
	       magic == 0xcafe4a11 /* bpf */ || magic == 0xf97cff8c /* selinux */ ||
	       magic == 0x50494446 /* pidfs */;
}

/* File systems whose inodes stay what they are by number and generation. */
static __always_inline bool pw_fs_keeps(unsigned long magic)
{
	return magic == 0xef53 /* ext */ || magic == 0x58465342 /* xfs */ ||
	       magic == 0x9123683e /* btrfs */ || magic == 0x01021994 /* tmpfs */ ||
	       magic == 0xf2f52010 /* f2fs */ || magic == 0x858458f6 /* ramfs */ ||
	       magic == 0x794c7630 /* overlay: asked again below */ ||
	       magic == 0x958458f6 /* hugetlbfs */ || magic == PW_MQUEUE_MAGIC;
}

/* What the policy says of the medium; false: it is fixed. What the agent has not seen is not. */
static __always_inline bool pw_medium_removable(__u32 dev, __u64 now, struct pw_to *to)
{
	struct pw_medium *medium = bpf_map_lookup_elem(&pw_media, &dev);
	__u32 slot = pw_slot_of(now);

	if (!medium)
		return true;
	if (medium->kind == PW_MEDIUM_FIXED)
		return false;
	if (medium->slot[slot].generation == pw_generation_of(now)) {
		to->places |= medium->slot[slot].places;
		to->read_only = medium->read_only >> slot & 1;
	}
	return true;
}

/*
 * Places (`directories`) that the file's directory is in. Asked before anything else, for the
 * stack is short.
 */
static __noinline __u64 pw_places_of(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	struct pw_object o = {};
	struct pw_state *state;
	__u32 key;

	if ((file->f_inode->i_mode & S_IFMT) != S_IFREG || dentry->d_parent == dentry)
		return 0;
	pw_resolve_slow(pw_address(dentry->d_parent), &o);
	key = pw_state_key(o.state, o.now);
	state = bpf_map_lookup_elem(&pw_states, &key);
	return state ? state->tree_places : 0;
}

/* The door that a regular file is, 0: it keeps labels. *@to has the places of its directory. */
static __always_inline __u32 pw_door_of_file(struct inode *inode, struct pw_to *to, __u64 now)
{
	struct super_block *sb = inode->i_sb;
	unsigned long magic = sb->s_magic;
	__u32 door = PW_DOOR_NONE;

	if (pw_fs_is_knobs(magic))
		return PW_DOOR_IGNORED;
	if (PW_MAJOR(sb->s_dev) && pw_medium_removable(sb->s_dev, now, to))
		door = PW_DOOR_REMOVABLE;
	else if (!pw_fs_keeps(magic))
		door = PW_DOOR_FILE;
	return to->places && !door ? PW_DOOR_FILE : door;
}

/* ---- Devices ---- */

/* Where what is written shows on the person's own desk, or goes nowhere. */
static __always_inline bool pw_chr_ignored(__u32 major, __u32 minor)
{
	return (major == 1 && (minor == 3 || minor == 5 || (minor >= 7 && minor <= 9))) ||
	       major == 13 /* input */ || major == 14 || major == 116 /* sound */ ||
	       major == 226 /* graphics */ || major == 195;
}

static __always_inline bool pw_chr_is_tty(__u32 major)
{
	return major == 4 || major == 5 || (major >= 136 && major <= 143);
}

static __always_inline bool pw_chr_is_printer(__u32 major, __u32 minor)
{
	return major == 6 || (major == 180 && minor < 16);
}

/* The other end of a pseudo terminal; 0: there is none. */
static __always_inline __u64 pw_tty_of(struct file *file, __u64 *ret_link)
{
	struct tty_file_private *private = file->private_data;
	struct tty_struct *tty = BPF_CORE_READ(private, tty);

	*ret_link = (__u64)BPF_CORE_READ(tty, link);
	return (__u64)tty;
}

static __always_inline __u32 pw_door_of_device(struct inode *inode, struct pw_to *to,
					       const struct pw_image *image, __u64 now)
{
	__u32 major = PW_MAJOR(inode->i_rdev), minor = PW_MINOR(inode->i_rdev);

	if ((inode->i_mode & S_IFMT) == S_IFBLK) {
		pw_medium_removable(inode->i_rdev, now, to);
		return PW_DOOR_DEVICE;
	}
	if (pw_chr_ignored(major, minor))
		return PW_DOOR_IGNORED;
	if (pw_chr_is_printer(major, minor)) {
		to->places = image->printers;
		return PW_DOOR_PRINTER;
	}
	return PW_DOOR_DEVICE;
}

/* ---- Pipes ---- */

/*
 * Does a process of somebody else wait for what is about to be written to the pipe? It has
 * been asked already, when nothing was in it. A task is told from whatever else may stand in
 * the queue (poll) by what its leader says of itself.
 */
#define PW_WAITERS 8

static __noinline bool pw_pipe_awaited(struct inode *inode, __u32 person)
{
	struct pipe_inode_info *pipe = inode->i_pipe;
	__u64 head = pw_address(pipe) + bpf_core_field_offset(struct pipe_inode_info, rd_wait.head);
	struct list_head *list = (struct list_head *)head;
	__u64 at = (__u64)BPF_CORE_READ(list, next);

	for (__u32 i = 0; i < PW_WAITERS && at && at != head; i++) {
		struct wait_queue_entry *entry =
			(void *)(at - bpf_core_field_offset(struct wait_queue_entry, entry));
		struct task_struct *task = BPF_CORE_READ(entry, private);
		struct task_struct *leader = BPF_CORE_READ(task, group_leader);
		__u32 auid, uid;

		if (leader && BPF_CORE_READ(leader, group_leader) == leader &&
		    BPF_CORE_READ(leader, pid) == BPF_CORE_READ(task, tgid)) {
			auid = BPF_CORE_READ(task, loginuid.val);
			uid = BPF_CORE_READ(task, real_cred, uid.val);
			if ((auid != PW_UNSET ? auid : uid) != person)
				return true;
		}
		list = (struct list_head *)at;
		at = (__u64)BPF_CORE_READ(list, next);
	}
	return false;
}

/* ---- Ends: where data waits in a socket, a terminal, a queue ---- */

/* What waits at the end at @address carries @labels from now on. 1: new; -1: no room. Global. */
__noinline int pw_end_mark(__u64 address, __u64 labels)
{
	struct pw_end *end = bpf_map_lookup_elem(&pw_ends, &address);
	__u32 person = pw_person_of(bpf_get_current_task_btf());

	if (!end) {
		struct pw_end fresh = { .labels = labels, .person = person };

		if (!bpf_map_update_elem(&pw_ends, &address, &fresh, BPF_NOEXIST)) {
			__sync_fetch_and_add(&pw_n_ends, 1);
			return 1;
		}
		end = bpf_map_lookup_elem(&pw_ends, &address);
		if (!end)
			return -1;
	}
	if ((end->labels & labels) == labels)
		return 0;
	if (!end->labels)
		end->person = person;
	else if (end->person != person)
		end->person = PW_UNSET; /* of several: nobody's own */
	__sync_fetch_and_or(&end->labels, labels);
	return 1;
}

/* What waits at the end at @address, as an object that the current task is about to read. */
static __noinline bool pw_end_look(__u64 address, struct pw_object *o)
{
	struct pw_end *end = bpf_map_lookup_elem(&pw_ends, &address);

	if (!end || !end->labels)
		return false;
	*o = (struct pw_object){ .now = pw_now, .marks = end->labels, .state = PW_STATE_DEAD };
	o->flags = PW_OBJECT_PASSING;
	if (end->person == pw_person_of(bpf_get_current_task_btf()))
		o->flags |= PW_OBJECT_OURS;
	return true;
}

#endif /* PW_DOOR_BPF_H */
