/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What each hook asks, in terms of objects and operations. Called by the hook table
 * (phiward.bpf.c) only. Everything here leaves at once for unlabelled objects.
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
	       (!pw_carrier_known(inode) && pw_looks_clear(file->f_path.dentry, inode));
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

/* ---- What a holder writes ---- */

/* Ask whether the labels may go to where scratch->to says, and end the access. */
static __always_inline int pw_ask_send(struct pw_access *access)
{
	int answer = pw_judge_send(access);

	if (access->report)
		pw_report(access);
	pw_access_end(access);
	return answer;
}

/*
 * Which door is the file, for a holder that writes to it? 0: none, it takes the labels. What
 * it found stands in the scratch that it has taken. Without one nothing can be found out:
 * then it is a door that no place names.
 */
static __noinline __u32 pw_door_of(struct file *file, struct pw_access *access, __u64 places)
{
	struct inode *inode = file->f_inode;
	struct pw_scratch *scratch = pw_access_begin(access, bpf_get_current_task_btf());
	__u64 now = pw_now;
	const struct pw_image *image = pw_lineage_image(now);
	__u32 door = PW_DOOR_IGNORED;
	umode_t type = inode->i_mode & S_IFMT;

	if (!scratch || !image)
		return image ? PW_DOOR_FILE : PW_DOOR_IGNORED;
	scratch->to.places = places;
	if (type == S_IFREG)
		door = pw_door_of_file(inode, &scratch->to, now);
	else if (type == S_IFIFO)
		door = pw_pipe_awaited(inode, pw_person_of(bpf_get_current_task_btf())) ?
			       PW_DOOR_IPC :
			       PW_DOOR_NONE;
	else if (pw_is_device(inode->i_mode))
		door = pw_door_of_device(inode, &scratch->to, image, now);
	if (!door && type == S_IFREG && inode->i_nlink && image->strict >> PW_DOOR_FILE & 1)
		door = PW_DOOR_FILE;
	scratch->to.door = door;
	scratch->to.uid = PW_UNSET;
	return door;
}

/*
 * The object takes the labels; what has no name passes them on as long as it is there. What
 * is to be told is left in @access.
 */
static __noinline int pw_mark_inode(struct inode *inode, struct pw_access *access)
{
	struct pw_marking marking = {
		.key = pw_mark_key_of(inode),
		.address = pw_address(inode),
		.labels = access->object.labels,
		.why = PW_MARK_FLOW,
		.person = pw_person_of(bpf_get_current_task_btf()),
	};

	if (!inode->i_nlink || (inode->i_mode & S_IFMT) == S_IFIFO || pw_is_queue(inode))
		marking.why |= PW_MARK_PASSING;
	return pw_mark_object(access, &marking);
}

/* A terminal of the person's own shows it; at its other end somebody may read it. */
static __noinline int pw_mark_tty(struct file *file, struct pw_access *access)
{
	__u64 link;

	access->report = 0;
	pw_tty_of(file, &link);
	if (link && pw_end_mark(link, access->object.labels) > 0) {
		access->kind = PW_EVENT_MARKED;
		access->report = 1;
	}
	return PW_ANSWER_ALLOW;
}

static __always_inline bool pw_is_own_tty(struct inode *inode)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u32 owner = inode->i_uid.val;

	return (inode->i_mode & S_IFMT) == S_IFCHR && pw_chr_is_tty(PW_MAJOR(inode->i_rdev)) &&
	       (owner == current->real_cred->uid.val || owner == pw_person_of(current) ||
		PW_MAJOR(inode->i_rdev) == 5);
}

/* Take the labels along, to where it is no door. What is to be told is left in @access. */
static __always_inline int pw_spread_to(struct file *file, struct inode *inode,
					struct pw_access *access, __u64 places)
{
	__u32 door;

	if (pw_is_own_tty(inode))
		return pw_mark_tty(file, access);
	door = pw_door_of(file, access, places);
	if (door && door != PW_DOOR_IGNORED)
		return PW_ANSWER_DOOR;
	pw_access_end(access);
	return door ? PW_ANSWER_ALLOW : pw_mark_inode(inode, access);
}

/*
 * The current process holds @held and writes to a file that does not carry it all. The file
 * takes the labels along, or it is a door. @places: those of its directory.
 */
static __noinline int pw_on_spread(struct file *file, __u64 held, __u32 hook, __u64 places)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	__u64 left;
	int answer;

	pw_access_file(&access, file, inode, hook);
	access.quiet = 1;
	access.op = PW_OP_WRITE;
	left = pw_spreading(&access, held);
	if (access.report) /* a declassifier: the rest of them goes along */
		pw_tell_lineage(&access, held & ~left);
	if (!left)
		return PW_ANSWER_ALLOW;
	access.object.labels = left;
	answer = pw_spread_to(file, inode, &access, places);
	if (answer == PW_ANSWER_DOOR)
		return pw_ask_send(&access);
	if (access.report) {
		if (pw_n_ways)
			pw_ways_settle();
		pw_tell_lineage(&access, access.object.labels);
	}
	return answer;
}

/*
 * Opened for writing by a holder: the labels that are asked about at the open already. For
 * devices, for ioctl(2) passes data, too; for what is new, and core dumps, for those are not
 * written by a hook.
 */
static __noinline __u64 pw_open_spreads(struct file *file)
{
	struct inode *inode = file->f_inode;
	umode_t type = inode->i_mode & S_IFMT;

	if (pw_is_device(inode->i_mode) ? pw_is_own_tty(inode) :
	    type != S_IFIFO &&
	    (type != S_IFREG || !(file->f_mode & FMODE_CREATED ||
				  bpf_get_current_task_btf()->flags & PF_DUMPCORE)))
		return 0;
	return pw_held_by_writer();
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

	/* its directory is remembered since it was opened, mostly */
	if (pw_open_carries(file, inode, &access, PW_WALK_COLD)) {
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

/* ---- Mappings ---- */

/*
 * A shared mapping: what goes over it has no hook, so it is a way between the domain and the
 * file from now on. Not to what only root can write, and not for hubs. Does it write?
 */
static __noinline bool pw_on_map_shared(struct file *file)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	struct inode *inode = file->f_inode;
	struct pw_way_key key = {};
	__u32 rights = file->f_mode & FMODE_READ ? PW_WAY_READ : 0, why = PW_MARK_FLOW;

	if ((inode->i_mode & S_IFMT) != S_IFREG || pw_fs_is_knobs(inode->i_sb->s_magic))
		return false;
	if (current->tgid == pw_agent || !pw_lineage_image(pw_now))
		return false;
	if (file->f_mode & FMODE_WRITE)
		rights |= PW_WAY_WRITE;
	else if (!inode->i_uid.val && !(inode->i_mode & 022))
		return false;
	key.domain = pw_domain_number(current, task);
	if (pw_is_hub(key.domain, task, pw_now))
		return false;
	if (!inode->i_nlink || pw_is_queue(inode))
		why |= PW_MARK_PASSING;
	key.object = pw_mark_key_of(inode);
	pw_way_put(&key, pw_address(inode), rights, why);
	return rights & PW_WAY_WRITE;
}

/*
 * A message queue is opened: a way, too, for sending and receiving have no hook that would
 * say which. What waits in it is read from now on.
 */
static __noinline int pw_on_queue_open(struct file *file)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};

	if (!(file->f_mode & FMODE_READ) || !pw_is_marked(inode))
		return PW_ANSWER_ALLOW;
	pw_access_file(&access, file, inode, PW_HOOK_FILE_OPEN);
	pw_mark_look(inode, &access.object);
	access.op = PW_OP_READ;
	access.door = PW_DOOR_IPC;
	return pw_take_from(&access);
}

/* Memory without a file, shared with what is forked from now on. */
static __noinline int pw_on_map_anonymous(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	struct pw_way_key key = {};

	if (!pw_lineage_image(pw_now))
		return 0;
	key.domain = pw_domain_number(current, task);
	key.object.inode = __sync_fetch_and_add(&pw_next_domain, 1);
	key.object.inode_generation = 1;
	pw_way_put(&key, 0, PW_WAY_READ | PW_WAY_WRITE, PW_MARK_FLOW | PW_MARK_PASSING);
	return 0;
}

static __always_inline bool pw_maps_shared(unsigned long flags)
{
	return (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
}

static __noinline int pw_on_mmap_file(struct file *file, unsigned long prot, unsigned long flags)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	int answer;

	if (!pw_now || !pw_file_carries(file, inode, &access.object, PW_WALK_COLD))
		return 0;
	pw_access_file(&access, file, inode, PW_HOOK_MMAP_FILE);
	access.quiet = 1;
	answer = pw_ask_read_write(&access, inode, true,
				   pw_maps_shared(flags) && (prot & PROT_WRITE));
	return answer == PW_ANSWER_ALLOW ? pw_take_from(&access) : answer;
}

/* A mapping from before the agent started cannot be taken away; more rights can be refused. */
static __always_inline int pw_on_mprotect(struct file *file, unsigned long prot,
					  unsigned long vm_flags)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};

	if (!inode || !pw_now ||
	    !pw_file_carries(file, inode, &access.object, PW_WALK_COLD))
		return 0;
	pw_access_file(&access, file, inode, PW_HOOK_FILE_MPROTECT);
	access.quiet = 1;
	return pw_ask_read_write(&access, inode, true,
				 (vm_flags & VM_SHARED) && (prot & PROT_WRITE));
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

/* ---- By name ---- */

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

#endif /* PW_FILE_BPF_H */
