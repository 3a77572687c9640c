/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tell the agent: put one event together and hand it to a ring. Cold: runs for labelled
 * objects only. Never waits; what does not fit is counted, exactly.
 */
#ifndef PW_REPORT_BPF_H
#define PW_REPORT_BPF_H

#include "label.bpf.h"
#include "who.bpf.h"

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
	__u8 reserved[5];
	struct pw_decision decision;
};

#define PW_MOUNTS_OF_SB 1024 /* looked at for a good one */
#define PW_TEXT_MASK 0x3fffu /* 16 KiB of strings in a record, at most */

/* ---- Paths: whole, from the root of the mount tree ---- */

struct pw_path_walk {
	__u64 at;
	__u64 mount;   /* struct mount */
	__u64 root;    /* its mnt_root */
	__u32 len;     /* found so far */
	__u32 base;    /* of the text in the scratch */
	__u32 left;    /* bytes still to fill */
	__u32 scratch; /* index */
	__u32 why;
	__u32 done;
};

/* Up by one component; false at the top. Steps over mount points without a component. */
static __always_inline bool pw_path_up(struct pw_path_walk *walk, __u64 *ret_component)
{
	struct dentry *dentry = (struct dentry *)walk->at;
	__u64 parent = (__u64)BPF_CORE_READ(dentry, d_parent);

	*ret_component = 0;
	if (walk->at == walk->root || parent == walk->at) {
		struct mount *mount = (struct mount *)walk->mount;
		__u64 above;

		if (!mount)
			return false;
		above = (__u64)BPF_CORE_READ(mount, mnt_parent);
		if (!above || above == walk->mount)
			return false;
		walk->at = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		mount = (struct mount *)above;
		walk->root = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
		return walk->at != 0;
	}
	*ret_component = walk->at;
	walk->at = parent;
	return parent != 0;
}

static long pw_path_measure(__u32 index, void *data)
{
	struct pw_path_walk *walk = data;
	struct dentry *dentry;
	__u64 component;

	if (!pw_path_up(walk, &component))
		return 1;
	dentry = (struct dentry *)component;
	if (dentry)
		walk->len += 1 + BPF_CORE_READ(dentry, d_name.len);
	return 0;
}

static long pw_path_fill(__u32 index, void *data)
{
	struct pw_path_walk *walk = data;
	__u32 key = walk->scratch, len, at;
	struct pw_scratch *scratch;
	struct dentry *dentry;
	__u64 component;

	if (!pw_path_up(walk, &component))
		return 1;
	if (!component)
		return 0;
	dentry = (struct dentry *)component;
	len = BPF_CORE_READ(dentry, d_name.len) & PW_NAME_MAX;
	if (walk->left < len + 1) {
		walk->why |= PW_WHY_PATH_RACED;
		return 1;
	}
	scratch = bpf_map_lookup_elem(&pw_scratches, &key);
	if (!scratch)
		return 1;
	walk->left -= len;
	at = (walk->base + walk->left) & PW_TEXT_MASK;
	if (len)
		bpf_probe_read_kernel(&scratch->text[at], len, BPF_CORE_READ(dentry, d_name.name));
	walk->left--;
	at = (walk->base + walk->left) & PW_TEXT_MASK;
	scratch->text[at] = '/';
	return 0;
}

struct pw_mount_search {
	__u64 sb;
	__u64 root; /* s_root */
	__u64 at;
	__u64 best; /* the first whole one that hangs somewhere; of a chain, the last */
	__u32 chain;
	__u32 reserved;
};

static long pw_mount_consider(__u32 index, void *data)
{
	struct pw_mount_search *search = data;
	struct mount *mount = (struct mount *)search->at;

	if (!search->at)
		return 1;
	if ((__u64)BPF_CORE_READ(mount, mnt.mnt_root) == search->root &&
	    (__u64)BPF_CORE_READ(mount, mnt_parent) != search->at) {
		search->best = search->at;
		if (!search->chain)
			return 1;
	}
	search->at = pw_next_mount(search->sb, search->at);
	return 0;
}

/*
 * The mount by which the file system is best known: its oldest that shows all of it and
 * hangs in a tree; else any. What overlayfs and open_tree clone for themselves hangs nowhere.
 */
static __noinline __u64 pw_mount_of_sb(__u64 sb)
{
	struct super_block *s = (struct super_block *)sb;
	struct pw_mount_search search = { .sb = sb };
	__u64 any;

	if (!sb)
		return 0;
	any = pw_first_mount(sb);
	search.at = any;
	search.root = (__u64)BPF_CORE_READ(s, s_root);
	search.chain = bpf_core_field_exists(((struct mount___chain *)0)->mnt_next_for_sb);
	bpf_loop(PW_MOUNTS_OF_SB, pw_mount_consider, &search, 0);
	return search.best ? search.best : any;
}

struct pw_path_job {
	__u64 dentry;
	__u64 mount; /* vfsmount or 0 */
	__u64 sb;
	__u32 base;
	__u32 scratch;
	__u32 why;   /* out */
	__u32 len;   /* out */
};

static __always_inline void pw_path_start(struct pw_path_walk *walk, const struct pw_path_job *job)
{
	struct mount *mount = NULL;

	walk->at = job->dentry;
	walk->root = 0;
	walk->mount = 0;
	if (job->mount) {
		mount = (struct mount *)(job->mount - bpf_core_field_offset(struct mount, mnt));
		/* one that hangs nowhere gives no whole path, but for the root of all */
		if ((__u64)BPF_CORE_READ(mount, mnt_parent) != (__u64)mount)
			walk->mount = (__u64)mount;
	}
	if (!walk->mount)
		walk->mount = pw_mount_of_sb(job->sb);
	mount = (struct mount *)walk->mount;
	if (mount)
		walk->root = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
}

/* Write the path of a dentry behind text[base]. Global: verified once. */
__noinline int pw_path_write(struct pw_path_job *job)
{
	struct pw_path_walk walk = {};
	struct dentry *dentry;

	if (!job || !job->dentry)
		return 0;
	dentry = (struct dentry *)job->dentry;
	walk.base = job->base;
	walk.scratch = job->scratch;
	pw_path_start(&walk, job);
	bpf_loop(PW_CLIMB_LEVELS, pw_path_measure, &walk, 0);
	if (!BPF_CORE_READ(dentry, d_hash.pprev) &&
	    (__u64)BPF_CORE_READ(dentry, d_parent) != job->dentry)
		job->why |= PW_WHY_PATH_DELETED;
	if (walk.len + job->base > PW_TEXT_MASK) {
		job->why |= PW_WHY_PATH_LOST;
		return 0;
	}
	job->len = walk.len;
	if (!walk.len) { /* the root itself */
		__u32 key = job->scratch;
		struct pw_scratch *scratch = bpf_map_lookup_elem(&pw_scratches, &key);

		if (scratch)
			scratch->text[job->base & PW_TEXT_MASK] = '/';
		job->len = 1;
		return 0;
	}
	walk.left = walk.len;
	pw_path_start(&walk, job);
	bpf_loop(PW_CLIMB_LEVELS, pw_path_fill, &walk, 0);
	if (walk.left)
		job->why |= PW_WHY_PATH_RACED;
	job->why |= walk.why;
	return 0;
}

/* ---- The record ---- */

struct pw_ancestry {
	__u64 task;
	__u32 scratch;
	__u32 n;
};

static long pw_ancestor_add(__u32 index, void *data)
{
	struct pw_ancestry *ancestry = data;
	struct task_struct *task = (struct task_struct *)ancestry->task;
	__u32 key = ancestry->scratch, n = ancestry->n;
	struct pw_scratch *scratch;
	struct pw_ancestor *ancestor;

	task = BPF_CORE_READ(task, real_parent, group_leader);
	if (!task || (__u64)task == ancestry->task || n >= PW_ANCESTORS_MAX)
		return 1;
	scratch = bpf_map_lookup_elem(&pw_scratches, &key);
	if (!scratch)
		return 1;
	barrier_var(n); /* else clang keeps the mask on another copy */
	ancestor = &scratch->event.ancestor[n & (PW_ANCESTORS_MAX - 1)];
	ancestor->pid = BPF_CORE_READ(task, tgid);
	if (!ancestor->pid)
		return 1;
	ancestor->start_ns = BPF_CORE_READ(task, start_boottime);
	BPF_CORE_READ_INTO(&ancestor->comm, task, comm);
	ancestry->task = (__u64)task;
	ancestry->n = n + 1;
	return 0;
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
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

static __always_inline void pw_event_object(struct pw_event *event, const struct pw_access *access)
{
	struct super_block *sb = (struct super_block *)access->sb;
	struct inode *inode = (struct inode *)access->inode;

	event->op = access->op;
	event->hook = access->hook;
	event->labels = access->object.labels;
	event->dev = sb ? BPF_CORE_READ(sb, s_dev) : 0;
	if (!inode)
		return;
	event->inode = BPF_CORE_READ(inode, i_ino);
	event->inode_generation = BPF_CORE_READ(inode, i_generation);
	event->mode = BPF_CORE_READ(inode, i_mode);
}

/* Path of an executable or script by the inode that was recorded, while it is that one. */
static __always_inline __u32 pw_event_program(struct pw_path_job *job, __u64 address, __u64 number)
{
	struct inode *inode = (struct inode *)address;
	__u64 alias;

	if (!address || BPF_CORE_READ(inode, i_ino) != number)
		return 0;
	alias = (__u64)BPF_CORE_READ(inode, i_dentry.first);
	if (!alias)
		return 0;
	job->dentry = pw_dentry_of_alias(alias);
	job->mount = 0;
	job->sb = (__u64)BPF_CORE_READ(inode, i_sb);
	job->len = 0;
	pw_path_write(job);
	job->base += job->len;
	return job->len;
}

/* The strings behind the record; returns their length together. */
static __always_inline __u32 pw_event_strings(struct pw_event *event,
					      const struct pw_access *access,
					      const struct pw_task *task, __u32 scratch)
{
	struct pw_path_job job = {
		.dentry = access->dentry,
		.mount = access->mount,
		.sb = access->sb,
		.scratch = scratch,
	};

	pw_path_write(&job);
	event->path_len = job.len;
	job.base = job.len;
	if (access->dentry2) {
		job.dentry = access->dentry2;
		job.len = 0;
		pw_path_write(&job);
		event->path2_len = job.len;
		job.base += job.len;
	}
	event->flags |= job.why;
	if (job.why & PW_WHY_PATH_LOST)
		pw_count(PW_COUNT_PATH_LOST, 1);
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

/* Report a judged access. Global: verified once, whatever the number of hooks. */
__noinline int pw_report(struct pw_access *access)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_ancestry ancestry = { .task = pw_address(current), .n = pw_zero };
	struct pw_scratch *scratch;
	struct pw_identity who;
	struct pw_event *event;
	struct pw_task *task;
	__u32 ring, size;

	if (!access)
		return 0;
	ring = access->decision.verdict >= PW_WARN || access->kind != PW_EVENT_ACCESS ?
		       PW_RING_DENIALS :
		       PW_RING_BULK;
	ancestry.scratch = access->scratch;
	scratch = pw_scratch_at(access->scratch);
	if (!scratch) {
		pw_event_lost(ring);
		return 0;
	}
	task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	pw_identity_of(current, &who);
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
	pw_event_task(event, current, &who);
	pw_event_object(event, access);
	bpf_loop(PW_ANCESTORS_MAX, pw_ancestor_add, &ancestry, 0);
	event->n_ancestors = ancestry.n;
	size = sizeof(*event) + pw_event_strings(event, access, task, ancestry.scratch);
	if (size <= sizeof(*event) + PW_TEXT_MASK)
		pw_event_send(event, ring, size);
	else
		pw_event_lost(ring);
	return 0;
}

#endif /* PW_REPORT_BPF_H */
