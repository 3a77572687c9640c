/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a record: what is refused, what is only missing, and what never gets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"
#include "ship/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *line)
{
	_cleanup_ship_record_ struct pw_ship_record record = { 0 };

	return pw_ship_record_parse(line, strlen(line), &record);
}

#define MINIMAL \
	"{\"schema\":\"phiward.event.v1\",\"id\":\"a\",\"time\":\"2026-03-01T12:00:00Z\",\"kind\":"

static void test_what_is_no_record(void **state)
{
	static const char *const bad[] = {
		"",
		"null",
		"[]",
		"{}",
		"{",
		"\xff",
		UNIT_DENIED UNIT_DENIED,
		UNIT_DENIED "x",
		MINIMAL "\"access\"",
		MINIMAL "7}",
		MINIMAL "\"acc\\u0000ess\"}",
		MINIMAL "\"a\xe9\"}",
		"{\"schema\":\"phiward.event.v2\",\"id\":\"a\",\"time\":\"2026-03-01T12:00:00Z\",\"kind\":\"access\"}",
		"{\"schema\":\"phiward.event.v1\",\"id\":\"\",\"time\":\"2026-03-01T12:00:00Z\",\"kind\":\"access\"}",
		"{\"schema\":\"phiward.event.v1\",\"id\":\"a\",\"time\":\"yesterday\",\"kind\":\"access\"}",
		"{\"schema\":\"phiward.event.v1\",\"id\":\"a\",\"kind\":\"access\"}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i]) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(parse(MINIMAL "\"access\"}"), 0);
	assert_int_equal(parse(MINIMAL "\"access\"}\r\n"), 0);
	assert_int_equal(parse(UNIT_DENIED), 0);
}

static void test_the_clear_rendering_is_refused(void **state)
{
	assert_int_equal(parse(MINIMAL "\"access\",\"path\":\"/srv/phi/Zhang\"}"), -EPERM);
	assert_int_equal(parse(MINIMAL "\"access\",\"path\":null}"), -EPERM);
	assert_int_equal(parse(MINIMAL "\"access\",\"path2\":\"/x\"}"), -EPERM);
	assert_int_equal(parse(MINIMAL "\"access\",\"to\":{\"path\":\"/x\"}}"), -EPERM);
}

static void test_failure_leaves_the_output(void **state)
{
	struct pw_str out = { 0 };

	pw_str_add(&out, "before");
	for (int format = 0; format < _PW_FORMAT_MAX; format++)
		assert_int_equal(pw_format_line((enum pw_format)format, "{", 1, &unit_context,
						&out),
				 -EBADMSG);
	assert_string_equal(out.text, "before");
	pw_str_free(&out);
}

static void test_times(void **state)
{
	uint64_t ns = 0;

	assert_int_equal(pw_ship_time("1970-01-01T00:00:01.5Z", &ns), 0);
	assert_int_equal(ns, 1500000000u);
	assert_int_equal(pw_ship_time("2026-03-01T12:00:00.123456789Z", &ns), 0);
	assert_int_equal(ns, 1772366400123456789u);
	assert_int_equal(pw_ship_time("2026-03-01T12:00:00", &ns), -EINVAL);
	assert_int_equal(pw_ship_time("2026-03-01T12:00:00+01:00", &ns), -EINVAL);
	assert_int_equal(pw_ship_time("2026-03-01T12:00:00.Z", &ns), -EINVAL);
	assert_int_equal(pw_ship_time("2026-03-01T12:00:00.1234567890Z", &ns), -EINVAL);
	assert_int_equal(pw_ship_time("1969-12-31T23:59:59Z", &ns), -EINVAL);
	assert_int_equal(pw_ship_time("9999-03-01T12:00:00Z", &ns), -EINVAL);
	assert_int_equal(pw_ship_time(" 026-03-01T12:00:00Z", &ns), -EINVAL);
}

static void test_fields(void **state)
{
	_cleanup_ship_record_ struct pw_ship_record r = { 0 };
	struct pw_ship_process parent;

	assert_int_equal(pw_ship_record_parse(UNIT_SENT, strlen(UNIT_SENT), &r), 0);
	assert_int_equal(r.kind, PW_EVENT_ACCESS);
	assert_int_equal(r.verdict, PW_ALLOW);
	assert_int_equal(r.op, PW_OP_SEND);
	assert_int_equal(r.door, PW_DOOR_NETWORK);
	assert_true(r.seq.given && r.seq.value == 12);
	assert_null(r.path);
	assert_string_equal(r.to.address, "192.0.2.7");
	assert_int_equal(r.to.port.value, 11112);
	assert_string_equal(pw_ship_list_text(r.held, 0), "records");
	assert_null(pw_ship_list_text(r.held, 1));
	assert_string_equal(r.domain, "1f");
	assert_null(r.domain_from);
	assert_true(pw_ship_ancestor(&r, 0, &parent));
	assert_string_equal(parent.comm, "systemd");
	assert_false(pw_ship_ancestor(&r, 1, &parent));
	assert_int_equal(r.count, 1);
}

/* Members of a wrong type, and numbers that cannot be, count as not there. */
static void test_wrong_types(void **state)
{
	static const char line[] = MINIMAL
		"\"access\",\"seq\":-1,\"verdict\":[],\"operation\":\"fly\",\"labels\":\"x\","
		"\"actor\":7,\"process\":{\"pid\":\"1\",\"ancestors\":[1,null]},"
		"\"to\":{\"port\":70000,\"places\":{}},\"count\":0}";
	_cleanup_ship_record_ struct pw_ship_record r = { 0 };

	assert_int_equal(pw_ship_record_parse(line, strlen(line), &r), 0);
	assert_false(r.seq.given);
	assert_int_equal(r.verdict, PW_ALLOW);
	assert_true(r.op < 0);
	assert_int_equal(pw_ship_list_count(r.labels), 0);
	assert_false(r.uid.given);
	assert_false(r.process.pid.given);
	assert_false(r.to.port.given);
	assert_int_equal(r.count, 1);
	for (int format = 0; format < _PW_FORMAT_MAX; format++)
		free(unit_format((enum pw_format)format, line));
}

static void cleaned(const char *text, size_t max, const char *want)
{
	struct pw_str s = { 0 };

	pw_ship_clean(&s, text, max);
	assert_string_equal(s.text ? s.text : "", want);
	pw_str_free(&s);
}

static void test_cleaning(void **state)
{
	cleaned("", PW_SHIP_WHOLE, "");
	cleaned("a\\x41", PW_SHIP_WHOLE, "a\\x41"); /* escaped once already */
	cleaned("a\n\x01\x7f", PW_SHIP_WHOLE, "a\\x0a\\x01\\x7f");
	cleaned("\xe5\xbc\xa0", PW_SHIP_WHOLE, "\xe5\xbc\xa0");
	cleaned("\xff", PW_SHIP_WHOLE, "\\xff");
	cleaned("x\xef\xbf\xbfy\xef\xbf\xbe", PW_SHIP_WHOLE, "x\\xef\\xbf\\xbfy\\xef\\xbf\\xbe");
	cleaned("12345678", 8, "12345678");
	cleaned("123456789", 8, "12345...");
	cleaned("1234\xe5\xbc\xa0\xe5\xbc\xa0", 8, "1234...");
}

static void test_escapes(void **state)
{
	struct pw_str s = { 0 };

	pw_ship_xml(&s, "<a b='\"'>&", PW_SHIP_WHOLE);
	assert_string_equal(s.text, "&lt;a b=&apos;&quot;&apos;&gt;&amp;");
	pw_str_reset(&s);
	assert_true(pw_ship_xml(&s, "\"\"\"\"", 16)); /* no half entity */
	assert_string_equal(s.text, "&quot;&quot;...");
	pw_str_reset(&s);
	pw_ship_cef_header(&s, "a|b\\c=d", PW_SHIP_WHOLE);
	assert_string_equal(s.text, "a\\|b\\\\c=d");
	pw_str_reset(&s);
	pw_ship_cef_value(&s, "a|b\\c=d\n", PW_SHIP_WHOLE);
	assert_string_equal(s.text, "a|b\\\\c\\=d\\\\x0a");
	pw_str_reset(&s);
	pw_ship_file_uri(&s, "/a b/~0%\xe5", PW_SHIP_WHOLE);
	assert_string_equal(s.text, "file:///a%20b/~0%25%E5");
	pw_str_reset(&s);
	pw_ship_base64(&s, "Zhang", PW_SHIP_WHOLE);
	assert_string_equal(s.text, "Wmhhbmc=");
	pw_str_free(&s);
}

static void test_msgid(void **state)
{
	assert_true(pw_format_msgid_valid("IHE+RFC-3881"));
	assert_true(pw_format_msgid_valid("DICOM+RFC3881"));
	assert_false(pw_format_msgid_valid(""));
	assert_false(pw_format_msgid_valid("a b"));
	assert_false(pw_format_msgid_valid("\xc3\xa4"));
	assert_false(pw_format_msgid_valid("123456789012345678901234567890123"));
}

static void test_json_is_as_it_was(void **state)
{
	char *out = unit_format(PW_FORMAT_JSON, UNIT_DENIED "\r\n");

	assert_string_equal(out, UNIT_DENIED);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_record),
		cmocka_unit_test(test_the_clear_rendering_is_refused),
		cmocka_unit_test(test_failure_leaves_the_output),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_cleaning),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_msgid),
		cmocka_unit_test(test_json_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
