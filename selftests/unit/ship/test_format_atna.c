/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DICOM audit message and its syslog header, element by element. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"

#include <stdlib.h>
#include <string.h>

#define HEADER "1 2026-03-01T12:00:00.123456Z ws7.ward3.example phiward 77 IHE+RFC-3881 - "
#define XML    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditMessage>"
#define HERE                                          \
	" NetworkAccessPointID=\"ws7.ward3.example\"" \
	" NetworkAccessPointTypeCode=\"1\""
#define CODE(element, code, text) \
	"<" element " csd-code=\"" code "\" codeSystemName=\"DCM\" originalText=\"" text "\"/>"
#define EVENT(action, outcome)                                                                 \
	"<EventIdentification EventActionCode=\"" action                                       \
	"\" EventDateTime=\"2026-03-01T12:00:00.123456789Z\" EventOutcomeIndicator=\"" outcome \
	"\">"
#define REPORTER                                                               \
	"<ActiveParticipant UserID=\"phiwardd\" UserIsRequestor=\"true\"" HERE \
	">" CODE("RoleIDCode", "110150", "Application") "</ActiveParticipant>"
#define PROGRAM                                                                 \
	"<ActiveParticipant UserID=\"/usr/bin/cat\" AlternativeUserID=\"4242\"" \
	" UserName=\"cat\" UserIsRequestor=\"false\"" HERE                      \
	">" CODE("RoleIDCode", "110150", "Application") "</ActiveParticipant>"
#define SOURCE                                                          \
	"<AuditSourceIdentification AuditEnterpriseSiteID=\"St. Mary\"" \
	" AuditSourceID=\"00112233445566778899aabbccddeeff\">"          \
	"<AuditSourceTypeCode csd-code=\"1\"/></AuditSourceIdentification>"
#define DETAIL(type, value) "<ParticipantObjectDetail type=\"" type "\" value=\"" value "\"/>"
#define END                                                               \
	"<ParticipantObjectDescription><ParticipantObjectContainsStudy/>" \
	"</ParticipantObjectDescription></ParticipantObjectIdentification>"

static char *format(const char *line)
{
	return unit_format(PW_FORMAT_ATNA, line);
}

static void starts(const char *text, const char *with)
{
	if (strncmp(text, with, strlen(with)) != 0)
		fail_msg("<%s> does not begin with <%s>", text, with);
}

/* Each @part stands behind the one before it: the schemas demand an order. */
static void in_order(const char *text, const char *const *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(text, part[i]);

		if (!found)
			fail_msg("no <%s> in what is left: <%s>", part[i], text);
		text = found + strlen(part[i]);
	}
}

static void test_a_refusal(void **state)
{
	static const char *const parts[] = {
		"<84>" HEADER XML EVENT("E", "4") CODE("EventID", "110113", "Security Alert") CODE(
			"EventTypeCode", "110132",
			"Use of Restricted Function") "<EventOutcomeDescription>rule &apos;rest&apos; denies read of records"
						      "</EventOutcomeDescription></EventIdentification>" REPORTER
						      "<ActiveParticipant UserID=\"alice\" UserIsRequestor=\"false\"" HERE
						      "/>" PROGRAM SOURCE,
		"<ParticipantObjectIdentification ParticipantObjectID="
		"\"file:///srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50\""
		" ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"13\""
		" ParticipantObjectDataLifeCycle=\"6\""
		" ParticipantObjectSensitivity=\"health-status\">"
		"<ParticipantObjectIDTypeCode csd-code=\"12\" codeSystemName=\"RFC-3881\""
		" originalText=\"URI\"/><ParticipantObjectName>"
		"/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50</ParticipantObjectName>" DETAIL(
			"Alert Description", "cnVsZSAncmVzdCcgZGVuaWVzIHJlYWQgb2YgcmVjb3Jkcw=="),
		DETAIL("kind", "YWNjZXNz") DETAIL("verdict", "ZGVueQ=="),
		DETAIL("rule", "cmVzdA=="),
		DETAIL("labels", "cmVjb3Jkcw=="),
		DETAIL("id", "MDE4YmNmZTUtNjg3Yi03MDAxLThjNGYtNWUwYzY2ZjRmMmQx")
			DETAIL("seq", "MTI="),
		DETAIL("auid", "MTAwMA==") DETAIL("uid", "MA==") DETAIL("euid", "MA==")
			DETAIL("session", "Mw=="),
		END "</AuditMessage>",
	};
	char *got = format(UNIT_DENIED);

	starts(got, "<84>1 ");
	in_order(got, parts, sizeof(parts) / sizeof(parts[0]));
	assert_null(strstr(got, "truncated"));
	free(got);
}

static void test_an_export(void **state)
{
	static const char *const parts[] = {
		"<85>" HEADER XML EVENT("R", "0")
			CODE("EventID", "110106", "Export") "<EventOutcomeDescription>",
		"<ActiveParticipant UserID=\"alice\" UserIsRequestor=\"true\"" HERE ">" CODE(
			"RoleIDCode", "110153",
			"Source Role ID") "</ActiveParticipant>" PROGRAM
					  "<ActiveParticipant UserID=\"tcp://192.0.2.7:11112\" UserName=\"pacs\""
					  " UserIsRequestor=\"false\" NetworkAccessPointID=\"192.0.2.7\""
					  " NetworkAccessPointTypeCode=\"2\">" CODE(
						  "RoleIDCode", "110152",
						  "Destination Role ID") "</ActiveParticipant>" SOURCE,
		"ParticipantObjectID=\"00112233445566778899aabbccddeeff\"",
		"<ParticipantObjectIDTypeCode csd-code=\"110182\" codeSystemName=\"DCM\""
		" originalText=\"Node ID\"/><ParticipantObjectName>ws7.ward3.example<",
	};
	static const char *const media[] = {
		"<ActiveParticipant UserID=\"sticks\" UserName=\"sticks\" UserIsRequestor=\"false\">" CODE(
			"RoleIDCode", "110154",
			"Destination Media") "<MediaIdentifier>" CODE("MediaType", "110030",
								      "USB Disk Emulation") "</MediaIdentifier></ActiveParticipant>" SOURCE,
		"ParticipantObjectDataLifeCycle=\"10\"",
	};
	char *got = format(UNIT_SENT);

	in_order(got, parts, sizeof(parts) / sizeof(parts[0]));
	assert_null(strstr(got, "<EventTypeCode"));
	assert_null(strstr(got, "phiwardd"));
	free(got);
	got = format("{" UNIT_HEAD
		     "\"kind\":\"access\",\"verdict\":\"allow\",\"operation\":\"send\","
		     "\"door\":\"removable\",\"path_token\":\"/media/eve/~1\","
		     "\"to\":{\"places\":[\"sticks\"]}}");
	in_order(got, media, sizeof(media) / sizeof(media[0]));
	free(got);
}

/* What was refused at a door is no export: nothing left. */
static void test_a_refused_send(void **state)
{
	char *got = format("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\","
			   "\"operation\":\"send\",\"door\":\"network\",\"severity\":\"critical\","
			   "\"to\":{\"family\":\"ipv4\",\"address\":\"192.0.2.9\",\"port\":25,"
			   "\"protocol\":\"tcp\"}}");

	starts(got, "<84>" HEADER XML EVENT("E", "8") CODE("EventID", "110113", "Security Alert"));
	unit_has(got, "ParticipantObjectID=\"tcp://192.0.2.9:25\"");
	assert_null(strstr(got, "110152"));
	free(got);
}

static void kind(const char *line, const char *begin)
{
	char *got = format(line);

	starts(got, begin);
	assert_null(strstr(got, "WmhhbmcK"));
	assert_null(strstr(got, "YXNrZWQgZm9y")); /* "asked for", in base64 */
	free(got);
}
#define ALERT(outcome, code, text)                                                 \
	HEADER XML EVENT("E", outcome) CODE("EventID", "110113", "Security Alert") \
		CODE("EventTypeCode", code, text)

static void test_kinds(void **state)
{
	kind(UNIT_KIND("label-set"),
	     "<85>" ALERT("0", "110135", "Object Security Attributes Changed"));
	kind(UNIT_KIND("label-cleared"),
	     "<85>" ALERT("0", "110135", "Object Security Attributes Changed"));
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *verdict, *severity, *pri, *outcome;
	} cases[] = {
		{ "allow", "critical", "<85>1", "Indicator=\"0\"" },
		{ "warn", "low", "<85>1", "Indicator=\"0\"" },
		{ "deny", "low", "<85>1", "Indicator=\"4\"" },
		{ "deny", "medium", "<84>1", "Indicator=\"4\"" },
		{ "deny", "high", "<84>1", "Indicator=\"8\"" },
		{ "deny", "critical", "<84>1", "Indicator=\"8\"" },
		{ "would-deny", "low", "<85>1", "Indicator=\"12\"" },
		{ "would-deny", "high", "<84>1", "Indicator=\"12\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pw_str line = { 0 };
		char *got;

		pw_str_addf(&line,
			    "{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"%s\","
			    "\"operation\":\"read\",\"severity\":\"%s\"}",
			    cases[i].verdict, cases[i].severity);
		got = format(line.text);
		starts(got, cases[i].pri);
		unit_has(got, cases[i].outcome);
		free(got);
		pw_str_free(&line);
	}
}

static void test_the_header_is_configurable(void **state)
{
	struct pw_format_context context = { .host = "w\xc3\xa4 7",
					     .msgid = "DICOM+RFC3881",
					     .bom = true };
	struct pw_str out = { 0 };

	assert_int_equal(
		pw_format_line(PW_FORMAT_ATNA, UNIT_LOSS, strlen(UNIT_LOSS), &context, &out), 0);
	starts(out.text, "<84>1 2026-03-01T12:00:01.000000Z w???7 phiward - DICOM+RFC3881 - "
			 "\xef\xbb\xbf<?xml ");
	unit_has(out.text, "AuditSourceID=\"w\xc3\xa4 7\"");
	unit_has(out.text, CODE("EventTypeCode", "110133", "Audit Recording Stopped"));
	assert_null(strstr(out.text, "AuditEnterpriseSiteID"));
	pw_str_reset(&out);
	context = (struct pw_format_context){ .bare = true, .msgid = "not one" };
	pw_format_line(PW_FORMAT_ATNA, UNIT_LOSS, strlen(UNIT_LOSS), &context, &out);
	starts(out.text, XML);
	pw_str_reset(&out);
	context.bare = false; /* a header is never broken by its options */
	pw_format_line(PW_FORMAT_ATNA, UNIT_LOSS, strlen(UNIT_LOSS), &context, &out);
	starts(out.text,
	       "<84>1 2026-03-01T12:00:01.000000Z unknown phiward - IHE+RFC-3881 - <?xml ");
	pw_str_free(&out);
}

static void add_long(struct pw_str *line, const char *key, size_t n)
{
	pw_str_addf(line, ",\"%s\":\"/", key);
	for (size_t i = 0; i < n; i++)
		pw_str_add(line, "\\\"");
	pw_str_add(line, "\"");
}

/* All that can be long is, and of the character that grows most. */
static void test_never_32_kib(void **state)
{
	static const char *const plain[] = { "path_token", "path2_token", "reason", "rule",
					     "rule_at",    "policy",      "class",  "hook",
					     "errno",      "run",         "boot",   "where",
					     "ring" };
	struct pw_format_context context = unit_context;
	struct pw_str line = { 0 }, out = { 0 }, host = { 0 };

	pw_str_add(&line, "{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\","
			  "\"operation\":\"send\",\"door\":\"network\",\"count\":9");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		add_long(&line, plain[i], 60000);
	pw_str_add(&line, ",\"actor\":{\"uid\":1,\"euid\":1,\"auid\":1,\"session\":1");
	add_long(&line, "user", 60000);
	pw_str_add(&line, "},\"object\":{\"inode\":1");
	add_long(&line, "dev", 60000);
	pw_str_add(&line, "},\"process\":{\"pid\":1");
	add_long(&line, "exe", 60000);
	add_long(&line, "script", 60000);
	add_long(&line, "comm", 60000);
	add_long(&line, "args_token", 60000);
	pw_str_add(&line, "},\"to\":{\"family\":\"unix\"");
	add_long(&line, "path_token", 60000);
	pw_str_add(&line, "},\"lineage\":{\"x\":1");
	add_long(&line, "domain", 60000);
	add_long(&line, "from", 60000);
	pw_str_add(&line, "}}");
	for (size_t i = 0; i < 4000; i++)
		pw_str_add(&host, "\"");
	context.host = context.host_id = context.site = host.text;
	assert_int_equal(pw_format_line(PW_FORMAT_ATNA, line.text, line.len, &context, &out), 0);
	assert_true(out.len - 1 <= PW_FORMAT_ATNA_MAX);
	unit_has(out.text, DETAIL("truncated", "dHJ1ZQ=="));
	unit_has(out.text, "</AuditMessage>\n");
	pw_str_free(&line);
	pw_str_free(&out);
	pw_str_free(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refusal),
		cmocka_unit_test(test_an_export),
		cmocka_unit_test(test_a_refused_send),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_the_header_is_configurable),
		cmocka_unit_test(test_never_32_kib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
