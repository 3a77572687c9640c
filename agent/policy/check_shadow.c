/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules that can never match, because earlier rules, one or several together, match
 * whenever they would. Whoever satisfies a rule satisfies at least one name of each of its
 * conditions. Conditions only ever grow weaker when more names are satisfied, so it is
 * enough to look at those who satisfy exactly one name of each: the "worlds" of the rule,
 * for each of its labels and operations. An earlier rule counts unless `until` ends it
 * before the later one; places matter to `send` alone, and whatever is in a place is in
 * those that hold all of it, too.
 */
#include "policy/compile-private.h"
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

#define SHADOW_NAMES     3        /* so many rules are named, the rest is counted */
#define SHADOW_STEPS_MAX 40000000 /* a policy; beyond that nothing is called hidden */

struct shadow_rule {
	struct pw_rule *rule;
	uint64_t labels;                /* 0: it has errors, leave it alone */
	uint16_t ops;                   /* that it decides */
	uint64_t *set[_PW_SECTION_MAX]; /* names as bits; NULL: the condition is not given */
};

struct shadows {
	struct pw_parse *parse;
	struct shadow_rule *rule;
	size_t words[_PW_SECTION_MAX];  /* of a set */
	uint64_t within[PW_PLACES_MAX]; /* of each place: pw_places_within() */
	size_t steps;
};

/* One name of each condition, or -1 where the rule has none. */
struct shadow_world {
	int name[_PW_SECTION_MAX];
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

/* The @i-th world of a rule; false behind the last. */
static bool shadow_world(struct pw_rule *rule, size_t i, struct shadow_world *ret)
{
	int section;

	for (section = PW_SECTION_ACTORS; section < _PW_SECTION_MAX; section++) {
		const struct pw_refs *refs = pw_rule_refs(rule, (enum pw_section)section);

		ret->name[section] = -1;
		if (refs->any)
			continue;
		ret->name[section] = refs->index[i % refs->n];
		i /= refs->n;
	}
	return i == 0;
}

static bool shadow_has(const struct shadow_rule *rule, int section, int name)
{
	if (!rule->set[section])
		return true;
	return name >= 0 && rule->set[section][name / 64] >> name % 64 & 1;
}

/* Does @rule speak of whatever is in @place? */
static bool shadow_has_place(const struct shadows *shadows, const struct shadow_rule *rule,
			     int place)
{
	if (!rule->set[PW_SECTION_PLACES])
		return true;
	return place >= 0 && rule->set[PW_SECTION_PLACES][0] & shadows->within[place];
}

/* The operations that @earlier decides for whoever is @world, as long as @later holds. */
static uint16_t shadow_decides(const struct shadows *shadows, const struct shadow_rule *earlier,
			       const struct pw_rule *later, const struct shadow_world *world)
{
	time_t end = earlier->rule->until;
	int section;

	if (end && (!later->until || later->until > end))
		return 0;
	for (section = PW_SECTION_ACTORS; section < PW_SECTION_PLACES; section++)
		if (!shadow_has(earlier, section, world->name[section]))
			return 0;
	if (!shadow_has_place(shadows, earlier, world->name[PW_SECTION_PLACES]))
		return earlier->ops & (uint16_t) ~(1u << PW_OP_SEND);
	return earlier->ops;
}

/* Is @world left nothing by the rules before @i? Notes in @by which of them it takes. */
static bool shadow_covered(struct shadows *shadows, size_t i, const struct shadow_world *world,
			   bool *by)
{
	const struct shadow_rule *later = &shadows->rule[i];
	uint16_t need[PW_LABELS_MAX];
	uint64_t left = later->labels, labels;
	size_t j;

	for (j = 0; j < PW_LABELS_MAX; j++)
		need[j] = later->rule->ops;
	for (j = 0; j < i && left; j++) {
		const struct shadow_rule *earlier = &shadows->rule[j];
		uint16_t ops = shadow_decides(shadows, earlier, later->rule, world);

		shadows->steps++;
		for (labels = ops ? earlier->labels & left : 0; labels; labels &= labels - 1) {
			int label = __builtin_ctzll(labels);

			by[j] |= need[label] & ops;
			need[label] &= (uint16_t)~ops;
			if (!need[label])
				left &= ~(1ULL << label);
		}
	}
	return !left;
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

static bool shadow_places_subset(const struct shadows *shadows, const struct shadow_rule *small,
				 const struct shadow_rule *large)
{
	uint64_t left;

	if (!large->set[PW_SECTION_PLACES])
		return true;
	if (!small->set[PW_SECTION_PLACES])
		return false;
	for (left = small->set[PW_SECTION_PLACES][0]; left; left &= left - 1)
		if (!shadow_has_place(shadows, large, __builtin_ctzll(left)))
			return false;
	return true;
}

/* Does one earlier rule do it alone? */
static bool shadow_alone(const struct shadows *shadows, const struct shadow_rule *earlier,
			 const struct shadow_rule *later)
{
	struct shadow_world first;
	int section;

	shadow_world(later->rule, 0, &first);
	if (later->labels & ~earlier->labels ||
	    later->rule->ops & ~shadow_decides(shadows, earlier, later->rule, &first))
		return false;
	for (section = PW_SECTION_ACTORS; section < PW_SECTION_PLACES; section++)
		if (!shadow_subset(shadows, later, earlier, section))
			return false;
	return !(later->rule->ops >> PW_OP_SEND & 1) ||
	       shadow_places_subset(shadows, later, earlier);
}

/* Is rule @i hidden? By those in @by, as many as rules. */
static bool shadow_find(struct shadows *shadows, size_t i, bool *by)
{
	struct shadow_world world;
	size_t j, w;

	if (!shadows->rule[i].labels)
		return false;
	for (w = 0; shadow_world(shadows->rule[i].rule, w, &world); w++)
		if (shadows->steps > SHADOW_STEPS_MAX || !shadow_covered(shadows, i, &world, by))
			return false;
	for (j = 0; j < i; j++) {
		if (!by[j] || !shadow_alone(shadows, &shadows->rule[j], &shadows->rule[i]))
			continue;
		memset(by, 0, i * sizeof(*by));
		by[j] = true;
		break;
	}
	return true;
}

static void shadow_say(struct shadows *shadows, size_t i, const bool *by)
{
	const struct pw_rule *rule = shadows->rule[i].rule, *first = NULL;
	_cleanup_str_ struct pw_str names = { 0 };
	size_t j, n = 0, said = 0;

	for (j = 0; j < i; j++)
		n += by[j];
	for (j = 0; j < i && said < SHADOW_NAMES; j++) {
		const struct pw_rule *earlier = shadows->rule[j].rule;

		if (!by[j])
			continue;
		if (said)
			pw_str_add(&names, said + 1 == n ? " and " : ", ");
		else
			first = earlier;
		pw_str_addf(&names, "'%s' at %s", earlier->id.text,
			    PW_WHERE(&earlier->at, rule->at.file));
		said++;
	}
	if (n > said)
		pw_str_addf(&names, " and %zu more", n - said);
	if (names.error || !first)
		shadows->parse->error = names.error;
	else if (n == 1)
		pw_parse_error_at(
			shadows->parse, &rule->at,
			"rule '%s' can never match: rule %s matches all that it could\nmove it before '%s', or remove it",
			rule->id.text, names.text, first->id.text);
	else
		pw_parse_error_at(
			shadows->parse, &rule->at,
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

/* @by: memory for as many marks as rules. */
static void shadow_check(struct shadows *shadows, uint64_t *bits, bool *by)
{
	struct pw_policy *policy = shadows->parse->policy;
	size_t i;

	for (i = 0; i < policy->n_rules; i++) {
		if (shadows->parse->state[i].bad)
			shadows->rule[i] = (struct shadow_rule){ .rule = &policy->rule[i] };
		else
			shadow_sets(shadows, &shadows->rule[i], &policy->rule[i], &bits);
		memset(by, 0, i * sizeof(*by));
		if (shadow_find(shadows, i, by))
			shadow_say(shadows, i, by);
	}
}

void pw_check_shadows(struct pw_parse *parse)
{
	struct pw_policy *policy = parse->policy;
	_cleanup_free_ struct shadow_rule *rules = NULL;
	_cleanup_free_ uint64_t *bits = NULL;
	_cleanup_free_ bool *by = NULL;
	struct shadows shadows = { .parse = parse };
	size_t i, words = 0;

	if (!policy->n_labels || policy->n_labels > PW_LABELS_MAX ||
	    policy->n_rules > PW_RULES_MAX || policy->n_places > PW_PLACES_MAX)
		return;
	if (pw_places_within(policy, shadows.within) < 0)
		parse->error = -ENOMEM;
	for (i = PW_SECTION_ACTORS; i < _PW_SECTION_MAX; i++) {
		shadows.words[i] = (pw_section_size(policy, (enum pw_section)i) + 63) / 64;
		words += shadows.words[i];
	}
	shadows.rule = rules = calloc(policy->n_rules + 1, sizeof(*rules));
	bits = calloc(policy->n_rules * words + 1, sizeof(*bits));
	by = calloc(policy->n_rules + 1, sizeof(*by));
	if (!rules || !bits || !by)
		parse->error = -ENOMEM;
	else
		shadow_check(&shadows, bits, by);
}
