/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTC of a CLOCK_BOOTTIME time. When the wall clock is set back a little, UTC here is slewed
 * (runs at half speed) so that times never run backwards; a step of over an hour is taken
 * over at once and told, so that it can become a warning.
 */
#ifndef PW_HOST_CLOCK_H
#define PW_HOST_CLOCK_H

#include <stdint.h>

#define PW_CLOCK_STEP_NS (3600ull * 1000000000ull)

struct pw_clock {
	int64_t offset_ns;    /* UTC = boottime + offset */
	uint64_t measured_ns; /* boottime of the last measurement; 0: none yet */
};

/* Measure with the clocks of the system. Call at start and every few seconds.
 * Returns 0, or 1 when the wall clock was set back by more than PW_CLOCK_STEP_NS. */
int pw_clock_measure(struct pw_clock *clock);

/* The same with given clocks, for tests. */
int pw_clock_set(struct pw_clock *clock, uint64_t boottime_ns, uint64_t realtime_ns);

static inline uint64_t pw_clock_utc(const struct pw_clock *clock, uint64_t boottime_ns)
{
	return (uint64_t)((int64_t)boottime_ns + clock->offset_ns);
}

uint64_t pw_boottime_ns(void);
uint64_t pw_monotonic_ms(void);

#endif /* PW_HOST_CLOCK_H */
