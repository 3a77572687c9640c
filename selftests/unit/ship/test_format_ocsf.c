/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OCSF 1.8: each attribute of each class, against values taken from the schema by hand. */
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
	char *got = unit_format(PW_FORMAT_OCSF, line);

	for (size_t i = 0; i < n; i++)
		unit_member(got, want[i].path, want[i].value);
	free(got);
}
#define IS(line, ...)                                              \
	do {                                                       \
		static const struct want want[] = { __VA_ARGS__ }; \
		is(line, want, sizeof(want) / sizeof(want[0]));    \
	} while (0)

static void test_a_refusal_is_a_finding(void **state)
{
	IS(UNIT_DENIED, { "class_uid", "2006" }, { "class_name", "\"Data Security Finding\"" },
	   { "category_uid", "2" }, { "category_name", "\"Findings\"" }, { "activity_id", "1" },
	   { "activity_name", "\"Create\"" }, { "type_uid", "200601" }, { "severity_id", "3" },
	   { "severity", "\"Medium\"" }, { "time", "1772366400123" }, { "count", "1" },
	   { "start_time", "nothing" }, { "end_time", "nothing" },
	   { "message", "\"rule 'rest' denies read of records\"" }, { "status_id", "1" },
	   { "status", "\"New\"" }, { "is_alert", "true" }, { "status_code", "\"EPERM\"" },
	   { "action_id", "2" }, { "action", "\"Denied\"" }, { "disposition_id", "2" },
	   { "disposition", "\"Blocked\"" },
	   { "policy", "{\"name\":\"rest\",\"uid\":\"d1da716868fb\",\"is_applied\":true}" },
	   { "finding_info.uid", "\"018bcfe5-687b-7001-8c4f-5e0c66f4f2d1\"" },
	   { "finding_info.title", "\"Read denied\"" },
	   { "finding_info.desc", "\"rule 'rest' denies read of records\"" },
	   { "finding_info.created_time", "1772366400123" },
	   { "finding_info.types", "[\"access\"]" },
	   { "finding_info.analytic",
	     "{\"type_id\":1,\"type\":\"Rule\",\"uid\":\"rest\",\"version\":\"d1da716868fb\"}" },
	   { "data_security",
	     "{\"category_id\":1,\"category\":\"Personal\",\"confidentiality_id\":5,"
	     "\"confidentiality\":\"Private\",\"data_lifecycle_state_id\":1,"
	     "\"data_lifecycle_state\":\"Data at-Rest\",\"detection_system_id\":1,"
	     "\"detection_system\":\"Endpoint\"}" }, );
}

static void test_who_and_where(void **state)
{
	IS(UNIT_DENIED, { "metadata.version", "\"1.8.0\"" },
	   { "metadata.product",
	     "{\"name\":\"phiward\",\"vendor_name\":\"phiward\",\"version\":\"1.2.3\"}" },
	   { "metadata.profiles", "[\"host\",\"security_control\"]" },
	   { "metadata.uid", "\"018bcfe5-687b-7001-8c4f-5e0c66f4f2d1\"" },
	   { "metadata.sequence", "12" },
	   { "metadata.original_time", "\"2026-03-01T12:00:00.123456789Z\"" },
	   { "metadata.event_code", "\"access\"" }, { "metadata.log_name", "\"phiward.event.v1\"" },
	   { "device", "{\"type_id\":0,\"type\":\"Unknown\",\"hostname\":\"ws7.ward3.example\","
		       "\"uid\":\"00112233445566778899aabbccddeeff\","
		       "\"boot_uid\":\"7c1e63a2-0d3f-4c5e-9a55-3f1d2b4c5d6e\","
		       "\"org\":{\"name\":\"St. Mary\"}}" },
	   { "actor.user", "{\"name\":\"alice\",\"uid\":\"1000\"}" },
	   { "actor.session", "{\"uid\":\"3\"}" },
	   { "actor.process",
	     "{\"pid\":4242,\"tid\":4243,\"name\":\"cat\",\"created_time\":1772366399123,"
	     "\"auid\":1000,\"euid\":0,\"user\":{\"name\":\"root\",\"uid\":\"0\"},"
	     "\"group\":{\"uid\":\"100\"},"
	     "\"file\":{\"name\":\"cat\",\"path\":\"/usr/bin/cat\",\"type_id\":1},"
	     "\"ancestry\":[{\"pid\":1,\"name\":\"systemd\",\"created_time\":1772352000000}]}" },
	   { "file",
	     "{\"name\":\"~0c1f2b7d9a3e4f50\","
	     "\"path\":\"/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50\",\"type_id\":1,"
	     "\"uid\":\"99\",\"volume\":\"8:1\",\"confidentiality_id\":5,"
	     "\"confidentiality\":\"Private\"}" },
	   { "unmapped.run", "\"6b0c5c0a8c8d1f27\"" }, { "unmapped.flags", "\"auid-unset\"" },
	   { "unmapped.rule-at", "\"10-records.yaml:11\"" },
	   { "unmapped.args", "\"~7f1e0f4c2f7a9b33\"" }, { "unmapped.hook", "\"file_open\"" }, );
}

static void test_an_allowed_write_is_an_activity(void **state)
{
	IS(UNIT_WRITTEN, { "class_uid", "1001" }, { "class_name", "\"File System Activity\"" },
	   { "category_uid", "1" }, { "category_name", "\"System Activity\"" },
	   { "activity_id", "3" }, { "activity_name", "\"Update\"" }, { "type_uid", "100103" },
	   { "severity_id", "1" }, { "severity", "\"Informational\"" }, { "status_id", "1" },
	   { "status", "\"Success\"" }, { "is_alert", "nothing" }, { "count", "3" },
	   { "start_time", "1772366395000" }, { "end_time", "1772366400000" }, { "action_id", "1" },
	   { "disposition_id", "1" }, { "status_code", "nothing" }, { "finding_info", "nothing" },
	   { "data_security", "nothing" }, { "unmapped.dropped-before", "\"4\"" }, );
}

static void test_an_allowed_send_is_network_activity(void **state)
{
	IS(UNIT_SENT, { "class_uid", "4001" }, { "category_uid", "4" },
	   { "class_name", "\"Network Activity\"" }, { "category_name", "\"Network Activity\"" },
	   { "activity_id", "6" }, { "activity_name", "\"Traffic\"" }, { "type_uid", "400106" },
	   { "dst_endpoint", "{\"ip\":\"192.0.2.7\",\"port\":11112}" },
	   { "connection_info",
	     "{\"direction_id\":2,\"direction\":\"Outbound\",\"protocol_name\":\"tcp\","
	     "\"protocol_ver_id\":4}" },
	   { "file", "nothing" }, { "unmapped.places", "\"pacs\"" },
	   { "unmapped.held", "\"records\"" }, { "unmapped.domain", "\"1f\"" }, );
}

#define SEND(verdict, to)                                                                       \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"" verdict "\",\"operation\":\"send\"," \
	"\"severity\":\"low\",\"class\":\"genetic\",\"labels\":[\"genomes\"]," to "}"

static void test_sends(void **state)
{
	IS(SEND("deny", "\"door\":\"network\",\"to\":{\"family\":\"ipv6\","
			"\"address\":\"2001:db8::7\",\"port\":443,\"protocol\":\"udp\"}"),
	   { "class_uid", "2006" }, { "severity_id", "4" },
	   { "dst_endpoint", "{\"ip\":\"2001:db8::7\",\"port\":443}" },
	   { "connection_info", "nothing" }, { "data_security.data_lifecycle_state_id", "2" },
	   { "data_security.confidentiality_id", "6" }, );
	IS(SEND("allow", "\"door\":\"unix\",\"to\":{\"family\":\"unix\",\"uid\":5,"
			 "\"user\":\"bob\",\"path_token\":\"/run/x/~1\"}"),
	   { "class_uid", "4001" },
	   { "dst_endpoint", "{\"name\":\"/run/x/~1\",\"owner\":{\"name\":\"bob\"}}" },
	   { "connection_info.direction_id", "4" },
	   { "connection_info.protocol_name", "\"unix\"" }, );
	IS(SEND("allow", "\"door\":\"removable\",\"to\":{\"family\":null},"
			 "\"path_token\":\"/media/eve/~1\""),
	   { "class_uid", "1001" }, { "activity_id", "3" }, { "file.path", "\"/media/eve/~1\"" },
	   { "file.confidentiality_id", "6" }, { "dst_endpoint", "nothing" }, );
	IS(SEND("deny", "\"door\":\"memory\",\"to\":{\"family\":null}"),
	   { "data_security.data_lifecycle_state_id", "3" }, { "file", "nothing" }, );
	/* Where nothing stopped it, a low severity is no small matter. */
	IS("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"would-deny\",\"operation\":\"send\","
	   "\"severity\":\"low\",\"door\":\"network\",\"policy\":\"d1\"}",
	   { "severity_id", "4" }, { "action_id", "3" }, { "action", "\"Observed\"" },
	   { "disposition_id", "15" }, { "disposition", "\"Detected\"" },
	   { "policy", "{\"name\":\"no rule matched\",\"uid\":\"d1\",\"is_applied\":false}" }, );
	IS(SEND("warn", "\"door\":\"ipc\""), { "class_uid", "2006" }, { "action_id", "1" },
	   { "disposition_id", "19" }, { "disposition", "\"Alert\"" }, );
}

#define OP(op)                                                                              \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"allow\",\"operation\":\"" op "\"," \
	"\"path_token\":\"/a/~1\",\"path2_token\":\"/b/~2\"}"

static void test_operations(void **state)
{
	IS(OP("list"), { "type_uid", "100102" });
	IS(OP("stat"), { "type_uid", "100108" });
	IS(OP("read"), { "type_uid", "100102" });
	IS(OP("create"), { "type_uid", "100101" });
	IS(OP("rename"), { "type_uid", "100105" },
	   { "file_result", "{\"name\":\"~2\",\"path\":\"/b/~2\",\"type_id\":0}" });
	IS(OP("link"), { "type_uid", "100101" });
	IS(OP("delete"), { "type_uid", "100104" });
}

static void test_kinds(void **state)
{
	IS(UNIT_KIND("canary"), { "type_uid", "100114" }, { "severity_id", "1" });
	IS(UNIT_KIND("open-before-start"), { "type_uid", "100114" });
	IS(UNIT_KIND("mapped-before-start"), { "type_uid", "200601" }, { "severity_id", "2" });
	IS(UNIT_KIND("identity-lost"), { "type_uid", "200601" });
	IS(UNIT_KIND("mount-in-tree"), { "type_uid", "100112" }, { "severity_id", "2" });
	IS(UNIT_KIND("not-protecting"), { "type_uid", "200601" }, { "severity_id", "4" },
	   { "finding_info.uid", "\"not-protecting:00112233445566778899aabbccddeeff\"" },
	   { "status_id", "1" });
	IS(UNIT_KIND("protecting"), { "type_uid", "200603" }, { "severity_id", "1" },
	   { "finding_info.uid", "\"not-protecting:00112233445566778899aabbccddeeff\"" },
	   { "status_id", "4" }, { "status", "\"Resolved\"" }, { "is_alert", "false" });
	IS(UNIT_KIND("took-label"), { "type_uid", "100102" });
	IS(UNIT_KIND("labelled"), { "type_uid", "100107" }, { "action_id", "nothing" });
	IS(UNIT_KIND("declassified"), { "type_uid", "100107" });
	IS(UNIT_KIND("label-lost"), { "type_uid", "200601" });
	IS(UNIT_KIND("label-set"), { "type_uid", "100107" },
	   { "message", "\"the object was labelled by command\"" });
	IS(UNIT_KIND("label-cleared"), { "type_uid", "100107" },
	   { "message", "\"labels were taken off the object by command\"" });
	IS(UNIT_KIND("label-recalled"), { "type_uid", "100107" });
	IS(UNIT_KIND("label-tampered"), { "type_uid", "200601" });
	IS(UNIT_KIND("superblock"), { "type_uid", "200699" });
	IS(UNIT_KIND("of-another-day"), { "type_uid", "200699" }, { "activity_name", "\"Other\"" });
	IS(UNIT_LOSS, { "type_uid", "200601" }, { "severity_id", "4" }, { "count", "17" },
	   { "metadata.sequence", "nothing" }, { "actor", "{\"app_name\":\"phiward\"}" },
	   { "unmapped.where", "\"journal\"" }, { "unmapped.from-seq", "\"3\"" },
	   { "unmapped.to-seq", "\"40\"" }, { "unmapped.count", "\"17\"" });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refusal_is_a_finding),
		cmocka_unit_test(test_who_and_where),
		cmocka_unit_test(test_an_allowed_write_is_an_activity),
		cmocka_unit_test(test_an_allowed_send_is_network_activity),
		cmocka_unit_test(test_sends),
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
