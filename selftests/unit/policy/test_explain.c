/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and programs read about a decision, to the letter. */
#include "base/cleanup.h"
#include "policy/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <string.h>

static const char policy_text[] =
	"phiward: 1\n"
	"mode: enforce\n"
	"labels:\n"
	"  records: {class: health-status, trees: [/srv/records, \"/home/*/.ehr-cache\"]}\n"
	"  genomes: {class: genetic, trees: [/srv/records/genomes], on-failure: closed}\n"
	"actors:\n"
	"  clinicians: {groups: [clinicians]}\n"
	"  archivists: {users: [carol], hours: \"08:00-18:00 Mon-Fri\"}\n"
	"programs:\n"
	"  ehr: {paths: [/opt/ehr/bin/ehr-client]}\n"
	"places:\n"
	"  pacs: {network: [\"10.20.0.0/16:104\"], protocol: tcp}\n"
	"rules:\n"
	"  - {id: clinicians-ehr, allow: [read, write], labels: [records], actors: [clinicians], programs: [ehr]}\n"
	"  - {id: trial, allow: [read], labels: [records], actors: [clinicians], until: 2026-01-31}\n"
	"  - {id: look-twice, warn: [read], labels: [records], actors: [archivists]}\n"
	"  - {id: to-pacs, allow: [send], labels: [records], to: [pacs]}\n"
	"  - {id: watch, deny: [list], labels: any, mode: observe}\n"
	"  - {id: rest, deny: all, labels: [records], severity: high, tell: \"Ask the privacy office, ext. 5511.\"}\n"
	"  - {id: late, warn: [read], labels: any, actors: [clinicians]}\n";

struct fixture {
	struct pw_policy *policy;
	struct pw_findings findings;
	struct pw_compiled *compiled;
	struct pw_str answer;
};

/* 2026-02-02 is a Monday. */
#define MONDAY_NOON  1770030000
#define MONDAY_NIGHT (MONDAY_NOON + 10 * 3600)

static int setup(void **state)
{
	const struct pw_source source = { "10-phi.yaml", policy_text, sizeof(policy_text) - 1 };
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	if (pw_policy_parse(&source, 1, &f->findings, &f->policy) < 0)
		fail_msg("%s", f->findings.item[f->findings.n - 1].message);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_policy_free(&f->policy);
	pw_findings_free(&f->findings);
	pw_str_free(&f->answer);
	free(f);
	return 0;
}

static const char *explain(struct fixture *f, const struct pw_question *question, bool json)
{
	const struct pw_compile_options options = { .now = question->now };

	pw_compiled_free(&f->compiled);
	assert_int_equal(pw_policy_compile(f->policy, &options, NULL, &f->compiled), 0);
	pw_str_reset(&f->answer);
	assert_int_equal(pw_policy_explain(f->policy, f->compiled, question, json, &f->answer), 0);
	return f->answer.text;
}

static const char *const clinic[] = { "staff", "clinicians" };

static const struct pw_question clinician_cat = {
	.who = { .user = "bob", .groups = clinic, .n_groups = 2, .exe = "/bin/cat" },
	.path = "/srv/records/1.pdf",
	.op = PW_OP_READ,
	.now = MONDAY_NOON,
};

static void a_refusal_names_rule_and_reasons(void **state)
{
	assert_string_equal(
		explain(*state, &clinician_cat, false),
		"verdict    deny\n"
		"operation  read\n"
		"path       /srv/records/1.pdf\n"
		"labels     records (health-status)\n"
		"person     bob (groups staff, clinicians)\n"
		"program    /bin/cat\n"
		"time       2026-02-02 12:00 Mon CET\n"
		"rule       rest at 10-phi.yaml:19\n"
		"severity   high\n"
		"tell       Ask the privacy office, ext. 5511.\n"
		"\n"
		"label records: deny by rest\n"
		"  clinicians-ehr  allow  10-phi.yaml:14  another program\n"
		"  trial           allow  10-phi.yaml:15  until has passed: ended 2026-02-01 00:00\n"
		"  look-twice      warn   10-phi.yaml:16  another actor\n"
		"  to-pacs         allow  10-phi.yaml:17  another operation\n"
		"  watch           deny   10-phi.yaml:18  another operation\n"
		"* rest            deny   10-phi.yaml:19  decides\n"
		"  late            warn   10-phi.yaml:20  matches, but comes later\n");
}

static void hours_are_told(void **state)
{
	struct pw_question question = {
		.who = { .user = "carol" },
		.path = "/home/x/.ehr-cache",
		.is_directory = true,
		.op = PW_OP_READ,
		.now = MONDAY_NOON,
	};

	assert_string_equal(explain(*state, &question, false),
			    "verdict    warn\n"
			    "operation  read\n"
			    "directory  /home/x/.ehr-cache\n"
			    "labels     records (health-status)\n"
			    "person     carol\n"
			    "program    not known\n"
			    "time       2026-02-02 12:00 Mon CET\n"
			    "rule       look-twice at 10-phi.yaml:16\n"
			    "severity   low\n"
			    "\n"
			    "label records: warn by look-twice\n"
			    "  clinicians-ehr  allow  10-phi.yaml:14  another actor\n"
			    "  trial           allow  10-phi.yaml:15  another actor\n"
			    "* look-twice      warn   10-phi.yaml:16  decides\n"
			    "  to-pacs         allow  10-phi.yaml:17  another operation\n"
			    "  watch           deny   10-phi.yaml:18  another operation\n"
			    "  rest            deny   10-phi.yaml:19  matches, but comes later\n"
			    "  late            warn   10-phi.yaml:20  another actor\n");
	question.now = MONDAY_NIGHT;
	assert_non_null(strstr(explain(*state, &question, false),
			       "out of hours: archivists 08:00-18:00 Mon-Fri\n"));
}

static void no_rule_and_several_labels(void **state)
{
	struct pw_question question = {
		.who = { .user = "x\x1b[2J", .exe = "/opt/ehr/bin/ehr-client", .script = "/s" },
		.path = "/srv/records/genomes/a\nb",
		.op = PW_OP_WRITE,
		.now = MONDAY_NOON,
	};

	assert_string_equal(explain(*state, &question, false),
			    "verdict    deny\n"
			    "operation  write\n"
			    "path       /srv/records/genomes/a\\x0ab\n"
			    "labels     records (health-status), genomes (genetic)\n"
			    "person     x\\x1b[2J\n"
			    "program    /opt/ehr/bin/ehr-client\n"
			    "script     /s\n"
			    "time       2026-02-02 12:00 Mon CET\n"
			    "rule       rest at 10-phi.yaml:19\n"
			    "severity   high\n"
			    "tell       Ask the privacy office, ext. 5511.\n"
			    "\n"
			    "label records: deny by rest\n"
			    "  clinicians-ehr  allow  10-phi.yaml:14  another actor\n"
			    "  trial           allow  10-phi.yaml:15  another operation\n"
			    "  look-twice      warn   10-phi.yaml:16  another operation\n"
			    "  to-pacs         allow  10-phi.yaml:17  another operation\n"
			    "  watch           deny   10-phi.yaml:18  another operation\n"
			    "* rest            deny   10-phi.yaml:19  decides\n"
			    "  late            warn   10-phi.yaml:20  another operation\n"
			    "\n"
			    "label genomes: deny, no rule matched\n"
			    "  watch  deny   10-phi.yaml:18  another operation\n"
			    "  late   warn   10-phi.yaml:20  another operation\n");
}

static void unlabelled_paths_are_nobodys_business(void **state)
{
	struct pw_question question = clinician_cat;

	question.path = "/etc/passwd";
	assert_string_equal(explain(*state, &question, false),
			    "verdict    allow\n"
			    "operation  read\n"
			    "path       /etc/passwd\n"
			    "labels     none: no rule speaks of this path\n"
			    "person     bob (groups staff, clinicians)\n"
			    "program    /bin/cat\n"
			    "time       2026-02-02 12:00 Mon CET\n");
	assert_string_equal(
		explain(*state, &question, true) +
			strlen("{\"schema\":\"phiward.explain.v1\",\"policy\":\"\",") + 64,
		"\"time\":\"2026-02-02T11:00:00Z\",\"verdict\":\"allow\",\"operation\":\"read\","
		"\"path\":\"/etc/passwd\",\"directory\":false,\"user\":\"bob\","
		"\"groups\":[\"staff\",\"clinicians\"],\"exe\":\"/bin/cat\",\"script\":null,"
		"\"labels\":[],\"decisions\":[]}");
}

static void observing_and_sending_are_told(void **state)
{
	struct pw_question question = clinician_cat;

	question.op = PW_OP_LIST;
	assert_non_null(strstr(explain(*state, &question, false),
			       "verdict    would-deny (mode observe: the access goes on)\n"));
	assert_non_null(strstr(((struct fixture *)*state)->answer.text,
			       "label records: would-deny by watch\n"));
	question.op = PW_OP_SEND;
	assert_non_null(strstr(explain(*state, &question, false),
			       "  to-pacs         allow  10-phi.yaml:17  only to pacs\n"));
}

static const char *text_at(json_object *object, const char *key)
{
	json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value ? json_object_get_string(value) : NULL;
}

static json_object *item_at(json_object *object, const char *key, size_t index)
{
	json_object *array;

	assert_true(json_object_object_get_ex(object, key, &array));
	return json_object_array_get_idx(array, index);
}

static void json_says_the_same(void **state)
{
	static const char *const failed[] = { "program",   "until", "actor", "operation",
					      "operation", NULL,    "later" };
	json_object *answer = json_tokener_parse(explain(*state, &clinician_cat, true));
	json_object *decision, *rule;
	size_t i;

	assert_non_null(answer);
	assert_null(strchr(((struct fixture *)*state)->answer.text, '\n'));
	assert_string_equal(text_at(answer, "schema"), "phiward.explain.v1");
	assert_string_equal(text_at(answer, "policy"), ((struct fixture *)*state)->policy->id);
	assert_string_equal(text_at(answer, "verdict"), "deny");
	assert_string_equal(text_at(answer, "label"), "records");
	assert_string_equal(text_at(answer, "rule"), "rest");
	assert_string_equal(text_at(answer, "file"), "10-phi.yaml");
	assert_string_equal(text_at(answer, "line"), "19");
	assert_string_equal(text_at(answer, "mode"), "enforce");
	assert_string_equal(text_at(answer, "severity"), "high");
	assert_string_equal(text_at(answer, "tell"), "Ask the privacy office, ext. 5511.");
	assert_string_equal(json_object_get_string(item_at(answer, "labels", 0)), "records");
	decision = item_at(answer, "decisions", 0);
	assert_string_equal(text_at(decision, "class"), "health-status");
	assert_string_equal(text_at(decision, "verdict"), "deny");
	assert_string_equal(text_at(decision, "rule"), "rest");
	for (i = 0; i < PW_ARRAY_SIZE(failed); i++) {
		rule = item_at(decision, "rules", i);
		if (failed[i])
			assert_string_equal(text_at(rule, "failed"), failed[i]);
		else
			assert_null(text_at(rule, "failed"));
	}
	assert_null(item_at(decision, "rules", i));
	assert_string_equal(text_at(item_at(decision, "rules", 1), "detail"),
			    "ended 2026-02-01 00:00");
	json_object_put(answer);
}

static void json_of_the_implicit_refusal(void **state)
{
	struct pw_question question = clinician_cat;
	struct fixture *f = *state;
	json_object *answer;

	f->policy->mode = PW_OBSERVE;
	question.path = "/srv/records/genomes/\xff";
	question.who.n_groups = 0;
	f->policy->rule[5].verdict = PW_ALLOW;
	answer = json_tokener_parse(explain(f, &question, true));
	assert_non_null(answer);
	assert_string_equal(text_at(answer, "verdict"), "would-deny");
	assert_string_equal(text_at(answer, "path"), "/srv/records/genomes/\\xff");
	assert_string_equal(text_at(answer, "label"), "genomes");
	assert_null(text_at(answer, "rule"));
	assert_null(text_at(answer, "tell"));
	assert_string_equal(text_at(answer, "mode"), "observe");
	assert_string_equal(text_at(answer, "severity"), "medium");
	assert_null(text_at(item_at(answer, "decisions", 1), "rule"));
	json_object_put(answer);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_refusal_names_rule_and_reasons), TEST(hours_are_told),
		TEST(no_rule_and_several_labels),       TEST(unlabelled_paths_are_nobodys_business),
		TEST(observing_and_sending_are_told),   TEST(json_says_the_same),
		TEST(json_of_the_implicit_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
