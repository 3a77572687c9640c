/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two policies, as JSON (control/policy-json.h) and for people. */
#ifndef PW_CLI_DIFF_H
#define PW_CLI_DIFF_H

#include "base/str.h"

#include <json-c/json.h>

/*
 * The changes that lead from @before to @after, each an object with "section" (mode, labels,
 * actors, programs, sessions, places, rules) and "change":
 *   changed   with "from" and "to" (section mode), or "name" and "fields": a list of
 *             {field, from, to} or, for lists, {field, added, removed}
 *   added, removed   with "name" and "definition"
 *   moved     a rule's "name", and "behind", the rule in front of it now (null: none)
 * An added rule has "behind", too. A rule's mode that only follows the policy's is no change.
 * Returns the list (json_object_put()), or NULL: no memory.
 */
struct json_object *pw_diff(struct json_object *before, struct json_object *after);

/* Append @changes as lines: "+ label 'x': ...", "- ...", "~ ...". */
void pw_diff_text(struct json_object *changes, struct pw_str *into);

#endif /* PW_CLI_DIFF_H */
