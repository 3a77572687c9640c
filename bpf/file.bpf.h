/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hooks on open files ask, in terms of objects and operations. Everything here leaves
 * at once for unlabelled objects.
 */
#ifndef PW_FILE_BPF_H
#define PW_FILE_BPF_H

#include "door.bpf.h"

/*
 * Decide and report. @inode: of the object, where the hook handed it out; reading it here,
 * as a pointer that the verifier knows, is cheaper by far than later by its address.
 */
static __always_inline int pw_ask(struct pw_access *access, struct inode *inode)
{
	int answer = pw_judge(access);
	struct pw_scratch *scratch = pw_scratch_at(access->scratch);

	if (scratch && inode && access->report) {
		scratch->object.inode = inode->i_ino;
		scratch->object.dev = inode->i_sb->s_dev;
		scratch->object.generation = inode->i_generation;
		scratch->object.mode = inode->i_mode;
	}
	if (access->report)
		pw_report(access);
	if (scratch)
		scratch->busy = 0;
	return answer;
}

/* ---- By descriptor ---- */

static __always_inline __u32 pw_read_op(umode_t mode)
{
	return (mode & S_IFMT) == S_IFDIR ? PW_OP_LIST : PW_OP_READ;
}

/* Labels that come down the mount tree, while a fresh mount is not tied to its tree yet. */
struct pw_mount_climb {
	__u64 mount; /* struct mount */
	__u64 labels;
	__u32 turns;
	__u32 reserved;
};

static long pw_mount_level(__u32 index, void *data)
{
	struct pw_mount_climb *climb = data;
	struct mount *mount = (struct mount *)climb->mount;
	__u64 above = (__u64)BPF_CORE_READ(mount, mnt_parent);
	struct pw_object o = {};

	if (!above || above == climb->mount)
		return 1;
	pw_resolve_slow((__u64)BPF_CORE_READ(mount, mnt_mountpoint), &o);
	climb->labels |= o.labels;
	climb->mount = above;
	return 0;
}

static __noinline __u64 pw_mount_labels(__u64 vfsmount)
{
	struct pw_mount_climb climb = {
		.mount = vfsmount - bpf_core_field_offset(struct mount, mnt),
	};

	bpf_loop(256, pw_mount_level, &climb, 0);
	return climb.labels;
}

/* Block devices under a labelled tree, and the generic SCSI devices beside them. */
static __always_inline bool pw_device_carries(struct inode *inode, struct pw_object *o)
{
	__u64 key = inode->i_rdev, *labels;

	if ((inode->i_mode & S_IFMT) == S_IFCHR)
		key |= 1ULL << 32;
	labels = bpf_map_lookup_elem(&pw_devices, &key);
	if (!labels || !*labels)
		return false;
	o->labels = *labels;
	o->state = PW_STATE_DEAD;
	o->flags = 0;
	return true;
}

/* Does the open file need a decision? *@o says of what. */
static __always_inline bool pw_file_carries(struct file *file, struct inode *inode,
					    struct pw_object *o, enum pw_walk walk)
{
	struct dentry *dentry = file->f_path.dentry;
	bool carries;

	if (dentry->d_inode != inode) {
		/* overlayfs hands its own path with the inode below (until 6.5) */
		if (!pw_sb_may_carry(pw_address(inode->i_sb)) && !pw_is_marked(inode))
			return false;
		pw_resolve_alias(inode, o);
		return pw_needs_decision(o);
	}
	carries = pw_carries(dentry, inode, o, walk);
	if (pw_mounts_pending) {
		__u64 labels = pw_mount_labels(pw_address(file->f_path.mnt));

		if (!carries)
			*o = (struct pw_object){};
		o->labels |= labels;
		return carries || labels;
	}
	return carries;
}

static __always_inline void pw_access_file(struct pw_access *access, struct file *file,
					   struct inode *inode, __u32 hook)
{
	struct dentry *dentry = file->f_path.dentry;
	__u64 alias;

	if (dentry->d_inode == inode) {
		access->dentry = pw_address(dentry);
		access->mount = pw_address(file->f_path.mnt);
	} else { /* told under the name below, as it was decided */
		alias = pw_address(inode->i_dentry.first);
		access->dentry = alias ? pw_dentry_of_alias(alias) : 0;
	}
	access->inode = pw_address(inode);
	access->sb = pw_address(inode->i_sb);
	access->hook = hook;
}

/* Ask for reading and for writing, as far as each is wanted. */
static __always_inline int pw_ask_read_write(struct pw_access *access, struct inode *inode,
					     bool read, bool write)
{
	int answer = PW_ANSWER_ALLOW;

	if (read && !pw_is_settled(access, pw_read_op(inode->i_mode))) {
		access->op = pw_read_op(inode->i_mode);
		answer = pw_ask(access, inode);
	}
	/* what only a copy carries is not asked about when it is changed */
	if (!access->object.labels && !(access->object.flags & (PW_OBJECT_CANARY | PW_OBJECT_UNKNOWN)))
		return answer;
	if (answer == PW_ANSWER_ALLOW && write && !pw_is_settled(access, PW_OP_WRITE)) {
		access->op = PW_OP_WRITE;
		access->report = 0;
		answer = pw_ask(access, inode);
	}
	return answer;
}

/* Nothing to decide about the open file, for certain: all that runs for most of them. */
static __always_inline bool pw_file_is_clear(struct file *file)
{
	struct inode *inode = file->f_inode;

	return pw_clear_known(pw_address(inode), pw_now) ||
	       pw_looks_clear(file->f_path.dentry, inode);
}

/* What waits in a terminal that a holder has written to at its other end. */
static __always_inline bool pw_tty_carries(struct file *file, struct pw_object *o)
{
	__u64 link;

	return pw_n_ends && pw_end_look(pw_tty_of(file, &link), o);
}

/*
 * Does the file, which is not clear at sight, need a decision? As the device it leads to, or
 * by its name.
 */
static __always_inline bool pw_open_carries(struct file *file, struct inode *inode,
					    struct pw_access *access, enum pw_walk walk)
{
	__u64 before;

	if (pw_is_device(inode->i_mode)) {
		if (pw_device_carries(inode, &access->object)) {
			access->why = PW_WHY_RAW_DEVICE;
			return true;
		}
		if (pw_chr_is_tty(PW_MAJOR(inode->i_rdev)))
			return pw_tty_carries(file, &access->object);
		before = *pw_clear_place(pw_address(inode));
		if (!pw_sb_may_carry(pw_address(inode->i_sb)) && !pw_is_marked(inode))
			pw_clear_put(pw_address(inode), pw_now, before);
	}
	return pw_file_carries(file, inode, &access->object, walk);
}

/*
 * A file that is opened to be read before the marks of its file system are back: in doubt it
 * carries what is stored of there, for the labels whose on-failure is closed.
 */
static __noinline int pw_on_awaited(struct file *file)
{
	struct inode *inode = file->f_inode;
	__u32 slot = pw_slot_of(pw_now);
	const struct pw_image *image = bpf_map_lookup_elem(&pw_images, &slot);
	struct pw_access access = { .op = PW_OP_READ, .why = PW_WHY_AWAITED };
	__u64 labels = pw_awaited_labels(inode);
	int answer;

	if (!labels || !image || !(file->f_mode & FMODE_READ || file->f_flags & FMODE_EXEC))
		return PW_ANSWER_ALLOW;
	if (labels & ~image->fail_closed)
		pw_count(PW_COUNT_FAILED_OPEN, 1);
	access.object.marks = labels & image->fail_closed;
	pw_access_file(&access, file, inode, PW_HOOK_FILE_OPEN);
	answer = pw_ask(&access, inode);
	return answer == PW_ANSWER_ALLOW ? pw_take_from(&access) : answer;
}

/* *@ret_carries: what it carries, if anything. */
static __noinline int pw_on_file_open(struct file *file, __u64 *ret_carries)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	umode_t mode = inode->i_mode;

	if (!pw_open_carries(file, inode, &access, PW_WALK_HOT))
		return 0;
	*ret_carries = access.object.labels | access.object.marks;
	pw_access_file(&access, file, inode, PW_HOOK_FILE_OPEN);
	if (file->f_flags & O_TMPFILE_BIT && (mode & S_IFMT) != S_IFDIR) {
		access.op = PW_OP_CREATE;
		if (pw_ask(&access, inode) != PW_ANSWER_ALLOW)
			return PW_ANSWER_EPERM;
		access.report = 0;
	}
	return pw_ask_read_write(&access, inode, file->f_mode & FMODE_READ ||
				 file->f_flags & FMODE_EXEC, file->f_mode & FMODE_WRITE);
}

/*
 * What is read and written again and again is known, or was found out when it was opened; its
 * directory is remembered since then, mostly.
 */
static __always_inline bool pw_used_carries(struct file *file, struct inode *inode,
					    struct pw_access *access)
{
	if (pw_carrier_get(inode, pw_now, &access->object))
		return true;
	return !pw_looks_clear(file->f_path.dentry, inode) &&
	       pw_open_carries(file, inode, access, PW_WALK_COLD);
}

/*
 * Read and write by descriptor: decided each time, for the descriptor may have been opened
 * before the agent started, inherited, or kept while the person changed. *@ret_spreads: what
 * the process holds and the file it writes to does not carry, else untouched.
 */
static __noinline int pw_on_file_permission(struct file *file, int mask, __u64 *ret_spreads)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	int answer;

	if (pw_used_carries(file, inode, &access)) {
		/* Written back or read for someone else, who was asked when he opened it. */
		if (bpf_get_current_task_btf()->flags & PF_KTHREAD)
			return 0;
		pw_access_file(&access, file, inode, PW_HOOK_FILE_PERMISSION);
		access.quiet = 1;
		if (access.object.marks && (inode->i_mode & S_IFMT) != S_IFREG)
			access.door = PW_DOOR_IPC;
		answer = pw_ask_read_write(&access, inode, mask & MAY_READ, mask & MAY_WRITE);
		if (answer != PW_ANSWER_ALLOW)
			return answer;
		if (mask & MAY_READ && (inode->i_mode & S_IFMT) != S_IFDIR) {
			answer = pw_take_from(&access);
			if (answer != PW_ANSWER_ALLOW)
				return answer;
		}
	}
	if (!(mask & MAY_WRITE))
		return PW_ANSWER_ALLOW;
	*ret_spreads = pw_held_by_writer();
	/* the marks of a socket are of what waits to be read there */
	if (!(access.object.flags & PW_OBJECT_AHEAD) && (inode->i_mode & S_IFMT) != S_IFSOCK)
		*ret_spreads &= ~(access.object.labels | access.object.marks);
	return PW_ANSWER_ALLOW;
}

static __noinline int pw_on_file_receive(struct file *file)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};

	if (!pw_now || !pw_file_carries(file, inode, &access.object, PW_WALK_COLD))
		return 0;
	pw_access_file(&access, file, inode, PW_HOOK_FILE_RECEIVE);
	return pw_ask_read_write(&access, inode, file->f_mode & FMODE_READ,
				 file->f_mode & FMODE_WRITE);
}

/* ---- ioctl ---- */

/* Snapshots, sends and searches of a tree hand out everything in it; moves swap extents. */
#define PW_BTRFS_SNAP_CREATE 0x50009401u
#define PW_BTRFS_SNAP_CREATE_V2 0x50009417u
#define PW_BTRFS_SEND 0x40489426u
#define PW_BTRFS_SEND_32 0x40449426u
#define PW_BTRFS_TREE_SEARCH 0xd0009411u
#define PW_BTRFS_TREE_SEARCH_V2 0xc0709411u
#define PW_EXT4_MOVE_EXT 0xc028660fu
#define PW_SG_IO 0x2285u
#define PW_IOC_WRITE 1u /* _IOC_DIR: data goes in, none comes out */

static __always_inline bool pw_ioctl_reads_all(unsigned int cmd)
{
	return cmd == PW_BTRFS_SNAP_CREATE || cmd == PW_BTRFS_SNAP_CREATE_V2 ||
	       cmd == PW_BTRFS_SEND || cmd == PW_BTRFS_SEND_32 || cmd == PW_BTRFS_TREE_SEARCH ||
	       cmd == PW_BTRFS_TREE_SEARCH_V2 || cmd == PW_EXT4_MOVE_EXT;
}

/*
 * A loop device reads its file from a kernel thread. @fd: of the file, opened whenever.
 * The caller is asked as if it read the file itself.
 */
#define PW_LOOP_SET_FD 0x4c00u
#define PW_LOOP_CHANGE_FD 0x4c06u
#define PW_LOOP_CONFIGURE 0x4c0au

static __always_inline bool pw_loop_carries(struct pw_access *access, unsigned int cmd,
					    unsigned long arg)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct file *file = NULL;
	__u32 fd = arg, max;
	__u64 *slots;

	if (cmd == PW_LOOP_CONFIGURE && bpf_probe_read_user(&fd, sizeof(fd), (void *)arg))
		return false; /* the kernel cannot read it either */
	max = BPF_CORE_READ(current, files, fdt, max_fds);
	slots = (__u64 *)BPF_CORE_READ(current, files, fdt, fd);
	if (fd >= max || bpf_probe_read_kernel(&file, sizeof(file), slots + fd) || !file)
		return false; /* no such descriptor: the kernel will say so */
	access->dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	access->mount = (__u64)BPF_CORE_READ(file, f_path.mnt);
	access->inode = (__u64)BPF_CORE_READ(file, f_inode);
	access->sb = (__u64)BPF_CORE_READ(file, f_inode, i_sb);
	if (!pw_sb_may_carry(access->sb))
		return false;
	pw_resolve_slow(access->dentry, &access->object);
	return pw_needs_decision(&access->object);
}

/* Everything that the file system of @inode carries. */
static __always_inline bool pw_sb_carries(struct pw_access *access, struct inode *inode)
{
	access->object.labels = pw_sb_labels(pw_address(inode->i_sb));
	return access->object.labels;
}

/*
 * What reaches past the file it is called on is decided for all that its file system
 * carries. On a labelled file, what only passes data in (flags, versions) writes, what
 * passes data out (extents) is stat; what has no direction (isatty) is left alone.
 */
static __always_inline int pw_on_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = { .op = PW_OP_READ, .hook = PW_HOOK_FILE_IOCTL };

	if (!pw_now)
		return 0;
	if (cmd == PW_LOOP_SET_FD || cmd == PW_LOOP_CHANGE_FD || cmd == PW_LOOP_CONFIGURE) {
		if (!pw_loop_carries(&access, cmd, arg))
			return 0;
		return pw_ask(&access, NULL);
	}
	if (cmd == PW_SG_IO) { /* raw commands to the disk, past everything */
		if (!pw_device_carries(inode, &access.object))
			return 0;
		access.why = PW_WHY_RAW_DEVICE;
	} else if (pw_ioctl_reads_all(cmd)) {
		if (!pw_sb_carries(&access, inode))
			return 0;
		access.why = PW_WHY_SNAPSHOT;
	} else {
		if (!(cmd >> 30) || !pw_file_carries(file, inode, &access.object, PW_WALK_COLD))
			return 0;
		access.op = cmd >> 30 == PW_IOC_WRITE ? PW_OP_WRITE : PW_OP_STAT;
	}
	pw_access_file(&access, file, inode, PW_HOOK_FILE_IOCTL);
	return pw_ask(&access, inode);
}

#endif /* PW_FILE_BPF_H */
