/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which domains are dead: those without a process at two looks in a row, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/holders.c" /* what is tested is private to it */

static struct pw_kernel kernel;

static void put(struct pw_str *into, const uint64_t *number, size_t n)
{
	pw_str_reset(into);
	for (size_t i = 0; i < n; i++)
		pw_str_add_bytes(into, &number[i], sizeof(number[i]));
	sort(into);
}

#define NUMBERS(...) ((const uint64_t[]){ __VA_ARGS__ }), \
	sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)

static void test_numbers_are_a_set(void **state)
{
	_cleanup_str_ struct pw_str set = { 0 };

	put(&set, NUMBERS(7, 1ull << 63, 7, 0, 3, 7));
	assert_int_equal(n_numbers(&set), 4);
	assert_true(has(number(&set), n_numbers(&set), 1ull << 63));
	assert_true(has(number(&set), n_numbers(&set), 0));
	assert_false(has(number(&set), n_numbers(&set), 5));
	put(&set, NULL, 0);
	assert_int_equal(n_numbers(&set), 0);
	assert_false(has(number(&set), 0, 7));
}

static void expect_dead(const struct pw_str *known, const struct pw_str *live, size_t n,
			uint64_t first)
{
	_cleanup_str_ struct pw_str dead = { 0 };

	assert_int_equal(find_dead(&kernel, known, live, &dead), 0);
	assert_int_equal(n_numbers(&dead), n);
	if (n)
		assert_int_equal(number(&dead)[0], first);
}

static void test_dead_is_who_was_missed_twice(void **state)
{
	_cleanup_str_ struct pw_str known = { 0 }, live = { 0 };

	put(&known, NUMBERS(1, 2, 3));
	put(&live, NUMBERS(2, 9));
	expect_dead(&known, &live, 0, 0); /* 1 and 3 are missed for the first time */
	put(&live, NUMBERS(1, 2)); /* 1 was only being forked */
	expect_dead(&known, &live, 1, 3);
	put(&known, NUMBERS(1, 2)); /* 3 was deleted */
	put(&live, NUMBERS(2));
	expect_dead(&known, &live, 0, 0); /* 1: for the first time again */
	put(&known, NUMBERS(1, 2, 4));
	expect_dead(&known, &live, 1, 1);
	put(&known, NUMBERS(2, 4));
	expect_dead(&known, &live, 1, 4);
	free(kernel.vacant);
	kernel.vacant = NULL;
}

static void test_labels_are_counted_each(void **state)
{
	const struct pw_mark mark[] = {
		{ .labels = 1 | 1ull << 63, .why = PW_MARK_FLOW },
		{ .labels = 1, .why = PW_MARK_FLOW | PW_MARK_PASSING },
		{ .labels = 0, .why = PW_MARK_SET },
		{ .labels = 1, .why = PW_MARK_SET },
	};
	struct pw_kernel_holders holders = { 0 };

	count_marks(mark, PW_ARRAY_SIZE(mark), &holders);
	assert_int_equal(holders.files, 2);
	assert_int_equal(holders.passing, 1);
	assert_int_equal(holders.label_files[0], 2);
	assert_int_equal(holders.label_files[63], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_a_set),
		cmocka_unit_test(test_dead_is_who_was_missed_twice),
		cmocka_unit_test(test_labels_are_counted_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
