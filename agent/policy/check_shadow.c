/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules that can never match, because for each of their labels and operations some earlier
 * rule matches whenever they would. An earlier rule counts only if its conditions hold
 * whenever those of the later one hold: each absent, or naming all that the later one names,
 * and not ended by `until` before the later one is. (Places matter to `send` only.)
 */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

#define SHADOW_NAMES 3 /* so many rules are named, the rest is counted */

/* A condition as a set of bits; labels are in @labels. */
struct shadow_rule {
	const struct pw_rule *rule;
	uint64_t labels;
	uint16_t ops;                   /* that it decides */
	uint64_t *set[_PW_SECTION_MAX]; /* NULL: the condition is not given */
};

struct shadows {
	struct pw_parse *parse;
	struct shadow_rule *rule;
	size_t words[_PW_SECTION_MAX];
};

struct shadow_by {
	const struct pw_rule *rule[SHADOW_NAMES];
	size_t n;
};

/* Operations that a rule decides: who may read or change a file may also see its size. */
static uint16_t shadow_ops(const struct pw_rule *rule)
{
	const uint16_t with_stat = 1u << PW_OP_READ | 1u << PW_OP_WRITE | 1u << PW_OP_CREATE |
				   1u << PW_OP_RENAME | 1u << PW_OP_LINK | 1u << PW_OP_DELETE;

	if (rule->verdict != PW_DENY && rule->ops & with_stat)
		return rule->ops | 1u << PW_OP_STAT;
	return rule->ops;
}

static bool shadow_subset(const struct shadows *shadows, const struct shadow_rule *small,
			  const struct shadow_rule *large, int section)
{
	size_t i;

	if (!large->set[section])
		return true;
	if (!small->set[section])
		return false;
	for (i = 0; i < shadows->words[section]; i++)
		if (small->set[section][i] & ~large->set[section][i])
			return false;
	return true;
}

/*
 * The operations for which @earlier matches whenever @later would, label left aside: all it
 * decides, without `send` when only the destinations differ; 0 when another condition does.
 */
static uint16_t shadow_holds(const struct shadows *shadows, const struct shadow_rule *earlier,
			     const struct shadow_rule *later)
{
	time_t end = earlier->rule->until;
	int section;

	if (end && (!later->rule->until || later->rule->until > end))
		return 0;
	for (section = PW_SECTION_ACTORS; section < PW_SECTION_PLACES; section++)
		if (!shadow_subset(shadows, later, earlier, section))
			return 0;
	if (!shadow_subset(shadows, later, earlier, PW_SECTION_PLACES))
		return earlier->ops & (uint16_t) ~(1u << PW_OP_SEND);
	return earlier->ops;
}

/* Take @ops of @labels away from @need: true when something was there to take. */
static bool shadow_take(uint16_t need[PW_LABELS_MAX], uint64_t labels, uint16_t ops)
{
	bool took = false;

	for (size_t i = 0; i < PW_LABELS_MAX; i++) {
		if (!(labels >> i & 1) || !(need[i] & ops))
			continue;
		need[i] &= (uint16_t)~ops;
		took = true;
	}
	return took;
}

/* By which rules is rule @i hidden? False: it is not. */
static bool shadow_find(const struct shadows *shadows, size_t i, struct shadow_by *ret)
{
	const struct shadow_rule *later = &shadows->rule[i];
	uint16_t need[PW_LABELS_MAX] = { 0 }, left = 0;
	size_t j;

	*ret = (struct shadow_by){ 0 };
	for (j = 0; j < PW_LABELS_MAX; j++)
		if (later->labels >> j & 1)
			need[j] = later->rule->ops;
	for (j = 0; j < i; j++) {
		const struct shadow_rule *earlier = &shadows->rule[j];
		uint16_t ops = 0;

		if (earlier->labels & later->labels)
			ops = shadow_holds(shadows, earlier, later);
		if (!(later->labels & ~earlier->labels) && !(later->rule->ops & ~ops)) {
			*ret = (struct shadow_by){ { earlier->rule }, 1 };
			return true;
		}
		if (!shadow_take(need, earlier->labels, ops))
			continue;
		if (ret->n < SHADOW_NAMES)
			ret->rule[ret->n] = earlier->rule;
		ret->n++;
	}
	for (j = 0; j < PW_LABELS_MAX; j++)
		left |= need[j];
	return ret->n && !left;
}

static void shadow_say(struct pw_parse *parse, const struct pw_rule *rule,
		       const struct shadow_by *by)
{
	_cleanup_str_ struct pw_str names = { 0 };
	size_t i, named = by->n < SHADOW_NAMES ? by->n : SHADOW_NAMES;

	for (i = 0; i < named; i++)
		pw_str_addf(&names, "%s'%s' at %s",
			    !i               ? ""
			    : i + 1 == by->n ? " and "
					     : ", ",
			    by->rule[i]->id.text, PW_WHERE(&by->rule[i]->at, rule->at.file));
	if (by->n > named)
		pw_str_addf(&names, " and %zu more", by->n - named);
	if (names.error)
		parse->error = names.error;
	else if (by->n == 1)
		pw_parse_error_at(
			parse, &rule->at,
			"rule '%s' can never match: rule %s matches all that it could\nmove it before '%s', or remove it",
			rule->id.text, names.text, by->rule[0]->id.text);
	else
		pw_parse_error_at(
			parse, &rule->at,
			"rule '%s' can never match: rules %s together match all that it could\nmove it before them, or remove it",
			rule->id.text, names.text);
}

/* The sets of one rule, from memory at *@bits. */
static void shadow_sets(const struct shadows *shadows, struct shadow_rule *into,
			struct pw_rule *rule, uint64_t **bits)
{
	size_t n_labels = shadows->parse->policy->n_labels, i;
	int section;

	*into = (struct shadow_rule){ .rule = rule, .ops = shadow_ops(rule) };
	if (rule->labels.any)
		into->labels = ~0ULL >> (PW_LABELS_MAX - n_labels);
	for (i = 0; i < rule->labels.n; i++)
		into->labels |= 1ULL << rule->labels.index[i];
	for (section = PW_SECTION_ACTORS; section < _PW_SECTION_MAX; section++) {
		const struct pw_refs *refs = pw_rule_refs(rule, (enum pw_section)section);

		if (refs->any)
			continue;
		into->set[section] = *bits;
		*bits += shadows->words[section];
		for (i = 0; i < refs->n; i++)
			into->set[section][refs->index[i] / 64] |= 1ULL << refs->index[i] % 64;
	}
}

void pw_check_shadows(struct pw_parse *parse)
{
	struct pw_policy *policy = parse->policy;
	_cleanup_free_ struct shadow_rule *rules = NULL;
	_cleanup_free_ uint64_t *bits = NULL;
	struct shadows shadows = { .parse = parse };
	size_t i, words = 0;
	uint64_t *next;

	if (!policy->n_labels || policy->n_labels > PW_LABELS_MAX || policy->n_rules > PW_RULES_MAX)
		return;
	for (i = PW_SECTION_ACTORS; i < _PW_SECTION_MAX; i++) {
		shadows.words[i] = (pw_section_size(policy, (enum pw_section)i) + 63) / 64;
		words += shadows.words[i];
	}
	shadows.rule = rules = calloc(policy->n_rules + 1, sizeof(*rules));
	next = bits = calloc(policy->n_rules * words + 1, sizeof(*bits));
	if (!rules || !bits) {
		parse->error = -ENOMEM;
		return;
	}
	for (i = 0; i < policy->n_rules; i++) {
		struct shadow_by by;

		/* One with errors keeps no labels: it neither hides nor is hidden. */
		if (parse->state[i].bad)
			rules[i] = (struct shadow_rule){ .rule = &policy->rule[i] };
		else
			shadow_sets(&shadows, &rules[i], &policy->rule[i], &next);
		if (rules[i].labels && shadow_find(&shadows, i, &by))
			shadow_say(parse, &policy->rule[i], &by);
	}
}
