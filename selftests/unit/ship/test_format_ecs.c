/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ECS 9.4: each field, and the categories and types that may stand together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"

#include <stdlib.h>

struct want {
	const char *path, *value;
};

static void is(const char *line, const struct want *want, size_t n)
{
	char *got = unit_format(PW_FORMAT_ECS, line);

	for (size_t i = 0; i < n; i++)
		unit_member(got, want[i].path, want[i].value);
	free(got);
}
#define IS(line, ...)                                              \
	do {                                                       \
		static const struct want want[] = { __VA_ARGS__ }; \
		is(line, want, sizeof(want) / sizeof(want[0]));    \
	} while (0)

static void test_a_refusal(void **state)
{
	IS(UNIT_DENIED, { "@timestamp", "\"2026-03-01T12:00:00.123456789Z\"" },
	   { "ecs", "{\"version\":\"9.4.0\"}" }, { "message", "\"Read denied\"" },
	   { "tags", "[\"records\"]" },
	   { "event",
	     "{\"id\":\"018bcfe5-687b-7001-8c4f-5e0c66f4f2d1\",\"kind\":\"alert\","
	     "\"category\":[\"file\",\"intrusion_detection\"],\"type\":[\"access\",\"denied\"],"
	     "\"outcome\":\"failure\",\"action\":\"read\",\"code\":\"access\","
	     "\"module\":\"phiward\",\"dataset\":\"phiward.event\",\"severity\":3,"
	     "\"sequence\":12,\"reason\":\"rule 'rest' denies read of records\"}" },
	   { "host", "{\"name\":\"ws7.ward3.example\",\"hostname\":\"ws7.ward3.example\","
		     "\"id\":\"00112233445566778899aabbccddeeff\","
		     "\"boot\":{\"id\":\"7c1e63a2-0d3f-4c5e-9a55-3f1d2b4c5d6e\"}}" },
	   { "organization", "{\"name\":\"St. Mary\"}" },
	   { "observer", "{\"vendor\":\"phiward\",\"product\":\"phiward\",\"type\":\"dlp\","
			 "\"version\":\"1.2.3\"}" },
	   { "user", "{\"id\":\"1000\",\"name\":\"alice\",\"effective\":{\"id\":\"0\"}}" },
	   { "process",
	     "{\"pid\":4242,\"name\":\"cat\",\"start\":\"2026-03-01T11:59:59.123456789Z\","
	     "\"executable\":\"/usr/bin/cat\",\"real_user\":{\"id\":\"0\",\"name\":\"root\"},"
	     "\"real_group\":{\"id\":\"100\"},\"thread\":{\"id\":4243},"
	     "\"parent\":{\"pid\":1,\"name\":\"systemd\","
	     "\"start\":\"2026-03-01T08:00:00.000000000Z\"}}" },
	   { "file", "{\"path\":\"/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50\","
		     "\"name\":\"~0c1f2b7d9a3e4f50\",\"inode\":\"99\",\"mode\":\"0640\","
		     "\"type\":\"file\"}" },
	   { "rule", "{\"id\":\"rest\",\"name\":\"rest\",\"version\":\"d1da716868fb\","
		     "\"reference\":\"10-records.yaml:11\",\"ruleset\":\"phiward\"}" },
	   { "phiward",
	     "{\"run\":\"6b0c5c0a8c8d1f27\",\"verdict\":\"deny\",\"generation\":7,"
	     "\"labels\":[\"records\"],\"class\":\"health-status\",\"flags\":[\"auid-unset\"],"
	     "\"hook\":\"file_open\",\"errno\":\"EPERM\",\"device\":\"8:1\","
	     "\"object_type\":\"file\",\"args_token\":\"~7f1e0f4c2f7a9b33\",\"session\":3,"
	     "\"count\":1}" }, );
}

static void test_a_write(void **state)
{
	IS(UNIT_WRITTEN, { "event.kind", "\"event\"" }, { "event.category", "[\"file\"]" },
	   { "event.type", "[\"change\"]" }, { "event.outcome", "\"success\"" },
	   { "event.severity", "1" }, { "event.start", "\"2026-03-01T11:59:55.000000001Z\"" },
	   { "event.end", "\"2026-03-01T12:00:00.000000002Z\"" }, { "phiward.count", "3" },
	   { "phiward.dropped_before", "4" }, );
}

static void test_a_send(void **state)
{
	IS(UNIT_SENT, { "event.category", "[\"network\"]" },
	   { "event.type", "[\"access\",\"allowed\"]" },
	   { "destination", "{\"address\":\"192.0.2.7\",\"ip\":\"192.0.2.7\",\"port\":11112}" },
	   { "network", "{\"transport\":\"tcp\",\"type\":\"ipv4\",\"direction\":\"egress\"}" },
	   { "file", "nothing" }, { "phiward.door", "\"network\"" },
	   { "phiward.to", "{\"family\":\"ipv4\",\"places\":[\"pacs\"]}" },
	   { "phiward.held", "[\"records\"]" }, { "phiward.domain", "\"1f\"" },
	   { "phiward.object_labels", "nothing" }, );
	IS("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\",\"operation\":\"send\","
	   "\"door\":\"network\",\"to\":{\"family\":\"ipv6\",\"address\":\"2001:db8::7\"}}",
	   { "event.category", "[\"network\"]" }, { "event.type", "[\"access\",\"denied\"]" },
	   { "network", "{\"type\":\"ipv6\",\"direction\":\"egress\"}" }, { "user", "nothing" },
	   { "process", "nothing" }, );
}

static void test_kinds(void **state)
{
	IS(UNIT_KIND("identity-lost"), { "event.kind", "\"alert\"" },
	   { "event.category", "[\"process\"]" }, { "event.type", "[\"change\"]" },
	   { "event.outcome", "\"unknown\"" }, { "event.code", "\"identity-lost\"" }, );
	IS(UNIT_KIND("not-protecting"), { "event.category", "[\"configuration\"]" },
	   { "event.type", "[\"change\"]" }, { "event.severity", "4" }, );
	IS(UNIT_KIND("labelled"), { "event.kind", "\"event\"" }, { "event.category", "[\"file\"]" },
	   { "event.type", "[\"change\"]" }, { "phiward.verdict", "nothing" }, );
	IS(UNIT_KIND("label-cleared"), { "event.severity", "2" },
	   { "event.reason", "\"labels were taken off the object by command\"" }, );
	IS(UNIT_LOSS, { "event.action", "\"loss\"" }, { "event.kind", "\"alert\"" },
	   { "event.type", "[\"info\"]" }, { "phiward.where", "\"journal\"" },
	   { "phiward.count", "17" }, { "phiward.from_seq", "3" }, { "phiward.to_seq", "40" }, );
}

static void type_of(const char *type, const char *want)
{
	struct pw_str line = { 0 };
	char *got;

	pw_str_addf(&line,
		    "{" UNIT_HEAD
		    "\"kind\":\"access\",\"path_token\":\"/a/\",\"object\":{\"type\":%s}}",
		    type);
	got = unit_format(PW_FORMAT_ECS, line.text);
	unit_member(got, "file.type", want);
	unit_member(got, "file.name", "\"/a/\"");
	free(got);
	pw_str_free(&line);
}

#define VERDICT(verdict) \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"" verdict "\",\"operation\":\"read\"}"

/* What was only warned of, or would have been denied, took place. */
static void test_verdicts(void **state)
{
	IS(VERDICT("warn"), { "event.kind", "\"alert\"" }, { "event.category", "[\"file\"]" },
	   { "event.type", "[\"access\"]" }, { "event.outcome", "\"success\"" }, );
	IS(VERDICT("would-deny"), { "event.kind", "\"alert\"" }, { "event.type", "[\"access\"]" },
	   { "event.outcome", "\"success\"" }, );
	IS(VERDICT("allow"), { "event.kind", "\"event\"" }, );
}

static void test_types_of_files(void **state)
{
	type_of("\"directory\"", "\"dir\"");
	type_of("\"symlink\"", "\"symlink\"");
	type_of("\"fifo\"", "\"file\"");
	type_of("null", "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refusal), cmocka_unit_test(test_a_write),
		cmocka_unit_test(test_a_send),    cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_verdicts),  cmocka_unit_test(test_types_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
