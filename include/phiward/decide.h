/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The decision, written once: compiled by clang for the kernel and by cc for the CLI,
 * the daemon and the tests.
 *
 * Rules are numbered in order. Each value of each condition owns a mask with one bit for
 * each rule that it satisfies; a rule without that condition has its bit in every mask.
 * candidates = label & operation & who & place & active; the lowest bit set is the rule
 * that decides ("first match wins"). No bit set: deny, severity medium. An object with
 * several labels is decided for each; the heaviest verdict wins, the lowest label breaks
 * ties. The work is the same for 1 rule and for 512.
 */
#ifndef PHIWARD_DECIDE_H
#define PHIWARD_DECIDE_H

#include "words.h"

struct pw_mask {
	__u64 w[PW_MASK_WORDS];
};

/* One rule as the decision needs it. */
struct pw_row {
	__u8 verdict;  /* enum pw_verdict as written: ALLOW, WARN or DENY */
	__u8 mode;     /* enum pw_mode, the rule's own or the policy's */
	__u8 severity; /* enum pw_severity */
	__u8 reserved;
};

#define PW_IMAGE_VERSION 2
#define PW_OP_SLOTS 16 /* a power of two: an index can be masked. Slots above are empty */

/* A compiled policy, as published to the kernel: one value of one map. */
struct pw_image {
	__u32 version;       /* PW_IMAGE_VERSION */
	__u32 n_rules;       /* 0..PW_RULES_MAX */
	__u32 n_labels;      /* 0..PW_LABELS_MAX */
	__u32 mode;          /* enum pw_mode: for the implicit deny and for -EXDEV */
	__u64 fail_closed;   /* labels whose on-failure is closed */
	__u64 known;	     /* labels of the policy: what else an object carries does not count */
	__u64 printers;	     /* places that name printers */
	__u32 strict;	     /* doors whose spread is strict, bit per enum pw_door */
	__u32 lineage;	     /* labels follow the data: 0, 1 */
	struct pw_mask active;                /* rules whose `until` has not passed */
	struct pw_mask any_actor;             /* rules without `actors` */
	struct pw_mask any_program;           /* rules without `programs` */
	struct pw_mask any_place;             /* rules without `to` */
	struct pw_mask any_session;           /* rules without `sessions` */
	struct pw_mask place[PW_PLACES_MAX];  /* rules whose `to` names the place */
	struct pw_mask op[PW_OP_SLOTS];       /* rules that speak of the operation */
	struct pw_mask label[PW_LABELS_MAX];  /* rules that speak of the label */
	struct pw_row row[PW_RULES_MAX];
};

struct pw_decision {
	__u16 rule;    /* index of the deciding rule, or PW_RULE_NONE */
	__u8 verdict;  /* enum pw_verdict */
	__u8 severity; /* enum pw_severity */
	__u8 label;    /* the label that decided */
	__u8 decided;  /* used while deciding: an answer is there */
	__u8 reserved[2];
};

/*
 * The verifier follows every path through a loop. What stands in PW_ONCE is a function of
 * its own to it, followed once; to a C compiler it is just inline.
 */
#ifdef __bpf__
#define PW_ONCE __attribute__((noinline))
#else
#define PW_ONCE static inline
#endif

/* Index of the lowest bit set; @word must not be 0. BPF has no instruction for it. */
static inline __attribute__((always_inline)) __u32 pw_lowest_bit(__u64 word)
{
	static const __u8 bit[64] = { /* of a de Bruijn sequence */
		0,  1,	48, 2,	57, 49, 28, 3,	61, 58, 50, 42, 38, 29, 17, 4,
		62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
		63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
		46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,	13, 8,	7,  6,
	};

	return bit[((word & -word) * 0x03f79d71b4cb0a89ULL) >> 58];
}

/*
 * The first rule that speaks of @label and @op and is satisfied by @who, or PW_RULE_NONE.
 * @who: the rules that the acting task satisfies (actor & program & session & place).
 */
PW_ONCE __u32 pw_first_match(const struct pw_image *image, const struct pw_mask *who, __u32 label,
			     __u32 op)
{
	const struct pw_mask *for_label, *for_op;
	__u32 i;

	if (!image || !who)
		return PW_RULE_NONE;
	for_label = &image->label[label & (PW_LABELS_MAX - 1)];
	for_op = &image->op[op & (PW_OP_SLOTS - 1)];
	for (i = 0; i < PW_MASK_WORDS; i++) {
		__u64 hit = for_label->w[i] & for_op->w[i] & who->w[i] & image->active.w[i];

		if (hit)
			return i * 64 + pw_lowest_bit(hit);
	}
	return PW_RULE_NONE;
}

/*
 * Decide @op for one label, and keep the answer in @best if it is heavier than what is
 * there. Always returns 0.
 */
PW_ONCE int pw_decide_label(const struct pw_image *image, const struct pw_mask *who, __u32 label,
			    __u32 op, struct pw_decision *best)
{
	__u32 rule, verdict = PW_DENY, mode, severity = PW_SEVERITY_MEDIUM;

	if (!image || !who || !best)
		return 0;
	mode = image->mode;
	rule = pw_first_match(image, who, label, op);
	if (rule < PW_RULES_MAX) {
		const struct pw_row *row = &image->row[rule];

		verdict = row->verdict;
		mode = row->mode;
		severity = row->severity;
	}
	if (verdict == PW_DENY && mode != PW_ENFORCE)
		verdict = PW_WOULD_DENY;
	if (best->decided && verdict <= best->verdict)
		return 0;
	best->rule = rule;
	best->verdict = verdict;
	best->severity = severity;
	best->label = label;
	best->decided = 1;
	return 0;
}

/* A decision under way: @op by @who on what carries @labels, as far as they are left. */
struct pw_deciding {
	const struct pw_image *image;
	const struct pw_mask *who;
	struct pw_decision *best;
	__u64 labels;
	__u32 op;
};

/* One turn of it: the lowest of the labels (there is one) is decided, and taken off. */
static inline __attribute__((always_inline)) void pw_decide_next(struct pw_deciding *deciding)
{
	pw_decide_label(deciding->image, deciding->who, pw_lowest_bit(deciding->labels),
			deciding->op, deciding->best);
	deciding->labels &= deciding->labels - 1;
}

/*
 * Decide @op on an object that carries @labels (a set; not empty) for @who.
 * Pure: reads @image and @who, writes @ret_decision (always set). The kernel half takes the
 * same turns by bpf_loop (pw_decide_labels), for the verifier would follow these one by one.
 */
static inline __attribute__((always_inline)) void
pw_decide(const struct pw_image *image, const struct pw_mask *who, __u64 labels, __u32 op,
	  struct pw_decision *ret_decision)
{
	struct pw_deciding deciding = {
		.image = image,
		.who = who,
		.best = ret_decision,
		.labels = labels,
		.op = op,
	};

	*ret_decision = (struct pw_decision){ .rule = PW_RULE_NONE };
	while (deciding.labels)
		pw_decide_next(&deciding);
}

static inline __attribute__((always_inline)) void pw_mask_and(struct pw_mask *into,
							       const struct pw_mask *mask)
{
	__u32 i;

	for (i = 0; i < PW_MASK_WORDS; i++)
		into->w[i] &= mask->w[i];
}

static inline __attribute__((always_inline)) void pw_mask_or(struct pw_mask *into,
							      const struct pw_mask *mask)
{
	__u32 i;

	for (i = 0; i < PW_MASK_WORDS; i++)
		into->w[i] |= mask->w[i];
}

/*
 * What the place adds to what the task satisfies, for a `send`: *@who loses the rules that
 * name other places than those in @places (a set; empty: a destination that no place names).
 */
PW_ONCE int pw_mask_places(const struct pw_image *image, __u64 places, struct pw_mask *who)
{
	__u32 i, turn;

	if (!image || !who)
		return 0;
	for (i = 0; i < PW_MASK_WORDS; i++) {
		__u64 named = image->any_place.w[i], left = places;

		for (turn = 0; turn < PW_PLACES_MAX && left; turn++) {
			named |= image->place[pw_lowest_bit(left) & (PW_PLACES_MAX - 1)].w[i];
			left &= left - 1;
		}
		who->w[i] &= named;
	}
	return 0;
}

#ifndef __bpf__
_Static_assert(sizeof(struct pw_mask) == 64, "struct pw_mask is an ABI");
_Static_assert(sizeof(struct pw_row) == 4, "struct pw_row is an ABI");
_Static_assert(sizeof(struct pw_image) ==
		       48 + 64 * (5 + PW_PLACES_MAX + PW_OP_SLOTS + PW_LABELS_MAX) +
			       4 * PW_RULES_MAX,
	       "struct pw_image is an ABI");
#endif

#endif /* PHIWARD_DECIDE_H */
