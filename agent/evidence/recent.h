/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last events, in wire form, for `phiward events`: bounded in number and bytes; the
 * oldest go first. Rendered only when someone asks.
 */
#ifndef PW_EVIDENCE_RECENT_H
#define PW_EVIDENCE_RECENT_H

#include "evidence/event.h"

struct pw_recent;

/* 0 for either: 2048 records, 4 MiB. Returns 0 or -ENOMEM. */
int pw_recent_new(size_t max_records, size_t max_bytes, struct pw_recent **ret_recent);
void pw_recent_free(struct pw_recent **recent);

/* Keep a copy of @record; its seq must be greater than the last one's. Returns 0 or -ENOMEM. */
int pw_recent_add(struct pw_recent *recent, const struct pw_record *record);

/* Keep a loss (its seq likewise; where and ring must be string constants). */
int pw_recent_add_loss(struct pw_recent *recent, const struct pw_loss_report *loss);

/* Lowest and highest seq held; both 0 when empty. */
void pw_recent_range(const struct pw_recent *recent, uint64_t *ret_first, uint64_t *ret_last);

/*
 * The first entry with a seq greater than @after: *ret_record or, for a loss, *ret_loss
 * (the other's seq is 0). Views borrow memory of @recent, valid until the next add.
 * Returns 0, or -ENOENT when there is none.
 */
int pw_recent_next(const struct pw_recent *recent, uint64_t after, struct pw_record *ret_record,
		   struct pw_loss_report *ret_loss);

size_t pw_recent_count(const struct pw_recent *recent);
size_t pw_recent_bytes(const struct pw_recent *recent);

#endif /* PW_EVIDENCE_RECENT_H */
