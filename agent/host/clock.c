/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTC from the clock that only goes forward. */
#include "host/clock.h"

#include <time.h>

static uint64_t now_ns(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t pw_boottime_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}

uint64_t pw_monotonic_ms(void)
{
	return now_ns(CLOCK_MONOTONIC) / 1000000u;
}

int pw_clock_set(struct pw_clock *clock, uint64_t boottime_ns, uint64_t realtime_ns)
{
	int64_t offset = (int64_t)realtime_ns - (int64_t)boottime_ns;
	int64_t back = clock->offset_ns - offset;
	int64_t most = (int64_t)(boottime_ns - clock->measured_ns) / 2;
	int stepped = 0;

	if (clock->measured_ns == 0 || back <= 0) {
		clock->offset_ns = offset;
	} else if (back > (int64_t)PW_CLOCK_STEP_NS) {
		clock->offset_ns = offset;
		stepped = 1;
	} else {
		clock->offset_ns -= back < most ? back : most;
	}
	clock->measured_ns = boottime_ns;
	return stepped;
}

int pw_clock_measure(struct pw_clock *clock)
{
	uint64_t before = pw_boottime_ns(), real = now_ns(CLOCK_REALTIME);
	uint64_t after = pw_boottime_ns();

	return pw_clock_set(clock, before + (after - before) / 2, real);
}
