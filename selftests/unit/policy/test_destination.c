/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where something is sent, as one asks about it, and what explain says of it. */
#include "base/cleanup.h"
#include "policy/destination.h"
#include "policy/explain.h"
#include "policy/parsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <string.h>

static const char policy_text[] =
	"phiward: 1\n"
	"mode: enforce\n"
	"labels:\n"
	"  records: {class: health-status, trees: [/srv/records]}\n"
	"  genomes: {class: genetic, trees: [/srv/genomes]}\n"
	"places:\n"
	"  pacs: {network: [\"10.20.0.0/16:104\", \"pacs.example:11112\"], protocol: tcp}\n"
	"  lan: {network: [10.0.0.0/8]}\n"
	"  sticks: {removable: [{vendor: \"0951\", product: \"1666\"}, {vendor: \"0781\", access: read}]}\n"
	"  seized: {removable: [{serial: X, access: read}]}\n"
	"  ward3: {printers: [ward3]}\n"
	"  out: {directories: [/srv/export]}\n"
	"hubs:\n"
	"  display: {sockets: [\"/tmp/.X11-unix/X*\", \"@/tmp/.X11-unix/X0\"]}\n"
	"rules:\n"
	"  - {id: to-pacs, allow: [send], labels: [records], to: [pacs]}\n"
	"  - {id: print, warn: [send], labels: any, to: [ward3, out]}\n"
	"  - {id: stick, allow: [send], labels: [genomes], to: [sticks]}\n"
	"  - {id: anywhere, allow: [send], labels: [genomes], programs: [tool]}\n"
	"  - {id: rest, deny: all, labels: any, severity: high}\n"
	"programs:\n"
	"  tool: {paths: [/opt/tool]}\n";

struct fixture {
	struct pw_parsed parsed;
	struct pw_compiled *compiled;
	struct pw_destination to;
	struct pw_str why, answer;
};

static int setup(void **state)
{
	const struct pw_compile_options options = { .now = 1770030000 };
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->parsed = pw_parse_one(policy_text);
	assert_int_equal(f->parsed.r, 0);
	assert_int_equal(pw_policy_compile(f->parsed.policy, &options, NULL, &f->compiled), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_parsed_free(&f->parsed);
	pw_str_free(&f->why);
	pw_str_free(&f->answer);
	free(f);
	return 0;
}

enum { PACS = 1, LAN = 2, STICKS = 4, SEIZED = 8, WARD3 = 16, OUT = 32 };

static int find(struct fixture *f, const char *text)
{
	int r;

	pw_str_reset(&f->why);
	r = pw_destination_read(text, &f->to, &f->why);
	if (r == 0)
		r = pw_destination_find(f->parsed.policy, f->compiled, NULL, &f->to);
	return r;
}

static void doors_and_places(void **state)
{
	static const struct {
		const char *text;
		enum pw_door door;
		uint64_t places;
		enum pw_outcome outcome;
		bool note;
	} cases[] = {
		{ "tcp:10.20.0.1:104", PW_DOOR_NETWORK, PACS | LAN, PW_OUTCOME_DECIDED, false },
		{ "udp:10.20.0.1:104", PW_DOOR_NETWORK, LAN, PW_OUTCOME_DECIDED, false },
		{ "tcp:[::ffff:10.20.0.1]:104", PW_DOOR_NETWORK, PACS | LAN, PW_OUTCOME_DECIDED,
		  false },
		{ "tcp:203.0.113.7:443", PW_DOOR_NETWORK, 0, PW_OUTCOME_DECIDED, false },
		{ "tcp:[2001:db8::1]:443", PW_DOOR_NETWORK, 0, PW_OUTCOME_DECIDED, false },
		{ "tcp:10.1.1.1:631", PW_DOOR_PRINTER, LAN | WARD3, PW_OUTCOME_DECIDED, false },
		{ "tcp:PACS.example:11112", PW_DOOR_NETWORK, PACS, PW_OUTCOME_DECIDED, true },
		{ "tcp:pacs.example:104", PW_DOOR_NETWORK, 0, PW_OUTCOME_DECIDED, true },
		{ "udp:pacs.example:11112", PW_DOOR_NETWORK, 0, PW_OUTCOME_DECIDED, true },
		{ "unix:/run/x.sock", PW_DOOR_UNIX, 0, PW_OUTCOME_DECIDED, true },
		{ "unix:@x", PW_DOOR_UNIX, 0, PW_OUTCOME_DECIDED, true },
		{ "unix:/tmp/.X11-unix/X1", PW_DOOR_UNIX, 0, PW_OUTCOME_HUB, false },
		{ "unix:@/tmp/.X11-unix/X0", PW_DOOR_UNIX, 0, PW_OUTCOME_HUB, false },
		{ "unix:@/tmp/.X11-unix/X1", PW_DOOR_UNIX, 0, PW_OUTCOME_DECIDED, true },
		{ "unix:/run/cups/cups.sock", PW_DOOR_PRINTER, WARD3, PW_OUTCOME_DECIDED, false },
		{ "printer:ward3", PW_DOOR_PRINTER, WARD3, PW_OUTCOME_DECIDED, false },
		{ "printer:ward4", PW_DOOR_PRINTER, WARD3, PW_OUTCOME_DECIDED, true },
		{ "usb:0951:1666", PW_DOOR_REMOVABLE, STICKS, PW_OUTCOME_DECIDED, false },
		{ "usb:0951:1666:60A4", PW_DOOR_REMOVABLE, STICKS, PW_OUTCOME_DECIDED, false },
		{ "usb:0951:1666:X", PW_DOOR_REMOVABLE, STICKS | SEIZED, PW_OUTCOME_READ_ONLY,
		  false },
		{ "usb:0781:ABCD", PW_DOOR_REMOVABLE, STICKS, PW_OUTCOME_READ_ONLY, false },
		{ "usb:0781:abcd:X", PW_DOOR_REMOVABLE, STICKS | SEIZED, PW_OUTCOME_READ_ONLY,
		  false },
		{ "usb:1234:abcd", PW_DOOR_REMOVABLE, 0, PW_OUTCOME_DECIDED, false },
		{ "dir:/srv/export/a/b", PW_DOOR_FILE, OUT, PW_OUTCOME_DECIDED, false },
		{ "dir:/mnt", PW_DOOR_FILE, 0, PW_OUTCOME_DECIDED, true },
		{ "pacs", PW_DOOR_NETWORK, PACS, PW_OUTCOME_DECIDED, false },
		{ "lan", PW_DOOR_NETWORK, LAN, PW_OUTCOME_DECIDED, false },
		{ "sticks", PW_DOOR_REMOVABLE, STICKS, PW_OUTCOME_DECIDED, false },
		{ "seized", PW_DOOR_REMOVABLE, SEIZED, PW_OUTCOME_READ_ONLY, false },
		{ "ward3", PW_DOOR_PRINTER, WARD3, PW_OUTCOME_DECIDED, false },
		{ "out", PW_DOOR_FILE, OUT, PW_OUTCOME_DECIDED, false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < PW_ARRAY_SIZE(cases); i++) {
		assert_int_equal(find(f, cases[i].text), 0);
		if (f->to.door != cases[i].door || f->to.places != cases[i].places ||
		    f->to.outcome != cases[i].outcome || !f->to.note == cases[i].note)
			fail_msg("%s: door %d places %llx outcome %d note %s", cases[i].text,
				 f->to.door, (unsigned long long)f->to.places, f->to.outcome,
				 f->to.note ? f->to.note : "none");
	}
}

static void what_cannot_be_read(void **state)
{
	static const char *const texts[] = {
		"tcp:10.0.0.1",
		"tcp:10.0.0.0/8:1",
		"tcp:10.0.0.1:0",
		"tcp:[10.0.0.1]:1",
		"tcp:10.0.0.256:1",
		"tcp::1",
		"udp:[::1]",
		"usb:0951",
		"usb:951:1666",
		"usb:0951:1666:",
		"usb:0951:16666",
		"unix:x",
		"unix:@",
		"dir:x",
		"printer:",
		"sctp:10.0.0.1:1",
		"",
		"tcp:10.0.0.1:65536",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < PW_ARRAY_SIZE(texts); i++) {
		int r = find(f, texts[i]);

		if (r != -EINVAL || !f->why.len)
			fail_msg("%s: %d %s", texts[i], r, f->why.text ? f->why.text : "");
	}
	assert_int_equal(find(f, "nowhere"), -ENOENT);
	assert_int_equal(find(f, "Pacs"), -ENOENT);
	assert_int_equal(find(f, "tcp:\x1b[2J"), -EINVAL);
	assert_non_null(strstr(f->why.text, "'tcp:\\x1b[2J' is no ADDRESS:PORT"));
}

/* "pacs" within "lan", were it not for its name: that is on neither. */
static void a_place_is_in_the_larger_ones(void **state)
{
	struct fixture *f = *state;
	struct pw_texts *network = &f->parsed.policy->place[0].network;

	network->n = 1;
	assert_int_equal(find(f, "pacs"), 0);
	network->n = 2;
	assert_int_equal(f->to.places, PACS | LAN);
}

static void names_that_are_known_now(void **state)
{
	const struct pw_net_address address = { .host = 0,
						.addr = { [10] = 0xff, 0xff, 192, 0, 2, 9 } };
	struct fixture *f = *state;
	struct pw_network network;

	assert_int_equal(pw_network_build(f->compiled, &address, 1, &network), 0);
	assert_int_equal(pw_destination_read("tcp:192.0.2.9:11112", &f->to, &f->why), 0);
	assert_int_equal(pw_destination_find(f->parsed.policy, f->compiled, &network, &f->to), 0);
	assert_int_equal(f->to.places, PACS);
	pw_network_free(&network);
}

static const char *explain(struct fixture *f, const char *to, uint64_t holding, bool json)
{
	const struct pw_question question = {
		.who = { .user = "bob", .exe = "/bin/cat" },
		.op = PW_OP_SEND,
		.holding = holding,
		.to = &f->to,
		.now = 1770030000,
	};

	assert_int_equal(find(f, to), 0);
	pw_str_reset(&f->answer);
	assert_int_equal(
		pw_policy_explain(f->parsed.policy, f->compiled, &question, json, &f->answer), 0);
	return f->answer.text;
}

static void answers_name_places_and_reasons(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(explain(f, "tcp:10.20.0.1:104", 3, false),
			    "verdict    deny\n"
			    "operation  send\n"
			    "to         tcp:10.20.0.1:104\n"
			    "door       network\n"
			    "places     pacs, lan\n"
			    "labels     records (health-status), genomes (genetic)\n"
			    "person     bob\n"
			    "program    /bin/cat\n"
			    "time       2026-02-02 12:00 Mon CET\n"
			    "rule       rest at a.yaml:20\n"
			    "severity   high\n"
			    "\n"
			    "label records: allow by to-pacs\n"
			    "* to-pacs  allow  a.yaml:16  decides\n"
			    "  print    warn   a.yaml:17  only to ward3, out\n"
			    "  rest     deny   a.yaml:20  matches, but comes later\n"
			    "\n"
			    "label genomes: deny by rest\n"
			    "  print     warn   a.yaml:17  only to ward3, out\n"
			    "  stick     allow  a.yaml:18  only to sticks\n"
			    "  anywhere  allow  a.yaml:19  another program\n"
			    "* rest      deny   a.yaml:20  decides\n");
	assert_non_null(strstr(explain(f, "tcp:203.0.113.7:443", 1, false),
			       "places     none: only rules without 'to' count\n"));
	assert_non_null(strstr(explain(f, "dir:/mnt", 1, false),
			       "note       when its file system cannot keep labels;"));
}

static void hubs_and_readers_ask_no_rule(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(
		explain(f, "unix:/tmp/.X11-unix/X0", 1, false),
		"verdict    allow\n"
		"operation  send\n"
		"to         unix:/tmp/.X11-unix/X0\n"
		"door       unix\n"
		"places     none: only rules without 'to' count\n"
		"labels     records (health-status)\n"
		"person     bob\n"
		"program    /bin/cat\n"
		"time       2026-02-02 12:00 Mon CET\n"
		"rule       no rule is asked: the socket is a hub's, and the labels end there\n");
	assert_non_null(strstr(explain(f, "usb:0781:1234", 2, false), "verdict    deny\n"));
	assert_non_null(strstr(f->answer.text, "rule       no rule is asked: the policy says "
					       "access: read of the medium\n"));
	f->parsed.policy->mode = PW_OBSERVE;
	assert_non_null(strstr(explain(f, "usb:0781:1234", 2, false), "verdict    would-deny"));
}

static const char *text_at(json_object *object, const char *key)
{
	json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value ? json_object_get_string(value) : NULL;
}

static void json_says_the_same(void **state)
{
	struct fixture *f = *state;
	json_object *answer = json_tokener_parse(explain(f, "printer:ward9", 1, true)), *to;

	assert_non_null(answer);
	assert_string_equal(text_at(answer, "verdict"), "warn");
	assert_string_equal(text_at(answer, "rule"), "print");
	assert_null(text_at(answer, "path"));
	assert_true(json_object_object_get_ex(answer, "to", &to));
	assert_string_equal(text_at(to, "destination"), "printer:ward9");
	assert_string_equal(text_at(to, "door"), "printer");
	assert_string_equal(text_at(to, "places"), "[ \"ward3\" ]");
	assert_non_null(text_at(to, "note"));
	json_object_put(answer);
	answer = json_tokener_parse(explain(f, "usb:0781:1234", 2, true));
	assert_string_equal(text_at(answer, "verdict"), "deny");
	assert_null(text_at(answer, "rule"));
	assert_non_null(strstr(text_at(answer, "reason"), "access: read"));
	assert_string_equal(text_at(answer, "decisions"), "[ ]");
	json_object_put(answer);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(doors_and_places),
		TEST(what_cannot_be_read),
		TEST(a_place_is_in_the_larger_ones),
		TEST(names_that_are_known_now),
		TEST(answers_name_places_and_reasons),
		TEST(hubs_and_readers_ask_no_rule),
		TEST(json_says_the_same),
	};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
