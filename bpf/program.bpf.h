/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hooks on programs ask: is the process still the program that the policy means?
 * How it comes by its program is in who.bpf.h. Called by the hook table (phiward.bpf.c) only.
 */
#ifndef PW_PROGRAM_BPF_H
#define PW_PROGRAM_BPF_H

#include "after.bpf.h"

/*
 * Code that others than its owner can write, mapped into a program that the policy trusts:
 * LD_PRELOAD, plug-ins of the user's own. The process is no longer that program.
 */
static __noinline int pw_on_mmap_exec(struct file *file)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	struct pw_task *task;
	struct pw_identity who;
	__u32 owner, person;

	task = bpf_task_storage_get(&pw_tasks, bpf_get_current_task_btf(), NULL, 0);
	if (!task || !(task->flags & PW_TASK_PROGRAM) || task->why)
		return 0;
	owner = inode->i_uid.val;
	pw_identity_of(bpf_get_current_task_btf(), &who);
	person = who.auid != PW_UNSET ? who.auid : who.uid;
	if (!(inode->i_mode & 022) && (!owner || owner != person))
		return 0;
	task->why = PW_WHY_PROGRAM_FOREIGN_CODE;
	pw_task_forget_rules(task);
	__sync_fetch_and_add(&pw_settled_end, 1);
	pw_access_file(&access, file, inode, PW_HOOK_MMAP_FILE);
	return pw_tell_identity(&access);
}

/*
 * Into the memory of a process that holds labels, or out of one: who looks may read them by
 * the rules, and holds them then; who is looked at may be written to.
 */
static __noinline int pw_on_ptrace_held(struct task_struct *child)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, child, NULL, 0);
	__u64 number = pw_domain_number(child, task), theirs = pw_domain_labels(number);
	__u64 ours = pw_held_by_writer();
	struct pw_access access = { .op = PW_OP_READ, .hook = PW_HOOK_PTRACE_ACCESS };
	int answer = PW_ANSWER_ALLOW;

	if (child->tgid == current->tgid || current->tgid == pw_agent || theirs == ours)
		return answer;
	if (theirs & ~ours) {
		access.door = PW_DOOR_MEMORY;
		access.object.marks = theirs & ~ours;
		answer = pw_ask(&access, NULL);
		if (answer == PW_ANSWER_ALLOW)
			answer = pw_take_from(&access);
	}
	if (answer == PW_ANSWER_ALLOW && ours & ~theirs && !pw_is_hub(number, task, pw_now) &&
	    pw_domain_hold(number, ours, 0) > 0 && pw_n_ways)
		pw_ways_settle();
	return answer;
}

static __noinline int pw_on_ptrace(struct task_struct *child, unsigned int mode)
{
	struct pw_access access = {};
	struct pw_task *task, *self;
	struct task_struct *current = bpf_get_current_task_btf();

	if (!(mode & PTRACE_MODE_ATTACH) || !pw_now)
		return 0;
	if (child->tgid == current->tgid)
		return 0;
	task = bpf_task_storage_get(&pw_tasks, child, NULL, 0);
	if (!task || !(task->flags & PW_TASK_PROGRAM) || task->why)
		return 0;
	self = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	if (self && self->flags & PW_TASK_PROGRAM && !self->why && self->exe == task->exe)
		return 0;
	access.why = PW_WHY_MEMORY;
	access.op = PW_OP_READ;
	access.hook = PW_HOOK_PTRACE_ACCESS;
	return pw_ask(&access, NULL);
}

/* Asked to be traced: whatever the tracer does later has no hook. */
static __always_inline void pw_on_traceme(void)
{
	struct pw_access access = { .hook = PW_HOOK_PTRACE_TRACEME };
	struct pw_task *task;

	task = bpf_task_storage_get(&pw_tasks, bpf_get_current_task_btf(), NULL, 0);
	if (!task || !(task->flags & PW_TASK_PROGRAM) || task->why)
		return;
	task->why = PW_WHY_PROGRAM_TRACED;
	pw_task_forget_rules(task);
	__sync_fetch_and_add(&pw_settled_end, 1);
	pw_tell_identity(&access);
}

/* A program that the policy names has been started, but not as the policy means it. */
static __always_inline void pw_on_exec(void)
{
	struct pw_access access = { .hook = PW_HOOK_BPRM_COMMITTED };
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	__u32 doubtful;

	pw_count(PW_COUNT_EXECS, 1);
	if (!task)
		return;
	doubtful = pw_exec_commit(task);
	pw_domain_exec(task); /* by what the new program is */
	if (doubtful)
		pw_tell_identity(&access);
}

#endif /* PW_PROGRAM_BPF_H */
