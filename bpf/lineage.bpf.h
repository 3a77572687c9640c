/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who holds which labels. Labels are held by a domain: all that shares memory, by a number
 * that each task carries. A domain that holds nothing has no entry. Sets only ever grow;
 * they end with the domain. No decisions here, and nothing is told.
 */
#ifndef PW_LINEAGE_BPF_H
#define PW_LINEAGE_BPF_H

#include "who.bpf.h"

#define CLONE_VM 0x100ul

/* The number of a task that was there before the agent: the same for all of its group. */
static __always_inline __u64 pw_domain_old(const struct task_struct *task)
{
	__u64 start = task->group_leader->start_boottime;

	return PW_DOMAIN_OLD | (start * 0x9e3779b97f4a7c15ULL ^ (__u64)task->tgid << 31);
}

static __always_inline __u64 pw_domain_number(const struct task_struct *task,
					      const struct pw_task *storage)
{
	return storage && storage->domain ? storage->domain : pw_domain_old(task);
}

static __always_inline __u64 pw_domain_labels(__u64 number)
{
	struct pw_domain *domain = bpf_map_lookup_elem(&pw_domains, &number);

	return domain ? domain->labels : 0;
}

/*
 * Labels that the current task's domain holds. Only asked while somebody holds something.
 * The epoch is read first: had the domain come to hold more since, what is kept is old.
 */
static __noinline __u64 pw_held(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	__u64 epoch = pw_held_epoch;

	if (!task)
		return pw_domain_labels(pw_domain_old(current));
	if (task->held_epoch == epoch)
		return task->held;
	task->held = pw_domain_labels(pw_domain_number(current, task));
	task->held_epoch = epoch;
	return task->held;
}

static __always_inline __u64 pw_held_now(void)
{
	return pw_holders ? pw_held() : 0;
}

/* Of pw_writers: the word, and the labels. */
static __always_inline volatile __u64 *pw_writer_place(__u64 task)
{
	return pw_writers[(task >> 6 ^ task >> 16) & (PW_WRITERS - 1)];
}

/* Tasks are told apart from later ones at the same address by their start. */
static __always_inline __u64 pw_writer_word(const struct task_struct *task, __u64 epoch,
					    __u64 labels)
{
	return (pw_address(task) ^ task->start_boottime << 20) + epoch * 0x9e3779b97f4a7c15ULL +
	       labels * 0xff51afd7ed558ccdULL;
}

/* The slow half of pw_held_by_writer(). */
static __noinline __u64 pw_held_looked_up(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	volatile __u64 *writer = pw_writer_place(pw_address(current));
	__u64 epoch = pw_held_epoch, held = 0;

	if (!(current->flags & PF_KTHREAD) && current->tgid != pw_agent)
		held = pw_held();
	writer[1] = held;
	writer[0] = pw_writer_word(current, epoch, held);
	return held;
}

/*
 * Labels that whoever writes now has to take along; 0 for the agent and the kernel's threads.
 * While somebody holds something, every write and send on the host asks this.
 */
static __always_inline __u64 pw_held_by_writer(void)
{
	struct task_struct *current;
	volatile __u64 *writer;
	__u64 labels;

	if (!pw_holders)
		return 0;
	current = bpf_get_current_task_btf();
	writer = pw_writer_place(pw_address(current));
	labels = writer[1];
	if (writer[0] == pw_writer_word(current, pw_held_epoch, labels))
		return labels;
	return pw_held_looked_up();
}

/* Is the current task a hub's? Looked at when it was started, or found running. */
static __noinline bool pw_is_hub(__u64 number, const struct pw_task *task, __u64 now)
{
	__u64 *found = bpf_map_lookup_elem(&pw_hubs, &number);
	struct pw_nature nature;

	if (found && *found == pw_generation_of(now))
		return true;
	pw_nature_of(task, now, &nature);
	return nature.hub;
}

/*
 * From now on the domain @number holds @labels, too; @from: the one it had them from, or 0.
 * Returns 1; 0: it held them before; -1: there is no room. Global: verified once.
 */
__noinline int pw_domain_hold(__u64 number, __u64 labels, __u64 from)
{
	struct pw_domain *domain = bpf_map_lookup_elem(&pw_domains, &number);

	if (!domain) {
		struct task_struct *current = bpf_get_current_task_btf();
		struct pw_domain fresh = {
			.labels = labels,
			.from = from,
			.since_ns = bpf_ktime_get_boot_ns(),
			.start_ns = current->group_leader->start_boottime,
			.tgid = current->tgid,
			.person = pw_person_of(current),
		};

		if (!bpf_map_update_elem(&pw_domains, &number, &fresh, BPF_NOEXIST)) {
			__sync_fetch_and_add(&pw_holders, 1);
			__sync_fetch_and_add(&pw_held_epoch, 1);
			return 1;
		}
		domain = bpf_map_lookup_elem(&pw_domains, &number);
		if (!domain)
			return -1;
	}
	if ((domain->labels & labels) == labels)
		return 0;
	__sync_fetch_and_or(&domain->labels, labels);
	__sync_fetch_and_add(&pw_held_epoch, 1);
	return 1;
}

/* ---- Ways that no hook sees used ---- */

/*
 * They end with the memory that they are made by: the last task that has it is gone then, or
 * runs another program. A queue that is open outlives that; it ends with its process.
 */
struct pw_way_turn {
	__u64 from, to;
	__u64 queues; /* only those */
	__u64 kept;   /* what a new program keeps back there */
	__u64 n;      /* ways that were copied, or left */
};

struct bpf_map;

static __always_inline bool pw_way_is_queue(const struct pw_way_key *key)
{
	struct super_block *sb = (struct super_block *)key->object.sb;

	return sb && BPF_CORE_READ(sb, s_magic) == PW_MQUEUE_MAGIC;
}

/* The entry that says that the domain has any, and is none itself. */
static __always_inline bool pw_way_is_any(const struct pw_way_key *key)
{
	return !key->object.sb && !key->object.inode;
}

/* Returns 0; -1: there is no room, which is counted. Both on the caller's stack. */
static __always_inline int pw_way_add(const struct pw_way_key *key, const struct pw_way *way)
{
	if (!bpf_map_update_elem(&pw_ways, key, way, BPF_ANY)) {
		__sync_fetch_and_add(&pw_n_ways, 1);
		return 0;
	}
	pw_count(PW_COUNT_MAP_FULL, 1);
	pw_count(PW_COUNT_SPREAD_LOST, 1);
	return -1;
}

static long pw_way_copy_one(struct bpf_map *map, const void *at, void *value, void *data)
{
	const struct pw_way_key *key = at;
	struct pw_way_turn *copy = data;
	const struct pw_way *known = value;
	struct pw_way_key mine;
	struct pw_way way;

	if (key->domain != copy->from || pw_way_is_any(key) ||
	    (copy->queues && !pw_way_is_queue(key)))
		return 0;
	mine.domain = copy->to;
	mine.object = key->object;
	way = *known;
	if (copy->queues)
		way.kept = copy->kept;
	copy->n++;
	pw_way_add(&mine, &way);
	return 0;
}

static long pw_way_drop_one(struct bpf_map *map, const void *at, void *value, void *data)
{
	const struct pw_way_key *key = at;
	struct pw_way_turn *drop = data;
	struct pw_way_key theirs;

	if (key->domain != drop->from || (drop->queues && pw_way_is_any(key)))
		return 0;
	if (drop->queues && pw_way_is_queue(key)) {
		drop->n++;
		return 0;
	}
	theirs = *key; /* 6.1 takes keys from the stack only */
	bpf_map_delete_elem(&pw_ways, &theirs);
	return 0;
}

static __always_inline bool pw_has_ways(__u64 number)
{
	struct pw_way_key any = { .domain = number };

	return bpf_map_lookup_elem(&pw_ways, &any) != NULL;
}

/* Before its first way: the domain has any, and they end with the memory at @mm. */
static __always_inline void pw_ways_begin(__u64 number, __u64 mm)
{
	struct pw_way_key any = { .domain = number };
	struct pw_way none = {};

	bpf_map_update_elem(&pw_ways, &any, &none, BPF_ANY);
	if (mm)
		bpf_map_update_elem(&pw_memories, &mm, &number, BPF_ANY);
}

/* By fork @to has all ways of @from, too. Its memory is not there yet. Global: verified once. */
__noinline int pw_ways_inherit(__u64 from, __u64 to)
{
	/* not a constant: before 6.8 the verifier takes the loop for one turn */
	struct pw_way_turn copy = { .from = from, .to = to, .n = pw_zero };

	if (!pw_has_ways(from))
		return 0;
	bpf_for_each_map_elem(&pw_ways, pw_way_copy_one, &copy, 0);
	if (copy.n)
		pw_ways_begin(to, 0);
	return 0;
}

/* The memory of @number ends; its @queues stay. Returns whether there are. Global. */
__noinline int pw_ways_end(__u64 number, __u64 queues)
{
	struct pw_way_turn drop = { .from = number, .queues = queues, .n = pw_zero };
	struct pw_way_key any = { .domain = number };

	bpf_for_each_map_elem(&pw_ways, pw_way_drop_one, &drop, 0);
	if (drop.n)
		return 1;
	bpf_map_delete_elem(&pw_ways, &any);
	return 0;
}

static __always_inline __u64 pw_mm_of(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	return mm ? pw_address(mm) : 0;
}

/*
 * exit_mmap: nobody has the memory at @mm any more. Whoever leaves it for another program has
 * memory already, and its number until bprm_committed_creds: what stays is known by both.
 */
static __noinline int pw_memory_ended(__u64 mm)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u64 *found = bpf_map_lookup_elem(&pw_memories, &mm), number, next;
	struct pw_task *task;

	if (!found)
		return 0;
	number = *found;
	bpf_map_delete_elem(&pw_memories, &mm);
	next = pw_mm_of(current);
	task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	if (next && pw_domain_number(current, task) != number)
		next = 0;
	if (pw_ways_end(number, next) && next)
		bpf_map_update_elem(&pw_memories, &next, &number, BPF_ANY);
	return 0;
}

/* wake_up_new_task: the memory that it was forked with is there now. */
static __noinline int pw_memory_forked(struct task_struct *child)
{
	__u64 mine = pw_mm_of(bpf_get_current_task_btf()), mm = pw_mm_of(child), number;

	if (mm == mine || !bpf_map_lookup_elem(&pw_memories, &mine))
		return 0;
	number = pw_domain_number(child, bpf_task_storage_get(&pw_tasks, child, NULL, 0));
	if (mm && pw_has_ways(number))
		bpf_map_update_elem(&pw_memories, &mm, &number, BPF_ANY);
	return 0;
}

/* ---- How a task comes by its domain ---- */

/* A new domain with what @number holds; where there is no room for one, @number itself. */
static __always_inline __u64 pw_domain_branch(__u64 number)
{
	__u64 mine = __sync_fetch_and_add(&pw_next_domain, 1), labels;

	if (!pw_holders)
		return mine;
	labels = pw_domain_labels(number);
	return !labels || pw_domain_hold(mine, labels, number) >= 0 ? mine : number;
}

/*
 * task_alloc: what shares memory shares the domain. Returns the labels that are lost, for
 * there was no memory to keep them with the child.
 */
static __noinline __u64 pw_domain_fork(struct task_struct *child, unsigned long clone_flags)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *parent = bpf_task_storage_get(&pw_tasks, current, NULL, 0), *task;
	__u64 number = pw_domain_number(current, parent), mine = number;

	pw_count(PW_COUNT_FORKS, 1);
	/* older than the agent, and holding nothing: then so is the child, and by its own name */
	if (!parent && !(pw_holders && pw_domain_labels(number)) &&
	    !(pw_n_ways && pw_has_ways(number)))
		return 0;
	task = pw_fork(child, parent);
	if (!task)
		return pw_holders ? pw_domain_labels(number) : 0;
	if (!(clone_flags & CLONE_VM))
		mine = pw_domain_branch(number);
	task->domain = mine;
	/* at its address, another task may be known to hold nothing */
	if (mine == number && pw_holders && pw_domain_labels(number))
		__sync_fetch_and_add(&pw_held_epoch, 1);
	if (mine != number && pw_n_ways)
		pw_ways_inherit(number, mine);
	return 0;
}

/*
 * By exec @mine has the queues of @number, for they stay open; a hub's are no ways. Has nobody
 * the old memory any more, @number has none. Global: verified once.
 */
__noinline int pw_ways_exec(__u64 number, __u64 mine, __u64 mm)
{
	struct pw_way_turn copy = { .from = number, .to = mine, .queues = 1, .n = pw_zero };
	struct task_struct *current = bpf_get_current_task_btf();
	__u64 *known = bpf_map_lookup_elem(&pw_memories, &mm);
	bool ended = known && *known == number;
	struct pw_nature nature;

	if (!pw_has_ways(number))
		return 0;
	pw_nature_of(bpf_task_storage_get(&pw_tasks, current, NULL, 0), pw_now, &nature);
	copy.kept = nature.declassifies;
	if (!nature.hub)
		bpf_for_each_map_elem(&pw_ways, pw_way_copy_one, &copy, 0);
	if (ended)
		pw_ways_end(number, 0);
	if (copy.n)
		pw_ways_begin(mine, mm);
	return 0;
}

/* The new program is in place, in memory of its own. */
static __always_inline void pw_domain_exec(struct pw_task *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u64 number = pw_domain_number(current, task);

	task->domain = pw_domain_branch(number);
	task->held_epoch = 0;
	if (pw_n_ways && task->domain != number)
		pw_ways_exec(number, task->domain, pw_mm_of(current));
}

#endif /* PW_LINEAGE_BPF_H */
