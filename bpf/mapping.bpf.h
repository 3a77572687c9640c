/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Mappings, and the queues that are used without a hook: what is taken when they are made, and
 * the ways that labels go over from then on.
 */
#ifndef PW_MAPPING_BPF_H
#define PW_MAPPING_BPF_H

#include "write.bpf.h"

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

/* What waits in the queue is read from now on. */
static __noinline int pw_on_queue_read(struct file *file, __u32 hook)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};

	if (!(file->f_mode & FMODE_READ) || !pw_is_marked(inode))
		return PW_ANSWER_ALLOW;
	pw_access_file(&access, file, inode, hook);
	pw_mark_look(inode, &access.object);
	access.op = PW_OP_READ;
	access.door = PW_DOOR_IPC;
	return pw_take_from(&access);
}

/*
 * A message queue is opened, or its descriptor received: a way, too, for sending and receiving
 * have no hook that would say which. What waits in it is taken before there is a way, over which
 * it would come untold; and after, for what was marked in between.
 */
static __always_inline int pw_on_queue(struct file *file, __u32 hook)
{
	__u64 spreads;
	int answer = pw_on_queue_read(file, hook);

	if (answer != PW_ANSWER_ALLOW)
		return answer;
	if (pw_on_map_shared(file)) {
		spreads = pw_held_by_writer();
		if (spreads)
			pw_on_spread(file, spreads, hook, 0);
	}
	return pw_on_queue_read(file, hook);
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

#endif /* PW_MAPPING_BPF_H */
