/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One access in, one answer out: the rules of the policy on the labels of the object for
 * the task at hand, reported. The decision itself is include/phiward/decide.h. Whatever
 * could not be found out is settled in one place, here (pw_settle_unknown), and counted.
 */
#ifndef PW_JUDGE_BPF_H
#define PW_JUDGE_BPF_H

#include "report.bpf.h"

#define PW_ANSWER_ALLOW 0
#define PW_ANSWER_EPERM 1
#define PW_ANSWER_EXDEV 2
#define PW_ANSWER_DOOR 3 /* not one yet: `send` is to be decided */

/* An object that could not be resolved carries whatever its file system carries. */
static __always_inline void pw_settle_unknown(struct pw_access *access)
{
	__u64 labels = pw_sb_labels(access->sb);

	pw_count(PW_COUNT_UNKNOWN, 1);
	if (!labels)
		return;
	access->object.labels |= labels;
	access->why |= PW_WHY_UNKNOWN_OBJECT;
}

/*
 * What is asked about: reading, of all that is carried; else of what is carried by name, for
 * a copy is kept from being read, the tree from being changed, too. What only passes data on
 * between one person's processes is not asked about, unless the policy is strict there: who
 * reads it holds the labels, and the doors ask.
 */
static __always_inline __u64 pw_asked(const struct pw_access *access, const struct pw_image *image)
{
	__u64 labels = access->object.labels;

	if (access->op == PW_OP_READ &&
	    (!(access->object.flags & PW_OBJECT_OURS) || image->strict >> PW_DOOR_IPC & 1))
		labels |= access->object.marks;
	return labels & image->known;
}

/* Has the task been allowed @op on @object under this policy, and was that reported? */
static __always_inline bool pw_reported_before(struct pw_task *task, __u64 object, __u32 number,
					       __u64 now)
{
	struct pw_recent *recent = &task->recent[(object >> 7) & (PW_RECENT - 1)];
	__u32 op = 1u << (number & 15);

	if (recent->object == object && recent->generation == (__u32)pw_generation_of(now)) {
		if (recent->ops & op)
			return true;
		recent->ops |= op;
		return false;
	}
	recent->object = object;
	recent->generation = pw_generation_of(now);
	recent->ops = op;
	return false;
}

/* ---- What is settled ---- */

/* Decided by nothing but the rules, the labels and who acts: all else is asked anew. */
static __always_inline bool pw_can_settle(const struct pw_access *access)
{
	return access->quiet && !access->why && !access->door &&
	       !(access->object.flags & (PW_OBJECT_CANARY | PW_OBJECT_UNKNOWN | PW_OBJECT_PASSING));
}

/*
 * The word of one task, with one program and these credentials, that does @op to one object
 * which carries just this, under one policy. Tasks are told apart from later ones at the same
 * address by their start, programs by the count of execs.
 */
static __always_inline __u64 pw_settled_word(const struct pw_access *access, __u32 op,
					     volatile __u64 **ret_place)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 word = pw_address(task), object = access->inode ^ access->sb;
	struct pw_identity who;

	*ret_place = &pw_settled_words[(word >> 6 ^ word >> 16 ^ object >> 7 ^ op << 4) &
				       (PW_SETTLED - 1)];
	pw_identity_of(task, &who);
	word = (word ^ task->start_boottime << 20) + pw_settled_end;
	word = (word + task->self_exec_id * 0x94d049bb133111ebULL) * 0x9e3779b97f4a7c15ULL;
	word = (word ^ pw_identity_digest(task, &who) ^ object) * 0xff51afd7ed558ccdULL;
	word += access->object.labels * 0xbf58476d1ce4e5b9ULL;
	word ^= access->object.marks * 0xc4ceb9fe1a85ec53ULL;
	return word ^ (access->object.now + op) * 0x94d049bb133111ebULL;
}

/*
 * Was just this allowed and told before? Then it is again, and needs no telling: of a thousand
 * reads and writes of an open file, all but the first two.
 */
static __noinline bool pw_is_settled(const struct pw_access *access, __u32 op)
{
	volatile __u64 *place;
	__u64 word;

	if (!pw_can_settle(access))
		return false;
	word = pw_settled_word(access, op, &place);
	return *place == word;
}

static __noinline int pw_settle(const struct pw_access *access)
{
	volatile __u64 *place;
	__u64 word;

	if (!pw_can_settle(access))
		return 0;
	word = pw_settled_word(access, access->op, &place);
	*place = word;
	return 0;
}

/* ---- One access ---- */

static long pw_decide_turn(__u32 index, void *data)
{
	struct pw_deciding *deciding = data;

	if (!deciding->labels)
		return 1;
	pw_decide_next(deciding);
	return 0;
}

/*
 * pw_decide(), whose turns the verifier would follow one by one, in every program. Mostly
 * there is one label, and bpf_loop is not called.
 */
static __always_inline void pw_decide_labels(const struct pw_image *image,
					     const struct pw_mask *who, __u64 labels,
					     struct pw_access *access)
{
	struct pw_deciding deciding = {
		.image = image,
		.who = who,
		.best = &access->decision,
		.labels = labels,
		.op = access->op,
	};

	access->decision = (struct pw_decision){ .rule = PW_RULE_NONE };
	pw_decide_next(&deciding);
	if (deciding.labels)
		bpf_loop(PW_LABELS_MAX, pw_decide_turn, &deciding, 0);
}

static __always_inline __u32 pw_judge_canary(struct pw_access *access)
{
	access->why |= PW_WHY_CANARY;
	access->kind = PW_EVENT_CANARY;
	access->error = EPERM;
	access->decision.rule = PW_RULE_NONE;
	access->decision.verdict = PW_DENY;
	access->report = 1;
	return PW_ANSWER_EPERM;
}

/*
 * What the design refuses whatever the rules say (@error), or in mode observe reports as what
 * would have been. Between label sets nothing moves (-EXDEV, so that mv and its like copy
 * through the ordinary decisions); a trusted program's memory is its own. A rule that
 * refuses it, too, stays named: it is what whoever copies will meet.
 */
static __always_inline __u32 pw_judge_structural(struct pw_access *access,
						 const struct pw_image *image, __u32 error)
{
	bool enforce = image->mode == PW_ENFORCE;

	access->kind = PW_EVENT_ACCESS;
	if (access->decision.verdict < PW_WOULD_DENY) {
		access->decision.rule = PW_RULE_NONE;
		access->decision.severity = error == EXDEV ? PW_SEVERITY_LOW : PW_SEVERITY_HIGH;
	}
	access->decision.verdict = enforce ? PW_DENY : PW_WOULD_DENY;
	access->error = enforce ? error : 0;
	access->report = 1;
	if (!enforce && error == EXDEV)
		pw_epoch_end();
	if (!enforce)
		return PW_ANSWER_ALLOW;
	return error == EXDEV ? PW_ANSWER_EXDEV : PW_ANSWER_EPERM;
}

/* No means to decide: the direction that the labels ask for. Closed wins over open. */
static __always_inline __u32 pw_judge_failed(struct pw_access *access, __u64 labels,
					     const struct pw_image *image)
{
	bool closed = labels & image->fail_closed;

	access->report = 1; /* counts as lost: there is nothing to build the event in */
	access->decision.verdict = PW_DENY;
	pw_count(closed ? PW_COUNT_FAILED_CLOSED : PW_COUNT_FAILED_OPEN, 1);
	return closed && image->mode == PW_ENFORCE ? PW_ANSWER_EPERM : PW_ANSWER_ALLOW;
}

/* Take what an access is worked on in, with who acts; NULL: none is free. */
static __always_inline struct pw_scratch *pw_access_begin(struct pw_access *access,
							  struct task_struct *current)
{
	__u32 index = pw_scratch_claim();
	struct pw_scratch *scratch = pw_scratch_at(index);

	access->scratch = index;
	if (!scratch)
		return NULL;
	scratch->object.inode = 0;
	scratch->value_len = 0;
	__builtin_memset(&scratch->to, 0, sizeof(scratch->to));
	pw_identity_of(current, &scratch->who);
	return scratch;
}

/* Give back what the access was worked on in, if there was anything. */
static __always_inline void pw_access_end(const struct pw_access *access)
{
	struct pw_scratch *scratch = pw_scratch_at(access->scratch);

	if (scratch)
		scratch->busy = 0;
}

/*
 * Decide; what is to be reported is left in @access. Global: verified once, whatever the
 * number of hooks. Returns PW_ANSWER_*.
 */
__noinline int pw_judge(struct pw_access *access)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u64 now = pw_now;
	__u32 slot = pw_slot_of(now);
	const struct pw_mask *satisfied;
	struct pw_scratch *scratch;
	struct pw_image *image;
	struct pw_task *task;
	__u64 labels;

	if (!access)
		return PW_ANSWER_ALLOW;
	access->scratch = PW_SCRATCHES;
	access->report = 0;
	if (current->tgid == pw_agent)
		return PW_ANSWER_ALLOW;
	image = bpf_map_lookup_elem(&pw_images, &slot);
	if (!image)
		return PW_ANSWER_ALLOW;
	access->object.now = now;
	scratch = pw_access_begin(access, current);
	if (access->object.flags & PW_OBJECT_CANARY)
		return pw_judge_canary(access);
	if (access->object.flags & PW_OBJECT_UNKNOWN)
		pw_settle_unknown(access);
	if (access->why & PW_WHY_MEMORY)
		return pw_judge_structural(access, image, EPERM);
	if (access->object.flags & PW_OBJECT_PASSING)
		access->door = PW_DOOR_IPC;
	if ((access->object.flags & (PW_OBJECT_PASSING | PW_OBJECT_OURS)) == PW_OBJECT_PASSING) {
		task = bpf_task_storage_get(&pw_tasks, current, NULL, 0);
		if (pw_is_hub(pw_domain_number(current, task), task, now))
			access->object.flags |= PW_OBJECT_OURS;
	}
	labels = pw_asked(access, image);
	if (!labels) /* and yet it may lead to a tree */
		return access->why & PW_WHY_CROSSES ? pw_judge_structural(access, image, EXDEV) :
						      PW_ANSWER_ALLOW;
	task = pw_task_current(current);
	if (!task)
		pw_count(PW_COUNT_NO_TASK_STATE, 1);
	if (current->flags & PF_KTHREAD)
		access->why |= PW_WHY_KERNEL_THREAD;
	if (!scratch) /* nothing moves between labels, whatever on-failure says */
		return access->why & PW_WHY_CROSSES ? pw_judge_structural(access, image, EXDEV) :
						      pw_judge_failed(access, labels, image);
	satisfied = pw_who(current, task, now, scratch, access->scratch);
	pw_decide_labels(image, satisfied, labels, access);
	if (access->why & PW_WHY_CROSSES)
		return pw_judge_structural(access, image, EXDEV);
	access->report = 1;
	if (access->decision.verdict == PW_ALLOW && task && access->inode &&
	    pw_reported_before(task, access->inode ^ access->sb, access->op, now) && access->quiet) {
		access->report = 0;
		pw_settle(access);
	}
	if (access->decision.verdict != PW_DENY)
		return PW_ANSWER_ALLOW;
	access->error = EPERM;
	return PW_ANSWER_EPERM;
}

/*
 * Decide whether labels that the process holds (access->object.labels) may go where the
 * scratch says (.to), which the caller has begun. Global, as pw_judge().
 */
__noinline int pw_judge_send(struct pw_access *access)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u64 now = pw_now, labels, object;
	__u32 slot = pw_slot_of(now);
	const struct pw_mask *satisfied;
	struct pw_scratch *scratch;
	struct pw_image *image;
	struct pw_task *task;

	if (!access)
		return PW_ANSWER_ALLOW;
	image = bpf_map_lookup_elem(&pw_images, &slot);
	if (!image)
		return PW_ANSWER_ALLOW;
	access->object.now = now;
	access->op = PW_OP_SEND;
	access->why |= PW_WHY_HELD;
	labels = access->object.labels & image->known;
	if (!labels)
		return PW_ANSWER_ALLOW;
	pw_count(PW_COUNT_SENDS, 1);
	task = pw_task_current(current);
	scratch = pw_scratch_at(access->scratch);
	if (!scratch)
		return pw_judge_failed(access, labels, image);
	satisfied = pw_who(current, task, now, scratch, access->scratch);
	scratch->sending = *satisfied;
	pw_mask_places(image, scratch->to.places, &scratch->sending);
	pw_decide_labels(image, &scratch->sending, labels, access);
	if (scratch->to.read_only)
		return pw_judge_structural(access, image, EPERM);
	access->report = 1;
	object = *(__u64 *)&scratch->to.addr[8] ^ ((__u64)scratch->to.port << 7) ^
		 scratch->to.places ^ (access->inode ^ access->sb) ^ scratch->to.door;
	if (access->decision.verdict == PW_ALLOW && task &&
	    pw_reported_before(task, object, PW_OP_SEND, now) && access->quiet)
		access->report = 0;
	if (access->decision.verdict != PW_DENY)
		return PW_ANSWER_ALLOW;
	access->error = EPERM;
	return PW_ANSWER_EPERM;
}

/* Tell that @labels have reached a process or an object (access->kind). */
static __always_inline void pw_tell_lineage(struct pw_access *access, __u64 labels)
{
	if (!labels)
		return;
	pw_access_begin(access, bpf_get_current_task_btf());
	access->object.now = pw_now;
	access->object.labels = labels;
	access->object.marks = 0;
	access->error = 0;
	access->decision.rule = PW_RULE_NONE;
	access->decision.verdict = access->kind == PW_EVENT_SPREAD_LOST ? PW_WARN : PW_ALLOW;
	access->decision.severity = access->kind == PW_EVENT_SPREAD_LOST ? PW_SEVERITY_HIGH :
									   PW_SEVERITY_LOW;
	access->decision.label = pw_lowest_bit(labels);
	pw_report(access);
	pw_access_end(access);
}

/*
 * Tell that the xattr of labels of the object was set to the @len bytes at @value, or taken
 * off (0).
 */
static __always_inline void pw_tell_xattr(struct pw_access *access, __u64 value, __u32 len)
{
	struct pw_scratch *scratch = pw_access_begin(access, bpf_get_current_task_btf());

	if (scratch) {
		scratch->value = value;
		scratch->value_len = len;
	}
	access->object.now = pw_now;
	access->kind = PW_EVENT_RECALLED;
	access->decision.rule = PW_RULE_NONE;
	access->decision.verdict = PW_ALLOW;
	access->decision.severity = PW_SEVERITY_LOW;
	pw_report(access);
	pw_access_end(access);
}

/*
 * Tell that the file system at access->sb is about to be mounted, at once: the labels of its
 * files come back then. Global: verified once.
 */
__noinline int pw_tell_superblock(struct pw_access *access)
{
	struct pw_scratch *scratch;

	if (!access)
		return 0;
	scratch = pw_access_begin(access, bpf_get_current_task_btf());
	if (scratch) {
		struct super_block *sb = (struct super_block *)access->sb;

		scratch->to.uid = BPF_CORE_READ(sb, s_magic);
		bpf_probe_read_kernel(scratch->to.addr, sizeof(scratch->to.addr),
				      (void *)(access->sb +
					       bpf_core_field_offset(struct super_block, s_uuid)));
	}
	access->object.now = pw_now;
	access->kind = PW_EVENT_SUPERBLOCK;
	access->hook = PW_HOOK_SUPERBLOCK;
	access->decision.rule = PW_RULE_NONE;
	access->decision.verdict = PW_ALLOW;
	pw_last_wake_ns = 0;
	pw_report(access);
	pw_access_end(access);
	return 0;
}

/*
 * Tell that the program of the current task has lost its identity, at once and not only when
 * it is next refused. @access: the object it lost it to, if any, and the hook. Global.
 */
__noinline int pw_tell_identity(struct pw_access *access)
{
	if (!access || !pw_now)
		return 0;
	pw_access_begin(access, bpf_get_current_task_btf());
	access->object.now = pw_now;
	access->kind = PW_EVENT_IDENTITY;
	access->op = PW_OP_READ;
	access->decision.rule = PW_RULE_NONE;
	access->decision.verdict = PW_WARN;
	access->decision.severity = PW_SEVERITY_MEDIUM;
	pw_count(PW_COUNT_IDENTITY_LOST, 1);
	pw_report(access);
	pw_access_end(access);
	return 0;
}

#endif /* PW_JUDGE_BPF_H */
