/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For attacks that guess names: they try the same on a name that is there and on one that is
 * not. Whatever the two answers are, when they differ the name is known. Refused: both are.
 */
#ifndef PHIWARD_PROBE_H
#define PHIWARD_PROBE_H

#include "attack.h"

/* What @try answers to @path: its result, or the error for less than nothing. */
static int answer_to(int (*try)(const char *path), const char *path)
{
	errno = 0;
	return try(path) < 0 ? -errno : 0;
}

/* Probes by @try for "secret" in @dir, which may be "" where @try knows where it is. */
static int probe_in(const char *what, int (*try)(const char *path), const char *dir)
{
	char there[PATH_MAX], not_there[PATH_MAX];
	int a, b;

	snprintf(there, sizeof(there), "%s%ssecret", dir, *dir ? "/" : "");
	snprintf(not_there, sizeof(not_there), "%s%snot-there", dir, *dir ? "/" : "");
	b = answer_to(try, not_there);
	a = answer_to(try, there);
	if (a != b)
		return works("%s says %s of a name that is there, %s of one that is not", what,
			     a ? strerrorname_np(-a) : "yes", b ? strerrorname_np(-b) : "yes");
	return refused_as(what, -a);
}

AT_UNUSED static int probe(const char *what, int (*try)(const char *path))
{
	return probe_in(what, try, at_dir("PHI_DIR"));
}

#endif /* PHIWARD_PROBE_H */
