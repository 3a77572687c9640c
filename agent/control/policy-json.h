/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy as JSON: all that it says, in one form whatever its files look like, so that two
 * of them can be compared. The agent answers "policy" with it; the CLI makes it of files.
 *
 * {"id", "mode", "labels": [...], "actors": [...], "programs": [...], "sessions": [...],
 *  "places": [...], "hubs": [...], "declassifiers": [...], "spread": [...], "rules": [...]}:
 * each entry has a "name" (a rule: its id) and, under the words of phiward-policy(5), texts,
 * null or lists of texts. A rule has its verdict and its "operations" apart; a declassifier is
 * called as its program, an entry of "spread" as its door; names in conditions are as defined,
 * or "any".
 */
#ifndef PW_CONTROL_POLICY_JSON_H
#define PW_CONTROL_POLICY_JSON_H

#include "base/str.h"
#include "policy/policy.h"

/* Append @policy under @key (NULL: as the outermost value); errors stay in @into. */
void pw_policy_json(const struct pw_policy *policy, const char *key, struct pw_str *into);

#endif /* PW_CONTROL_POLICY_JSON_H */
