/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks over the whole of a policy: limits, sizes that somebody might try, and hidden
 * rules against an independent answer found by trying everything.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/finding.h"
#include "policy/parsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECONDS_MAX 60 /* with sanitizers on a busy machine; without, all take below 2 */

static struct pw_parsed parse_str(struct pw_str *text)
{
	assert_int_equal(text->error, 0);
	return pw_parse_one(text->text);
}

static void add_labels(struct pw_str *text, unsigned int n)
{
	unsigned int i;

	pw_str_add(text, "phiward: 1\nlabels:\n");
	for (i = 0; i < n; i++)
		pw_str_addf(text, "  l%u: {class: care, trees: [/srv/l%u]}\n", i, i);
}

/* Rules that differ in their actor; the actors are defined, too. */
static void add_rules(struct pw_str *text, unsigned int n)
{
	unsigned int i;

	pw_str_add(text, "actors:\n");
	for (i = 0; i < n; i++)
		pw_str_addf(text, "  a%u: {users: [u%u]}\n", i, i);
	pw_str_add(text, "rules:\n");
	for (i = 0; i < n; i++)
		pw_str_addf(text, "  - {id: r%u, allow: [read], labels: any, actors: [a%u]}\n", i,
			    i);
}

static void as_many_as_fit_are_fine(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };

	add_labels(&text, PW_LABELS_MAX);
	add_rules(&text, PW_RULES_MAX);
	_cleanup_parsed_ struct pw_parsed p = parse_str(&text);

	assert_int_equal(p.r, 0);
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy->n_labels, 64);
	assert_int_equal(p.policy->n_rules, 512);
	assert_int_equal(p.policy->rule[511].actors.index[0], 511);
}

static void one_label_too_many(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };

	add_labels(&text, PW_LABELS_MAX + 3);
	add_rules(&text, 1);
	_cleanup_parsed_ struct pw_parsed p = parse_str(&text);

	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
	assert_true(pw_parsed_says(&p, "a.yaml:67:3: error: the policy has more than 64 labels"));
}

static void one_rule_too_many(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };

	add_labels(&text, 1);
	add_rules(&text, PW_RULES_MAX + 3);
	_cleanup_parsed_ struct pw_parsed p = parse_str(&text);

	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
	assert_true(pw_parsed_says(&p, "a.yaml:1033:5: error: the policy has more than 512 rules"));
}

static void add_trees(struct pw_str *text, unsigned int n)
{
	unsigned int i;

	pw_str_add(text, "phiward: 1\nlabels:\n  a: {class: care, trees: [");
	for (i = 0; i < n; i++)
		pw_str_addf(text, "%s/a/%x", i ? "," : "", i);
	pw_str_add(text, "]}\nrules:\n  - {id: rest, deny: all, labels: any}\n");
}

static void parse_in_time(struct pw_str *text, struct pw_parsed *ret)
{
	clock_t start = clock(); /* its own time: the host may be busy */

	*ret = parse_str(text);
	assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
}

static void as_many_trees_as_fit_are_fine(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };

	add_trees(&text, PW_TREES_MAX);
	parse_in_time(&text, &p);
	assert_int_equal(p.r, 0);
	assert_int_equal(p.findings.n, 0);
}

static void a_million_trees_are_too_many(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };

	add_trees(&text, 1000000);
	parse_in_time(&text, &p);
	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
	assert_string_equal(p.findings.item[0].message,
			    "the policy has 1000000 trees and files, at most 131072 fit");
	assert_int_equal(p.findings.item[0].at.line, 3);
}

static void the_tree_too_many_is_told_where_it_stands(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };
	unsigned int i;

	pw_str_add(&text, "phiward: 1\nlabels:\n  a:\n    class: care\n    trees:\n");
	for (i = 0; i < PW_TREES_MAX - 1; i++)
		pw_str_addf(&text, "    - /a/%x\n", i);
	pw_str_add(&text, "  b: {class: care, trees: [/b], files: [/c, /d]}\n");
	pw_str_add(&text, "rules:\n  - {id: rest, deny: all, labels: any}\n");
	parse_in_time(&text, &p);
	assert_true(pw_parsed_says(
		&p,
		"a.yaml:131077:41: error: the policy has 131074 trees and files, at most 131072 fit"));
}

static void ten_mebibytes_of_errors(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };
	unsigned int i;

	pw_str_add(&text, "phiward: 1\n");
	for (i = 0; text.len < 10 << 20; i++)
		pw_str_addf(&text, "rulez%u: [a]\n", i);
	parse_in_time(&text, &p);
	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n_errors, i);
	assert_int_equal(p.findings.n, PW_FINDINGS_MAX + 1);
	assert_int_equal(p.findings.n_more, i - PW_FINDINGS_MAX);
	assert_true(p.findings.item[PW_FINDINGS_MAX].error);
	assert_non_null(strstr(p.findings.item[PW_FINDINGS_MAX].message, " more"));
}

static void ten_mebibytes_of_unknown_names(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };
	unsigned int i;

	pw_str_add(&text, "phiward: 1\nactors:\n");
	for (i = 0; i < 60000; i++)
		pw_str_addf(&text, "  actor-number-%u: {users: [u]}\n", i);
	pw_str_add(&text, "labels: {a: {class: care}}\nrules:\n");
	for (i = 0; text.len < 10 << 20; i++)
		pw_str_addf(&text,
			    "- {id: r%u, deny: all, labels: [a], actors: [actors-number%u]}\n", i,
			    i % 100);
	parse_in_time(&text, &p);
	assert_int_equal(p.r, -EINVAL);
}

static void ten_mebibytes_of_nesting(void **state)
{
	static const char *const parts[] = { "[", "{", "- ", "? ", "{a: ", "[{", "&a ", "!!x " };
	size_t i;

	for (i = 0; i < PW_ARRAY_SIZE(parts); i++) {
		_cleanup_str_ struct pw_str text = { 0 };
		_cleanup_parsed_ struct pw_parsed p = { 0 };

		pw_str_add(&text, "phiward: ");
		while (text.len < 10 << 20)
			pw_str_add(&text, parts[i]);
		parse_in_time(&text, &p);
		assert_int_equal(p.r, -EINVAL);
		assert_in_range(p.findings.n, 1, 2);
	}
}

static void one_scalar_of_ten_mebibytes(void **state)
{
	static const char *const quotes[] = { "", "'", "\"" };
	size_t i;

	for (i = 0; i < PW_ARRAY_SIZE(quotes); i++) {
		_cleanup_str_ struct pw_str text = { 0 };
		_cleanup_parsed_ struct pw_parsed p = { 0 };

		pw_str_addf(&text, "phiward: 1\nmode: %s", quotes[i]);
		while (text.len < 10 << 20)
			pw_str_add(&text, "aaaa aaa\n  bbbbbbbb");
		pw_str_addf(&text, "%s\n", quotes[i]);
		parse_in_time(&text, &p);
		assert_int_equal(p.findings.n, 1);
		assert_non_null(strstr(p.findings.item[0].message, "no value is longer than 4096"));
	}
}

static void hidden_rules_of_many_names_take_no_time(void **state)
{
	_cleanup_str_ struct pw_str text = { 0 };
	_cleanup_parsed_ struct pw_parsed p = { 0 };
	unsigned int i, j;

	pw_str_add(&text, "phiward: 1\nlabels: {a: {class: care}}\nactors:\n");
	for (i = 0; i < 300; i++)
		pw_str_addf(&text, "  a%u: {users: [u]}\n", i);
	pw_str_add(&text, "programs:\n");
	for (i = 0; i < 300; i++)
		pw_str_addf(&text, "  p%u: {paths: [/p]}\n", i);
	pw_str_add(&text, "rules:\n");
	/* Each rule leaves out a name of its own, at the end of what is tried. */
	for (i = 0; i < PW_RULES_MAX; i++) {
		pw_str_addf(&text, "- {id: r%u, allow: [read], labels: [a], actors: [a%u", i,
			    i % 300);
		for (j = 1; j < 299; j++)
			pw_str_addf(&text, ",a%u", (i + j) % 300);
		pw_str_addf(&text, "], programs: [p%u", i % 299);
		for (j = 1; j < 298; j++)
			pw_str_addf(&text, ",p%u", (i + j) % 299);
		pw_str_add(&text, "]}\n");
	}
	parse_in_time(&text, &p);
}

/* ---- hidden rules, by trying everything ---- */

#define TRY_LABELS   2
#define TRY_ACTORS   3
#define TRY_PROGRAMS 2
#define TRY_PLACES   2
#define TRY_RULES    7

struct try_rule { /* sets as bits; 0: the condition is not given */
	unsigned int verdict, labels, ops, actors, programs, places;
};

static uint64_t try_seed;

static unsigned int try_random(unsigned int n)
{
	try_seed = try_seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(try_seed >> 33) % n;
}

static unsigned int try_set(unsigned int n, unsigned int none_in)
{
	return try_random(none_in) ? 0 : 1 + try_random((1u << n) - 1);
}

static void try_names(struct pw_str *text, const char *key, char letter, unsigned int set)
{
	unsigned int i, n = 0;

	if (!set)
		return;
	pw_str_addf(text, ", %s: [", key);
	for (i = 0; i < 8; i++)
		if (set >> i & 1)
			pw_str_addf(text, "%s%c%u", n++ ? ", " : "", letter, i);
	pw_str_add(text, "]");
}

static void try_write(struct pw_str *text, const struct try_rule *rules, unsigned int n)
{
	static const char *const verdicts[] = { "allow", "warn", "deny" };
	static const char *const ops[] = { "stat", "read", "send" };
	unsigned int i, j, said;

	pw_str_add(text, "phiward: 1\nlabels: {l0: {class: care}, l1: {class: care}}\n"
			 "actors: {a0: {users: [a]}, a1: {users: [b]}, a2: {users: [c]}}\n"
			 "programs: {p0: {paths: [/p]}, p1: {paths: [/q]}}\n"
			 "places: {t0: {printers: [x]}, t1: {printers: [y]}}\nrules:\n");
	for (i = 0; i < n; i++) {
		pw_str_addf(text, "- {id: r%u, %s: [", i, verdicts[rules[i].verdict]);
		for (j = said = 0; j < 3; j++)
			if (rules[i].ops >> j & 1)
				pw_str_addf(text, "%s%s", said++ ? ", " : "", ops[j]);
		pw_str_add(text, "]");
		try_names(text, "labels", 'l', rules[i].labels);
		if (!rules[i].labels)
			pw_str_add(text, ", labels: any");
		try_names(text, "actors", 'a', rules[i].actors);
		try_names(text, "programs", 'p', rules[i].programs);
		try_names(text, "to", 't', rules[i].places);
		pw_str_add(text, "}\n");
	}
}

/* Does the rule decide? @op: 0 stat, 1 read, 2 send; the others are who asks, as sets. */
static bool try_matches(const struct try_rule *rule, unsigned int label, unsigned int op,
			unsigned int actors, unsigned int programs, unsigned int places)
{
	unsigned int ops = rule->ops;

	if (rule->verdict != 2 && ops & 2)
		ops |= 1; /* who may read may stat */
	if (rule->labels && !(rule->labels >> label & 1))
		return false;
	if (!(ops >> op & 1) || (rule->actors && !(rule->actors & actors)) ||
	    (rule->programs && !(rule->programs & programs)))
		return false;
	return op != 2 || !rule->places || rule->places & places;
}

/* Is there anybody for whom rule @i decides an operation that it names? */
static bool try_reachable(const struct try_rule *rules, unsigned int i)
{
	unsigned int bits = TRY_ACTORS + TRY_PROGRAMS + TRY_PLACES, label, op, who, j;

	for (label = 0; label < TRY_LABELS; label++)
		for (op = 0; op < 3; op++)
			for (who = 0; rules[i].ops >> op & 1 && who < 1u << bits; who++) {
				unsigned int a = who & 7, p = who >> 3 & 3, t = who >> 5;

				for (j = 0; j < i; j++)
					if (try_matches(&rules[j], label, op, a, p, t))
						break;
				if (j == i && try_matches(&rules[i], label, op, a, p, t))
					return true;
			}
	return false;
}

static bool try_is_told(const struct pw_parsed *p, unsigned int line)
{
	size_t i;

	for (i = 0; i < p->findings.n; i++)
		if (p->findings.item[i].error && p->findings.item[i].at.line == line &&
		    strstr(p->findings.item[i].message, "can never match"))
			return true;
	return false;
}

static void hidden_rules_are_exactly_those_that_nobody_reaches(void **state)
{
	unsigned int round, i, hidden = 0, total = 0;

	for (round = 0; round < 1500; round++) {
		_cleanup_str_ struct pw_str text = { 0 };
		struct try_rule rules[TRY_RULES];

		try_seed = round;
		for (i = 0; i < TRY_RULES; i++) {
			rules[i] = (struct try_rule){
				.verdict = try_random(3),
				.labels = try_set(TRY_LABELS, 2),
				.ops = 1 + try_random(7),
				.actors = try_set(TRY_ACTORS, 2),
				.programs = try_set(TRY_PROGRAMS, 2),
			};
			if (rules[i].ops & 4)
				rules[i].places = try_set(TRY_PLACES, 2);
		}
		try_write(&text, rules, TRY_RULES);
		_cleanup_parsed_ struct pw_parsed p = parse_str(&text);

		for (i = 0; i < TRY_RULES; i++) {
			bool told = try_is_told(&p, 7 + i);

			if (told == try_reachable(rules, i))
				fail_msg("round %u: rule r%u is %stold\n%s", round, i,
					 told ? "" : "not ", text.text);
			hidden += told;
			total++;
		}
	}
	/* Both kinds were met. */
	assert_true(hidden > total / 20 && hidden < total / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_fit_are_fine),
		cmocka_unit_test(one_label_too_many),
		cmocka_unit_test(one_rule_too_many),
		cmocka_unit_test(as_many_trees_as_fit_are_fine),
		cmocka_unit_test(a_million_trees_are_too_many),
		cmocka_unit_test(the_tree_too_many_is_told_where_it_stands),
		cmocka_unit_test(ten_mebibytes_of_errors),
		cmocka_unit_test(ten_mebibytes_of_unknown_names),
		cmocka_unit_test(ten_mebibytes_of_nesting),
		cmocka_unit_test(one_scalar_of_ten_mebibytes),
		cmocka_unit_test(hidden_rules_of_many_names_take_no_time),
		cmocka_unit_test(hidden_rules_are_exactly_those_that_nobody_reaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
