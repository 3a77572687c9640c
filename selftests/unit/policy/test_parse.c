/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where each field of a policy lands, its defaults, merging of files, and loading. */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/compile.h"
#include "policy/parsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define LABEL "phiward: 1\nlabels:\n  records: {class: care, trees: [/srv/phi]}\n"
#define REST  "  - {id: rest, deny: all, labels: any}\n"

static const struct pw_rule *rule_of(const struct pw_parsed *p, const char *id)
{
	size_t i;

	for (i = 0; p->policy && i < p->policy->n_rules; i++)
		if (strcmp(p->policy->rule[i].id.text, id) == 0)
			return &p->policy->rule[i];
	fail_msg("no rule %s (%zu findings)", id, p->findings.n);
	return NULL;
}

static void labels_land(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		"phiward: 1\nmode: enforce\nlabels:\n"
		"  records: {class: health-status, trees: [//srv/./phi/, /home/*/.x], files: [/a/d*], on-failure: closed}\n"
		"  genomes: {class: genetic}\nrules:\n" REST);
	const struct pw_label *label;

	assert_int_equal(p.r, 0);
	assert_int_equal(p.policy->mode, PW_ENFORCE);
	assert_int_equal(p.policy->n_labels, 2);
	label = &p.policy->label[0];
	assert_string_equal(label->name.text, "records");
	assert_int_equal(label->name.at.line, 4);
	assert_int_equal(label->name.at.column, 3);
	assert_string_equal(label->name.at.file, "a.yaml");
	assert_int_equal(label->class, PW_CLASS_HEALTH_STATUS);
	assert_int_equal(label->on_failure, PW_FAIL_CLOSED);
	assert_int_equal(label->trees.n, 2);
	assert_string_equal(label->trees.item[0].text, "/srv/phi");
	assert_string_equal(label->trees.item[1].text, "/home/*/.x");
	assert_int_equal(label->trees.item[1].at.column, 57);
	assert_int_equal(label->files.n, 1);
	assert_string_equal(label->files.item[0].text, "/a/d*");
	label = &p.policy->label[1];
	assert_int_equal(label->class, PW_CLASS_GENETIC);
	assert_int_equal(label->on_failure, PW_FAIL_OPEN);
	assert_int_equal(label->trees.n, 0);
}

static void mode_is_observe_unless_said(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL "rules:\n  - {id: a, deny: [read], labels: [records], mode: enforce}\n" REST);

	assert_int_equal(p.r, 0);
	assert_int_equal(p.policy->mode, PW_OBSERVE);
	assert_int_equal(rule_of(&p, "a")->mode, PW_ENFORCE);
	assert_int_equal(rule_of(&p, "rest")->mode, PW_OBSERVE);
}

static void mode_of_a_later_file_reaches_earlier_rules(void **state)
{
	const char *const texts[] = { LABEL "rules:\n" REST, "phiward: 1\nmode: enforce\n", NULL };
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);

	assert_int_equal(p.r, 0);
	assert_int_equal(rule_of(&p, "rest")->mode, PW_ENFORCE);
}

static void actors_land(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL
		"actors:\n"
		"  a: {users: [carol, \"WARD\\\\dave\"], groups: [\"Domain Users\"], hours: \"08:00-18:30 Mon-Fri\"}\n"
		"  b: {groups: [oncall], hours: \"22:00-06:00 Sat-Mon\"}\n"
		"  c: {users: [erin], hours: \"00:00-24:00\"}\nrules:\n"
		"  - {id: a, allow: [read], labels: [records], actors: [c, a]}\n"
		"  - {id: b, allow: [list], labels: [records], actors: [b]}\n" REST);
	const struct pw_actor *actor;

	assert_int_equal(p.r, 0);
	actor = &p.policy->actor[0];
	assert_string_equal(actor->users.item[0].text, "carol");
	assert_string_equal(actor->users.item[1].text, "WARD\\dave");
	assert_string_equal(actor->groups.item[0].text, "Domain Users");
	assert_true(actor->hours.given);
	assert_int_equal(actor->hours.from_minute, 480);
	assert_int_equal(actor->hours.to_minute, 1110);
	assert_int_equal(actor->hours.days, 0x1f);
	assert_int_equal(p.policy->actor[1].hours.from_minute, 1320);
	assert_int_equal(p.policy->actor[1].hours.to_minute, 360);
	assert_int_equal(p.policy->actor[1].hours.days, 0x61);
	assert_int_equal(p.policy->actor[2].hours.to_minute, 1440);
	assert_int_equal(p.policy->actor[2].hours.days, 0x7f);
	assert_false(p.policy->rule[2].actors.n);
	/* Indexes stand in the order in which the names were written. */
	assert_int_equal(rule_of(&p, "a")->actors.n, 2);
	assert_int_equal(rule_of(&p, "a")->actors.index[0], 2);
	assert_int_equal(rule_of(&p, "a")->actors.index[1], 0);
	assert_string_equal(rule_of(&p, "a")->actors.as_written.item[0].text, "c");
}

static void programs_land(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL
		"programs:\n"
		"  x: {paths: [/usr//bin/x], scripts: [/opt/x.py],\n"
		"      sha256: [\"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\"]}\n"
		"rules:\n  - {id: a, allow: [read], labels: [records], programs: [x]}\n" REST);
	const struct pw_program *program;

	assert_int_equal(p.r, 0);
	program = &p.policy->program[0];
	assert_string_equal(program->paths.item[0].text, "/usr/bin/x");
	assert_string_equal(program->scripts.item[0].text, "/opt/x.py");
	assert_string_equal(program->sha256.item[0].text,
			    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	assert_int_equal(program->sha256.item[0].at.line, 6);
}

static void sessions_and_places_land(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL
		"sessions:\n  s: {local: true}\n  t: {local: false, locked: false}\nplaces:\n"
		"  pacs: {network: [\"10.0.0.0/8:104\", \"[fd00::]/64\"], protocol: udp}\n"
		"  sticks: {removable: [{vendor: 09AB, serial: \"X 1\"}, {product: \"1666\"}]}\n"
		"  paper: {printers: [ward3], directories: [/srv/out/]}\nrules:\n"
		"  - {id: a, allow: [send], labels: [records], sessions: [s, t], to: [pacs, sticks, paper]}\n" REST);
	const struct pw_place *place;

	assert_int_equal(p.r, 0);
	assert_int_equal(p.policy->session[0].local, 1);
	assert_int_equal(p.policy->session[0].locked, -1);
	assert_int_equal(p.policy->session[1].local, 0);
	assert_int_equal(p.policy->session[1].locked, 0);
	place = &p.policy->place[0];
	assert_string_equal(place->network.item[1].text, "[fd00::]/64");
	assert_string_equal(place->protocol.text, "udp");
	place = &p.policy->place[1];
	assert_null(place->protocol.text);
	assert_int_equal(place->n_removable, 2);
	assert_string_equal(place->removable[0].vendor.text, "09ab");
	assert_null(place->removable[0].product.text);
	assert_string_equal(place->removable[0].serial.text, "X 1");
	assert_null(place->removable[1].vendor.text);
	assert_string_equal(place->removable[1].product.text, "1666");
	place = &p.policy->place[2];
	assert_string_equal(place->printers.item[0].text, "ward3");
	assert_string_equal(place->directories.item[0].text, "/srv/out");
	assert_int_equal(rule_of(&p, "a")->to.n, 3);
	assert_false(rule_of(&p, "a")->to.any);
}

static void rules_land(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL
		"rules:\n"
		"  - {id: a, allow: [read, send], labels: [records], purpose: TREAT, approved-by: x y, tell: hello, severity: critical}\n"
		"  - {id: b, warn: [list, stat, write, create, rename, link], labels: any}\n"
		"  - {id: c, deny: all, labels: any}\n");
	const struct pw_rule *rule = rule_of(&p, "a");

	assert_int_equal(rule->verdict, PW_ALLOW);
	assert_int_equal(rule->ops, 1 << PW_OP_READ | 1 << PW_OP_SEND);
	assert_int_equal(rule->severity, PW_SEVERITY_CRITICAL);
	assert_string_equal(rule->purpose.text, "TREAT");
	assert_string_equal(rule->approved_by.text, "x y");
	assert_string_equal(rule->tell.text, "hello");
	assert_int_equal(rule->at.line, 5);
	assert_int_equal(rule->at.column, 5);
	assert_int_equal(rule->until, 0);
	assert_false(rule->labels.any);
	assert_true(rule->actors.any && rule->programs.any && rule->sessions.any && rule->to.any);
	rule = rule_of(&p, "b");
	assert_int_equal(rule->verdict, PW_WARN);
	assert_int_equal(rule->severity, PW_SEVERITY_LOW);
	assert_int_equal(rule->ops,
			 0x1ff & ~(1 << PW_OP_READ | 1 << PW_OP_SEND | 1 << PW_OP_DELETE));
	assert_true(rule->labels.any);
	assert_int_equal(rule->labels.n, 0);
	assert_null(rule->tell.text);
	rule = rule_of(&p, "c");
	assert_int_equal(rule->verdict, PW_DENY);
	assert_int_equal(rule->severity, PW_SEVERITY_MEDIUM);
	assert_int_equal(rule->ops, 0x1ff);
}

static time_t local(int year, int month, int day, int hour, int minute)
{
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = month - 1,
			 .tm_mday = day,
			 .tm_hour = hour,
			 .tm_min = minute,
			 .tm_isdst = -1 };

	return mktime(&tm);
}

static void until_is_the_last_day(void **state)
{
	_cleanup_parsed_ struct pw_parsed p = pw_parse_one(
		LABEL
		"rules:\n"
		"  - {id: a, allow: [read], labels: [records], until: 2096-02-29}\n"
		"  - {id: b, allow: [write], labels: [records], until: 2096-12-31}\n"
		"  - {id: c, allow: [list], labels: [records], until: \"2096-07-01T12:30\"}\n"
		"  - {id: d, allow: [link], labels: [records], until: 2096-07-01T24:00}\n" REST);

	assert_int_equal(rule_of(&p, "a")->until, local(2096, 3, 1, 0, 0));
	assert_int_equal(rule_of(&p, "b")->until, local(2097, 1, 1, 0, 0));
	assert_int_equal(rule_of(&p, "c")->until, local(2096, 7, 1, 12, 30));
	assert_int_equal(rule_of(&p, "d")->until, local(2096, 7, 2, 0, 0));
}

static void files_merge(void **state)
{
	const char *const texts[] = {
		"phiward: 1\nrules:\n  - {id: first, allow: [read], labels: [genomes, records], actors: [staff]}\n",
		"phiward: 1\nlabels:\n  records: {class: care}\nactors:\n  staff: {groups: [staff]}\n",
		"phiward: 1\nlabels:\n  genomes: {class: genetic}\nrules:\n  - {id: last, deny: all, labels: any}\n",
		NULL
	};
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);

	assert_int_equal(p.r, 0);
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy->n_files, 3);
	assert_string_equal(p.policy->file[2], "c.yaml");
	assert_string_equal(p.policy->label[0].name.text, "records");
	assert_string_equal(p.policy->label[1].name.text, "genomes");
	assert_string_equal(p.policy->rule[0].id.text, "first");
	assert_string_equal(p.policy->rule[1].id.text, "last");
	assert_string_equal(p.policy->rule[1].at.file, "c.yaml");
	assert_int_equal(p.policy->rule[0].labels.index[0], 1);
	assert_int_equal(p.policy->rule[0].labels.index[1], 0);
}

static void findings_go_by_file_line_and_column(void **state)
{
	const char *const texts[] = {
		LABEL
		"mode: observe\nrules:\n  - {id: a, allow: [read], labels: [nobody], mod: x}\n",
		"phiward: 1\nmode: enforce\nlabels:\n  records: {class: care}\nrules:\n  - {id: a, deny: all, labels: any}\n",
		NULL
	};
	static const char *const expected[] = {
		"a.yaml:6:37: error: no label is called 'nobody'",
		"a.yaml:6:46: error: a rule has no key 'mod'",
		"b.yaml:2:7: error: 'mode' is given twice, first at 'a.yaml':4:7",
		"b.yaml:4:3: error: label 'records' is defined twice, first at 'a.yaml':3:3",
		"b.yaml:6:10: error: rule 'a' is defined twice, first at 'a.yaml':6:10",
	};
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);
	size_t i;

	assert_int_equal(p.r, -EINVAL);
	assert_null(p.policy);
	assert_int_equal(p.findings.n, PW_ARRAY_SIZE(expected));
	for (i = 0; i < PW_ARRAY_SIZE(expected); i++) {
		struct pw_parsed one = { .findings = { .item = &p.findings.item[i], .n = 1 } };

		assert_true(pw_parsed_says(&one, expected[i]));
	}
}

static void one_unreadable_file_brings_no_false_errors(void **state)
{
	const char *const texts[] = {
		"phiward: 1\nlabels:\n  records: {class: care\n",
		"phiward: 1\nactors:\n  x: {users: [x]}\nrules:\n  - {id: a, allow: [reed], labels: [records]}\n",
		NULL
	};
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);

	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 2);
	assert_true(pw_parsed_says(&p, "b.yaml:5:21: error: 'reed' is no operation"));
}

static void findings_of_an_earlier_call_stay(void **state)
{
	static const struct pw_source bad = { "bad.yaml", "", 0 };
	static const char text[] = LABEL "rules:\n" REST;
	const struct pw_source good = { "good.yaml", text, sizeof(text) - 1 };
	struct pw_parsed p = { 0 };

	assert_int_equal(pw_policy_parse(&bad, 1, &p.findings, &p.policy), -EINVAL);
	assert_null(p.policy);
	assert_int_equal(pw_policy_parse(&good, 1, &p.findings, &p.policy), 0);
	assert_non_null(p.policy);
	assert_int_equal(p.findings.n, 1);
	assert_string_equal(p.findings.item[0].at.file, "bad.yaml");
	pw_parsed_free(&p);
}

static void no_file_is_an_error(void **state)
{
	static const char *const texts[] = { NULL };
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);

	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
}

static void id_is_the_digest_of_the_contents(void **state)
{
	const char *const texts[] = { "phiward: 1\nmode: enforce\n", LABEL "rules:\n" REST, NULL };
	_cleanup_parsed_ struct pw_parsed p = pw_parse_texts(texts);

	assert_int_equal(p.r, 0);
	/* printf of the two texts | sha256sum */
	assert_string_equal(p.policy->id,
			    "ee5c289adb0105d11de7db40fb7fb7f464e613be07b479ac55555f46e9b1f800");
}

static void write_file(const char *directory, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

static void remove_all(const char *directory)
{
	static const char *const names[] = { "10-a.yaml", "9-b.yaml", "20-c.yml",
					     ".d.yaml",   "e.yaml~",  "f.yaml" };
	size_t i;

	for (i = 0; i < PW_ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = NULL;

		assert_true(asprintf(&path, "%s/%s", directory, names[i]) > 0);
		if (unlink(path) < 0)
			rmdir(path);
	}
	rmdir(directory);
}

static void a_directory_is_its_yaml_files_by_name(void **state)
{
	char directory[] = "/tmp/phiward-test-XXXXXX";
	const char *paths[] = { directory };
	struct pw_parsed p = { 0 };

	assert_non_null(mkdtemp(directory));
	write_file(directory, "9-b.yaml",
		   "phiward: 1\nrules:\n  - {id: b, deny: all, labels: any}\n");
	write_file(directory, "10-a.yaml",
		   LABEL "rules:\n  - {id: a, deny: [read], labels: any}\n");
	write_file(directory, "20-c.yml", "rubbish: [");
	write_file(directory, ".d.yaml", "rubbish: [");
	write_file(directory, "e.yaml~", "rubbish: [");
	p.r = pw_policy_load(paths, 1, &p.findings, &p.policy);
	remove_all(directory);
	assert_int_equal(p.r, 0);
	assert_int_equal(p.policy->n_files, 2);
	assert_string_equal(strrchr(p.policy->file[0], '/'), "/10-a.yaml");
	assert_string_equal(p.policy->rule[0].id.text, "a");
	assert_string_equal(p.policy->rule[1].id.text, "b");
	assert_int_equal(p.findings.n, 1);
	assert_false(p.findings.item[0].error);
	assert_string_equal(p.findings.item[0].message,
			    "the file is not read: its name ends in .yml");
	pw_parsed_free(&p);
}

static void what_cannot_be_read_is_a_finding(void **state)
{
	char directory[] = "/tmp/phiward-test-XXXXXX";
	_cleanup_free_ char *inner = NULL;
	const char *paths[] = { "/nonexistent/x.yaml", directory, "/dev/null" };
	struct pw_parsed p = { 0 };

	assert_non_null(mkdtemp(directory));
	assert_true(asprintf(&inner, "%s/f.yaml", directory) > 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	p.r = pw_policy_load(paths, 3, &p.findings, &p.policy);
	remove_all(directory);
	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 3);
	assert_string_equal(p.findings.item[0].message,
			    "cannot be read: No such file or directory");
	assert_string_equal(p.findings.item[1].message, "cannot be read: it is no regular file");
	assert_string_equal(p.findings.item[2].message, "cannot be read: it is no regular file");
	pw_parsed_free(&p);
}

static void an_empty_directory_is_an_error(void **state)
{
	char directory[] = "/tmp/phiward-test-XXXXXX";
	const char *paths[] = { directory };
	struct pw_parsed p = { 0 };

	assert_non_null(mkdtemp(directory));
	p.r = pw_policy_load(paths, 1, &p.findings, &p.policy);
	rmdir(directory);
	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
	assert_string_equal(p.findings.item[0].message,
			    "cannot be read: the directory holds no file *.yaml");
	pw_parsed_free(&p);
}

static void a_file_over_16_mib_is_refused(void **state)
{
	char directory[] = "/tmp/phiward-test-XXXXXX";
	_cleanup_free_ char *path = NULL;
	const char *paths[] = { directory };
	struct pw_parsed p = { 0 };

	assert_non_null(mkdtemp(directory));
	write_file(directory, "f.yaml", "phiward: 1\n");
	assert_true(asprintf(&path, "%s/f.yaml", directory) > 0);
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	p.r = pw_policy_load(paths, 1, &p.findings, &p.policy);
	remove_all(directory);
	assert_int_equal(p.r, -EINVAL);
	assert_int_equal(p.findings.n, 1);
	assert_string_equal(p.findings.item[0].message, "cannot be read: it is over 16 MiB");
	pw_parsed_free(&p);
}

/* What desktops talk to is a hub; what keeps secrets, or hands data on, is not. */
static void shipped_hubs_are_hubs(const struct pw_policy *policy)
{
	static const struct {
		const char *path;
		bool hub;
	} sockets[] = {
		{ "/tmp/.X11-unix/X0", true },
		{ "/run/user/1000/wayland-0", true },
		{ "/run/user/1000/bus", true },
		{ "/run/dbus/system_bus_socket", true },
		{ "/run/systemd/journal/dev-log", true },
		{ "/run/systemd/journal/stdout", true },
		{ "/run/nscd/socket", true },
		{ "/run/user/1000/gnupg/S.gpg-agent", false },
		{ "/run/user/1000/keyring/ssh", false },
		{ "/run/user/1000/gvfsd/socket-x", false },
		{ "/run/docker.sock", false },
		{ "/run/cups/cups.sock", false },
	};
	const struct pw_compile_options options = { .now = 1767225600 };
	struct pw_compiled *compiled = NULL;
	struct pw_trees_found found;

	assert_int_equal(pw_policy_compile(policy, &options, NULL, &compiled), 0);
	for (size_t i = 0; i < PW_ARRAY_SIZE(sockets); i++) {
		pw_trees_find(&compiled->trees, sockets[i].path, false, &found);
		if (found.hub != sockets[i].hub)
			fail_msg("%s", sockets[i].path);
	}
	assert_int_equal(compiled->n_hub_names, 10);
	pw_compiled_free(&compiled);
}

/* The policies that are shipped are without a fault. */
static void shipped_policies_are_fine(void **state)
{
	static const char *const names[] = { "rules/00-mode.yaml", "rules/10-labels.yaml",
					     "rules/20-programs.yaml", "rules/30-hubs.yaml",
					     "rules/90-rules.yaml" };
	const char *source = getenv("PHIWARD_SRC");
	char path[PW_ARRAY_SIZE(names) + 1][512];
	const char *paths[PW_ARRAY_SIZE(names) + 1];
	struct pw_parsed p = { 0 };
	size_t i;

	for (i = 0; i <= PW_ARRAY_SIZE(names); i++) {
		snprintf(path[i], sizeof(path[i]), "%s/%s", source ? source : ".",
			 i < PW_ARRAY_SIZE(names) ? names[i] : "rules/demo");
		paths[i] = path[i];
	}
	assert_int_equal(pw_policy_load(paths, i - 1, &p.findings, &p.policy), 0);
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy->mode, PW_OBSERVE);
	shipped_hubs_are_hubs(p.policy);
	pw_policy_free(&p.policy);
	assert_int_equal(pw_policy_load(paths + i - 1, 1, &p.findings, &p.policy), 0);
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy->mode, PW_ENFORCE);
	pw_parsed_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_land),
		cmocka_unit_test(mode_is_observe_unless_said),
		cmocka_unit_test(mode_of_a_later_file_reaches_earlier_rules),
		cmocka_unit_test(actors_land),
		cmocka_unit_test(programs_land),
		cmocka_unit_test(sessions_and_places_land),
		cmocka_unit_test(rules_land),
		cmocka_unit_test(until_is_the_last_day),
		cmocka_unit_test(files_merge),
		cmocka_unit_test(findings_go_by_file_line_and_column),
		cmocka_unit_test(one_unreadable_file_brings_no_false_errors),
		cmocka_unit_test(findings_of_an_earlier_call_stay),
		cmocka_unit_test(no_file_is_an_error),
		cmocka_unit_test(id_is_the_digest_of_the_contents),
		cmocka_unit_test(a_directory_is_its_yaml_files_by_name),
		cmocka_unit_test(what_cannot_be_read_is_a_finding),
		cmocka_unit_test(an_empty_directory_is_an_error),
		cmocka_unit_test(a_file_over_16_mib_is_refused),
		cmocka_unit_test(shipped_policies_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
