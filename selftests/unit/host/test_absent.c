/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of programs that are not on this machine: one line a program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "host/absent.h"

#include <errno.h>
#include <string.h>

static const char *mode = "enforce";
static const char programs[] =
	"labels: {records: {class: care, trees: [/srv/phi]}}\n"
	"programs:\n"
	"  one: {paths: [/opt/one]}\n"
	"  four: {paths: [/opt/a, /opt/b, /opt/c, /opt/d]}\n"
	"  both: {paths: [/usr/bin/python3], scripts: [/opt/x.py, /opt/y.py]}\n"
	"rules:\n";
static const char named[] = "  - {id: a, allow: [read], labels: any, programs: [one, four, both]}\n"
			    "  - {id: rest, deny: all, labels: any}\n";
static const char whatever[] = "  - {id: b, warn: [read], labels: any}\n";

static int keep(void *ctx, const char *text)
{
	pw_str_add(ctx, text);
	return pw_str_add(ctx, "\n");
}

static int no_room(void *ctx, const char *text)
{
	return -ENOMEM;
}

/* What is told when @there (a character for each path, in their order) says '1' or '0'. */
static char *tell(const char *rules, const char *there)
{
	_cleanup_(pw_compiled_free) struct pw_compiled *compiled = NULL;
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	struct pw_compile_options options = { .now = 1 };
	struct pw_str text = { 0 }, told = { 0 };
	bool absent[8];
	size_t bound = 0;

	pw_str_addf(&text, "phiward: 1\nmode: %s\n%s", mode, programs);
	pw_str_add(&text, rules);
	assert_int_equal(pw_policy_parse(&(struct pw_source){ "t", text.text, text.len }, 1,
					 &findings, &policy),
			 0);
	assert_int_equal(pw_policy_compile(policy, &options, &findings, &compiled), 0);
	assert_int_equal(compiled->n_exes, strlen(there));
	for (size_t i = 0; i < compiled->n_exes; i++) {
		absent[i] = there[i] == '0';
		bound += there[i] == '1';
	}
	assert_int_equal(pw_absent_tell(policy, compiled, absent, bound, keep, &told), 0);
	if (told.len)
		assert_int_equal(pw_absent_tell(policy, compiled, absent, bound, no_room, NULL),
				 -ENOMEM);
	pw_str_free(&text);
	return pw_str_take(&told);
}

static void expect(const char *rules, const char *there, const char *wanted)
{
	_cleanup_free_ char *told = tell(rules, there);

	assert_string_equal(told ? told : "", wanted);
}

static void test_a_line_a_program(void **state)
{
	expect(named, "11111111", "");
	expect(named, "10001111", "");
	expect(named, "10000111",
	       "program 'four': none of its 4 paths exists; rules naming it match nobody\n");
	expect(named, "01000100",
	       "program 'one': /opt/one does not exist; rules naming it match nobody\n"
	       "program 'both': none of its 2 scripts exists; rules naming it match nobody\n");
	/* there, but not to be trusted: told elsewhere */
	expect(named, "1000-111", "");
}

static void test_no_program_at_all(void **state)
{
	_cleanup_free_ char *told = tell(named, "00000000");
	_cleanup_free_ char *softer = tell(whatever, "00000000");
	static const char first[] =
		"NOBODY IS ALLOWED ANYTHING: none of the policy's 3 programs was found, "
		"rules that name programs match nobody\nprogram 'one'";

	assert_memory_equal(told, first, sizeof(first) - 1);
	assert_memory_equal(softer, "none of the policy's 3 programs was found,", 42);
	mode = "observe";
	expect(named, "--------",
	       "ENFORCED, NOBODY WOULD BE ALLOWED ANYTHING: none of the policy's 3 programs was found, "
	       "rules that name programs match nobody\n");
	mode = "enforce";
	/* none can be trusted, though they are there */
	expect(named, "--------",
	       "NOBODY IS ALLOWED ANYTHING: none of the policy's 3 programs was found, "
	       "rules that name programs match nobody\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_a_program),
		cmocka_unit_test(test_no_program_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
