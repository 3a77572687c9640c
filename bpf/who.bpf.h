/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who acts, with which program? The person is the login uid (auid); where there is none, the
 * uid. Always from the task's own credentials (real_cred), never from those that overlayfs
 * or io_uring put on for a moment. The program is the inode that was executed, recorded at
 * exec; mm->exe_file and comm can be set by anyone and are never asked.
 *
 * The rules that a task satisfies are kept in its storage, with what they hold for: the
 * policy's generation and a digest of its credentials.
 */
#ifndef PW_WHO_BPF_H
#define PW_WHO_BPF_H

#include "state.bpf.h"

#define PW_UNSET 0xffffffffu

static __always_inline void pw_identity_of(struct task_struct *task, struct pw_identity *who)
{
	const struct cred *cred = task->real_cred;
	struct group_info *groups = cred->group_info;

	who->uid = cred->uid.val;
	who->euid = cred->euid.val;
	who->gid = cred->gid.val;
	who->groups = pw_address(groups);
	who->n_groups = groups->ngroups;
	who->auid = task->loginuid.val;
	who->session = task->sessionid;
}

/* The person behind the task: who logged in, or else the user. */
static __always_inline __u32 pw_person_of(const struct task_struct *task)
{
	__u32 auid = task->loginuid.val;

	return auid != PW_UNSET ? auid : task->real_cred->uid.val;
}

/* Changes whenever the person or its groups do. */
static __always_inline __u64 pw_identity_digest(const struct task_struct *task,
						const struct pw_identity *who)
{
	__u64 digest = pw_address(task->real_cred) ^ (who->groups << 7);

	digest ^= ((__u64)who->uid << 32 | who->gid) * 0xff51afd7ed558ccdULL;
	digest += ((__u64)who->auid << 32 | who->n_groups) * 0xc4ceb9fe1a85ec53ULL;
	return digest;
}

struct pw_group_walk {
	__u64 groups; /* address of the struct group_info */
	__u32 slot;
	__u32 scratch;
};

static long pw_group_add(__u32 index, void *data)
{
	struct pw_group_walk *walk = data;
	struct pw_person_key key = { .slot = walk->slot };
	struct pw_scratch *scratch;
	struct pw_mask *mask;

	if (bpf_probe_read_kernel(&key.id, sizeof(key.id),
				  (void *)(walk->groups +
					   bpf_core_field_offset(struct group_info, gid) +
					   (__u64)index * sizeof(__u32))))
		return 1;
	mask = bpf_map_lookup_elem(&pw_groups, &key);
	if (!mask)
		return 0;
	scratch = pw_scratch_at(walk->scratch);
	if (!scratch)
		return 1;
	pw_mask_or(&scratch->actor, mask);
	return 0;
}

/* scratch->actor |= rules satisfied by the person */
static __always_inline void pw_person_rules(const struct pw_identity *who, __u64 now,
					    struct pw_scratch *scratch, __u32 index)
{
	struct pw_person_key key = { .slot = pw_slot_of(now) };
	struct pw_group_walk walk = {
		.groups = who->groups,
		.slot = pw_slot_of(now),
		.scratch = index,
	};
	struct pw_person *person;
	struct pw_mask *group;

	key.id = who->auid != PW_UNSET ? who->auid : who->uid;
	person = bpf_map_lookup_elem(&pw_persons, &key);
	if (person)
		pw_mask_or(&scratch->actor, &person->user);
	if (who->auid != PW_UNSET && who->auid != who->uid) {
		/* Acting as somebody else: the groups at hand are that one's, not the person's. */
		if (person)
			pw_mask_or(&scratch->actor, &person->groups);
		return;
	}
	key.id = who->gid;
	group = bpf_map_lookup_elem(&pw_groups, &key);
	if (group)
		pw_mask_or(&scratch->actor, group);
	bpf_loop(who->n_groups, pw_group_add, &walk, 0);
}

/* What the policy says of one key of a program: of its rules, or of its nature. */
static __always_inline struct pw_program_rules *pw_program_at(__u64 exe, __u64 script, __u64 now)
{
	struct pw_program_key key = { .exe = exe, .script = script };
	struct pw_program_rules *rules = bpf_map_lookup_elem(&pw_programs, &key);

	if (!rules || rules->slot[pw_slot_of(now)].generation != pw_generation_of(now))
		return NULL;
	return rules;
}

/* What else the policy says of the program: does it take labels, does what it writes? */
struct pw_nature {
	__u64 declassifies; /* labels that what it writes does not take */
	bool hub;
};

/* What the keys of a program are added to: one of the two. */
struct pw_program_sum {
	struct pw_mask *mask; /* the rules satisfied, or NULL */
	struct pw_nature *nature;
};

static __always_inline void pw_program_add(__u64 exe, __u64 script, __u64 now,
					   const struct pw_program_sum *sum)
{
	struct pw_program_rules *rules = pw_program_at(exe, script, now);
	__u32 slot = pw_slot_of(now);

	if (!rules)
		return;
	if (sum->mask) {
		pw_mask_or(sum->mask, &rules->slot[slot].mask);
		return;
	}
	sum->nature->declassifies |= rules->slot[slot].declassifies;
	sum->nature->hub |= rules->slot[slot].hub != 0;
}

/*
 * By its executable, its script, and both together. Only what the policy named when it was
 * started, for only then was it looked at, and kept from taking code of others: a program
 * that is named later is one when it is next started. None if it is not any more what was
 * executed.
 */
static __always_inline void pw_program_sum(const struct pw_task *task, __u64 now,
					   const struct pw_program_sum *sum)
{
	if (!task || task->why)
		return;
	if (task->flags & PW_TASK_EXE)
		pw_program_add(task->exe, 0, now, sum);
	if (task->flags & PW_TASK_SCRIPT) {
		pw_program_add(0, task->script, now, sum);
		if (task->flags & PW_TASK_EXE)
			pw_program_add(task->exe, task->script, now, sum);
	}
}

static __always_inline void pw_nature_of(const struct pw_task *task, __u64 now,
					 struct pw_nature *nature)
{
	const struct pw_program_sum sum = { .nature = nature };

	*nature = (struct pw_nature){};
	pw_program_sum(task, now, &sum);
}

/* mask |= rules satisfied by the program */
static __always_inline void pw_program_rules(const struct pw_task *task, __u64 now,
					     struct pw_mask *mask)
{
	const struct pw_program_sum sum = { .mask = mask };

	pw_program_sum(task, now, &sum);
}

/* The storage of the current task, made if need be. NULL: memory was short. */
static __always_inline struct pw_task *pw_task_current(struct task_struct *task)
{
	struct pw_task *storage = bpf_task_storage_get(&pw_tasks, task, NULL, 0);

	if (storage)
		return storage;
	storage = bpf_task_storage_get(&pw_tasks, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (storage && !storage->exe)
		storage->why = PW_WHY_PROGRAM_PREDATES;
	return storage;
}

/* Work out the rules that the current task satisfies, in the scratch @index. Global: verified once. */
__noinline int pw_who_anew(__u32 index, __u64 now)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	struct pw_scratch *scratch = pw_scratch_at(index);
	__u32 slot = pw_slot_of(now);
	struct pw_image *image = bpf_map_lookup_elem(&pw_images, &slot);

	if (!scratch || !image)
		return 0;
	scratch->actor = image->any_actor;
	pw_person_rules(&scratch->who, now, scratch, index);
	scratch->satisfied = image->any_program;
	pw_program_rules(task, now, &scratch->satisfied);
	pw_mask_and(&scratch->satisfied, &scratch->actor);
	pw_mask_and(&scratch->satisfied, &image->any_session);
	if (!task)
		return 0;
	task->who = scratch->satisfied;
	task->credentials = pw_identity_digest(current, &scratch->who);
	task->generation = pw_generation_of(now);
	return 0;
}

/* The rules that the current task satisfies: kept, or worked out in @scratch. */
static __always_inline const struct pw_mask *pw_who(struct task_struct *current,
						    struct pw_task *task, __u64 now,
						    struct pw_scratch *scratch, __u32 index)
{
	if (task && task->generation == pw_generation_of(now) &&
	    task->credentials == pw_identity_digest(current, &scratch->who))
		return &task->who;
	pw_who_anew(index, now);
	return &scratch->satisfied;
}

/* ---- How a task comes by its program ---- */

static __always_inline void pw_task_forget_rules(struct pw_task *task)
{
	task->generation = 0;
	__builtin_memset(task->recent, 0, sizeof(task->recent));
}

/* Why the file cannot stand for the program that the policy names; 0: it can. */
static __noinline __u32 pw_program_doubt(struct inode *inode, const struct pw_executable *known,
					 __u32 person)
{
	__u32 owner = inode->i_uid.val;

	if (known->inode != inode->i_ino || known->inode_generation != inode->i_generation ||
	    known->changed != pw_inode_changed(inode))
		return PW_WHY_PROGRAM_CHANGED;
	if ((inode->i_mode & 022) || (owner && owner == person))
		return PW_WHY_PROGRAM_WRITABLE;
	return 0;
}

/* Does the policy name the executable at @address as a hub's, and in no rule? */
static __always_inline bool pw_is_only_hub(__u64 address)
{
	__u64 now = pw_now, any = 0;
	struct pw_program_rules *rules = pw_program_at(address, 0, now);
	__u32 slot = pw_slot_of(now);

	if (!rules || !rules->slot[slot].hub)
		return false;
	for (__u32 i = 0; i < PW_MASK_WORDS; i++)
		any |= rules->slot[slot].mask.w[i];
	return !any;
}

/*
 * bprm_check_security: once for a script, once more for its interpreter. Must the program not
 * listen to its environment? Trusted ones; hubs do, for a desktop is told so where its
 * sockets are (XDG_RUNTIME_DIR).
 */
static __always_inline bool pw_exec_check(struct linux_binprm *bprm)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = pw_task_current(current);
	struct inode *inode = bprm->file->f_inode;
	struct pw_executable *known;
	struct pw_identity who;
	__u64 address = pw_address(inode);

	if (!task)
		return false;
	if (bprm->interp == bprm->filename) {
		task->next_script = 0;
		task->next_script_inode = 0;
		task->next_why = 0;
		task->next_flags = 0;
	} else if (!task->next_script) {
		task->next_script = task->next_exe;
		task->next_script_inode = task->next_exe_inode;
		if (task->next_flags & PW_TASK_EXE)
			task->next_flags |= PW_TASK_SCRIPT;
	}
	task->next_flags &= ~PW_TASK_EXE; /* that was the one that this interprets */
	task->next_exe = address;
	task->next_exe_inode = inode->i_ino;
	task->next_exe_dev = inode->i_sb->s_dev;
	task->next_exe_generation = inode->i_generation;
	known = bpf_map_lookup_elem(&pw_executables, &address);
	if (!known)
		return false;
	pw_identity_of(current, &who);
	task->next_flags |= PW_TASK_PROGRAM | PW_TASK_EXE;
	task->next_why |=
		pw_program_doubt(inode, known, who.auid != PW_UNSET ? who.auid : who.uid);
	if (bprm->unsafe & LSM_UNSAFE_PTRACE)
		task->next_why |= PW_WHY_PROGRAM_TRACED;
	return !pw_is_only_hub(address);
}

/* bprm_committed_creds: the new program is in place. Why it is not what the policy means. */
static __always_inline __u32 pw_exec_commit(struct pw_task *task)
{
	task->exe = task->next_exe;
	task->exe_inode = task->next_exe_inode;
	task->exe_dev = task->next_exe_dev;
	task->exe_generation = task->next_exe_generation;
	task->script = task->next_script;
	task->script_inode = task->next_script_inode;
	task->flags = task->next_flags;
	task->why = task->next_why;
	pw_task_forget_rules(task);
	return task->flags & PW_TASK_PROGRAM ? task->why : 0;
}

/* task_alloc: the child runs what its parent runs. Returns its storage; NULL: memory was short. */
static __always_inline struct pw_task *pw_fork(struct task_struct *child,
					       const struct pw_task *parent)
{
	struct pw_task *task;

	task = bpf_task_storage_get(&pw_tasks, child, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!task) {
		pw_count(PW_COUNT_NO_TASK_STATE, 1);
		return NULL;
	}
	if (!parent) {
		task->why = PW_WHY_PROGRAM_PREDATES;
		return task;
	}
	task->exe = parent->exe;
	task->script = parent->script;
	task->exe_inode = parent->exe_inode;
	task->exe_dev = parent->exe_dev;
	task->exe_generation = parent->exe_generation;
	task->script_inode = parent->script_inode;
	task->flags = parent->flags;
	task->why = parent->why;
	return task;
}

#endif /* PW_WHO_BPF_H */
