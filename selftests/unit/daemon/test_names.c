/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which bit a label is: given back when no policy names it and nothing carries it, and never
 * as long as anything does. The kernel half is played by this test; store, keeper and the
 * policy's numbering are real.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/labels.c" /* no archive holds it */

#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOT "0b8d7e0c-0000-4000-8000-000000000000"

/* ---- The kernel half, and the rest of the daemon ---- */

static uint64_t in_kernel; /* labels that something there carries */
static int kernel_error;
static unsigned int waiting; /* records that are not drained yet */
static bool flooded;	     /* and there are always more of them */

int pw_kernel_carried(struct pw_kernel *kernel, uint64_t *ret_labels)
{
	assert_int_equal(waiting, 0); /* what they tell may be in the kernel no more */
	if (kernel_error == 0)
		*ret_labels = in_kernel;
	return kernel_error;
}

bool pw_sink_drain_all(struct pw_daemon *d)
{
	waiting = 0;
	return !flooded;
}

int pw_kernel_domain(struct pw_kernel *kernel, uint64_t id, struct pw_domain *ret_domain)
{
	return -ENOENT;
}

void pw_kernel_each_domain(struct pw_kernel *kernel,
			   void (*found)(void *ctx, uint64_t id, const struct pw_domain *domain),
			   void *ctx)
{
}

const struct pw_identity *pw_keeping_identity(const struct pw_keeping *keeping, uint32_t dev)
{
	return NULL;
}

void pw_held_tick(struct pw_daemon *d, bool gone)
{
}

void pw_held_close(struct pw_daemon *d)
{
}

/* ---- An agent ---- */

static struct pw_daemon d;
static char dir[64];
static int kernel; /* its address */

static void begin(void)
{
	d = (struct pw_daemon){ .context.boot = BOOT };
	assert_int_equal(pw_keeping_open(&d), 0);
	assert_string_equal(d.keeping->reason, "");
}

static void start_keeper(void)
{
	assert_int_equal(pw_keeper_new(d.keeping->store, &d.keeping->names, &d.keeping->keeper), 0);
	d.keeping->store = NULL;
	d.kernel = (struct pw_kernel *)&kernel;
}

static void end(void)
{
	pw_policy_free(&d.now.policy);
	for (size_t i = 0; i < d.n_numbers; i++)
		free((char *)d.number[i].name);
	pw_keeping_close(&d);
}

static struct pw_policy *policy_of(char letter, unsigned int n)
{
	_cleanup_str_ struct pw_str text = { 0 };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	char path[128];
	const char *const paths[] = { path };
	FILE *file;

	snprintf(path, sizeof(path), "%s/policy.yaml", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "phiward: 1\nlabels:\n");
	for (unsigned int i = 0; i < n; i++)
		fprintf(file, "  %c%u: {class: care, trees: [/srv/%c%u]}\n", letter, i, letter, i);
	fprintf(file, "rules:\n  - {id: rest, deny: all, labels: any}\n");
	fclose(file);
	assert_int_equal(pw_policy_load(paths, 1, &findings, &policy), 0);
	pw_findings_free(&findings);
	return policy;
}

/* As agent/daemon/policy.c does it. */
static int load(char letter, unsigned int n)
{
	struct pw_policy *policy = policy_of(letter, n);
	int r;

	pw_keeping_release(&d, policy);
	r = pw_policy_number_labels(policy, d.number, d.n_numbers);
	if (r < 0) {
		pw_policy_free(&policy);
		return r;
	}
	pw_policy_free(&d.now.policy);
	d.now.policy = policy;
	for (size_t i = 0; i < policy->n_labels; i++) {
		const struct pw_label *label = &policy->label[i];
		bool known = false;

		for (size_t k = 0; k < d.n_numbers; k++)
			known |= d.number[k].bit == label->bit;
		if (!known)
			d.number[d.n_numbers++] = (struct pw_label_number){
				.name = strdup(label->name.text), .bit = label->bit
			};
	}
	pw_keeping_numbered(&d);
	return 0;
}

static int bit_of(const char *name)
{
	for (size_t i = 0; i < d.now.policy->n_labels; i++)
		if (strcmp(d.now.policy->label[i].name.text, name) == 0)
			return (int)d.now.policy->label[i].bit;
	return -1;
}

static void mark(uint64_t labels)
{
	struct pw_keep change = {
		.step = { .kind = PW_STEP_MARKED, .inode = 12, .generation = 1, .labels = labels },
		.fs = "uuid:1",
		.kept = true,
	};

	assert_int_equal(pw_keeper_add(d.keeping->keeper, &change), 0);
}

static int setup(void **state)
{
	char command[128];

	in_kernel = 0;
	kernel_error = 0;
	waiting = 0;
	flooded = false;
	snprintf(dir, sizeof(dir), "/tmp/phiward-names.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("PHIWARD_ROOT", dir, 1);
	snprintf(command, sizeof(command), "mkdir -p -m 700 '%s/var/lib/phiward'", dir);
	return system(command);
}

static int teardown(void **state)
{
	char command[128];

	unsetenv("PHIWARD_ROOT");
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

/* ---- The tests ---- */

/* Sixty labels, and sixty others after them, while nothing carries any. */
static void test_names_give_way(void **state)
{
	struct pw_label_names names;
	struct pw_labels *store = NULL;

	begin();
	start_keeper();
	assert_int_equal(load('a', 60), 0);
	assert_int_equal(load('b', 4), 0); /* the policy in force has sixty */
	assert_int_equal(load('c', 60), 0);
	assert_int_equal(d.n_numbers, 64);
	assert_int_equal(pw_keeper_flush(d.keeping->keeper, FLUSH_MS), 0);
	assert_int_equal(pw_keeping_read(d.keeping, &store), 0);
	assert_int_equal(pw_labels_load_names(store, &names), 0);
	pw_labels_close(&store);
	assert_int_equal(pw_label_names_find(&names, "c59"), bit_of("c59"));
	assert_int_equal(pw_label_names_find(&names, "a59"), -ENOENT);
	end();
}

/* Whatever is carried keeps its bit, wherever it is carried. */
static void test_what_is_carried_keeps_its_bit(void **state)
{
	int by_process, by_file, forgotten;

	begin();
	start_keeper();
	assert_int_equal(load('a', 60), 0);
	by_process = bit_of("a7");
	by_file = bit_of("a40");
	forgotten = bit_of("a20");
	in_kernel = 1ULL << by_process;
	mark(1ULL << by_file); /* not written yet */
	waiting = 3;
	assert_int_equal(load('b', 1), 0);
	assert_int_equal(load('c', 61), 0);
	for (int i = 0; i < 61; i++) {
		char name[8];

		snprintf(name, sizeof(name), "c%d", i);
		assert_int_not_equal(bit_of(name), by_process);
		assert_int_not_equal(bit_of(name), by_file);
	}
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a7"), by_process);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a40"), by_file);
	assert_string_not_equal(d.keeping->names.name[forgotten], "a20");
	/* two are carried, sixty-one are in force: one more fits, two do not */
	assert_int_equal(load('d', 2), -E2BIG);
	assert_int_equal(load('d', 1), 0);
	end();
}

/* Where it cannot be found out what is carried, all keep theirs. */
static void test_in_doubt_all_keep_theirs(void **state)
{
	begin();
	start_keeper();
	assert_int_equal(load('a', 60), 0);
	assert_int_equal(load('b', 1), 0);
	kernel_error = -EINVAL;
	assert_int_equal(load('c', 10), -E2BIG);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a20"), 20);
	kernel_error = 0;
	flooded = true; /* what is carried may be among what is not drained */
	assert_int_equal(load('c', 10), -E2BIG);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a20"), 20);
	flooded = false;
	assert_int_equal(load('c', 10), 0);
	end();
}

/* At the start: what files and processes of this boot carry, and nothing of another boot. */
static void test_at_start(void **state)
{
	struct pw_labels_held held = { .pid = 7, .start_ns = 8, .labels = 1ULL << 31 };
	const struct pw_labels_look look = { .at_ns = 9, .held = &held, .n = 1 };
	struct pw_labels_held old = { .pid = 7, .start_ns = 8, .labels = 1ULL << 32 };
	const struct pw_labels_look before = { .at_ns = 9, .held = &old, .n = 1 };
	const struct pw_keep here = { .boot = BOOT, .look = look };
	const struct pw_keep there = { .boot = "another", .look = before };
	struct pw_keep change;

	begin();
	start_keeper();
	assert_int_equal(load('a', 60), 0);
	mark(1ULL << 30);
	change = here;
	assert_int_equal(pw_keeper_add(d.keeping->keeper, &change), 0);
	change = there;
	assert_int_equal(pw_keeper_add(d.keeping->keeper, &change), 0);
	end();

	begin();
	assert_int_equal(d.n_numbers, 60);
	assert_int_equal(load('b', 60), 0);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a30"), 30);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a31"), 31);
	assert_int_equal(pw_label_names_find(&d.keeping->names, "a32"), -ENOENT);
	end();
}

/* The policy's own names keep theirs, carried or not: lineage speaks of them. */
static void test_names_of_the_policy_keep_their_bits(void **state)
{
	int bit;

	begin();
	start_keeper();
	assert_int_equal(load('x', 1), 0);
	assert_int_equal(load('a', 40), 0);
	bit = bit_of("a39");
	assert_int_equal(bit, 40);
	assert_int_equal(load('b', 20), 0); /* a policy in force, and one to come */
	assert_int_equal(pw_label_names_find(&d.keeping->names, "x0"), -ENOENT);
	assert_int_equal(load('a', 40), 0);
	assert_int_equal(bit_of("a39"), bit);
	end();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names_give_way),
		TEST(test_what_is_carried_keeps_its_bit),
		TEST(test_in_doubt_all_keep_theirs),
		TEST(test_at_start),
		TEST(test_names_of_the_policy_keep_their_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
