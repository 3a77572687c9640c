/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many records of the rings were lost, exactly: from the drop counters that every
 * record carries, checked against gaps in the sequence of its CPU and ring. Records of one
 * CPU may arrive slightly out of order (a preempted hook): a window of 64 tolerates that.
 * A record that could not be decoded is not seen here, and so becomes a gap: count it as bad,
 * and tell no loss of your own.
 */
#ifndef PW_EVIDENCE_LOSS_H
#define PW_EVIDENCE_LOSS_H

#include "evidence/event.h"
#include "phiward/abi.h"

/* PW_RING_DENIALS, PW_RING_BULK as "denials", "bulk". */
extern const char *const pw_ring_names[_PW_RING_MAX];

struct pw_loss;

/* Returns 0 or -ENOMEM. CPUs are learnt as they appear (at most 8192). */
int pw_loss_new(struct pw_loss **ret_loss);
void pw_loss_free(struct pw_loss **loss);

/* Note a decoded record of @ring (below _PW_RING_MAX). Returns how many more records are now known to be lost (0: none). */
uint64_t pw_loss_see(struct pw_loss *loss, unsigned int ring, const struct pw_event_view *view);

/*
 * Note the drop counter of a CPU as read from the kernel's map: finds drops that no later
 * record could tell of. Returns how many more are now known to be lost.
 */
uint64_t pw_loss_counter(struct pw_loss *loss, unsigned int ring, unsigned int cpu,
			 uint64_t dropped);

/* Lost in all so far, by ring. */
uint64_t pw_loss_total(const struct pw_loss *loss, unsigned int ring);

#endif /* PW_EVIDENCE_LOSS_H */
