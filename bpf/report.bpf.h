/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tell the agent: put one event together and hand it to a ring. Cold: runs for labelled
 * objects only. Never waits; what does not fit is counted, exactly.
 */
#ifndef PW_REPORT_BPF_H
#define PW_REPORT_BPF_H

#include "lineage.bpf.h"
#include "path.bpf.h"

/*
 * One access, as the hooks describe it and pw_judge answers it. Addresses are plain numbers
 * here. On the stack of every hook, of which the verifier grants 512 bytes to all frames.
 */
struct pw_access {
	struct pw_object object; /* .now: that of the answer, in the end */
	__u64 dentry;  /* of the object; 0: none */
	__u64 dentry2; /* destination of rename and link; 0: none */
	__u64 mount;   /* vfsmount it was reached by; 0: some mount of its file system */
	__u64 inode;   /* address; 0: does not exist yet */
	__u64 sb;
	__u32 why;     /* PW_WHY_* */
	__u8 op;
	__u8 hook;
	__u8 quiet;    /* do not report again what this task was allowed on this object */
	/* what pw_judge adds */
	__u8 kind;     /* enum pw_event_kind */
	__u8 error;    /* errno for the caller, or 0 */
	__u8 report;   /* the agent is to hear of it */
	__u8 scratch;  /* index of the one taken, PW_SCRATCHES: none */
	__u8 door;     /* enum pw_door, where nothing is sent through it */
	__u8 reserved[4];
	struct pw_decision decision;
};

/* ---- The record ---- */

/* The two words of a task's name. */
static __always_inline void pw_comm_copy(char *into, const struct task_struct *task)
{
	((__u64 *)into)[0] = *(__u64 *)&task->comm[0];
	((__u64 *)into)[1] = *(__u64 *)&task->comm[8];
}

static __always_inline void pw_event_ancestors(struct pw_event *event, struct task_struct *task)
{
	for (__u32 i = 0; i < PW_ANCESTORS_MAX; i++) {
		struct pw_ancestor *ancestor = &event->ancestor[i];

		task = task->real_parent->group_leader;
		ancestor->pid = task->tgid;
		if (!ancestor->pid)
			return;
		ancestor->start_ns = task->start_boottime;
		pw_comm_copy(ancestor->comm, task);
		event->n_ancestors = i + 1;
	}
}

static __always_inline void pw_event_task(struct pw_event *event, struct task_struct *task,
					  const struct pw_identity *who)
{
	event->pid = task->tgid;
	event->tid = task->pid;
	event->start_ns = task->group_leader->start_boottime;
	event->uid = who->uid;
	event->euid = who->euid;
	event->gid = who->gid;
	event->auid = who->auid;
	event->session = who->session;
	if (who->auid == PW_UNSET)
		event->flags |= PW_WHY_AUID_UNSET;
	pw_comm_copy(event->comm, task);
}

static __always_inline void pw_event_object(struct pw_scratch *scratch,
					    const struct pw_access *access)
{
	struct super_block *sb = (struct super_block *)access->sb;
	struct inode *inode = (struct inode *)access->inode;
	struct pw_event *event = &scratch->event;

	event->op = access->op;
	event->hook = access->hook;
	event->door = access->door;
	event->labels = access->object.labels;
	if (access->op == PW_OP_READ)
		event->labels |= access->object.marks;
	event->object_labels = access->object.marks;
	if (scratch->object.inode) {
		event->inode = scratch->object.inode;
		event->dev = scratch->object.dev;
		event->inode_generation = scratch->object.generation;
		event->mode = scratch->object.mode;
		return;
	}
	event->dev = sb ? BPF_CORE_READ(sb, s_dev) : 0;
	if (!inode)
		return;
	event->inode = BPF_CORE_READ(inode, i_ino);
	event->inode_generation = BPF_CORE_READ(inode, i_generation);
	event->mode = BPF_CORE_READ(inode, i_mode);
}

/* Path of the object. Global: verified once. */
__noinline int pw_event_path(struct pw_path_job *job)
{
	struct pw_scratch *scratch;
	struct pw_path_walk *walk;
	volatile struct pw_path_note *note;
	__u32 index;

	if (!job || !job->dentry)
		return 0;
	index = job->scratch;
	scratch = pw_scratch_at(index);
	walk = bpf_map_lookup_elem(&pw_path_walks, &index);
	if (!walk || !scratch)
		return 0;
	pw_level_read(job->dentry, &walk->leaf);
	note = pw_path_note(walk->leaf.parent);
	if (pw_path_from_note(job, scratch, walk, note))
		return 0;
	pw_path_write(job);
	/* not where the object is the root of a mount: it goes by the name of the mount point */
	if (!job->why && walk->leaf.parent != job->dentry && job->dentry != walk->first_root)
		pw_path_note_put(note, scratch, job->base, job->len - (walk->leaf.len + 1),
				 walk->leaf.parent, walk->check);
	return 0;
}

/* Path of an executable or script by the inode that was recorded, while it is that one. */
__noinline int pw_event_program(struct pw_path_job *job, __u64 address, __u64 number)
{
	volatile struct pw_path_note *note;
	struct inode *inode = (struct inode *)address;
	__u64 alias, check = number + (pw_path_changes << 4);
	struct pw_scratch *scratch;

	if (!address || !job)
		return 0;
	scratch = pw_scratch_at(job->scratch);
	if (!scratch)
		return 0;
	note = pw_path_note(address);
	job->len = pw_path_noted(note, scratch, job->base, address, check);
	if (!job->len) {
		alias = (__u64)BPF_CORE_READ(inode, i_dentry.first);
		if (!alias || BPF_CORE_READ(inode, i_ino) != number)
			return 0;
		job->dentry = pw_dentry_of_alias(alias);
		job->mount = 0;
		job->sb = (__u64)BPF_CORE_READ(inode, i_sb);
		job->why = 0;
		pw_path_write(job);
		if (!job->why)
			pw_path_note_put(note, scratch, job->base, job->len, address, check);
	}
	job->base += job->len;
	return job->len;
}

/* What the process holds, and where what it does leads. */
static __always_inline void pw_event_lineage(struct pw_event *event, const struct pw_to *to,
					     __u64 number, __u64 sb)
{
	struct pw_domain *domain;

	event->domain = number;
	if (event->kind == PW_EVENT_RECALLED || event->kind == PW_EVENT_SUPERBLOCK)
		event->places = sb;
	if (pw_holders) {
		domain = bpf_map_lookup_elem(&pw_domains, &number);
		if (domain) {
			event->held = domain->labels;
			event->domain_from = domain->from;
		}
	}
	if (event->kind == PW_EVENT_SUPERBLOCK) {
		__builtin_memcpy(event->to_addr, to->addr, sizeof(event->to_addr));
		event->to_uid = to->uid;
	}
	if (!to->door)
		return;
	event->door = to->door;
	event->to_family = to->family;
	event->to_port = to->port;
	event->to_protocol = to->protocol;
	event->to_uid = to->uid;
	event->places = to->places;
	__builtin_memcpy(event->to_addr, to->addr, sizeof(event->to_addr));
}

/* Of lineage there is much, and the agent can find out by itself what it was not told. */
static __always_inline bool pw_event_matters(const struct pw_access *access)
{
	return access->decision.verdict >= PW_WARN ||
	       (access->kind != PW_EVENT_ACCESS && access->kind != PW_EVENT_TOOK &&
		access->kind != PW_EVENT_MARKED);
}

/* The strings behind the record; returns their length together. */
static __always_inline __u32 pw_event_strings(struct pw_scratch *scratch,
					      const struct pw_access *access)
{
	struct pw_path_job job = {
		.dentry = access->dentry,
		.mount = access->mount,
		.sb = access->sb,
		.scratch = access->scratch,
	};
	struct pw_event *event = &scratch->event;
	struct pw_task *task;

	pw_event_path(&job);
	event->path_len = job.len;
	job.base = job.len;
	if (access->dentry2) {
		job.dentry = access->dentry2;
		job.len = 0;
		pw_event_path(&job);
		event->path2_len = job.len;
		job.base += job.len;
	} else if (scratch->value_len) {
		__u32 len = scratch->value_len & PW_TEXT_MORE_MASK;

		if (!bpf_probe_read_kernel(&scratch->text[job.base & PW_TEXT_MASK], len,
					   (void *)scratch->value)) {
			event->path2_len = len;
			job.base += len;
		}
	}
	event->flags |= job.why;
	if (job.why & PW_WHY_PATH_LOST)
		pw_count(PW_COUNT_PATH_LOST, 1);
	task = bpf_task_storage_get(&pw_tasks, bpf_get_current_task_btf(), NULL, 0);
	if (!task)
		return job.base;
	event->exe_inode = task->exe_inode;
	event->exe_dev = task->exe_dev;
	event->exe_generation = task->exe_generation;
	event->exe_len = pw_event_program(&job, task->exe, task->exe_inode);
	event->script_len = pw_event_program(&job, task->script, task->script_inode);
	return job.base;
}

/* Last time the agent was woken for a denial: once in a while is enough for many. */
volatile __u64 pw_last_wake_ns = 0;
#define PW_WAKE_NS 10000000ULL

static __always_inline __u64 pw_wake_flags(__u32 ring, __u64 now)
{
	if (ring == PW_RING_DENIALS) {
		if (now - pw_last_wake_ns < PW_WAKE_NS &&
		    bpf_ringbuf_query(&pw_denials, 0) < (1 << 17))
			return BPF_RB_NO_WAKEUP;
		pw_last_wake_ns = now;
		return BPF_RB_FORCE_WAKEUP;
	}
	/* The agent looks in several times a second; only a filling ring is urgent. */
	return bpf_ringbuf_query(&pw_bulk, 0) > (1 << 19) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void pw_event_send(struct pw_event *event, __u32 ring, __u32 size)
{
	struct pw_ring_state *state = bpf_map_lookup_elem(&pw_rings, &ring);
	__u64 now = event->time_ns, flags = pw_wake_flags(ring, now);
	long r;

	if (!state)
		return;
	event->seq = __sync_fetch_and_add(&state->seq, 1) + 1;
	event->dropped = state->dropped;
	event->cpu = bpf_get_smp_processor_id();
	event->size = size;
	if (ring == PW_RING_DENIALS)
		r = bpf_ringbuf_output(&pw_denials, event, size, flags);
	else
		r = bpf_ringbuf_output(&pw_bulk, event, size, flags);
	if (r)
		__sync_fetch_and_add(&state->dropped, 1);
}

static __always_inline void pw_event_lost(__u32 ring)
{
	struct pw_ring_state *state = bpf_map_lookup_elem(&pw_rings, &ring);

	if (!state)
		return;
	__sync_fetch_and_add(&state->seq, 1);
	__sync_fetch_and_add(&state->dropped, 1);
}

/* The record itself, before its strings. Apart, for the stack is short. Global: verified once. */
__noinline int pw_event_fill(struct pw_access *access)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_scratch *scratch;
	struct pw_event *event;
	struct pw_task *task;

	if (!access)
		return 0;
	scratch = pw_scratch_at(access->scratch);
	if (!scratch)
		return 0;
	task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	event = &scratch->event;
	__builtin_memset(event, 0, sizeof(*event));
	event->version = PW_EVENT_VERSION;
	event->kind = access->kind;
	event->verdict = access->decision.verdict;
	event->rule = access->decision.rule;
	event->severity = access->decision.severity;
	event->label = access->decision.label;
	event->generation = pw_generation_of(access->object.now);
	event->error = access->error;
	event->time_ns = bpf_ktime_get_boot_ns();
	event->flags = access->why | (task ? task->why : PW_WHY_NO_TASK_STATE);
	pw_event_task(event, current, &scratch->who);
	pw_event_object(scratch, access);
	pw_event_lineage(event, &scratch->to, pw_domain_number(current, task), access->sb);
	pw_event_ancestors(event, current);
	return 0;
}

/* Report a judged access. Global: verified once, whatever the number of hooks. */
__noinline int pw_report(struct pw_access *access)
{
	struct pw_scratch *scratch;
	__u32 ring, size;

	if (!access)
		return 0;
	ring = pw_event_matters(access) ? PW_RING_DENIALS : PW_RING_BULK;
	scratch = pw_scratch_at(access->scratch);
	if (!scratch) {
		pw_event_lost(ring);
		return 0;
	}
	pw_event_fill(access);
	size = sizeof(scratch->event) + pw_event_strings(scratch, access);
	if (size <= sizeof(scratch->event) + PW_TEXT_MASK)
		pw_event_send(&scratch->event, ring, size);
	else
		pw_event_lost(ring);
	return 0;
}

#endif /* PW_REPORT_BPF_H */
