/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tell the agent: put one event together and hand it to a ring. Cold: runs for labelled
 * objects only. Never waits; what does not fit is counted, exactly.
 */
#ifndef PW_REPORT_BPF_H
#define PW_REPORT_BPF_H

#include "label.bpf.h"
#include "lineage.bpf.h"

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

#define PW_MOUNTS_OF_SB 1024 /* looked at for a good one */

/* ---- Paths: whole, from the root of the mount tree ---- */

/* struct pw_level lies like this in the dentry of every kernel known: read at once. */
#define pw_level_at(field, place)                       \
	(bpf_core_field_offset(struct dentry, field) == \
	 bpf_core_field_offset(struct dentry, d_hash.pprev) + __builtin_offsetof(struct pw_level, place))

static __always_inline void pw_level_read(__u64 at, struct pw_level *level)
{
	struct dentry *dentry = (struct dentry *)at;

	if (pw_level_at(d_parent, parent) && pw_level_at(d_name.len, len) &&
	    pw_level_at(d_name.name, name)) {
		bpf_probe_read_kernel(level, sizeof(*level),
				      (void *)(at + bpf_core_field_offset(struct dentry,
									  d_hash.pprev)));
		return;
	}
	level->parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	level->name = (__u64)BPF_CORE_READ(dentry, d_name.name);
	level->hashed = (__u64)BPF_CORE_READ(dentry, d_hash.pprev);
	level->len = BPF_CORE_READ(dentry, d_name.len);
}

/* A mount, as far as paths go over it; read at once, too. */
struct pw_mount_head {
	__u64 parent;
	__u64 mountpoint;
	__u64 root;
};

#define pw_mount_at(field, place)                      \
	(bpf_core_field_offset(struct mount, field) == \
	 bpf_core_field_offset(struct mount, mnt_parent) + __builtin_offsetof(struct pw_mount_head, place))

static __always_inline void pw_mount_enter(struct pw_path_walk *walk, __u64 address)
{
	struct mount *mount = (struct mount *)address;
	struct pw_mount_head head = {};

	if (pw_mount_at(mnt_mountpoint, mountpoint) && pw_mount_at(mnt.mnt_root, root)) {
		bpf_probe_read_kernel(&head, sizeof(head),
				      (void *)(address +
					       bpf_core_field_offset(struct mount, mnt_parent)));
	} else {
		head.parent = (__u64)BPF_CORE_READ(mount, mnt_parent);
		head.mountpoint = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		head.root = (__u64)BPF_CORE_READ(mount, mnt.mnt_root);
	}
	walk->mount = address;
	walk->above = head.parent;
	walk->mountpoint = head.mountpoint;
	walk->root = head.root;
}

/* From the root of a mount to where it is mounted; false: it is mounted nowhere. */
static __always_inline bool pw_path_cross(struct pw_path_walk *walk)
{
	if (!walk->above || walk->above == walk->mount)
		return false;
	walk->at = walk->mountpoint;
	pw_mount_enter(walk, walk->above);
	return walk->at != 0;
}

/*
 * Up by one level, its name put before what is there. The walk stands in a map, for what
 * the verifier knows of numbers there is the same in every turn. True: at the top.
 */
static __always_inline bool pw_path_up(struct pw_path_walk *walk)
{
	struct pw_level *level = &walk->level;
	__u32 len, at;

	pw_level_read(walk->at, level);
	if (walk->at == walk->root || level->parent == walk->at)
		return !pw_path_cross(walk);
	len = level->len & PW_NAME_MAX;
	if (walk->start < len + 1) {
		walk->why |= PW_WHY_PATH_LOST;
		return true;
	}
	walk->start -= len;
	at = walk->start & PW_TEXT_MASK;
	if (len)
		bpf_probe_read_kernel(&walk->text[at], len, (void *)level->name);
	walk->start--;
	at = walk->start & PW_TEXT_MASK;
	walk->text[at] = '/';
	walk->at = level->parent;
	return !level->parent;
}

static long pw_path_level(__u32 index, void *data)
{
	struct pw_path_walk *walk = bpf_map_lookup_elem(&pw_path_walks, data);

	return !walk || pw_path_up(walk);
}

struct pw_mount_search {
	__u64 sb;
	__u64 root; /* s_root */
	__u64 at;
	__u64 best; /* the first whole one that hangs somewhere; of a chain, the last */
};

/* Is it a chain of pointers, whose first is the newest? */
static __always_inline bool pw_mounts_are_chain(void)
{
	return bpf_core_field_exists(((struct mount___chain *)0)->mnt_next_for_sb);
}

static long pw_mount_consider(__u32 index, void *data)
{
	struct pw_mount_search *search = data;
	struct mount *mount = (struct mount *)search->at;

	if (!search->at)
		return 1;
	if ((__u64)BPF_CORE_READ(mount, mnt.mnt_root) == search->root &&
	    (__u64)BPF_CORE_READ(mount, mnt_parent) != search->at) {
		search->best = search->at;
		if (!pw_mounts_are_chain())
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
	__u64 mount = 0;

	walk->at = job->dentry;
	walk->start = PW_TEXT_MAX;
	walk->why = 0;
	walk->above = 0;
	walk->root = 0;
	if (job->mount)
		pw_mount_enter(walk, job->mount - bpf_core_field_offset(struct mount, mnt));
	/* one that hangs nowhere gives no whole path, but for the root of all */
	if (!job->mount || walk->above == walk->mount)
		mount = pw_mount_of_sb(job->sb);
	if (mount)
		pw_mount_enter(walk, mount);
	walk->first_root = walk->root;
}

/* Levels written without bpf_loop, which costs more a turn than the rest of it. */
#define PW_PATH_LEVELS 12

/* Copy what is written into the text of the record; false: it does not fit. */
static __always_inline bool pw_path_place(struct pw_path_walk *walk, struct pw_scratch *scratch,
					  __u32 base, __u32 len)
{
	const __u8 *from = &walk->text[walk->start & PW_TEXT_MASK];

	if (base + len > PW_TEXT_MASK)
		return false;
	if (!base) {
		bpf_probe_read_kernel(scratch->text, len & PW_TEXT_MASK, from);
		return true;
	}
	if (len > PW_TEXT_MORE_MASK)
		return false;
	bpf_probe_read_kernel(&scratch->text[base & PW_TEXT_MASK], len & PW_TEXT_MORE_MASK, from);
	return true;
}

/* Write the path of a dentry behind text[base]. Global: verified once. */
__noinline int pw_path_write(struct pw_path_job *job)
{
	struct pw_scratch *scratch;
	struct pw_path_walk *walk;
	__u32 index, len;

	if (!job || !job->dentry)
		return 0;
	index = job->scratch;
	scratch = pw_scratch_at(index);
	walk = bpf_map_lookup_elem(&pw_path_walks, &index);
	if (!scratch || !walk)
		return 0;
	pw_path_start(walk, job);
	pw_level_read(job->dentry, &walk->leaf);
	for (__u32 i = 0; i < PW_PATH_LEVELS; i++)
		if (pw_path_up(walk))
			goto top;
	bpf_loop(PW_CLIMB_LEVELS, pw_path_level, &index, 0);
top:
	pw_level_read(job->dentry, &walk->level);
	if (walk->level.parent != walk->leaf.parent || walk->level.name != walk->leaf.name ||
	    walk->level.len != walk->leaf.len)
		job->why |= PW_WHY_PATH_RACED;
	if (!walk->leaf.hashed && walk->leaf.parent != job->dentry)
		job->why |= PW_WHY_PATH_DELETED;
	len = PW_TEXT_MAX - walk->start;
	if (!len) { /* the root itself */
		scratch->text[job->base & PW_TEXT_MASK] = '/';
		job->len = 1;
	} else if (!walk->why && pw_path_place(walk, scratch, job->base, len)) {
		job->len = len;
	} else {
		job->why |= PW_WHY_PATH_LOST;
	}
	return 0;
}

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

/* ---- Paths that were written just now ---- */

/*
 * How long one is good without another look. A rename between its hook and its end, and a
 * mount that takes the place of another unseen, can make one old for so long.
 */
#define PW_PATH_NOTE_NS 1000000000ULL

static __always_inline struct pw_path_note *pw_path_note(__u64 address)
{
	__u32 index = ((__u32)(address >> 6) ^ (__u32)(address >> 14)) & (PW_PATH_NOTES - 1);

	return bpf_map_lookup_elem(&pw_path_notes, &index);
}

/* The noted path, behind text[base]; its length, or 0. */
static __always_inline __u32 pw_path_noted(volatile struct pw_path_note *note,
					   struct pw_scratch *scratch, __u32 base, __u64 address,
					   __u64 check)
{
	__u32 len;

	if (!note || note->address != address || note->check != check ||
	    scratch->event.time_ns >= note->until_ns)
		return 0;
	len = note->len & PW_PATH_NOTE_MAX;
	bpf_probe_read_kernel(&scratch->text[base & PW_TEXT_MASK], len, (void *)note->text);
	/* who has preempted us may have filled it anew meanwhile */
	return note->address == address && note->check == check ? len : 0;
}

static __always_inline void pw_path_note_put(volatile struct pw_path_note *note,
					     struct pw_scratch *scratch, __u32 base, __u32 len,
					     __u64 address, __u64 check)
{
	if (!note || !len || len > PW_PATH_NOTE_MAX)
		return;
	note->address = 0;
	barrier_var(len); /* else clang drops the mask, and the verifier cannot bound it */
	bpf_probe_read_kernel((void *)note->text, len & PW_PATH_NOTE_MAX,
			      &scratch->text[base & PW_TEXT_MASK]);
	note->len = len;
	note->check = check;
	note->until_ns = scratch->event.time_ns + PW_PATH_NOTE_NS;
	note->address = address;
}

/* Its directory's path, if that is noted, and its name. Sets walk->check for the note. */
static __always_inline bool pw_path_from_note(struct pw_path_job *job, struct pw_scratch *scratch,
					      struct pw_path_walk *walk,
					      volatile struct pw_path_note *note)
{
	struct pw_level *leaf = &walk->leaf, *dir = &walk->level;
	__u32 len, name, at;

	pw_level_read(leaf->parent, dir);
	/* the name itself, not where it stands: a dentry may be another's by now */
	walk->check = (dir->parent ^ ((__u64)dir->hash << 32 | dir->len)) +
		      (job->mount ^ pw_path_changes << 4);
	len = pw_path_noted(note, scratch, job->base, leaf->parent, walk->check);
	name = leaf->len & PW_NAME_MAX;
	if (!len || !name || !leaf->hashed || job->base + len + name >= PW_TEXT_MASK)
		return false;
	at = job->base + len;
	scratch->text[at & PW_TEXT_MASK] = '/';
	at++;
	bpf_probe_read_kernel(&scratch->text[at & PW_TEXT_MASK], name, (void *)leaf->name);
	job->len = len + 1 + name;
	return true;
}

/* Path of the object. */
static __always_inline void pw_event_path(struct pw_path_job *job, struct pw_scratch *scratch)
{
	__u32 index = job->scratch;
	struct pw_path_walk *walk = bpf_map_lookup_elem(&pw_path_walks, &index);
	volatile struct pw_path_note *note;

	if (!walk || !job->dentry)
		return;
	pw_level_read(job->dentry, &walk->leaf);
	note = pw_path_note(walk->leaf.parent);
	if (pw_path_from_note(job, scratch, walk, note))
		return;
	pw_path_write(job);
	/* not where the object is the root of a mount: it goes by the name of the mount point */
	if (!job->why && walk->leaf.parent != job->dentry && job->dentry != walk->first_root)
		pw_path_note_put(note, scratch, job->base, job->len - (walk->leaf.len + 1),
				 walk->leaf.parent, walk->check);
}

/* Path of an executable or script by the inode that was recorded, while it is that one. */
static __always_inline __u32 pw_event_program(struct pw_path_job *job, struct pw_scratch *scratch,
					      __u64 address, __u64 number)
{
	volatile struct pw_path_note *note;
	struct inode *inode = (struct inode *)address;
	__u64 alias, check = number + (pw_path_changes << 4);

	if (!address)
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

	pw_event_path(&job, scratch);
	event->path_len = job.len;
	job.base = job.len;
	if (access->dentry2) {
		job.dentry = access->dentry2;
		job.len = 0;
		pw_event_path(&job, scratch);
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
	event->exe_len = pw_event_program(&job, scratch, task->exe, task->exe_inode);
	event->script_len = pw_event_program(&job, scratch, task->script, task->script_inode);
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
