/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The automaton: what paths carry, the anchors, the limits, and a hundred thousand trees. */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/build.h"
#include "policy/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define A 1ULL
#define B 2ULL
#define C 4ULL

struct fixture {
	struct pw_policy *policy;
	struct pw_findings findings;
	struct pw_compiled *compiled;
	struct pw_compile_options options;
	int r;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->policy = pw_build_policy(PW_ENFORCE);
	pw_build_label(f->policy, "a");
	pw_build_label(f->policy, "b");
	pw_build_label(f->policy, "c");
	f->options.now = 1767225600;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_findings_free(&f->findings);
	pw_built_free(&f->policy);
	free(f);
	return 0;
}

static void add_tree(struct fixture *f, size_t label, const char *path)
{
	pw_build_text(f->policy, &f->policy->label[label].trees, path);
}

static void add_file(struct fixture *f, size_t label, const char *path)
{
	pw_build_text(f->policy, &f->policy->label[label].files, path);
}

static const struct pw_trees *compile(struct fixture *f)
{
	pw_compiled_free(&f->compiled);
	f->r = pw_policy_compile(f->policy, &f->options, &f->findings, &f->compiled);
	return f->r < 0 ? NULL : &f->compiled->trees;
}

static uint64_t dir(struct fixture *f, const char *path)
{
	return pw_trees_labels(&f->compiled->trees, path, true);
}

static uint64_t file(struct fixture *f, const char *path)
{
	return pw_trees_labels(&f->compiled->trees, path, false);
}

static const struct pw_anchor *anchor(struct fixture *f, const char *path)
{
	const struct pw_trees *trees = &f->compiled->trees;
	size_t i;

	for (i = 0; i < trees->n_anchors; i++)
		if (!strcmp(trees->anchor[i].path, path))
			return &trees->anchor[i];
	return NULL;
}

static void no_trees_label_nothing(void **state)
{
	struct fixture *f = *state;
	const struct pw_trees *trees = compile(f);

	assert_int_equal(trees->n_states, 1);
	assert_int_equal(trees->n_edges, 0);
	assert_int_equal(trees->n_anchors, 1);
	assert_string_equal(trees->anchor[0].path, "/");
	assert_int_equal(trees->anchor[0].state, PW_STATE_DEAD);
	assert_int_equal(dir(f, "/"), 0);
	assert_int_equal(file(f, "/etc/passwd"), 0);
}

static void labels_flow_downwards_only(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/srv/phi/records");
	add_tree(f, 1, "/srv/phi/records/genomes");
	assert_non_null(compile(f));
	assert_int_equal(dir(f, "/"), 0);
	assert_int_equal(dir(f, "/srv/phi"), 0);
	assert_int_equal(dir(f, "/srv/phi/records"), A);
	assert_int_equal(file(f, "/srv/phi/records"), A);
	assert_int_equal(file(f, "/srv/phi/records/x"), A);
	assert_int_equal(dir(f, "/srv/phi/records/x/y/z"), A);
	assert_int_equal(file(f, "/srv/phi/records/genomes/1.vcf"), A | B);
	assert_int_equal(dir(f, "/srv/phi/records/genomes2"), A);
	assert_int_equal(dir(f, "/srv/phi/record"), 0);
	assert_int_equal(dir(f, "/srv/phi/recordss"), 0);
	assert_int_equal(dir(f, "/x/srv/phi/records"), 0);
}

static void the_root_may_be_a_tree(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/");
	add_tree(f, 1, "/etc");
	assert_non_null(compile(f));
	assert_int_equal(dir(f, "/"), A);
	assert_int_equal(file(f, "/bin/sh"), A);
	assert_int_equal(file(f, "/etc/shadow"), A | B);
	assert_true(anchor(f, "/")->is_root);
	assert_int_equal(anchor(f, "/")->labels, A);
	assert_int_equal(anchor(f, "/etc")->labels, A | B);
}

static void file_entries_label_files_only(void **state)
{
	struct fixture *f = *state;

	add_file(f, 0, "/var/spool/cups/d*");
	add_file(f, 1, "/etc/secret.txt");
	assert_non_null(compile(f));
	assert_int_equal(file(f, "/var/spool/cups/d00012-001"), A);
	assert_int_equal(dir(f, "/var/spool/cups/d00012-001"), 0);
	assert_int_equal(file(f, "/var/spool/cups/d00012-001/x"), 0);
	assert_int_equal(file(f, "/var/spool/cups/c00012"), 0);
	assert_int_equal(file(f, "/var/spool/cups/d"), A);
	assert_int_equal(file(f, "/etc/secret.txt"), B);
	assert_int_equal(dir(f, "/etc/secret.txt"), 0);
	assert_non_null(anchor(f, "/var/spool/cups"));
	assert_null(anchor(f, "/etc/secret.txt"));
	assert_non_null(anchor(f, "/etc"));
}

static void wildcards_combine_with_literals(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/home/*/.ehr-cache");
	add_tree(f, 1, "/home/bob/private");
	add_tree(f, 2, "/home/b*b/*.db");
	assert_non_null(compile(f));
	assert_int_equal(dir(f, "/home/alice/.ehr-cache"), A);
	assert_int_equal(dir(f, "/home/bob/.ehr-cache/x"), A);
	assert_int_equal(dir(f, "/home/bob/private"), B);
	assert_int_equal(dir(f, "/home/alice/private"), 0);
	assert_int_equal(file(f, "/home/bob/x.db"), C);
	assert_int_equal(file(f, "/home/bb/x.db"), C);
	assert_int_equal(file(f, "/home/b/x.db"), 0);
	assert_int_equal(file(f, "/home/blob/.db"), C);
	assert_int_equal(file(f, "/home/blob/.db2"), 0);
	assert_int_equal(dir(f, "/home/blob/.ehr-cache"), A);
	assert_int_equal(dir(f, "/home"), 0);
	assert_int_equal(dir(f, "/home/x/y/.ehr-cache"), 0);
}

static void any_component_takes_no_glob(void **state)
{
	struct fixture *f = *state;
	const struct pw_trees *trees;

	add_tree(f, 0, "/data/*");
	trees = compile(f);
	assert_int_equal(trees->n_globs, 0);
	assert_int_equal(dir(f, "/data"), 0);
	assert_int_equal(dir(f, "/data/x"), A);
	assert_int_equal(trees->state[anchor(f, "/data")->state].n_globs, 0);
	assert_true(trees->state[anchor(f, "/data")->state].flags & PW_STATE_NAMES_FILES);
	assert_false(trees->state[anchor(f, "/")->state].flags & PW_STATE_NAMES_FILES);
}

static void anchors_are_the_literal_directories(void **state)
{
	static const char *const expected[] = { "/",     "/srv",     "/srv/phi", "/srv/phi/records",
						"/home", "/home/bob" };
	struct fixture *f = *state;
	const struct pw_trees *trees;
	size_t i;

	add_tree(f, 0, "/srv/phi/records");
	add_tree(f, 0, "/home/*/.ehr-cache");
	add_tree(f, 1, "/home/bob");
	trees = compile(f);
	assert_int_equal(trees->n_anchors, PW_ARRAY_SIZE(expected));
	for (i = 0; i < PW_ARRAY_SIZE(expected); i++)
		assert_string_equal(trees->anchor[i].path, expected[i]);
	for (i = 0; i < trees->n_anchors; i++)
		assert_int_equal(trees->anchor[i].labels, dir(f, trees->anchor[i].path));
	assert_int_equal(anchor(f, "/srv/phi/records")->labels, A);
	assert_true(anchor(f, "/srv/phi/records")->is_root);
	assert_false(anchor(f, "/srv/phi")->is_root);
	assert_int_equal(anchor(f, "/srv/phi")->at.line, 4);
	assert_int_equal(anchor(f, "/home")->at.line, 5);
	assert_int_equal(anchor(f, "/home/bob")->at.line, 6);
	assert_string_equal(anchor(f, "/home/bob")->at.file, "10-test.yaml");
	/* /home/bob is also "*": from there .ehr-cache still counts */
	assert_int_not_equal(anchor(f, "/home/bob")->state, PW_STATE_DEAD);
	assert_true(trees->state[anchor(f, "/home/bob")->state].flags & PW_STATE_NAMES_FILES);
}

static void a_later_tree_gives_an_anchor_its_place(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/srv/phi/records");
	add_tree(f, 1, "/srv/phi");
	assert_non_null(compile(f));
	assert_int_equal(anchor(f, "/srv")->at.line, 4);
	assert_int_equal(anchor(f, "/srv/phi")->at.line, 5);
	assert_true(anchor(f, "/srv/phi")->is_root);
}

static void trees_beside_each_other_share_a_state(void **state)
{
	struct fixture *f = *state;
	const struct pw_trees *trees;

	add_tree(f, 0, "/d/1");
	add_tree(f, 0, "/d/2");
	add_tree(f, 0, "/d/3");
	trees = compile(f);
	assert_int_equal(trees->n_states, 4); /* dead, "/", "/d", the trees */
	assert_int_equal(trees->n_edges, 4);
	assert_int_equal(anchor(f, "/d/1")->state, anchor(f, "/d/3")->state);
}

static int canonical_of_test(void *ctx, const char *path, char **ret)
{
	size_t *calls = ctx;

	(*calls)++;
	if (!strncmp(path, "/bad", 4))
		return -ELOOP;
	if (!strncmp(path, "/oom", 4))
		return -ENOMEM;
	if (!strncmp(path, "/home", 5))
		return asprintf(ret, "/data/ho*me%s", path + 5) < 0 ? -ENOMEM : 0;
	*ret = strdup(path);
	return *ret ? 0 : -ENOMEM;
}

static void literal_prefixes_are_made_canonical(void **state)
{
	struct fixture *f = *state;
	size_t calls = 0;

	f->options.canonical = canonical_of_test;
	f->options.ctx = &calls;
	add_tree(f, 0, "/home/*/.ehr-cache");
	add_tree(f, 1, "/home/bob/x");
	add_file(f, 2, "/*/c*");
	assert_non_null(compile(f));
	assert_int_equal(calls, 2);
	assert_int_equal(dir(f, "/home/bob/.ehr-cache"), 0);
	assert_int_equal(dir(f, "/data/ho*me/bob/.ehr-cache"), A);
	assert_int_equal(dir(f, "/data/hoxme/bob/.ehr-cache"), 0); /* that "*" is a name */
	assert_int_equal(dir(f, "/data/ho*me/bob/x"), B);
	assert_int_equal(file(f, "/q/cc"), C);
	assert_non_null(anchor(f, "/data/ho*me"));
	assert_null(anchor(f, "/home"));
	assert_int_equal(f->findings.n, 0);
}

static void unresolvable_prefixes_are_taken_as_written(void **state)
{
	struct fixture *f = *state;
	size_t calls = 0;

	f->options.canonical = canonical_of_test;
	f->options.ctx = &calls;
	add_tree(f, 0, "/bad/link");
	assert_non_null(compile(f));
	assert_int_equal(dir(f, "/bad/link"), A);
	assert_int_equal(f->findings.n, 1);
	assert_int_equal(f->findings.n_errors, 0);
	assert_int_equal(f->findings.item[0].at.line, 4);
	assert_non_null(strstr(f->findings.item[0].message, "/bad/link"));
	add_tree(f, 0, "/oom");
	assert_null(compile(f));
	assert_int_equal(f->r, -ENOMEM);
}

static void check_refused(struct fixture *f, const char *message, unsigned int line)
{
	assert_null(compile(f));
	assert_int_equal(f->r, -E2BIG);
	assert_int_equal(f->findings.n, 1);
	assert_int_equal(f->findings.n_errors, 1);
	assert_non_null(strstr(f->findings.item[0].message, message));
	assert_true(strlen(f->findings.item[0].remedy) > 0);
	assert_string_equal(f->findings.item[0].at.file, "10-test.yaml");
	assert_int_equal(f->findings.item[0].at.line, line);
}

static void four_wildcards_in_a_directory_are_enough(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/d/a*");
	add_tree(f, 1, "/d/*z");
	add_tree(f, 2, "/d/b*");
	add_tree(f, 0, "/d/c*/x");
	add_tree(f, 1, "/d/c*/*");
	assert_non_null(compile(f));
	assert_int_equal(dir(f, "/d/az"), A | B);
	assert_int_equal(dir(f, "/d/a"), A);
	assert_int_equal(dir(f, "/d/z"), B);
	assert_int_equal(dir(f, "/d/bz"), B | C);
	assert_int_equal(dir(f, "/d/cz/x"), A | B);
	assert_int_equal(dir(f, "/d/c/y"), B);
	add_tree(f, 2, "/d/e*");
	check_refused(f, "more than 4 different wildcards", 9);
}

static void wildcards_of_a_policy_are_limited(void **state)
{
	struct fixture *f = *state;
	char path[64];
	int i;

	for (i = 0; i < PW_GLOBS_MAX; i++) {
		snprintf(path, sizeof(path), "/d%d/x%d*", i, i);
		add_tree(f, i % 3, path);
	}
	assert_non_null(compile(f));
	assert_int_equal(f->compiled->trees.n_globs, PW_GLOBS_MAX);
	assert_int_equal(dir(f, "/d77/x77y"), C);
	add_tree(f, 2, "/d/more*");
	check_refused(f, "more than 1024 different wildcards", 4 + PW_GLOBS_MAX);
}

static void two_stars_in_a_component_are_refused(void **state)
{
	struct fixture *f = *state;

	add_tree(f, 0, "/d/a*b*c/x");
	check_refused(f, "more than one \"*\"", 4);
}

static void long_components_are_refused(void **state)
{
	struct fixture *f = *state;
	char path[300] = "/";

	memset(path + 1, 'x', 255);
	add_tree(f, 0, path);
	assert_non_null(compile(f));
	assert_int_equal(dir(f, path), A);
	path[256] = 'x';
	assert_int_equal(dir(f, path), 0);
	add_tree(f, 0, path);
	check_refused(f, "longer than 255 bytes", 5);
}

/* Trees whose wildcards combine without end: 2^k sets at depth k. */
static void combinations_are_limited(void **state)
{
	struct fixture *f = *state;
	struct pw_str path = { 0 };
	int i, k;

	for (i = 0; i < 24; i++) {
		pw_str_reset(&path);
		for (k = 0; k < 24; k++)
			pw_str_add(&path, k == i ? "/a*" : "/*");
		pw_str_add(&path, "/x");
		add_tree(f, 0, path.text);
	}
	pw_str_free(&path);
	assert_null(compile(f));
	assert_int_equal(f->r, -E2BIG);
	assert_int_equal(f->findings.n_errors, 1);
	assert_non_null(strstr(f->findings.item[0].message, "combinations"));
}

/* A second name of 16 bytes with the hash of @first: the hash can be run backwards. */
static bool collide(const struct pw_name *first, struct pw_name *ret_second)
{
	const uint64_t multiplier = 0xff51afd7ed558ccdULL, start = 0x9e3779b97f4a7c15ULL ^ 16;
	uint64_t a = (start ^ first->word[0]) * multiplier, b, turn;
	size_t i;

	a ^= a >> 32;
	for (turn = 1; turn < 10000000; turn++) {
		*ret_second = *first;
		for (i = 0; i < 6; i++)
			ret_second->text[i] = 'a' + (turn >> 4 * i & 15);
		b = (start ^ ret_second->word[0]) * multiplier;
		b ^= b >> 32;
		ret_second->word[1] = a ^ first->word[1] ^ b;
		for (i = 8; i < 16; i++)
			if (ret_second->text[i] < '0' || ret_second->text[i] == '\\' ||
			    ret_second->text[i] == 0x7f)
				break;
		if (i == 16 && memcmp(first, ret_second, 16))
			return true;
	}
	return false;
}

static void colliding_names_are_refused(void **state)
{
	struct fixture *f = *state;
	struct pw_name first = { 0 }, second = { 0 };
	char path[64];

	memcpy(first.text, "patient-records1", 16);
	assert_true(collide(&first, &second));
	assert_int_equal(pw_name_hash(&first, 16), pw_name_hash(&second, 16));
	add_tree(f, 0, "/srv/patient-records1");
	snprintf(path, sizeof(path), "/srv/%.16s", (const char *)second.text);
	add_tree(f, 1, path);
	check_refused(f, "has the hash of another", 4);
}

static void a_hundred_thousand_trees(void **state)
{
	struct fixture *f = *state;
	struct timespec t[2];
	char path[96];
	double ms;
	int i;

	for (i = 0; i < 100000; i++) {
		snprintf(path, sizeof(path), "/srv/clinic-%d/patients/%06d/images", i % 50, i);
		pw_build_text(f->policy, &f->policy->label[i % 2].trees, path);
	}
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	assert_non_null(compile(f));
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	ms = (t[1].tv_sec - t[0].tv_sec) * 1e3 + (t[1].tv_nsec - t[0].tv_nsec) / 1e6;
	print_message("100000 trees: %.0f ms, %zu states, %zu edges, %zu anchors\n", ms,
		      f->compiled->trees.n_states, f->compiled->trees.n_edges,
		      f->compiled->trees.n_anchors);
	assert_true(ms < 10000); /* loose: sanitizers, other load */
	assert_int_equal(dir(f, "/srv/clinic-7/patients/000057/images/x"), B);
	assert_int_equal(dir(f, "/srv/clinic-8/patients/000057/images"), 0);
	assert_int_equal(f->compiled->trees.n_anchors, 2 + 100 + 200000);
}

static void entries_are_limited(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i <= PW_TREES_MAX; i++)
		add_tree(f, 0, "/d");
	check_refused(f, "more than 131072 trees", 4 + PW_TREES_MAX);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_trees_label_nothing),
		TEST(labels_flow_downwards_only),
		TEST(the_root_may_be_a_tree),
		TEST(file_entries_label_files_only),
		TEST(wildcards_combine_with_literals),
		TEST(any_component_takes_no_glob),
		TEST(anchors_are_the_literal_directories),
		TEST(a_later_tree_gives_an_anchor_its_place),
		TEST(trees_beside_each_other_share_a_state),
		TEST(literal_prefixes_are_made_canonical),
		TEST(unresolvable_prefixes_are_taken_as_written),
		TEST(four_wildcards_in_a_directory_are_enough),
		TEST(wildcards_of_a_policy_are_limited),
		TEST(two_stars_in_a_component_are_refused),
		TEST(long_components_are_refused),
		TEST(combinations_are_limited),
		TEST(colliding_names_are_refused),
		TEST(a_hundred_thousand_trees),
		TEST(entries_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
