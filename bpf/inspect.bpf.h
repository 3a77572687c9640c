/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the agent cannot know from userspace: under which address the kernel holds an inode,
 * and who has labelled files open or mapped from before. Run by iterators, at the agent's
 * asking; no file system is called, so no hung one can hang it.
 */
#ifndef PW_INSPECT_BPF_H
#define PW_INSPECT_BPF_H

#include "spread.bpf.h"

/* The generation that is being prepared; roots are written for it. */
volatile __u64 pw_next_generation = 0;

static __always_inline long pw_sb_add(__u64 sb, __u64 labels)
{
	__u32 bit = (__u32)(sb >> 11) ^ (__u32)(sb >> 17);
	struct pw_kept_labels *known = bpf_map_lookup_elem(&pw_sbs, &sb), fresh = {};

	pw_sb_filter[(bit >> 6) & 3] |= 1ULL << (bit & 63);
	pw_keep(known ? known : &fresh, pw_next_generation, labels);
	return known ? 0 : bpf_map_update_elem(&pw_sbs, &sb, &fresh, BPF_ANY);
}

static __always_inline long pw_register_root(__u64 inode, __u64 sb, const struct pw_register *want)
{
	__u32 slot = pw_next_generation & 1;
	__u64 bit, *word = pw_root_bit(inode, &bit);
	struct pw_root *known = bpf_map_lookup_elem(&pw_roots, &inode), fresh = {};
	struct pw_root *root = known ? known : &fresh;

	if (root->slot[slot].generation == pw_next_generation) {
		/* one directory under two paths: it is both */
		root->slot[slot].labels |= want->labels;
		root->slot[slot].flags |= want->flags;
		if (root->slot[slot].state == PW_STATE_DEAD)
			root->slot[slot].state = want->state;
	} else {
		root->slot[slot].labels = want->labels;
		root->slot[slot].flags = want->flags;
		root->slot[slot].state = want->state;
		root->slot[slot].generation = pw_next_generation;
	}
	if (!known) {
		long r = bpf_map_update_elem(&pw_roots, &inode, &fresh, BPF_ANY);

		if (r)
			return r;
	}
	if (word)
		*word |= bit;
	return pw_sb_add(sb, want->labels | want->sb_labels);
}

static __always_inline long pw_register_executable(struct inode *inode)
{
	__u64 address = pw_address(inode);
	struct pw_executable executable = {
		.changed = pw_inode_changed(inode),
		.inode = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.inode_generation = inode->i_generation,
	};

	return bpf_map_update_elem(&pw_executables, &address, &executable, BPF_ANY);
}

/* Files with other links in trees are marked for what those are, all others for themselves. */
static __always_inline long pw_register_mark(struct inode *inode, const struct pw_register *want)
{
	struct pw_marking marking = {
		.key = pw_mark_key_of(inode),
		.address = want->address,
		.labels = want->flags & PW_MARK_LINKED ? 0 : want->labels,
		.why = want->flags,
		.person = PW_UNSET,
	};
	struct pw_mark *mark;

	if (pw_mark_put(&marking) < 0)
		return -E2BIG;
	mark = pw_mark_of(inode);
	if (mark && want->flags & PW_MARK_LINKED) {
		__sync_fetch_and_or(&mark->linked, want->labels);
		pw_known_end(want->address);
	}
	return 0;
}

static __always_inline long pw_register_unmark(struct inode *inode, const struct pw_register *want)
{
	struct pw_mark *mark = pw_mark_of(inode);

	if (!mark)
		return 0;
	__sync_fetch_and_and(&mark->labels, ~want->labels);
	pw_known_end(want->address);
	return 0;
}

static __always_inline long pw_register_look(struct file *file, struct inode *inode,
					     struct pw_register *want)
{
	struct pw_object o = {};

	pw_resolve_slow(pw_address(file->f_path.dentry), &o);
	if (pw_is_marked(inode))
		pw_mark_look(inode, &o);
	want->labels = o.labels;
	want->sb_labels = o.marks;
	want->state = o.state;
	want->flags = o.flags;
	want->inode_generation = inode->i_generation;
	return 0;
}

static __always_inline void pw_register_file(struct file *file, __u32 fd)
{
	struct pw_register *want = bpf_map_lookup_elem(&pw_registers, &fd);
	struct inode *inode = file->f_inode;

	if (!want)
		return;
	want->address = pw_address(inode);
	want->sb = pw_address(inode->i_sb);
	want->dev = inode->i_sb->s_dev;
	switch (want->as) {
	case PW_REGISTER_ROOT:
		want->error = pw_register_root(want->address, want->sb, want);
		break;
	case PW_REGISTER_EXECUTABLE:
		want->error = pw_register_executable(inode);
		break;
	case PW_REGISTER_MARK:
		want->error = pw_register_mark(inode, want);
		break;
	case PW_REGISTER_UNMARK:
		want->error = pw_register_unmark(inode, want);
		break;
	case PW_REGISTER_LOOK:
		want->error = pw_register_look(file, inode, want);
		break;
	}
}

/* Write one struct pw_predating for a file that carries labels. */
static __always_inline void pw_tell_predating(struct seq_file *seq, struct task_struct *task,
					      struct file *file, __u32 fd, __u64 vm_flags)
{
	struct inode *inode = file->f_inode;
	struct pw_predating found = {};
	struct pw_object o = {};

	if (!inode || !pw_sb_may_carry(pw_address(inode->i_sb)))
		return;
	pw_resolve_slow(pw_address(file->f_path.dentry), &o);
	if (pw_is_marked(inode))
		pw_mark_look(inode, &o);
	o.labels |= o.marks;
	if (!o.labels || o.flags & PW_OBJECT_CANARY)
		return;
	found.labels = o.labels;
	found.inode = inode->i_ino;
	found.dev = inode->i_sb->s_dev;
	found.inode_generation = inode->i_generation;
	found.pid = task->tgid;
	found.tid = task->pid;
	found.fd = fd;
	found.vm_flags = vm_flags;
	bpf_seq_write(seq, &found, sizeof(found));
}

/* Write the number of the task's domain. */
static __always_inline void pw_tell_domain(struct seq_file *seq, struct task_struct *task)
{
	struct pw_task *storage = bpf_task_storage_get(&pw_tasks, task, NULL, 0);
	__u64 number = pw_domain_number(task, storage);

	if (task->pid != task->tgid)
		return;
	bpf_seq_write(seq, &number, sizeof(number));
}

/* Write one struct pw_process for the process: who held labels is known again by it. */
static __always_inline void pw_tell_process(struct seq_file *seq, struct task_struct *task)
{
	struct pw_task *storage = bpf_task_storage_get(&pw_tasks, task, NULL, 0);
	__u64 number = pw_domain_number(task, storage);
	struct pw_domain *domain = bpf_map_lookup_elem(&pw_domains, &number);
	struct pw_process process = {
		.domain = number,
		.start_ns = task->start_boottime,
		.pid = task->tgid,
		.person = pw_person_of(task),
	};

	if (task->pid != task->tgid)
		return;
	if (domain) {
		process.labels = domain->labels;
		process.since_ns = domain->since_ns;
	}
	process.parent = BPF_CORE_READ(task, real_parent, tgid);
	process.parent_start_ns = BPF_CORE_READ(task, real_parent, group_leader, start_boottime);
	process.session = BPF_CORE_READ(task, signal, pids[PIDTYPE_SID], numbers[0].nr);
	bpf_seq_write(seq, &process, sizeof(process));
}

/*
 * Does the task run what the policy names as a hub's executable, whenever it was started? By
 * what it says to run: who can set that before the agent is there is let through here.
 */
static __always_inline void pw_find_hub(struct task_struct *task)
{
	struct pw_task *storage = bpf_task_storage_get(&pw_tasks, task, NULL, 0);
	__u64 number = pw_domain_number(task, storage), generation = pw_generation_of(pw_now);
	struct pw_program_key key = { .exe = (__u64)BPF_CORE_READ(task, mm, exe_file, f_inode) };
	struct pw_program_rules *rules = bpf_map_lookup_elem(&pw_programs, &key);
	__u32 slot = pw_slot_of(pw_now);

	if (key.exe && rules && rules->slot[slot].generation == generation && rules->slot[slot].hub)
		bpf_map_update_elem(&pw_hubs, &number, &generation, BPF_ANY);
}

#endif /* PW_INSPECT_BPF_H */
