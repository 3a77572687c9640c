/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours of the day and last days: local time, as people write it. */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

static const char *const time_days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

/* Exactly @n digits at *@p; false leaves *@p where it was. */
static bool time_digits(const char **p, size_t n, unsigned int *ret)
{
	unsigned int value = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if ((*p)[i] < '0' || (*p)[i] > '9')
			return false;
		value = value * 10 + (unsigned int)((*p)[i] - '0');
	}
	*p += n;
	*ret = value;
	return true;
}

static bool time_char(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

/* "HH:MM"; 24:00 is the end of the day. */
static bool time_clock(const char **p, unsigned int *ret_minute)
{
	unsigned int hour, minute;

	if (!time_digits(p, 2, &hour) || !time_char(p, ':') || !time_digits(p, 2, &minute))
		return false;
	*ret_minute = hour * 60 + minute;
	return minute < 60 && *ret_minute <= 24 * 60;
}

static bool time_day(const char **p, unsigned int *ret)
{
	for (unsigned int i = 0; i < PW_ARRAY_SIZE(time_days); i++) {
		if (strncmp(*p, time_days[i], 3) == 0) {
			*p += 3;
			*ret = i;
			return true;
		}
	}
	return false;
}

/* "Mon-Fri,Sun": false when it is none; names a day twice: *ret_twice. */
static bool time_week(const char *p, uint8_t *ret_days, bool *ret_twice)
{
	uint8_t days = 0;

	*ret_twice = false;
	do {
		unsigned int day, last;

		if (!time_day(&p, &day))
			return false;
		last = day;
		if (time_char(&p, '-') && !time_day(&p, &last))
			return false;
		for (;; day = (day + 1) % 7) {
			*ret_twice |= days >> day & 1;
			days |= (uint8_t)(1u << day);
			if (day == last)
				break;
		}
	} while (time_char(&p, ','));
	*ret_days = days;
	return !*p;
}

void pw_parse_hours(struct pw_parse *parse, const struct pw_given *given, struct pw_hours *ret)
{
	const struct pw_node *node = given->value;
	unsigned int from, to;
	uint8_t days = 0x7f;
	bool twice = false;
	const char *p;

	if (!pw_parse_is(parse, given, PW_NODE_SCALAR))
		return;
	p = node->text;
	if (!time_clock(&p, &from) || from == 24 * 60 || !time_char(&p, '-') ||
	    !time_clock(&p, &to) || (*p && *p != ' ')) {
		pw_parse_error(
			parse, node,
			"hours %s cannot be read\nwrite \"HH:MM-HH:MM\", then days if they matter: \"08:00-18:00 Mon-Fri\"",
			PW_Q(node->text));
		return;
	}
	p += strspn(p, " ");
	if (*p && !time_week(p, &days, &twice))
		pw_parse_error(
			parse, node,
			"days %s cannot be read\nthe days are Mon Tue Wed Thu Fri Sat Sun; write \"Mon-Fri\" or \"Sat,Sun\"",
			PW_Q(p));
	else if (twice)
		pw_parse_error(parse, node, "days %s name a day twice\nname each day once",
			       PW_Q(p));
	else if (from == to)
		pw_parse_error(
			parse, node,
			"hours %s begin and end at the same time\nwrite 00:00-24:00 for the whole day, or leave 'hours' out for always",
			PW_Q(node->text));
	else
		*ret = (struct pw_hours){ true, (uint16_t)from, (uint16_t)to, days };
}

static unsigned int time_month_days(unsigned int year, unsigned int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The first second behind a date or a minute: false when it is none. */
static bool time_until(const char *p, struct tm *ret)
{
	unsigned int year, month, day, minute = 0;

	if (!time_digits(&p, 4, &year) || !time_char(&p, '-') || !time_digits(&p, 2, &month) ||
	    !time_char(&p, '-') || !time_digits(&p, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > time_month_days(year, month))
		return false;
	if (!*p)
		minute = 24 * 60;
	else if (!time_char(&p, 'T') || !time_clock(&p, &minute) || *p)
		return false;
	*ret = (struct tm){
		.tm_year = (int)year - 1900,
		.tm_mon = (int)month - 1,
		.tm_mday = (int)(day + minute / (24 * 60)),
		.tm_hour = (int)(minute / 60 % 24),
		.tm_min = (int)(minute % 60),
		.tm_isdst = -1,
	};
	return true;
}

void pw_parse_until(struct pw_parse *parse, const struct pw_given *given, time_t *ret)
{
	struct tm local;
	time_t end;

	if (!pw_parse_is(parse, given, PW_NODE_SCALAR))
		return;
	if (!time_until(given->value->text, &local)) {
		pw_parse_error(parse, given->value,
			       "%s is no date\nwrite YYYY-MM-DD, the last day, or YYYY-MM-DDTHH:MM",
			       PW_Q(given->value->text));
		return;
	}
	end = mktime(&local);
	if (end <= 0) {
		pw_parse_error(parse, given->value, "%s is out of range\nchoose a later day",
			       PW_Q(given->value->text));
		return;
	}
	*ret = end;
	if (end <= time(NULL)) {
		struct pw_place_in_file at = pw_parse_at(parse, given->value);

		pw_parse_warning_at(
			parse, &at,
			"the rule ended with %s and no longer applies\nremove the rule, or choose a later day",
			PW_Q(given->value->text));
	}
}
