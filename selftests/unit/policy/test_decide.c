/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random policies and accesses: compile + pw_decide() against the naive interpreter; random
 * trees and paths: the automaton against component-wise matching.
 * PW_SEED= repeats a run, PW_ROUNDS= sets the number of random policies.
 */
#include "base/cleanup.h"
#include "policy/build.h"
#include "policy/compile.h"
#include "policy/naive.h"
#include "policy/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define ACCESSES 500
#define NAMES    6 /* different users, groups, programs ... */

static const char *const users[NAMES] = { "alice", "bob", "carol", "dave", "erin", "x" };
static const char *const groups[NAMES] = { "staff", "bob", "ward3", "clinicians", "it", "y" };
static const char *const exes[NAMES] = { "/usr/bin/python3", "/opt/ehr", "/bin/sh",
					 "/usr/bin/restic",  "/bin/cat", "/z" };
static const char *const scripts[NAMES] = { "/opt/etl.py", "/opt/ehr", "/opt/b.sh",
					    "/opt/c.pl",   "/bin/cat", "/w" };

static void random_texts(struct pw_policy *policy, struct pw_texts *texts,
			 const char *const names[NAMES], size_t max)
{
	size_t n = below(max + 1);

	while (n--)
		pw_build_text(policy, texts, names[below(NAMES)]);
}

static struct pw_hours random_hours(void)
{
	struct pw_hours hours = { .given = one_in(2) };

	if (!hours.given)
		return hours;
	hours.from_minute = one_in(2) ? 60 * below(24) : below(1440);
	hours.to_minute = one_in(2) ? 60 * below(25) : below(1441);
	hours.days = one_in(4) ? 0x7f : below(128);
	return hours;
}

static void random_refs(struct pw_refs *refs, size_t n_named, size_t one_given_in)
{
	size_t n = 1 + below(3);

	if (!n_named || !one_in(one_given_in))
		return;
	while (n--)
		pw_build_ref(refs, below(n_named));
}

static void random_rule(struct pw_policy *policy, time_t now)
{
	static const enum pw_verdict verdicts[] = { PW_ALLOW, PW_ALLOW, PW_WARN, PW_DENY };
	unsigned int ops = one_in(5) ? (1u << _PW_OP_MAX) - 1 : below(1u << _PW_OP_MAX);
	struct pw_rule *rule = pw_build_rule(policy, "r", verdicts[below(4)], ops);

	rule->severity = below(_PW_SEVERITY_MAX);
	if (one_in(3))
		rule->mode = below(_PW_MODE_MAX);
	random_refs(&rule->labels, policy->n_labels, 2);
	random_refs(&rule->actors, policy->n_actors, 2);
	random_refs(&rule->programs, policy->n_programs, 2);
	random_refs(&rule->to, policy->n_places, 2);
	if (one_in(8))
		rule->until = now + (time_t)below(3) - 1; /* just over, now, still good */
	else if (one_in(8))
		rule->until = now + (time_t)below(20 * 86400) - 10 * 86400;
}

/* Bits as they may be after years of other policies. */
static void random_bits(struct pw_policy *policy)
{
	uint64_t taken = 0;

	for (size_t i = 0; i < policy->n_labels; i++) {
		unsigned int bit = below(PW_LABELS_MAX);

		while (taken >> bit & 1)
			bit = (bit + 1) % PW_LABELS_MAX;
		policy->label[i].bit = bit;
		taken |= 1ULL << bit;
	}
}

static struct pw_policy *random_policy(time_t now)
{
	struct pw_policy *policy = pw_build_policy(below(_PW_MODE_MAX));
	size_t n_labels = one_in(10) ? PW_LABELS_MAX : 1 + below(5), i;
	size_t n_rules = one_in(50) ? PW_RULES_MAX : one_in(4) ? below(140) : below(12);

	for (i = 0; i < n_labels; i++) {
		pw_build_label(policy, "l");
		policy->label[i].on_failure = below(_PW_ON_FAILURE_MAX);
	}
	random_bits(policy);
	for (i = one_in(10) ? PW_PLACES_MAX : below(5); i > 0; i--)
		pw_build_place(policy, "to");
	for (i = below(6); i > 0; i--) {
		size_t index = pw_build_actor(policy, "a");
		struct pw_actor *actor = &policy->actor[index];

		random_texts(policy, &actor->users, users, 3);
		random_texts(policy, &actor->groups, groups, 3);
		actor->hours = random_hours();
	}
	for (i = below(6); i > 0; i--) {
		size_t program = pw_build_program(policy, "p");

		random_texts(policy, &policy->program[program].paths, exes, 2);
		random_texts(policy, &policy->program[program].scripts, scripts, 2);
	}
	for (i = 0; i < n_rules; i++)
		random_rule(policy, now);
	return policy;
}

/* A time within two years, often on a full hour or just before. */
static time_t random_time(void)
{
	time_t now = 1735689600 + (time_t)below(2 * 365 * 86400);

	return one_in(3) ? now / 3600 * 3600 - (time_t)below(2) : now;
}

static void random_access(const struct pw_policy *policy, const char *group[4],
			  struct naive_access *access)
{
	size_t i, more = one_in(2) ? 0 : below(4);

	access->who = (struct pw_who){ .groups = group, .n_groups = below(4) };
	for (i = 0; i < access->who.n_groups; i++)
		group[i] = groups[below(NAMES)];
	if (!one_in(8))
		access->who.user = users[below(NAMES)];
	if (!one_in(8))
		access->who.exe = exes[below(NAMES)];
	if (one_in(2))
		access->who.script = scripts[below(NAMES)];
	access->op = one_in(3) ? PW_OP_SEND : below(_PW_OP_MAX);
	access->labels = 1ULL << policy->label[below(policy->n_labels)].bit;
	while (more--)
		access->labels |= 1ULL << policy->label[below(policy->n_labels)].bit;
	for (i = below(4); policy->n_places && i > 0; i--)
		access->places |= 1ULL << below(policy->n_places);
}

static void check_access(const struct pw_policy *policy, const struct pw_compiled *compiled,
			 const struct naive_access *access)
{
	struct naive_decision expected = naive_decide(policy, access);
	struct pw_decision decision;
	struct pw_mask who;

	pw_compiled_who(compiled, &access->who, &who);
	if (access->op == PW_OP_SEND)
		pw_mask_places(&compiled->image, access->places, &who);
	pw_decide(&compiled->image, &who, access->labels, access->op, &decision);
	if (decision.rule == (expected.rule < 0 ? PW_RULE_NONE : expected.rule) &&
	    decision.verdict == expected.verdict && decision.severity == expected.severity &&
	    decision.label == expected.label)
		return;
	print_error("PW_SEED=%llu: op %d labels %llx: rule %d verdict %d severity %d label %d, "
		    "expected %d %d %d %zu\n",
		    (unsigned long long)seed, access->op, (unsigned long long)access->labels,
		    decision.rule, decision.verdict, decision.severity, decision.label,
		    expected.rule, expected.verdict, expected.severity, expected.label);
	fail();
}

static void decisions_agree_with_first_match(void **state)
{
	unsigned long round, n = rounds();
	size_t i;

	for (round = 0; round < n; round++) {
		struct pw_compile_options options = { .now = random_time() };
		struct pw_policy *policy = random_policy(options.now);
		struct pw_compiled *compiled = NULL;

		assert_int_equal(pw_policy_compile(policy, &options, NULL, &compiled), 0);
		for (i = 0; i < ACCESSES; i++) {
			struct naive_access access = { .now = options.now };
			const char *group[4];

			random_access(policy, group, &access);
			check_access(policy, compiled, &access);
		}
		pw_compiled_free(&compiled);
		pw_built_free(&policy);
	}
	print_message("%lu policies, %lu accesses\n", n, n * ACCESSES);
}

/* Would this rule or actor be seen otherwise at @now than at @then? */
static bool image_differs(const struct pw_policy *policy, time_t then, time_t now)
{
	size_t i, k;

	for (i = 0; i < policy->n_rules; i++) {
		const struct pw_rule *rule = &policy->rule[i];

		if (rule->until && (then < rule->until) != (now < rule->until))
			return true;
		for (k = 0; k < rule->actors.n; k++) {
			const struct pw_hours *hours = &policy->actor[rule->actors.index[k]].hours;

			if (naive_within_hours(hours, then) != naive_within_hours(hours, now))
				return true;
		}
	}
	return false;
}

/* next_change: nothing changes before it, something does at it. Around summer time too. */
static void next_change_is_the_first_change(void **state)
{
	static const time_t switches[] = { 1743296400, 1761440400, 1774746000, 1792890000 };
	unsigned long round, n = rounds() / 10;

	for (round = 0; round < n; round++) {
		time_t now = one_in(2) ? random_time()
				       : switches[below(4)] + (time_t)below(2 * 86400) - 86400;
		struct pw_compile_options options = { .now = now };
		struct pw_policy *policy = random_policy(now);
		struct pw_compiled *compiled = NULL;
		time_t next, end, t;

		assert_int_equal(pw_policy_compile(policy, &options, NULL, &compiled), 0);
		next = compiled->next_change;
		end = next ? next : now + 8 * 86400;
		assert_true(!next || next > now);
		if (next && !image_differs(policy, now, next))
			fail_msg("PW_SEED=%llu: nothing changes", (unsigned long long)seed);
		for (t = now / 60 * 60 + 60; t < end && t < now + 8 * 86400; t += 60)
			if (image_differs(policy, now, t))
				fail_msg("PW_SEED=%llu: changes at %lld, not at %lld",
					 (unsigned long long)seed, (long long)t, (long long)next);
		pw_compiled_free(&compiled);
		pw_built_free(&policy);
	}
}

/* ---- trees ---- */

static const char *const components[] = { "a",  "b",  "ab", "ba", "aa",  "home", "bob",
					  "x1", "x2", "d1", "d",  "abc", "acb",  "a*literal" };
static const char *const patterns[] = { "*", "a*", "*b", "a*b" };

static void random_path(char *path, size_t size, bool pattern)
{
	size_t n = one_in(30) ? 0 : 1 + below(4), len = 0, i;

	strcpy(path, "/");
	for (i = 0; i < n; i++) {
		bool wild = pattern && one_in(3);
		const char *component =
			wild ? patterns[below(PW_ARRAY_SIZE(patterns))]
			     : components[below(PW_ARRAY_SIZE(components) - pattern)];

		len += snprintf(path + len, size - len, "/%s", component);
	}
}

/* "/home" is a link to "/a/b". */
static int canonical(void *ctx, const char *path, char **ret)
{
	bool linked = !strncmp(path, "/home", 5) && (!path[5] || path[5] == '/');

	if (asprintf(ret, "%s%s", linked ? "/a/b" : path, linked ? path + 5 : "") < 0)
		return -ENOMEM;
	return 0;
}

/* The same policy with the links resolved in the texts. */
static void link_away(struct pw_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->n; i++) {
		char *text = NULL;

		assert_int_equal(canonical(NULL, texts->item[i].text, &text), 0);
		free(texts->item[i].text);
		texts->item[i].text = text;
	}
}

static struct pw_policy *random_trees(void)
{
	struct pw_policy *policy = pw_build_policy(PW_ENFORCE);
	char path[128];
	size_t i, n;

	for (i = 0; i < 4; i++)
		pw_build_label(policy, "l");
	random_bits(policy);
	for (i = 0; i < 4; i++) {
		for (n = below(5); n > 0; n--) {
			random_path(path, sizeof(path), true);
			pw_build_text(policy, &policy->label[i].trees, path);
		}
		for (n = below(4); n > 0; n--) {
			random_path(path, sizeof(path), true);
			pw_build_text(policy, &policy->label[i].files, path);
		}
	}
	for (i = one_in(2) ? 0 : 1 + below(3); i > 0; i--) {
		size_t place = pw_build_place(policy, "to");

		for (n = below(4); n > 0; n--) {
			random_path(path, sizeof(path), false);
			pw_build_text(policy, &policy->place[place].directories, path);
		}
	}
	for (i = one_in(2) ? 0 : 1 + below(3); i > 0; i--) {
		size_t hub = pw_build_hub(policy, "hub");

		pw_build_text(policy, &policy->hub[hub].sockets, "@a/b");
		for (n = below(4); n > 0; n--) {
			random_path(path, sizeof(path), true);
			pw_build_text(policy, &policy->hub[hub].sockets, path);
		}
	}
	return policy;
}

/* What the agent and the kernel rely on beyond labels. */
static void check_anchors(const struct pw_trees *trees)
{
	size_t i, k;

	assert_string_equal(trees->anchor[0].path, "/");
	for (i = 0; i < trees->n_anchors; i++) {
		const struct pw_anchor *anchor = &trees->anchor[i];
		size_t parent = (size_t)(strrchr(anchor->path, '/') - anchor->path);

		assert_int_equal(anchor->labels, pw_trees_labels(trees, anchor->path, true));
		for (k = 0; i && k < i; k++)
			if (!strncmp(trees->anchor[k].path, anchor->path, parent ? parent : 1) &&
			    strlen(trees->anchor[k].path) == (parent ? parent : 1))
				break;
		assert_true(!i || k < i);
	}
	for (i = 0; i < trees->n_edges; i++) {
		assert_true(trees->edge[i].next < trees->n_states);
		assert_true(trees->edge[i].key.state < trees->n_states);
	}
}

/* What the kernel relies on: places never end, and who may have a name that matters says so. */
static void check_states(const struct pw_trees *trees)
{
	for (size_t i = 0; i < trees->n_states; i++) {
		const struct pw_state *state = &trees->state[i];

		for (size_t k = 0; k < 1u << state->n_globs; k++) {
			const struct pw_state *next = &trees->state[state->next[k]];

			assert_int_equal(state->tree_places & ~next->tree_places, 0);
			if (next->flags & PW_STATE_HUB || next->file_labels)
				assert_true(state->flags & PW_STATE_NAMES_FILES);
		}
	}
	for (size_t i = 0; i < trees->n_edges; i++) {
		const struct pw_state *from = &trees->state[trees->edge[i].key.state];
		const struct pw_state *to = &trees->state[trees->edge[i].next];

		assert_int_equal(from->tree_places & ~to->tree_places, 0);
		if (to->flags & PW_STATE_HUB || to->file_labels)
			assert_true(from->flags & PW_STATE_NAMES_FILES);
	}
}

static void check_paths(struct pw_policy *policy, const struct pw_trees *trees)
{
	char path[128];
	size_t i;

	for (i = 0; i < 200; i++) {
		bool is_directory = one_in(2);
		struct pw_trees_found got;
		uint64_t labels, places;

		random_path(path, sizeof(path), false);
		is_directory |= !path[1];
		pw_trees_find(trees, path, is_directory, &got);
		labels = naive_labels(policy, path, is_directory);
		places = naive_places(policy, path);
		if (got.labels != labels || got.places != places ||
		    got.hub != (!is_directory && naive_hub(policy, path)))
			fail_msg("PW_SEED=%llu: %s: %llx to %llx, expected %llx to %llx, hub %d",
				 (unsigned long long)seed, path, (unsigned long long)got.labels,
				 (unsigned long long)got.places, (unsigned long long)labels,
				 (unsigned long long)places, got.hub);
		assert_true(!got.places || got.state != PW_STATE_DEAD);
	}
}

static void labels_agree_with_matching_text(void **state)
{
	unsigned long round, n = rounds();
	size_t i;

	for (round = 0; round < n; round++) {
		struct pw_compile_options options = { .now = 0 };
		struct pw_policy *policy = random_trees();
		struct pw_compiled *compiled = NULL;

		if (one_in(2))
			options.canonical = canonical;
		assert_int_equal(pw_policy_compile(policy, &options, NULL, &compiled), 0);
		for (i = 0; options.canonical && i < policy->n_labels; i++) {
			link_away(&policy->label[i].trees);
			link_away(&policy->label[i].files);
		}
		for (i = 0; options.canonical && i < policy->n_places; i++)
			link_away(&policy->place[i].directories);
		for (i = 0; options.canonical && i < policy->n_hubs; i++)
			link_away(&policy->hub[i].sockets);
		check_states(&compiled->trees);
		check_anchors(&compiled->trees);
		check_paths(policy, &compiled->trees);
		pw_compiled_free(&compiled);
		pw_built_free(&policy);
	}
	print_message("%lu policies, %lu paths\n", n, n * 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(decisions_agree_with_first_match, setup_random),
		cmocka_unit_test_setup(next_change_is_the_first_change, setup_random),
		cmocka_unit_test_setup(labels_agree_with_matching_text, setup_random),
	};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
