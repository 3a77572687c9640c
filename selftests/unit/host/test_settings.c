/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: defaults, every key, every mistake with its place. And the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/clock.h"
#include "host/settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct pw_settings settings;

static int parse(const char *text, struct pw_findings *findings)
{
	return pw_settings_parse("phiward.yaml", text, strlen(text), findings, &settings);
}

static void test_defaults(void **state)
{
	static const char *const empty[] = { "", "\n", "# only a comment\n", "---\n", "{}\n" };
	struct pw_findings findings = { 0 };

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		assert_int_equal(parse(empty[i], &findings), 0);
		assert_false(settings.hide_names);
		assert_string_equal(settings.log_file, "/var/log/phiward/events.jsonl");
		assert_int_equal(settings.log_max_bytes, 64u << 20);
		assert_int_equal(settings.log_keep, 10);
		assert_int_equal(settings.canary_interval_ms, 2000);
		assert_string_equal(settings.socket_group, "phiward");
		pw_settings_free(&settings);
	}
	assert_int_equal(pw_settings_load("/nonexistent/x.yaml", &findings, &settings), 0);
	pw_settings_free(&settings);
	assert_int_equal(findings.n, 0);
}

static void test_every_key(void **state)
{
	struct pw_findings findings = { 0 };

	assert_int_equal(parse("hide-names: true\n"
			       "log:\n  file: /tmp/e.jsonl\n  max-size: 2G\n  keep: 0\n"
			       "canary-interval: 500ms\nsocket-group: adm\n",
			       &findings),
			 0);
	assert_true(settings.hide_names);
	assert_string_equal(settings.log_file, "/tmp/e.jsonl");
	assert_true(settings.log_max_bytes == 2ull << 30);
	assert_int_equal(settings.log_keep, 0);
	assert_int_equal(settings.canary_interval_ms, 500);
	assert_string_equal(settings.socket_group, "adm");
	pw_settings_free(&settings);
}

/* The size is written with either suffix; both mean the same. */
static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} size[] = {
		{ "log: {max-size: 64M}\n", 64u << 20 },
		{ "log: {max-size: 64MiB}\n", 64u << 20 },
		{ "log: {max-size: 128K}\n", 128u << 10 },
		{ "log: {max-size: 128KiB}\n", 128u << 10 },
		{ "log: {max-size: 2GiB}\n", 2ull << 30 },
		{ "log: {max-size: 65536}\n", 65536 },
	};

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct pw_findings findings = { 0 };

		assert_int_equal(parse(size[i].text, &findings), 0);
		assert_true(settings.log_max_bytes == size[i].bytes);
		pw_settings_free(&settings);
	}
}

/* The settings that are installed are the defaults, so that removing a line changes nothing. */
static void test_shipped_settings_are_the_defaults(void **state)
{
	struct pw_findings findings = { 0 };
	struct pw_settings shipped;

	assert_int_equal(pw_settings_load("rules/phiward.yaml", &findings, &shipped), 0);
	assert_int_equal(access("rules/phiward.yaml", R_OK), 0);
	assert_int_equal(parse("", &findings), 0);
	assert_int_equal(shipped.hide_names, settings.hide_names);
	assert_string_equal(shipped.log_file, settings.log_file);
	assert_true(shipped.log_max_bytes == settings.log_max_bytes);
	assert_int_equal(shipped.log_keep, settings.log_keep);
	assert_int_equal(shipped.canary_interval_ms, settings.canary_interval_ms);
	assert_string_equal(shipped.socket_group, settings.socket_group);
	pw_settings_free(&shipped);
	pw_settings_free(&settings);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column;
		const char *message;
	} mistake[] = {
		{ "hide-name: true\n", 1, 1, "unknown setting 'hide-name'" },
		{ "\nlog:\n  fil: /x\n", 3, 3, "unknown setting 'log.fil'" },
		{ "hide-names: yes\n", 1, 13, "must be true or false" },
		{ "hide-names: [true]\n", 1, 13, "must be true or false" },
		{ "log: /x\n", 1, 6, "must hold settings of its own" },
		{ "log: {keep: 1001}\n", 1, 13, "out of range" },
		{ "log: {keep: -1}\n", 1, 13, "must be a whole number" },
		{ "log: {max-size: 1K}\n", 1, 17, "out of range" },
		{ "log: {max-size: 99999999999999999999G}\n", 1, 17, "out of range" },
		{ "log: {max-size: 18446744073709551615G}\n", 1, 17, "out of range" },
		{ "log: {max-size: 64MB}\n", 1, 17, "must be a size" },
		{ "log: {file: relative}\n", 1, 13, "must be an absolute path" },
		{ "log: {file: \"/a\\0b\"}\n", 1, 13, "must be an absolute path" },
		{ "canary-interval: 2\n", 1, 18, "must be a time" },
		{ "canary-interval: 100ms\n", 1, 18, "out of range" },
		{ "canary-interval: 61s\n", 1, 18, "out of range" },
		{ "socket-group: \"a b\"\n", 1, 15, "must be a name" },
		{ "socket-group: \"\"\n", 1, 15, "must be a name" },
		{ "socket-group: a\nsocket-group: b\n", 2, 1, "given twice" },
		{ "- x\n", 1, 1, "must be 'name: value'" },
		{ "text\n", 1, 1, "must be 'name: value'" },
		{ "[a]: b\n", 1, 1, "must be a word" },
		{ "a: [\n", 2, 1, "not valid YAML" },
		{ "log.keep: 3\nlog: {keep: 4}\n", 2, 7, "given twice" },
	};

	for (size_t i = 0; i < sizeof(mistake) / sizeof(mistake[0]); i++) {
		struct pw_findings findings = { 0 };

		assert_int_equal(parse(mistake[i].text, &findings), -EINVAL);
		assert_true(findings.n >= 1);
		if (!strstr(findings.item[0].message, mistake[i].message))
			fail_msg("'%s' gave '%s'", mistake[i].text, findings.item[0].message);
		if (findings.item[0].at.line != mistake[i].line ||
		    findings.item[0].at.column != mistake[i].column)
			fail_msg("'%s' at %u:%u", mistake[i].text, findings.item[0].at.line,
				 findings.item[0].at.column);
		assert_true(strlen(findings.item[0].remedy) > 0);
		pw_findings_free(&findings);
	}
}

static void test_all_mistakes_in_one_run(void **state)
{
	struct pw_findings findings = { 0 };

	assert_int_equal(parse("a: 1\nb: 2\nlog: {keep: x, c: 3}\n", &findings), -EINVAL);
	assert_int_equal(findings.n_errors, 4);
	pw_findings_free(&findings);
	assert_int_equal(pw_settings_load("/", &findings, &settings), -EINVAL);
	assert_int_equal(findings.n_errors, 1);
	pw_findings_free(&findings);
}

#define SECOND 1000000000ull

static void test_clock_goes_forward(void **state)
{
	struct pw_clock clock = { 0 };
	uint64_t real = 1700000000 * SECOND, last = 0;

	assert_int_equal(pw_clock_set(&clock, 100 * SECOND, real), 0);
	assert_true(pw_clock_utc(&clock, 100 * SECOND) == real);
	/* Forward: at once. */
	assert_int_equal(pw_clock_set(&clock, 101 * SECOND, real + 3600 * SECOND), 0);
	assert_true(pw_clock_utc(&clock, 101 * SECOND) == real + 3600 * SECOND);
	/* Back by a minute: never backwards here, and caught up in the end. */
	for (uint64_t t = 101; t < 300; t++) {
		uint64_t utc;

		assert_int_equal(pw_clock_set(&clock, t * SECOND, real + (3540 + t - 101) * SECOND),
				 0);
		utc = pw_clock_utc(&clock, t * SECOND);
		assert_true(utc >= last);
		last = utc;
	}
	assert_true(last == real + (3540 + 299 - 101) * SECOND);
	/* Back by a day: told. */
	assert_int_equal(pw_clock_set(&clock, 300 * SECOND, real - 86400 * SECOND), 1);
	assert_true(pw_clock_utc(&clock, 300 * SECOND) == real - 86400 * SECOND);
	assert_int_equal(pw_clock_measure(&clock) >= 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_shipped_settings_are_the_defaults),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_all_mistakes_in_one_run),
		cmocka_unit_test(test_clock_goes_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
