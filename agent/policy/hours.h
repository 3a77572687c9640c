/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "08:00-18:00 Mon-Fri" against the clock on the wall. A window belongs to the day it starts
 * on; its end is exclusive; an end before its start is on the next day; an end equal to its
 * start is the same time of the next day.
 *
 * The wall clock is UTC plus an offset that changes now and then. Within a stretch of one
 * offset all is plain arithmetic, so summer time needs no special case: a stretch may begin
 * inside or outside a window, as the clock on the wall then says.
 */
#ifndef PW_POLICY_HOURS_H
#define PW_POLICY_HOURS_H

#include "policy/policy.h"

#define PW_CLOCK_STRETCHES_MAX 8

struct pw_clock {
	size_t n;     /* 1..PW_CLOCK_STRETCHES_MAX */
	time_t until; /* known up to here: more than a week after the time asked for */
	struct {
		time_t from;   /* the first second of the stretch */
		long offset_s; /* local time = UTC + offset_s */
	} stretch[PW_CLOCK_STRETCHES_MAX];
};

/* The local clock from @now on. */
void pw_clock_init(struct pw_clock *clock, time_t now);

/* Is it within @hours at the clock's first second? Hours not given: always. */
bool pw_hours_within(const struct pw_clock *clock, const struct pw_hours *hours);

/* The first later second at which the answer is another; 0: never. */
time_t pw_hours_next_change(const struct pw_clock *clock, const struct pw_hours *hours);

struct pw_str;

/* Append "08:00-18:00 Mon-Fri", as it is written. */
void pw_hours_add(const struct pw_hours *hours, struct pw_str *into);

#endif /* PW_POLICY_HOURS_H */
