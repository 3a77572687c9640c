/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CEF, whole lines written by hand from the field map, and its escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"

#include <stdlib.h>
#include <string.h>

static void is(const char *line, const char *want)
{
	char *got = unit_format(PW_FORMAT_CEF, line);

	assert_string_equal(got, want);
	free(got);
}

#define HOST                                                                           \
	" dvchost=ws7.ward3.example deviceExternalId=00112233445566778899aabbccddeeff" \
	" deviceFacility=St. Mary"
#define WHO " suser=alice suid=1000 spid=4242 sproc=/usr/bin/cat"
#define WHAT                                                             \
	" filePath=/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50" \
	" fname=~0c1f2b7d9a3e4f50 fileId=99 fileType=file filePermission=0640"
#define RULE                                                       \
	" cs1=rest cs1Label=rule cs2=d1da716868fb cs2Label=policy" \
	" cs3=records cs3Label=labels cs4=health-status cs4Label=class"

static void test_a_refusal(void **state)
{
	is(UNIT_DENIED,
	   "CEF:0|phiward|phiward|1.2.3|access-deny-read|Read denied|5|rt=1772366400123" HOST
	   " externalId=018bcfe5-687b-7001-8c4f-5e0c66f4f2d1 cat=access cnt=1" WHO
	   " act=deny outcome=failure" WHAT " reason=rule 'rest' denies read of records" RULE
	   " cn1=12 cn1Label=seq cn2=3 cn2Label=session");
}

static void test_folded(void **state)
{
	is(UNIT_WRITTEN,
	   "CEF:0|phiward|phiward|1.2.3|access-allow-write|Write allowed|1|rt=1772366400123"
	   " start=1772366395000 end=1772366400000" HOST
	   " externalId=018bcfe5-687b-7001-8c4f-5e0c66f4f2d1 cat=access cnt=3" WHO
	   " act=allow outcome=success" WHAT " reason=rule 'w' allows write of records" RULE
	   " cn1=12 cn1Label=seq cn2=3 cn2Label=session cn3=4 cn3Label=dropped_before");
}

static void test_a_send(void **state)
{
	is(UNIT_SENT,
	   "CEF:0|phiward|phiward|1.2.3|access-allow-send|Send allowed|1|rt=1772366400123" HOST
	   " externalId=018bcfe5-687b-7001-8c4f-5e0c66f4f2d1 cat=access cnt=1" WHO
	   " act=allow outcome=success fileId=7 fileType=socket filePermission=0777"
	   " dst=192.0.2.7 dpt=11112 proto=tcp reason=rule 'to-pacs' allows send of records" RULE
	   " cs5=pacs cs5Label=places cs6=network cs6Label=door"
	   " cn1=12 cn1Label=seq cn2=3 cn2Label=session");
}

static void test_a_loss(void **state)
{
	is(UNIT_LOSS, "CEF:0|phiward|phiward|1.2.3|loss|Audit records lost|8|rt=1772366401000" HOST
		      " externalId=018bcfe5-687b-7002-8c4f-5e0c66f4f2d1 cat=loss cnt=17"
		      " reason=events were lost: there was no room for them");
}

static void test_escapes(void **state)
{
	is("{" UNIT_HEAD "\"kind\":\"a|b\\\\c\",\"reason\":\"x=1|\\n\\\\\"}",
	   "CEF:0|phiward|phiward|1.2.3|a\\|b\\\\c|Record of another kind|1|rt=1772366400123" HOST
	   " externalId=018bcfe5-687b-7001-8c4f-5e0c66f4f2d1 cat=a|b\\\\c cnt=1"
	   " reason=x\\=1|\\\\x0a\\\\ cn1=12 cn1Label=seq");
}

static void severity_of(const char *severity, const char *class, const char *want)
{
	struct pw_str line = { 0 };
	char *got;

	pw_str_addf(&line,
		    "{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\","
		    "\"operation\":\"read\",\"severity\":\"%s\",\"class\":\"%s\"}",
		    severity, class);
	got = unit_format(PW_FORMAT_CEF, line.text);
	unit_has(got, want);
	free(got);
	pw_str_free(&line);
}

static void test_severities(void **state)
{
	severity_of("low", "care", "|Read denied|3|");
	severity_of("medium", "care", "|Read denied|5|");
	severity_of("high", "care", "|Read denied|8|");
	severity_of("critical", "care", "|Read denied|10|");
	severity_of("low", "genetic", "|Read denied|8|"); /* class 4 is never a small matter */
	severity_of("critical", "genetic", "|Read denied|10|");
}

static void test_long_values_are_cut(void **state)
{
	struct pw_str line = { 0 };
	char *got;

	pw_str_add(&line, "{" UNIT_HEAD "\"kind\":\"access\",\"path_token\":\"/");
	for (int i = 0; i < 60000; i++)
		pw_str_add(&line, "p");
	pw_str_add(&line, "\"}");
	got = unit_format(PW_FORMAT_CEF, line.text);
	assert_true(strlen(got) < 4096);
	unit_has(got, "ppp... fname=");
	free(got);
	pw_str_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_refusal),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_a_send),
		cmocka_unit_test(test_a_loss),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_severities),
		cmocka_unit_test(test_long_values_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
