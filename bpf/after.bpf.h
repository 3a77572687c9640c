/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What no hook asks at the right time. Who reads from an empty pipe, socket or terminal is
 * asked before he waits, and what he then gets may be labelled by then: so he is looked at
 * once more when he has read. splice(2) and tee(2) pass data from pipe to pipe and file
 * without a question about the pipe. Nothing can be refused here.
 */
#ifndef PW_AFTER_BPF_H
#define PW_AFTER_BPF_H

#include "socket.bpf.h"

/* The current task has read from @inode. */
static __noinline int pw_after_read(struct inode *inode)
{
	struct pw_access access = { .op = PW_OP_READ, .door = PW_DOOR_IPC };

	if (!pw_is_marked(inode))
		return 0;
	pw_mark_look(inode, &access.object);
	access.inode = pw_address(inode);
	access.sb = pw_address(inode->i_sb);
	access.hook = PW_HOOK_PIPE_READ;
	return pw_take_from(&access);
}

static __always_inline void pw_after_read_file(struct file *file)
{
	struct inode *inode = file->f_inode;

	if (pw_n_marks && !pw_clear_known(pw_address(inode), pw_now))
		pw_after_read(inode);
}

/* It has received from the end at @address. */
static __noinline int pw_after_receive(__u64 address, __u64 inode, __u32 hook)
{
	struct pw_access access = { .op = PW_OP_READ, .door = PW_DOOR_IPC };

	if (!pw_end_look(address, &access.object))
		return 0;
	access.inode = inode;
	access.hook = hook;
	return pw_take_from(&access);
}

/*
 * splice(2) from a pipe into anything else: asked like reading it. The hooks of the syscall ask
 * only about writing, so a refusal is left with the task for them (pw_splice_is_refused). From
 * pipe to pipe nothing can be refused, and what is in the one labels the other.
 */
static __noinline int pw_splice_from(struct inode *in, struct inode *out)
{
	struct pw_access access = { .op = PW_OP_READ, .door = PW_DOOR_IPC, .quiet = 1 };
	struct pw_task *task;

	if (!pw_is_marked(in))
		return 0;
	pw_mark_look(in, &access.object);
	access.inode = pw_address(in);
	access.sb = pw_address(in->i_sb);
	access.hook = PW_HOOK_SPLICE;
	if (pw_ask(&access, in) == PW_ANSWER_ALLOW)
		return pw_take_from(&access);
	task = pw_task_current(bpf_get_current_task_btf());
	if (!task)
		return 0;
	task->refused = pw_address(out);
	__sync_fetch_and_add(&pw_splices_refused, 1);
	return 0;
}

/* Is what is written to @inode spliced from a pipe that the task may not read? */
static __noinline bool pw_splice_is_refused(struct inode *inode)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);

	return task && task->refused && task->refused == pw_address(inode);
}

/* No splice(2) of this task is under way. */
static __noinline int pw_splice_forget(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);

	if (!task || !task->refused)
		return 0;
	task->refused = 0;
	__sync_fetch_and_add(&pw_splices_refused, -1);
	return 0;
}

/*
 * What @in carries goes to @out, a pipe, without a write. Both sides of splice(2) that have a
 * hook are asked there.
 */
static __noinline int pw_pipe_to_pipe(struct inode *in, struct inode *out)
{
	struct pw_access access = { .op = PW_OP_WRITE, .hook = PW_HOOK_SPLICE };
	struct pw_object o = {};
	struct pw_mark *mark;

	if (pw_is_marked(in))
		pw_mark_look(in, &o);
	access.object.labels = (o.marks | pw_held_by_writer()) & ~pw_kept_back();
	if (!access.object.labels || (out->i_mode & S_IFMT) != S_IFIFO)
		return 0;
	access.inode = pw_address(out);
	access.sb = pw_address(out->i_sb);
	pw_mark_inode(out, &access);
	/* what a file carries was asked for: it is from who moved it */
	mark = o.marks && (o.flags & (PW_OBJECT_PASSING | PW_OBJECT_OURS)) == PW_OBJECT_PASSING ?
		       pw_mark_of(out) :
		       NULL;
	if (mark)
		mark->person = PW_UNSET; /* not from who moved it */
	if (access.report)
		pw_tell_lineage(&access, access.object.labels);
	return 0;
}

/*
 * The current process writes to the pipe that is its descriptor @fd, or reads from it, with
 * vmsplice(2) and its like, which have no hook: as one that writes if it can. Nothing can be
 * refused there. Global.
 */
__noinline int pw_pipe_by_fd(__u32 fd)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_hand hand = { .person = pw_person_of(current) };

	hand.labels = pw_held_by_writer() & ~pw_kept_back();
	hand.slots = (__u64)BPF_CORE_READ(current, files, fdt, fd);
	if (hand.labels && hand.slots && fd < BPF_CORE_READ(current, files, fdt, max_fds))
		pw_hand_mark(fd, &hand);
	return 0;
}

__noinline int pw_pipe_read_by_fd(__u32 fd)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_access access = { .op = PW_OP_READ, .door = PW_DOOR_IPC };
	__u64 *slots = (__u64 *)BPF_CORE_READ(current, files, fdt, fd);
	struct pw_mark_key key = {};
	struct file *file = NULL;
	struct pw_mark *mark;
	struct inode *inode;

	if (!slots || fd >= BPF_CORE_READ(current, files, fdt, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), slots + fd) || !file ||
	    BPF_CORE_READ(file, f_mode) & FMODE_WRITE)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFIFO)
		return 0;
	pw_mark_key_read(inode, &key);
	mark = bpf_map_lookup_elem(&pw_marks, &key);
	if (!mark)
		return 0;
	access.object.marks = mark->labels;
	access.inode = (__u64)inode;
	access.sb = key.sb;
	access.hook = PW_HOOK_VMSPLICE;
	return pw_take_from(&access);
}

#endif /* PW_AFTER_BPF_H */
