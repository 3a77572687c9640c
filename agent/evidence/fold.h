/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folding: the first of identical accesses is emitted at once; repeats within a window
 * become one event with their exact number. Identical: same process (pid and start), same
 * object (device, inode, generation), path, destination, operation, rule, verdict, labels, held
 * labels, credentials, policy generation and flags. Folded: allow, warn and would-deny of kind
 * access (observe is a measurement, and the count stays exact), and what lineage tells. A deny
 * is never folded.
 * The sum of `count` over what comes out equals the number of events that went in.
 */
#ifndef PW_EVIDENCE_FOLD_H
#define PW_EVIDENCE_FOLD_H

#include "evidence/event.h"

struct pw_fold;

/*
 * What comes out. first_ns and last_ns are CLOCK_BOOTTIME; @view borrows memory that is
 * gone after the call. @dropped_before is what went in beside it.
 */
struct pw_fold_out {
	const struct pw_event_view *view;
	uint64_t count;
	uint64_t first_ns, last_ns;
	uint64_t dropped_before;
};

struct pw_fold_options {
	uint64_t window_ns;                                     /* 0: 5 s */
	size_t max_entries;                                     /* 0: 4096 */
	size_t max_bytes;                                       /* of kept records; 0: 2 MiB */
	void (*emit)(void *ctx, const struct pw_fold_out *out); /* must not call back in */
	void *ctx;
};

/* Returns 0 or -ENOMEM; pw_fold_free() does not flush: call pw_fold_flush(UINT64_MAX) before. */
int pw_fold_new(const struct pw_fold_options *options, struct pw_fold **ret_fold);
void pw_fold_free(struct pw_fold **fold);

/*
 * Take one event. @now_ns: CLOCK_BOOTTIME now (windows follow it, not the event's time).
 * Never loses: without memory, or what may not be folded, is emitted at once.
 */
void pw_fold_add(struct pw_fold *fold, uint64_t now_ns, const struct pw_event_view *view,
		 uint64_t dropped_before);

/* Emit what is due at @now_ns; UINT64_MAX: everything that waits (at shutdown, on reload). */
void pw_fold_flush(struct pw_fold *fold, uint64_t now_ns);

/* When pw_fold_flush() is next needed (CLOCK_BOOTTIME), or UINT64_MAX. For the timer. */
uint64_t pw_fold_deadline(const struct pw_fold *fold);

/* Events that were folded away so far (in minus out, those that still wait included). */
uint64_t pw_fold_folded(const struct pw_fold *fold);

#endif /* PW_EVIDENCE_FOLD_H */
