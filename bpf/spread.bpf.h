/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Labels go along with the data: from an object to the domain that reads it, from a domain to
 * the object that it writes, and over the ways that no hook sees used. Where a label cannot
 * be kept for want of room, its on-failure decides, and it is counted and told.
 */
#ifndef PW_SPREAD_BPF_H
#define PW_SPREAD_BPF_H

#include "judge.bpf.h"

/* ---- Objects ---- */

struct pw_marking {
	struct pw_mark_key key;
	__u64 address; /* of the inode; 0: none */
	__u64 labels;
	__u32 why;     /* PW_MARK_* */
	__u32 person;
};

/* Its UUID. 0: it has none, or is not on a disk. */
static __always_inline bool pw_sb_uuid(__u64 sb, struct pw_stored_key *ret_key)
{
	const struct super_block *read = (const struct super_block *)sb;
	__u64 *half = (__u64 *)ret_key;

	*ret_key = (struct pw_stored_key){};
	if (!BPF_CORE_READ(read, s_bdev))
		return false;
	bpf_probe_read_kernel(ret_key, sizeof(*ret_key),
			      (void *)(sb + bpf_core_field_offset(struct super_block, s_uuid)));
	return half[0] | half[1];
}

/*
 * An object on a file system that can be mounted again was marked: known for when it is.
 * Global: verified once.
 */
__noinline int pw_stored_add(__u64 sb, __u64 inode, __u64 labels)
{
	struct pw_stored_key key;
	struct pw_stored *stored;
	__u32 none = 0, word;
	__u64 bit;

	if (!pw_sb_uuid(sb, &key))
		return 0;
	stored = bpf_map_lookup_elem(&pw_stored, &key);
	if (!stored) {
		stored = bpf_map_lookup_elem(&pw_stored_none, &none);
		if (stored && bpf_map_update_elem(&pw_stored, &key, stored, BPF_NOEXIST))
			pw_count(PW_COUNT_MAP_FULL, 1);
		stored = bpf_map_lookup_elem(&pw_stored, &key);
	}
	if (!stored)
		return 0;
	word = pw_stored_word(inode, &bit);
	__sync_fetch_and_or(&stored->inodes[word], bit);
	__sync_fetch_and_or(&stored->labels, labels);
	return 0;
}

/* A superblock was read: are there marks that are not back yet? */
static __always_inline void pw_await(__u64 sb)
{
	struct pw_stored_key key;

	if (bpf_map_lookup_elem(&pw_marked_sbs, &sb)) /* mounted somewhere else, too */
		return;
	if (!pw_sb_uuid(sb, &key) || !bpf_map_lookup_elem(&pw_stored, &key))
		return;
	if (!bpf_map_update_elem(&pw_awaited, &sb, &key, BPF_NOEXIST))
		__sync_fetch_and_add(&pw_n_awaited, 1);
	else if (!bpf_map_lookup_elem(&pw_awaited, &sb))
		pw_count(PW_COUNT_MAP_FULL, 1);
}

static __always_inline void pw_await_end(__u64 sb)
{
	if (!bpf_map_delete_elem(&pw_awaited, &sb))
		__sync_fetch_and_add(&pw_n_awaited, -1);
}

/* What the file may carry whose marks are awaited. */
static __always_inline __u64 pw_awaited_labels(const struct inode *inode)
{
	__u64 sb = pw_address(inode->i_sb), bit;
	struct pw_stored_key *found = bpf_map_lookup_elem(&pw_awaited, &sb), key;
	struct pw_stored *stored;
	__u32 word;

	if (!found)
		return 0;
	key = *found; /* 6.1 takes keys from the stack only */
	stored = bpf_map_lookup_elem(&pw_stored, &key);
	word = pw_stored_word(inode->i_ino, &bit);
	return stored && stored->inodes[word] & bit ? stored->labels : 0;
}

/* From now on something is marked on the file system. */
static __noinline int pw_sb_marked(__u64 sb)
{
	__u8 one = 1;

	if (!bpf_map_lookup_elem(&pw_marked_sbs, &sb))
		bpf_map_update_elem(&pw_marked_sbs, &sb, &one, BPF_ANY);
	return 0;
}

/* Returns 1; 0: it carried them before; -1: there is no room. Global: verified once. */
__noinline int pw_mark_put(struct pw_marking *m)
{
	struct pw_mark_key key; /* 6.1 takes keys from the stack only */
	struct pw_mark *mark;
	__u64 bit, *word;

	if (!m)
		return 0;
	key = m->key;
	word = pw_root_bit(pw_mark_number(key.sb, key.inode), &bit);
	if (word)
		__sync_fetch_and_or(word, bit);
	mark = bpf_map_lookup_elem(&pw_marks, &key);
	if (!mark) {
		struct pw_mark fresh = { .labels = m->labels, .person = m->person, .why = m->why };

		if (!bpf_map_update_elem(&pw_marks, &key, &fresh, BPF_NOEXIST)) {
			__sync_fetch_and_add(&pw_n_marks, 1);
			pw_sb_marked(key.sb);
			pw_stored_add(key.sb, key.inode, m->labels);
			goto marked;
		}
		mark = bpf_map_lookup_elem(&pw_marks, &key);
		if (!mark)
			return -1;
	}
	if ((mark->labels & m->labels) == m->labels) {
		if (m->why & PW_MARK_AHEAD || !(mark->why & PW_MARK_AHEAD))
			return 0;
		mark->why &= ~PW_MARK_AHEAD; /* and now it is written to */
		return 1;
	}
	if (mark->labels && mark->person != m->person)
		mark->person = PW_UNSET; /* of several: nobody's own */
	__sync_fetch_and_or(&mark->labels, m->labels);
	pw_stored_add(key.sb, key.inode, m->labels);
marked:
	if (m->address)
		pw_known_end(m->address);
	pw_count(PW_COUNT_MARKED, 1);
	return 1;
}

struct bpf_map;

static long pw_mark_drop(struct bpf_map *map, const void *at, void *value, void *data)
{
	const struct pw_mark_key *key = at;
	const __u64 *sb = data;
	struct pw_mark_key mine;

	if (key->sb != *sb)
		return 0;
	mine = *key; /* 6.1 takes keys from the stack only */
	bpf_map_delete_elem(&pw_marks, &mine);
	return 0;
}

/* The superblock is freed: its address may be another's soon, and the store has its marks. */
static __always_inline void pw_sb_forget(__u64 sb)
{
	if (!bpf_map_lookup_elem(&pw_marked_sbs, &sb))
		return;
	bpf_map_delete_elem(&pw_marked_sbs, &sb);
	bpf_for_each_map_elem(&pw_marks, pw_mark_drop, &sb, 0);
}

/* The inode is freed: what passed with it, and the mark of a deleted file, go with it. */
static __always_inline void pw_mark_forget(struct inode *inode)
{
	struct pw_mark_key key = pw_mark_key_of(inode);
	struct pw_mark *mark;

	if (!pw_n_marks || !pw_may_be_root(pw_mark_number(key.sb, key.inode)))
		return;
	mark = bpf_map_lookup_elem(&pw_marks, &key);
	if (mark && (pw_is_passing(mark, inode) || !inode->i_nlink))
		bpf_map_delete_elem(&pw_marks, &key);
}

/* ---- Ways ---- */

/* What the program that runs keeps back of what it holds, as a declassifier. */
static __noinline __u64 pw_kept_back(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_nature nature;

	pw_nature_of(bpf_task_storage_get(&pw_tasks, current, NULL, 0), pw_now, &nature);
	return nature.declassifies;
}

struct pw_settling {
	__u32 changed;
	__u32 failed;
};

static long pw_way_settle(struct bpf_map *map, const void *at, void *value, void *data)
{
	const struct pw_way_key *key = at;
	const struct pw_way *way = value;
	struct pw_settling *settling = data;
	__u64 held = pw_domain_labels(key->domain), carried;
	struct pw_marking marking = {
		.key = key->object,
		.address = way->inode,
		.why = way->why,
		.person = pw_person_of(bpf_get_current_task_btf()),
	};
	struct pw_mark *mark = bpf_map_lookup_elem(&pw_marks, &marking.key);
	int r = 0;

	carried = mark ? mark->labels : 0;
	marking.labels = held & ~carried & ~way->kept;
	if (way->rights & PW_WAY_WRITE && marking.labels)
		r = pw_mark_put(&marking);
	else if (way->rights & PW_WAY_READ && carried & ~held)
		r = pw_domain_hold(key->domain, carried, 0);
	if (r > 0)
		settling->changed = 1;
	if (r < 0)
		settling->failed = 1;
	return 0;
}

static long pw_way_round(__u32 index, void *data)
{
	struct pw_settling *settling = data;

	settling->changed = 0;
	bpf_for_each_map_elem(&pw_ways, pw_way_settle, settling, 0);
	return !settling->changed;
}

/* As many domains may stand in a row, in the worst order. */
#define PW_SETTLE_ROUNDS 256

/*
 * Carry labels over all ways until nothing changes any more. Should it not end, the rest waits
 * until the next label moves, and that is counted. Global: verified once.
 */
__noinline int pw_ways_settle(void)
{
	struct pw_settling settling = { .changed = pw_zero, .failed = pw_zero };

	bpf_loop(PW_SETTLE_ROUNDS, pw_way_round, &settling, 0);
	if (settling.failed || settling.changed)
		pw_count(PW_COUNT_SPREAD_LOST, 1);
	return settling.changed;
}

/* The domain of the current task, no hub, has a way to @object from now on. Global: verified once. */
__noinline int pw_way_put(struct pw_way_key *at, __u64 inode, __u32 rights, __u32 why)
{
	struct pw_way way = { .inode = inode, .rights = rights, .why = why }, *known;
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_way_key key;

	if (!at)
		return 0;
	key = *at; /* 6.1 takes keys from the stack only */
	if (pw_is_hub(key.domain, bpf_task_storage_get(&pw_tasks, current, NULL, 0), pw_now))
		return 0;
	way.kept = pw_kept_back();
	known = bpf_map_lookup_elem(&pw_ways, &key);
	if (known) {
		if ((known->rights & rights) == rights)
			return 0;
		known->rights |= rights;
	} else {
		pw_ways_begin(key.domain, pw_mm_of(current));
		if (pw_way_add(&key, &way) < 0)
			return -1;
	}
	return 1;
}

/* ---- Pipes in hand ---- */

/*
 * splice(2), tee(2) and vmsplice(2) put data into a pipe without a hook. So the pipes that a
 * process can write to are marked as soon as it holds labels.
 */
struct pw_hand {
	__u64 slots;  /* fdt->fd */
	__u64 labels;
	__u32 person;
	__u32 reserved;
};

static long pw_hand_mark(__u32 index, void *data)
{
	struct pw_hand *hand = data;
	struct pw_marking marking = { .why = PW_MARK_FLOW | PW_MARK_PASSING | PW_MARK_AHEAD };
	struct inode *inode;
	struct file *file;

	if (bpf_probe_read_kernel(&file, sizeof(file), (void *)(hand->slots + 8ULL * index)) ||
	    !file || !(BPF_CORE_READ(file, f_mode) & FMODE_WRITE))
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if (!inode || (BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFIFO)
		return 0;
	pw_mark_key_read(inode, &marking.key);
	marking.address = (__u64)inode;
	marking.labels = hand->labels;
	marking.person = hand->person;
	pw_mark_put(&marking);
	return 0;
}

/* Descriptors looked at, of one process. */
#define PW_HAND_MAX 65536

/* The current process has come to hold @labels. Global: verified once. */
__noinline int pw_hand_take(__u64 labels)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_hand hand = { .labels = labels & ~pw_kept_back(),
				.person = pw_person_of(current) };
	__u32 n = BPF_CORE_READ(current, files, fdt, max_fds);

	hand.slots = (__u64)BPF_CORE_READ(current, files, fdt, fd);
	if (hand.slots && hand.labels)
		bpf_loop(n < PW_HAND_MAX ? n : PW_HAND_MAX, pw_hand_mark, &hand, 0);
	return 0;
}

/* ---- What the policy says of the program ---- */

/* The image in force; NULL, or lineage off: labels follow nothing. */
static __always_inline const struct pw_image *pw_lineage_image(__u64 now)
{
	__u32 slot = pw_slot_of(now);
	const struct pw_image *image = bpf_map_lookup_elem(&pw_images, &slot);

	return now && image && image->lineage ? image : NULL;
}

/* ---- From an object to whoever reads it ---- */

/* Labels for which there is no room: refuse, or let go, as they ask for. */
static __always_inline int pw_spread_failed(struct pw_access *access, __u64 labels,
					    const struct pw_image *image)
{
	bool closed = labels & image->fail_closed;

	access->kind = PW_EVENT_SPREAD_LOST;
	access->report = 1;
	pw_count(PW_COUNT_SPREAD_LOST, 1);
	pw_count(closed ? PW_COUNT_FAILED_CLOSED : PW_COUNT_FAILED_OPEN, 1);
	return closed && image->mode == PW_ENFORCE ? PW_ANSWER_EPERM : PW_ANSWER_ALLOW;
}

/*
 * The current task has read @labels: its domain holds them. What is to be told is left in
 * @access (.report). Global: verified once. Returns PW_ANSWER_*.
 */
__noinline int pw_take(struct pw_access *access, __u64 labels)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pw_task *task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
	__u64 now = pw_now;
	const struct pw_image *image = pw_lineage_image(now);
	__u64 number;
	int r;

	if (!access)
		return PW_ANSWER_ALLOW;
	access->report = 0;
	number = pw_domain_number(current, task);
	if (!image || current->tgid == pw_agent || current->flags & PF_KTHREAD)
		return PW_ANSWER_ALLOW;
	labels &= image->known;
	if (!labels || pw_is_hub(number, task, now))
		return PW_ANSWER_ALLOW;
	r = pw_domain_hold(number, labels, 0);
	if (r < 0)
		return pw_spread_failed(access, labels, image);
	if (r > 0) {
		pw_count(PW_COUNT_TAKEN, 1);
		access->kind = PW_EVENT_TOOK;
		access->report = 1;
	}
	return PW_ANSWER_ALLOW;
}

/* An access that reads was allowed: who made it holds what the object carries. */
static __always_inline int pw_take_from(struct pw_access *access)
{
	__u64 labels = (access->object.labels | access->object.marks) & ~pw_held_now();
	int answer;

	if (!labels)
		return PW_ANSWER_ALLOW;
	answer = pw_take(access, labels);
	if (!access->report)
		return answer;
	pw_hand_take(labels);
	if (pw_n_ways)
		pw_ways_settle();
	pw_tell_lineage(access, labels);
	return answer;
}

/* ---- From a holder to what it writes ---- */

/*
 * What of @held the current task's writes take along. A declassifier's do not take all; its
 * first such write to an object is told.
 */
__noinline __u64 pw_spreading(struct pw_access *access, __u64 held)
{
	struct pw_task *task;
	__u64 now = pw_now;
	struct pw_nature nature;

	if (!access)
		return held;
	access->report = 0;
	task = bpf_task_storage_get(&pw_tasks, bpf_get_current_task_btf(), NULL, 0);
	pw_nature_of(task, now, &nature);
	if (!task || !(held & nature.declassifies))
		return held;
	if (!pw_reported_before(task, access->inode ^ access->sb, 15, now)) {
		access->kind = PW_EVENT_DECLASSIFIED;
		access->report = 1;
	}
	return held & ~nature.declassifies;
}

/*
 * The object at access->inode takes @labels. Global: verified once. @m says which it is.
 * Returns PW_ANSWER_*, and leaves in @access what is to be told.
 */
__noinline int pw_mark_object(struct pw_access *access, struct pw_marking *m)
{
	const struct pw_image *image = pw_lineage_image(pw_now);
	int r;

	if (!access || !m || !image)
		return PW_ANSWER_ALLOW;
	access->report = 0;
	m->labels &= image->known;
	if (!m->labels)
		return PW_ANSWER_ALLOW;
	r = pw_mark_put(m);
	if (r < 0)
		return pw_spread_failed(access, m->labels, image);
	if (r > 0) {
		access->kind = PW_EVENT_MARKED;
		access->report = 1;
	}
	return PW_ANSWER_ALLOW;
}

#endif /* PW_SPREAD_BPF_H */
