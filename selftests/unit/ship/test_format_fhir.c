/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 AuditEvent: each element, with the codes of DICOM and of terminology.hl7.org. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"

#include <stdlib.h>

#define DCM(code, display)                                                                    \
	"{\"system\":\"http://dicom.nema.org/resources/ontology/DCM\",\"code\":\"" code "\"," \
	"\"display\":\"" display "\"}"
#define ROLE(code, display) "{\"coding\":[" DCM(code, display) "]}"
#define TERM(system, code, display)                                                         \
	"{\"system\":\"http://terminology.hl7.org/CodeSystem/" system "\",\"code\":\"" code \
	"\",\"display\":\"" display "\"}"

struct want {
	const char *path, *value;
};

static void is(const char *line, const struct want *want, size_t n)
{
	char *got = unit_format(PW_FORMAT_FHIR, line);

	for (size_t i = 0; i < n; i++)
		unit_member(got, want[i].path, want[i].value);
	free(got);
}
#define IS(line, ...)                                              \
	do {                                                       \
		static const struct want want[] = { __VA_ARGS__ }; \
		is(line, want, sizeof(want) / sizeof(want[0]));    \
	} while (0)

#define HERE "\"network\":{\"address\":\"ws7.ward3.example\",\"type\":\"1\"}"
#define PATH "/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50"

static void test_a_refusal(void **state)
{
	IS(UNIT_DENIED, { "resourceType", "\"AuditEvent\"" },
	   { "id", "\"018bcfe5-687b-7001-8c4f-5e0c66f4f2d1\"" },
	   { "type", DCM("110113", "Security Alert") },
	   { "subtype", "[" DCM("110132", "Use of Restricted Function") "]" },
	   { "action", "\"E\"" }, { "recorded", "\"2026-03-01T12:00:00.123456789Z\"" },
	   { "outcome", "\"4\"" }, { "outcomeDesc", "\"rule 'rest' denies read of records\"" },
	   { "agent.0", "{\"who\":{\"identifier\":{\"value\":\"1000\"},\"display\":\"alice\"},"
			"\"altId\":\"1000\",\"name\":\"alice\",\"requestor\":true," HERE "}" },
	   { "agent.1",
	     "{\"type\":" ROLE(
		     "110150",
		     "Application") ",\"who\":{\"identifier\":"
				    "{\"value\":\"/usr/bin/cat\"},\"display\":\"cat\"},\"altId\":\"4242\","
				    "\"name\":\"cat\",\"requestor\":false," HERE "}" },
	   { "agent.2",
	     "{\"type\":" ROLE(
		     "110150",
		     "Application") ",\"who\":{\"identifier\":"
				    "{\"value\":\"phiwardd\"},\"display\":\"phiward\"},\"name\":\"phiwardd\","
				    "\"requestor\":false," HERE "}" },
	   { "agent.3", "nothing" },
	   { "source", "{\"site\":\"St. Mary\",\"observer\":{\"identifier\":"
		       "{\"value\":\"00112233445566778899aabbccddeeff\"},"
		       "\"display\":\"ws7.ward3.example\"},\"type\":[" TERM(
			       "security-source-type", "1", "User Device") "]}" }, );
}

static void test_the_entity(void **state)
{
	IS(UNIT_DENIED, { "entity.0.what", "{\"identifier\":{\"value\":\"" PATH "\"}}" },
	   { "entity.0.name", "\"" PATH "\"" },
	   { "entity.0.type", TERM("audit-entity-type", "2", "System Object") },
	   { "entity.0.role", TERM("object-role", "13", "Security Resource") },
	   { "entity.0.lifecycle", TERM("dicom-audit-lifecycle", "6", "Access / Use") },
	   { "entity.0.securityLabel", "[" TERM("v3-Confidentiality", "R", "restricted") "]" },
	   { "entity.0.query", "nothing" },
	   { "entity.0.detail.0", "{\"type\":\"kind\",\"valueString\":\"access\"}" },
	   { "entity.0.detail.1", "{\"type\":\"verdict\",\"valueString\":\"deny\"}" },
	   { "entity.0.detail.2", "{\"type\":\"operation\",\"valueString\":\"read\"}" },
	   { "entity.0.detail.3", "{\"type\":\"rule\",\"valueString\":\"rest\"}" },
	   { "entity.0.detail.4", "{\"type\":\"rule-at\",\"valueString\":\"10-records.yaml:11\"}" },
	   { "entity.0.detail.5", "{\"type\":\"policy\",\"valueString\":\"d1da716868fb\"}" },
	   { "entity.0.detail.6", "{\"type\":\"labels\",\"valueString\":\"records\"}" },
	   { "entity.1", "nothing" }, );
	IS("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"allow\",\"operation\":\"rename\","
	   "\"class\":\"genetic\",\"labels\":[\"g\"],\"path_token\":\"/a/~1\","
	   "\"path2_token\":\"/b/~2\"}",
	   { "entity.0.lifecycle", TERM("dicom-audit-lifecycle", "3", "Amendment") },
	   { "entity.0.securityLabel", "[" TERM("v3-Confidentiality", "V", "very restricted") "]" },
	   { "entity.1.name", "\"/b/~2\"" }, { "entity.1.detail", "nothing" },
	   { "outcome", "\"0\"" }, { "agent.0.name", "\"phiwardd\"" }, { "agent.1", "nothing" }, );
}

static void test_an_export(void **state)
{
	IS(UNIT_SENT, { "type", DCM("110106", "Export") }, { "subtype", "nothing" },
	   { "action", "\"R\"" }, { "outcome", "\"0\"" },
	   { "agent.0.type", ROLE("110153", "Source Role ID") }, { "agent.0.requestor", "true" },
	   { "agent.2",
	     "{\"type\":" ROLE(
		     "110152",
		     "Destination Role ID") ",\"who\":{\"identifier\":"
					    "{\"value\":\"tcp://192.0.2.7:11112\"},\"display\":\"pacs\"},\"requestor\":false,"
					    "\"network\":{\"address\":\"192.0.2.7\",\"type\":\"2\"}}" },
	   { "entity.0.name", "\"ws7.ward3.example\"" }, );
	IS("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"warn\",\"operation\":\"send\","
	   "\"door\":\"removable\",\"path_token\":\"/media/eve/~1\",\"to\":{\"places\":[]}}",
	   { "type", DCM("110106", "Export") },
	   { "agent.0",
	     "{\"type\":" ROLE("110154", "Destination Media") ",\"who\":{\"display\":\"unknown\"},"
							      "\"requestor\":false,\"media\":" DCM(
								      "110030",
								      "USB Disk Emulation") "}" },
	   { "entity.0.lifecycle.code", "\"10\"" }, );
	IS("{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\",\"operation\":\"send\","
	   "\"door\":\"network\",\"to\":{\"family\":\"ipv6\",\"address\":\"2001:db8::7\","
	   "\"port\":443,\"protocol\":\"tcp\"}}",
	   { "type.code", "\"110113\"" },
	   { "entity.0.what.identifier.value", "\"tcp://[2001:db8::7]:443\"" }, );
}

static void test_kinds(void **state)
{
	IS(UNIT_LOSS, { "subtype.0", DCM("110133", "Audit Recording Stopped") },
	   { "outcome", "\"12\"" }, { "agent.0.name", "\"phiwardd\"" },
	   { "entity.0.name", "\"ws7.ward3.example\"" },
	   { "entity.0.detail.0", "{\"type\":\"kind\",\"valueString\":\"loss\"}" },
	   { "entity.0.detail.3", "{\"type\":\"count\",\"valueString\":\"17\"}" },
	   { "entity.0.detail.4", "{\"type\":\"where\",\"valueString\":\"journal\"}" },
	   { "entity.0.lifecycle", "nothing" }, );
	IS(UNIT_KIND("label-set"), { "subtype.0.code", "\"110135\"" },
	   { "outcomeDesc", "\"the object was labelled by command\"" },
	   { "entity.0.lifecycle.code", "\"3\"" }, );
	IS(UNIT_KIND("not-protecting"), { "subtype.0.code", "\"110129\"" },
	   { "outcome", "\"12\"" });
	IS(UNIT_KIND("identity-lost"), { "subtype.0.code", "\"110131\"" }, { "outcome", "\"4\"" });
}

/* FHIR has no empty texts, and its ids are of few characters. */
static void test_what_fhir_does_not_take(void **state)
{
	IS("{\"schema\":\"phiward.event.v1\",\"id\":\"a_b\",\"time\":\"2026-03-01T12:00:00Z\","
	   "\"kind\":\"access\",\"reason\":\"\",\"path_token\":\"\",\"rule\":\"\","
	   "\"process\":{\"pid\":1,\"exe\":\"\",\"comm\":\"\"},\"actor\":{\"user\":\"\"}}",
	   { "id", "nothing" }, { "outcomeDesc", "\"Access allowed\"" },
	   { "agent.0.who", "{\"display\":\"unknown\"}" }, { "agent.0.name", "nothing" },
	   { "entity.0.name", "\"ws7.ward3.example\"" }, { "agent.0.altId", "\"1\"" },
	   { "entity.0.detail.2", "{\"type\":\"id\",\"valueString\":\"a_b\"}" }, );
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refusal),
		cmocka_unit_test(test_the_entity),
		cmocka_unit_test(test_an_export),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_what_fhir_does_not_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
