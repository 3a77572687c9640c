/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two policies, and what is said of the way from one to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The CLI is no archive: its files are taken in whole. */
#include "cli/diff.c"
#define get   text_get
#define count text_count
#include "cli/diff-text.c"
#undef get
#undef count

#include "base/cleanup.h"
#include "control/policy-json.h"

#define HEAD   "phiward: 1\nmode: enforce\n"
#define LABELS "labels: {records: {class: care, trees: [/srv/a, /srv/b]}}\n"
#define REST   "  - {id: rest, deny: all, labels: any}\n"

static struct json_object *policy_of(const char *text)
{
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	_cleanup_str_ struct pw_str json = { 0 };
	struct json_object *object;

	if (pw_policy_parse(&(struct pw_source){ "t", text, strlen(text) }, 1, &findings, &policy) <
	    0)
		fail_msg("%s: %s", findings.item[0].message, text);
	pw_policy_json(policy, NULL, &json);
	object = json_tokener_parse(json.text);
	assert_non_null(object);
	return object;
}

/* What is told for people; caller frees. "" for no change. */
static char *diff_of(const char *before, const char *after)
{
	struct json_object *old = policy_of(before), *new = policy_of(after), *changes;
	struct pw_str text = { 0 };

	changes = pw_diff(old, new);
	assert_non_null(changes);
	pw_str_add(&text, "");
	pw_diff_text(changes, &text);
	assert_int_equal(json_object_array_length(changes) == 0, text.len == 0);
	json_object_put(changes);
	json_object_put(old);
	json_object_put(new);
	return pw_str_take(&text);
}

static void expect(const char *before, const char *after, const char *wanted)
{
	_cleanup_free_ char *told = diff_of(before, after);

	assert_string_equal(told, wanted);
}

static void test_the_same(void **state)
{
	expect(HEAD LABELS "rules:\n" REST, HEAD LABELS "rules:\n" REST, "");
	/* another order in lists, other words, comments: the same policy */
	expect(HEAD LABELS "rules:\n" REST,
	       "# x\n" HEAD "labels: {records: {class: care, on-failure: open, trees: [/srv/b, "
	       "/srv//a/]}}\nrules:\n" REST,
	       "");
}

static void test_definitions(void **state)
{
	expect(HEAD LABELS "rules:\n" REST,
	       HEAD
	       "labels:\n  records: {class: genetic, trees: [/srv/b, /srv/c], on-failure: closed}\n"
	       "  more: {class: care, files: [/x/d*]}\n"
	       "rules:\n" REST,
	       "~ label records\n"
	       "    class: care -> genetic\n"
	       "    on-failure: open -> closed\n"
	       "    trees: +/srv/c -/srv/a\n"
	       "+ label more: class care; on-failure open; files /x/d*\n");
	expect(HEAD LABELS "actors: {a: {users: [u], hours: \"08:00-18:00 Mon-Fri\"}}\n"
			   "programs: {p: {paths: [/bin/p]}, q: {scripts: [/q]}}\n"
			   "places: {x: {removable: [{vendor: \"0951\"}]}}\n"
			   "rules:\n" REST,
	       HEAD LABELS "actors: {a: {users: [u], groups: [g]}}\n"
			   "programs: {p: {paths: [/bin/p, /bin/pp]}}\n"
			   "places: {x: {network: [\"10.0.0.0/8\"], protocol: tcp}}\n"
			   "rules:\n" REST,
	       "~ actor a\n"
	       "    groups: +g\n"
	       "    hours: 08:00-18:00 Mon-Fri -> none\n"
	       "- program q: scripts /q\n"
	       "~ program p\n"
	       "    paths: +/bin/pp\n"
	       "~ place x\n"
	       "    network: +10.0.0.0/8\n"
	       "    protocol: none -> tcp\n"
	       "    removable: -0951:*:*\n");
}

#define PROGRAMS "programs: {p: {paths: [/bin/p]}, q: {scripts: [/q]}}\n"

static void test_what_labels_flow_by(void **state)
{
	expect(HEAD LABELS PROGRAMS
	       "places: {x: {removable: [{vendor: \"0951\"}]}}\n"
	       "hubs: {bus: {paths: [/bin/bus]}, old: {sockets: [/run/old]}}\n"
	       "declassifiers: [{programs: [p], labels: [records]}]\n"
	       "rules:\n" REST,
	       HEAD LABELS PROGRAMS
	       "places: {x: {removable: [{vendor: \"0951\", access: read}]}}\n"
	       "hubs: {bus: {paths: [/bin/bus], sockets: [/run/bus, \"@bus\"]}}\n"
	       "declassifiers: [{programs: [q], labels: any}]\n"
	       "spread: {ipc: strict}\n"
	       "rules:\n" REST,
	       "~ place x\n"
	       "    removable: +0951:*:* (read) -0951:*:*\n"
	       "- hub old: sockets /run/old\n"
	       "~ hub bus\n"
	       "    sockets: +/run/bus +@bus\n"
	       "- declassifier p: labels records\n"
	       "+ declassifier q: labels records\n"
	       "~ spread ipc\n"
	       "    spread: practical -> strict\n");
	/* the same said otherwise */
	expect(HEAD LABELS PROGRAMS "declassifiers: [{programs: [p, q], labels: [records]}]\n"
				    "spread: strict\nrules:\n" REST,
	       HEAD LABELS PROGRAMS "declassifiers:\n  - {programs: [q], labels: [records]}\n"
				    "  - {programs: [p], labels: any}\n"
				    "spread: {ipc: strict, unix: strict, file: strict, network: strict, "
				    "removable: strict, printer: strict, device: strict, memory: strict}\n"
				    "rules:\n" REST,
	       "");
}

static void test_rules(void **state)
{
	expect(HEAD LABELS
	       "rules:\n"
	       "  - {id: a, allow: [read], labels: [records], until: 2999-06-30}\n" REST,
	       HEAD LABELS
	       "rules:\n"
	       "  - {id: new, warn: [list], labels: [records], severity: high}\n"
	       "  - {id: a, allow: [read, write], labels: any, until: 2999-06-30T12:00}\n"
	       "  - {id: rest, deny: all, labels: any, tell: \"Ask us.\"}\n",
	       "+ rule new, first of all: verdict warn; operations list; labels records; mode "
	       "enforce; severity high\n"
	       "~ rule a\n"
	       "    operations: +write\n"
	       "    labels: +any -records\n"
	       "    until: 2999-06-30 -> 2999-06-30T12:00\n"
	       "~ rule rest\n"
	       "    tell: none -> Ask us.\n");
}

#define RULE(id, op) "  - {id: " id ", allow: [" op "], labels: [records]}\n"

static void test_order(void **state)
{
	/* one moved: one is told, not those that it passed */
	expect(HEAD LABELS "rules:\n" RULE("a", "read") RULE("b", "write") RULE("c", "list") REST,
	       HEAD LABELS "rules:\n" RULE("b", "write") RULE("c", "list") RULE("a", "read") REST,
	       "~ rule a: moved, behind c\n");
	expect(HEAD LABELS "rules:\n" RULE("a", "read") RULE("b", "write") RULE("c", "list") REST,
	       HEAD LABELS "rules:\n" RULE("c", "list") RULE("a", "read") RULE("b", "write") REST,
	       "~ rule c: moved, first of all\n");
	/* what is added or removed moves nobody */
	expect(HEAD LABELS "rules:\n" RULE("a", "read") RULE("b", "write") REST,
	       HEAD LABELS "rules:\n" RULE("n", "list") RULE("b", "write") REST,
	       "- rule a: verdict allow; operations read; labels records; mode enforce; severity low\n"
	       "+ rule n, first of all: verdict allow; operations list; labels records; mode "
	       "enforce; severity low\n");
}

static void test_mode_is_told_once(void **state)
{
	expect("phiward: 1\nmode: observe\n" LABELS "rules:\n"
	       "  - {id: own, deny: [read], labels: any, mode: enforce}\n" REST,
	       HEAD LABELS "rules:\n"
			   "  - {id: own, deny: [read], labels: any, mode: observe}\n" REST,
	       "~ mode: observe -> enforce\n"
	       "~ rule own\n"
	       "    mode: enforce -> observe\n");
}

static void test_long_lists_are_cut_for_people(void **state)
{
	struct pw_str after = { 0 };
	char *told;

	pw_str_add(&after, HEAD "labels: {records: {class: care, trees: [/srv/a, /srv/b");
	for (int i = 0; i < 500; i++)
		pw_str_addf(&after, ", /srv/many/%d", i);
	pw_str_add(&after, "]}}\nrules:\n" REST);
	told = diff_of(HEAD LABELS "rules:\n" REST, after.text);
	assert_non_null(strstr(told, " +/srv/many/11 +and 488 more\n"));
	assert_null(strstr(told, "/srv/many/12 "));
	free(told);
	pw_str_free(&after);
}

static void test_as_json(void **state)
{
	struct json_object *old = policy_of(HEAD LABELS "rules:\n" RULE("a", "read") REST);
	struct json_object *new =
		policy_of(HEAD LABELS "rules:\n" RULE("a", "write") RULE("b", "list") REST);
	struct json_object *changes = pw_diff(old, new);
	const char *text = json_object_to_json_string_ext(changes, JSON_C_TO_STRING_PLAIN);
	static const char wanted[] =
		"[{\"section\":\"rules\",\"change\":\"changed\",\"name\":\"a\",\"fields\":["
		"{\"field\":\"operations\",\"added\":[\"write\"],\"removed\":[\"read\"]}]},"
		"{\"section\":\"rules\",\"change\":\"added\",\"name\":\"b\",\"behind\":\"a\","
		"\"definition\":{\"name\":\"b\",\"verdict\":\"allow\",\"operations\":[\"list\"],";

	assert_memory_equal(text, wanted, sizeof(wanted) - 1);
	json_object_put(changes);
	json_object_put(old);
	json_object_put(new);
}

/* The agent's half is a foreign text. */
static void test_foreign_policies(void **state)
{
	static const char *const foreign[] = {
		"{}",
		"{\"mode\":3,\"labels\":{},\"rules\":[null,1,{}]}",
		"{\"labels\":[{\"name\":null,\"trees\":[null]},{\"name\":[]}],\"rules\":[{\"name\":\"a\"},{\"name\":\"a\"}]}",
	};

	for (size_t i = 0; i < 3; i++) {
		struct json_object *old = json_tokener_parse(foreign[i]);
		struct json_object *new = policy_of(HEAD LABELS "rules:\n" REST);

		for (int turn = 0; turn < 2; turn++) {
			struct json_object *changes = turn ? pw_diff(new, old) : pw_diff(old, new);
			struct pw_str text = { 0 };

			assert_non_null(changes);
			pw_diff_text(changes, &text);
			pw_str_free(&text);
			json_object_put(changes);
		}
		json_object_put(old);
		json_object_put(new);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same),
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_what_labels_flow_by),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_mode_is_told_once),
		cmocka_unit_test(test_long_lists_are_cut_for_people),
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_foreign_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
