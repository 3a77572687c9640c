/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What only shows when all files are read: names that nobody defined, definitions that
 * nobody uses, limits over all files. Trees: check_trees.c. Order of rules: check_shadow.c.
 */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/words.h"

#include <string.h>

struct check_names {
	const struct pw_policy *policy;
	enum pw_section section;
};

static const char *check_name(const void *ctx, size_t i)
{
	const struct check_names *names = ctx;
	const char *text = pw_section_name(names->policy, names->section, i)->text;

	return text ? text : "";
}

static void check_undefined(struct pw_parse *parse, enum pw_section section,
			    const struct pw_text *written)
{
	const struct check_names ctx = { parse->policy, section };
	const struct pw_names names = { check_name, &ctx, pw_section_size(parse->policy, section) };
	struct pw_guess guess;

	if (parse->incomplete)
		return;
	pw_parse_error_at(parse, &written->at, "no %s is called %s\n%sdefine it under '%ss:'",
			  pw_section_one[section], PW_Q(written->text),
			  pw_parse_guess(parse, &guess, written->text, &names),
			  pw_section_one[section]);
}

/* Names of a condition become indexes; @used notes what is referred to. False: some are wrong. */
static bool check_refs(struct pw_parse *parse, struct pw_refs *refs, enum pw_section section,
		       bool *used)
{
	size_t i, index;
	bool fine = true;

	if (!refs->as_written.n)
		return true;
	refs->index = calloc(refs->as_written.n, sizeof(*refs->index));
	if (!refs->index) {
		parse->error = -ENOMEM;
		return false;
	}
	for (i = 0; i < refs->as_written.n; i++) {
		const struct pw_text *written = &refs->as_written.item[i];

		if (!pw_index_find(&parse->names[section], written->text, strlen(written->text),
				   &index)) {
			check_undefined(parse, section, written);
			fine = false;
		} else if (index >= PW_DEFINITIONS_MAX) {
			fine = false;
		} else {
			used[index] = true;
			refs->index[refs->n++] = (uint16_t)index;
		}
	}
	return fine;
}

/* Declassifiers: the labels that they name are no more used than before. */
static void check_declassifiers(struct pw_parse *parse, enum pw_section section, bool *used)
{
	struct pw_policy *policy = parse->policy;
	_cleanup_free_ bool *aside = NULL;
	size_t i;

	if (section != PW_SECTION_LABELS && section != PW_SECTION_PROGRAMS)
		return;
	aside = calloc(policy->n_labels + 1, sizeof(*aside));
	if (!aside) {
		parse->error = -ENOMEM;
		return;
	}
	for (i = 0; i < policy->n_declassifiers; i++) {
		struct pw_declassifier *one = &policy->declassifier[i];

		if (section == PW_SECTION_LABELS)
			check_refs(parse, &one->labels, section, aside);
		else
			check_refs(parse, &one->programs, section, used);
	}
}

static bool check_any_bad(const struct pw_parse *parse)
{
	for (size_t i = 0; i < parse->policy->n_rules; i++)
		if (parse->state[i].bad)
			return true;
	return false;
}

static void check_unused(struct pw_parse *parse, enum pw_section section, const bool *used)
{
	struct pw_policy *policy = parse->policy;
	size_t i, n = pw_section_size(policy, section);

	for (i = 0; i < n; i++) {
		const struct pw_text *name = pw_section_name(policy, section, i);

		if (used[i] || !name->text)
			continue;
		if (section == PW_SECTION_LABELS)
			pw_parse_warning_at(
				parse, &name->at,
				"no rule is about label '%s': all access to it is denied\nadd a rule with labels: [%s]",
				name->text, name->text);
		else
			pw_parse_warning_at(
				parse, &name->at,
				"%s '%s' is used by no rule\nuse it in a rule, or remove it",
				pw_section_one[section], name->text);
	}
}

static bool check_labels_any(const struct pw_policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++)
		if (policy->rule[i].labels.any)
			return true;
	return false;
}

static void check_section(struct pw_parse *parse, enum pw_section section)
{
	struct pw_policy *policy = parse->policy;
	_cleanup_free_ bool *used = calloc(pw_section_size(policy, section) + 1, sizeof(*used));
	size_t i;

	if (!used) {
		parse->error = -ENOMEM;
		return;
	}
	for (i = 0; i < policy->n_rules; i++)
		if (!check_refs(parse, pw_rule_refs(&policy->rule[i], section), section, used))
			parse->state[i].bad = true;
	check_declassifiers(parse, section, used);
	if (parse->incomplete || check_any_bad(parse) || !policy->n_rules)
		return;
	if (section != PW_SECTION_LABELS || !check_labels_any(policy))
		check_unused(parse, section, used);
}

static void check_sessions(struct pw_parse *parse)
{
	struct pw_policy *policy = parse->policy;
	size_t i;

	for (i = 0; i < policy->n_rules; i++) {
		const struct pw_texts *sessions = &policy->rule[i].sessions.as_written;

		if (sessions->n)
			pw_parse_warning_at(
				parse, &sessions->item[0].at,
				"sessions are not enforced yet: the condition counts as satisfied\ndo not rely on it: the rule applies in every session");
	}
}

static void check_empty(struct pw_parse *parse)
{
	struct pw_place_in_file top = { parse->policy->file[0], 1, 1 };

	if (!parse->policy->n_labels)
		pw_parse_warning_at(
			parse, &top,
			"the policy defines no label: nothing is protected\nadd labels: with the trees that hold the data");
	else if (!parse->policy->n_rules)
		pw_parse_warning_at(
			parse, &top,
			"the policy has no rule: all access to labelled files is denied\nadd rules:, the last one for all that the others do not match");
}

void pw_check(struct pw_parse *parse)
{
	size_t i;

	if (parse->too_many_trees.line)
		pw_parse_error_at(
			parse, &parse->too_many_trees,
			"the policy has %zu trees and files, at most %d fit\nlabel a directory above them, or use one * for a component",
			parse->n_trees, PW_TREES_MAX);
	if (!parse->incomplete && parse->findings->n_errors == parse->errors_before)
		check_empty(parse);
	for (i = 0; i < _PW_SECTION_MAX; i++)
		check_section(parse, (enum pw_section)i);
	check_sessions(parse);
	if (!parse->too_many_trees.line)
		pw_check_trees(parse);
	if (parse->policy->n_places <= PW_PLACES_MAX)
		pw_check_places(parse);
	if (!parse->incomplete && !parse->error)
		pw_check_shadows(parse);
}
