/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/hours.h"

#include "base/str.h"

#define MINUTE_S  60
#define DAY_S     (24 * 60 * 60)
#define STEP_S    (6 * 60 * 60) /* no zone changes its offset and back within this */
#define HORIZON_S (9 * DAY_S)   /* a week, and a day on either side */

static long offset_at(time_t t)
{
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

/* The first second in (@low, @high] with another offset than @low's; there is one. */
static time_t find_transition(time_t low, time_t high)
{
	long offset_s = offset_at(low);

	while (high - low > 1) {
		time_t middle = low + (high - low) / 2;

		if (offset_at(middle) == offset_s)
			low = middle;
		else
			high = middle;
	}
	return high;
}

void pw_clock_init(struct pw_clock *clock, time_t now)
{
	long offset_s = offset_at(now);
	time_t t = now;

	*clock = (struct pw_clock){ .n = 1, .until = now + HORIZON_S };
	clock->stretch[0].from = now;
	clock->stretch[0].offset_s = offset_s;
	while (t < clock->until && clock->n < PW_CLOCK_STRETCHES_MAX) {
		if (offset_at(t + STEP_S) == offset_s) {
			t += STEP_S;
			continue;
		}
		t = find_transition(t, t + STEP_S);
		offset_s = offset_at(t);
		clock->stretch[clock->n].from = t;
		clock->stretch[clock->n].offset_s = offset_s;
		clock->n++;
	}
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Is @local (seconds of the wall clock since 1970) in a window that starts on day @day? */
static bool window_holds(const struct pw_hours *hours, int64_t day, int64_t local)
{
	int64_t from = day * DAY_S + hours->from_minute * MINUTE_S;
	int64_t to = day * DAY_S + hours->to_minute * MINUTE_S;
	int64_t weekday = day + 3 - floor_div(day + 3, 7) * 7; /* 1970-01-01 was a Thursday */

	if (hours->to_minute <= hours->from_minute)
		to += DAY_S;
	return hours->days >> weekday & 1 && local >= from && local < to;
}

static bool within_local(const struct pw_hours *hours, int64_t local)
{
	int64_t day = floor_div(local, DAY_S);

	return window_holds(hours, day, local) || window_holds(hours, day - 1, local);
}

bool pw_hours_within(const struct pw_clock *clock, const struct pw_hours *hours)
{
	if (!hours->given)
		return true;
	return within_local(hours, clock->stretch[0].from + clock->stretch[0].offset_s);
}

/* The first second of the wall clock in [@local, @end) where the answer is not @now; or @end. */
static int64_t first_flip(const struct pw_hours *hours, int64_t local, int64_t end, bool now)
{
	int64_t best = end, day;

	if (within_local(hours, local) != now)
		return local;
	for (day = floor_div(local, DAY_S); day * DAY_S < end; day++) {
		int64_t edge[] = {
			day * DAY_S + hours->from_minute * MINUTE_S,
			day * DAY_S + hours->to_minute * MINUTE_S,
		};
		size_t i;

		for (i = 0; i < 2; i++)
			if (edge[i] > local && edge[i] < best &&
			    within_local(hours, edge[i]) != now)
				best = edge[i];
	}
	return best;
}

time_t pw_hours_next_change(const struct pw_clock *clock, const struct pw_hours *hours)
{
	bool now = pw_hours_within(clock, hours);
	size_t i;

	if (!hours->given)
		return 0;
	for (i = 0; i < clock->n; i++) {
		long offset_s = clock->stretch[i].offset_s;
		time_t end = i + 1 < clock->n ? clock->stretch[i + 1].from : clock->until;
		int64_t flip =
			first_flip(hours, clock->stretch[i].from + offset_s, end + offset_s, now);

		if (flip < end + offset_s)
			return flip - offset_s;
	}
	return 0;
}

static void add_days(struct pw_str *into, uint8_t days)
{
	static const char name[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const char *before = " ";
	size_t day, last;

	for (day = 0; day < 7; day = last + 1) {
		last = day;
		if (!(days >> day & 1))
			continue;
		while (last < 6 && days >> (last + 1) & 1)
			last++;
		pw_str_addf(into, "%s%s", before, name[day]);
		if (last > day)
			pw_str_addf(into, "%s%s", last > day + 1 ? "-" : ",", name[last]);
		before = ",";
	}
}

void pw_hours_add(const struct pw_hours *hours, struct pw_str *into)
{
	pw_str_addf(into, "%02u:%02u-%02u:%02u", hours->from_minute / 60, hours->from_minute % 60,
		    hours->to_minute / 60, hours->to_minute % 60);
	add_days(into, hours->days);
}
