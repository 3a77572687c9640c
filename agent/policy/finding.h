/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collecting what is wrong with a policy, with its place and its remedy. */
#ifndef PW_POLICY_FINDING_H
#define PW_POLICY_FINDING_H

#include "policy/policy.h"

#include <stdarg.h>

/* So many findings are kept; further ones are only counted (findings->n_more). */
#define PW_FINDINGS_MAX 10000

/*
 * Add a finding at @at (its file name is copied). The formatted text is
 * "MESSAGE\nREMEDY": whatever stands before the first line feed is the message. Foreign
 * text in it must be quoted by pw_quote(). Returns 0 or -ENOMEM.
 */
int pw_findings_add(struct pw_findings *findings, bool error, const struct pw_place_in_file *at,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
int pw_findings_vadd(struct pw_findings *findings, bool error, const struct pw_place_in_file *at,
		     const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* Fix the order in which files are reported: the order of first mention. 0 or -ENOMEM. */
int pw_findings_file(struct pw_findings *findings, const char *name);

/* Sort by file, line and column, and say how many were not kept. 0 or -ENOMEM. */
int pw_findings_finish(struct pw_findings *findings);

/* Would a further finding be kept? If not, there is no need to search for its remedy. */
static inline bool pw_findings_full(const struct pw_findings *findings)
{
	return findings->n >= PW_FINDINGS_MAX;
}

/* Foreign text for a message: escaped, in quotes, cut when long. */
struct pw_quoted {
	char text[288];
};

const char *pw_quote(struct pw_quoted *into, const char *text, size_t len);

/* Quote a string within the enclosing block: PW_Q(text) as an argument of pw_findings_add(). */
#define PW_Q(string) pw_quote(&(struct pw_quoted){ { 0 } }, (string), strlen(string))

/*
 * Make room for one more behind the @n items of @size bytes that *@array points to (@array:
 * address of a pointer). No capacity is kept: it doubles when @n is a power of two.
 */
int pw_array_grow(void *array, size_t n, size_t size);

#endif /* PW_POLICY_FINDING_H */
