/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings, escaping of foreign bytes, numbers from text, "did you mean". */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void escaped_is(const char *bytes, size_t len, const char *expected)
{
	_cleanup_str_ struct pw_str s = { 0 };

	assert_int_equal(pw_str_add_escaped(&s, bytes, len), 0);
	assert_string_equal(s.text ? s.text : "", expected);
}

static void printable_text_stays(void **state)
{
	escaped_is("plain text 123", 14, "plain text 123");
	escaped_is("病案号 é", strlen("病案号 é"), "病案号 é");
	escaped_is("", 0, "");
}

static void controls_and_backslash_become_hex(void **state)
{
	escaped_is("a\nb\x1b[31m", 8, "a\\x0ab\\x1b[31m");
	escaped_is("\\x41", 4, "\\x5cx41");
	escaped_is("\0", 1, "\\x00");
	escaped_is("\x7f", 1, "\\x7f");
}

static void bytes_that_are_no_utf8_become_hex(void **state)
{
	escaped_is("\xff\xfe", 2, "\\xff\\xfe");
	escaped_is("\xc3", 1, "\\xc3");                            /* cut short */
	escaped_is("\xc0\xaf", 2, "\\xc0\\xaf");                   /* overlong '/' */
	escaped_is("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");          /* surrogate */
	escaped_is("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* beyond Unicode */
}

static void marks_that_fool_a_terminal_become_hex(void **state)
{
	escaped_is("\xe2\x80\xae", 3, "\\xe2\\x80\\xae"); /* right-to-left override */
	escaped_is("\xc2\x9b", 2, "\\xc2\\x9b");          /* C1: control sequence introducer */
}

static void strings_grow_and_keep_their_text(void **state)
{
	_cleanup_str_ struct pw_str s = { 0 };
	char *taken;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(pw_str_addf(&s, "%d,", i), 0);
	assert_int_equal(s.len, strlen(s.text));
	assert_memory_equal(s.text, "0,1,2,3,", 8);
	assert_string_equal(s.text + s.len - 8, "998,999,");
	taken = pw_str_take(&s);
	assert_non_null(taken);
	assert_null(s.text);
	free(taken);
	taken = pw_str_take(&s); /* an empty one gives an empty text */
	assert_string_equal(taken, "");
	free(taken);
}

static void impossible_sizes_are_refused(void **state)
{
	_cleanup_str_ struct pw_str s = { 0 };

	assert_int_equal(pw_str_add(&s, "kept"), 0);
	assert_int_equal(pw_str_add_bytes(&s, "x", SIZE_MAX / 2), -ENOMEM);
	assert_int_equal(s.error, -ENOMEM);
	assert_string_equal(s.text, "kept");
}

static void whole_numbers_only(void **state)
{
	uint64_t n = 7;

	assert_int_equal(pw_parse_u64("0", 10, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(pw_parse_u64("18446744073709551615", UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(pw_parse_u64("18446744073709551616", UINT64_MAX, &n), -ERANGE);
	assert_int_equal(pw_parse_u64("11", 10, &n), -ERANGE);
	assert_int_equal(pw_parse_u64("", 10, &n), -EINVAL);
	assert_int_equal(pw_parse_u64("1 ", 10, &n), -EINVAL);
	assert_int_equal(pw_parse_u64("-1", 10, &n), -EINVAL);
	assert_int_equal(pw_parse_u64("0x1", 10, &n), -EINVAL);
	assert_true(n == UINT64_MAX); /* untouched by failures */
}

static void similar_words(void **state)
{
	assert_true(pw_str_similar("trees", "tress"));
	assert_true(pw_str_similar("enforce", "enfroce"));
	assert_true(pw_str_similar("labels", "label"));
	assert_false(pw_str_similar("labels", "rules"));
	assert_false(pw_str_similar("to", "id"));
	assert_false(pw_str_similar("a", "b"));
}

static void counts_are_said_as_people_say_them(void **state)
{
	static const struct {
		uint64_t n;
		const char *text;
	} count[] = { { 0, "0 rules" },
		      { 1, "1 rule" },
		      { 2, "2 rules" },
		      { UINT64_MAX, "18446744073709551615 rules" } };

	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++) {
		_cleanup_str_ struct pw_str s = { 0 };

		assert_int_equal(pw_str_add_count(&s, count[i].n, "rule"), 0);
		assert_string_equal(s.text, count[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_stays),
		cmocka_unit_test(controls_and_backslash_become_hex),
		cmocka_unit_test(bytes_that_are_no_utf8_become_hex),
		cmocka_unit_test(marks_that_fool_a_terminal_become_hex),
		cmocka_unit_test(strings_grow_and_keep_their_text),
		cmocka_unit_test(counts_are_said_as_people_say_them),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(whole_numbers_only),
		cmocka_unit_test(similar_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
