/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding against every lie a record can tell, and rendering against strange bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/event.h"
#include "evidence/wire.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct unit_wire wire;
static struct pw_event_view view;
static struct pw_token_key key = { .bytes = "0123456789abcdef0123456789abcde" };

static int setup(void **state)
{
	unit_wire_make(&wire);
	return 0;
}

static int decode(void)
{
	return pw_event_decode(&wire, sizeof(wire), &view);
}

static void test_takes_a_good_record(void **state)
{
	unit_wire_strings(&wire, "/a/b", "/c", "/bin/x", "/opt/s.py");
	assert_int_equal(decode(), 0);
	assert_memory_equal(view.path.bytes, "/a/b", 4);
	assert_memory_equal(view.path2.bytes, "/c", 2);
	assert_memory_equal(view.exe.bytes, "/bin/x", 6);
	assert_memory_equal(view.script.bytes, "/opt/s.py", 9);
	assert_int_equal(view.script.len, 9);
}

static void test_refuses_every_truncation(void **state)
{
	for (size_t size = 0; size < wire.event.size; size++) {
		char *exact = malloc(size ? size : 1); /* so that a read beyond is seen */

		assert_non_null(exact);
		memcpy(exact, &wire, size);
		assert_int_equal(pw_event_decode(exact, size, &view), -EPROTO);
		free(exact);
	}
	assert_int_equal(pw_event_decode(&wire, wire.event.size, &view), 0);
	assert_int_equal(pw_event_decode(NULL, 0, &view), -EPROTO);
}

static void test_refuses_lying_lengths(void **state)
{
	__u16 *length[] = { &wire.event.path_len, &wire.event.path2_len, &wire.event.exe_len,
			    &wire.event.script_len };

	for (size_t i = 0; i < 4; i++) {
		unit_wire_make(&wire);
		*length[i] = 65535;
		assert_int_equal(pw_event_decode(&wire, wire.event.size, &view), -EPROTO);
	}
	unit_wire_make(&wire);
	wire.event.size = UINT32_MAX;
	assert_int_equal(decode(), -EPROTO);
	wire.event.size = sizeof(wire.event) - 1;
	assert_int_equal(decode(), -EPROTO);
	wire.event.size = 0;
	assert_int_equal(decode(), -EPROTO);
}

#define REFUSES(field, value)                        \
	do {                                         \
		unit_wire_make(&wire);               \
		wire.event.field = (value);          \
		assert_int_equal(decode(), -EPROTO); \
	} while (0)

static void test_refuses_numbers_out_of_range(void **state)
{
	REFUSES(version, PW_EVENT_VERSION + 1);
	REFUSES(kind, _PW_EVENT_KIND_MAX);
	REFUSES(verdict, _PW_VERDICT_MAX);
	REFUSES(op, _PW_OP_MAX);
	REFUSES(hook, _PW_HOOK_MAX);
	REFUSES(severity, _PW_SEVERITY_MAX);
	REFUSES(label, PW_LABELS_MAX);
	REFUSES(rule, PW_RULES_MAX);
	REFUSES(n_ancestors, PW_ANCESTORS_MAX + 1);
	REFUSES(error, 4096);
	REFUSES(door, _PW_DOOR_MAX);
}

static void test_refuses_nul_in_a_string(void **state)
{
	wire.strings[3] = '\0';
	assert_int_equal(decode(), -EPROTO);
}

static void test_reads_unaligned_records(void **state)
{
	char *shifted = malloc(wire.event.size + 1);

	assert_non_null(shifted);
	memcpy(shifted + 1, &wire, wire.event.size);
	assert_int_equal(pw_event_decode(shifted + 1, wire.event.size, &view), 0);
	free(shifted);
}

static struct pw_naming *make_naming(void)
{
	static char text[] =
		"phiward: 1\n"
		"mode: enforce\n"
		"labels: {records: {class: health-status, trees: [/srv/phi/records]}}\n"
		"places: {ward: {directories: [/srv/ward/out]}, pacs: {network: [192.0.2.0/24]}}\n"
		"rules:\n"
		"  - {id: all-read, allow: [read], labels: any}\n"
		"  - {id: rest, deny: all, labels: any, severity: high, tell: \"Ask \\\"them\\\".\"}\n";
	struct pw_source source = { .name = "10-t.yaml", .text = text, .len = sizeof(text) - 1 };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	struct pw_naming *naming;

	assert_int_equal(pw_policy_parse(&source, 1, &findings, &policy), 0);
	assert_int_equal(pw_naming_new(&naming), 0);
	assert_int_equal(pw_naming_add(naming, 7, policy, NULL), 0);
	pw_policy_free(&policy);
	pw_findings_free(&findings);
	return naming;
}

static struct json_object *render(enum pw_render how, struct pw_naming *naming,
				  struct pw_record *record)
{
	struct pw_render_context context = { .naming = naming, .key = &key };
	struct pw_str line = { 0 };
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	assert_int_equal(decode(), 0);
	record->view = view;
	pw_render_context_init(&context);
	assert_int_equal(pw_record_render(record, &context, how, &line), 0);
	assert_int_equal(line.text[line.len - 1], '\n');
	assert_ptr_equal(strchr(line.text, '\n'), line.text + line.len - 1);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, line.text, (int)line.len);
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	json_tokener_free(tokener);
	pw_str_free(&line);
	return object;
}

static const char *text_at(struct json_object *object, const char *a, const char *b)
{
	struct json_object *value = NULL;

	assert_true(json_object_object_get_ex(object, a, &value));
	if (b)
		assert_true(json_object_object_get_ex(value, b, &value));
	return json_object_get_string(value);
}

static void test_renders_every_field(void **state)
{
	static const char *const field[] = {
		"schema",    "id",   "seq",    "time",    "boot",    "kind",   "verdict",
		"operation", "door", "rule",   "rule_at", "policy",  "labels", "class",
		"severity",  "path", "object", "actor",   "process", "to",     "lineage",
		"reason",    "tell", "hook",   "errno",   "count",
	};
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 12,
				    .count = 3,
				    .time_ns = 1700000000123456789u,
				    .first_ns = 1700000000000000001u,
				    .last_ns = 1700000000000000002u,
				    .dropped_before = 4 };
	struct json_object *o = render(PW_RENDER_CLEAR, naming, &record);

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (!json_object_object_get_ex(o, field[i], NULL))
			fail_msg("no field %s", field[i]);
	assert_string_equal(text_at(o, "schema", NULL), "phiward.event.v1");
	assert_string_equal(text_at(o, "time", NULL), "2023-11-14T22:13:20.123456789Z");
	assert_string_equal(text_at(o, "process", "start"), "2023-11-14T22:13:19.123456789Z");
	assert_string_equal(text_at(o, "rule", NULL), "rest");
	assert_string_equal(text_at(o, "rule_at", NULL), "10-t.yaml:7");
	assert_string_equal(text_at(o, "tell", NULL), "Ask \"them\".");
	assert_string_equal(text_at(o, "class", NULL), "health-status");
	assert_string_equal(text_at(o, "reason", NULL), "rule 'rest' denies read of records");
	assert_string_equal(text_at(o, "path", NULL), "/srv/phi/records/anna/1.hl7");
	assert_string_equal(text_at(o, "errno", NULL), "EPERM");
	assert_string_equal(text_at(o, "object", "dev"), "8:1");
	assert_string_equal(text_at(o, "object", "mode"), "0640");
	assert_string_equal(text_at(o, "first_time", NULL), "2023-11-14T22:13:20.000000001Z");
	assert_string_equal(text_at(o, "dropped_before", NULL), "4");
	assert_int_equal(strlen(text_at(o, "id", NULL)), 36);
	json_object_put(o);
	pw_naming_free(&naming);
}

static void test_tokens_hide_what_is_below_the_tree(void **state)
{
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 1, .count = 1 };
	struct json_object *o;
	const char *text;

	unit_wire_strings(&wire, "/srv/phi/records/anna/1.hl7", "/mnt/x/anna",
			  "/home/anna/bin/tool", "/srv/phi/records/anna.py");
	o = render(PW_RENDER_TOKEN, naming, &record);
	text = json_object_to_json_string(o);
	assert_null(strstr(text, "1.hl7"));
	assert_null(strstr(text, "anna.py"));
	assert_null(strstr(text, "tool"));
	assert_false(json_object_object_get_ex(o, "path", NULL));
	text = text_at(o, "path_token", NULL);
	assert_memory_equal(text, "/srv/phi/records/~", 18);
	assert_int_equal(strlen(text), 17 + 17 + 1 + 17);
	text = text_at(o, "path2_token", NULL); /* in no tree: two components stay */
	assert_memory_equal(text, "/mnt/x/~", 8);
	text = text_at(o, "process", "exe");
	assert_memory_equal(text, "/home/anna/~", 12);
	text = text_at(o, "process", "script");
	assert_memory_equal(text, "/srv/phi/records/~", 18);
	json_object_put(o);
	pw_naming_free(&naming);
}

static void test_strange_bytes_stay_unambiguous(void **state)
{
	struct pw_record record = { .seq = 1, .count = 1 };
	struct json_object *o;

	unit_wire_strings(&wire, "/a\xff\"\\\n\xc3\xa9", NULL, NULL, NULL);
	memset(wire.event.comm, 0xff, sizeof(wire.event.comm)); /* no NUL either */
	o = render(PW_RENDER_CLEAR, NULL, &record);
	assert_string_equal(text_at(o, "path", NULL), "/a\\xff\"\\x5c\\x0a\xc3\xa9");
	assert_string_equal(text_at(o, "path_bytes", NULL), "L2H/IlwKw6k=");
	json_object_put(o);
	unit_wire_strings(&wire, "/plain \xc3\xa9", NULL, NULL, NULL);
	o = render(PW_RENDER_CLEAR, NULL, &record);
	assert_false(json_object_object_get_ex(o, "path_bytes", NULL));
	json_object_put(o);
}

static void test_tells_of_policies_long_gone(void **state)
{
	struct pw_record record = { .seq = 1, .count = 1 };
	struct json_object *o;

	wire.event.labels = 1ull << 63 | 1;
	o = render(PW_RENDER_CLEAR, NULL, &record);
	assert_string_equal(text_at(o, "rule", NULL), "#1");
	assert_string_equal(text_at(o, "labels", NULL), "[ \"#0\", \"#63\" ]");
	assert_null(text_at(o, "policy", NULL));
	assert_string_equal(text_at(o, "reason", NULL), "rule 1 denies read of labelled data");
	json_object_put(o);
	wire.event.rule = PW_RULE_NONE;
	wire.event.verdict = PW_WOULD_DENY;
	wire.event.flags = PW_WHY_PROGRAM_CHANGED;
	wire.event.auid = UINT32_MAX;
	o = render(PW_RENDER_CLEAR, NULL, &record);
	assert_null(text_at(o, "rule", NULL));
	assert_null(text_at(o, "actor", "auid"));
	assert_string_equal(
		text_at(o, "reason", NULL),
		"no rule matched: read of labelled data would be denied (mode observe); "
		"the program changed since it was resolved");
	assert_string_equal(text_at(o, "flags", NULL), "[ \"program-changed\" ]");
	json_object_put(o);
}

static void test_renders_each_kind(void **state)
{
	struct pw_record record = { .seq = 1, .count = 1 };

	for (unsigned int kind = 0; kind < _PW_EVENT_KIND_MAX; kind++) {
		wire.event.kind = (__u8)kind;
		wire.event.flags = UINT32_MAX;
		json_object_put(render(PW_RENDER_CLEAR, NULL, &record));
		json_object_put(render(PW_RENDER_TOKEN, NULL, &record));
	}
}

/* The same record, sent to @addr (IPv6 or IPv4 mapped) of the network. */
static void send_to(const char addr[16], uint16_t port, uint64_t places)
{
	wire.event.op = PW_OP_SEND;
	wire.event.door = PW_DOOR_NETWORK;
	wire.event.hook = PW_HOOK_SOCKET_SENDMSG;
	wire.event.to_family = AF_INET6;
	wire.event.to_port = port;
	wire.event.to_protocol = 6;
	wire.event.to_uid = UINT32_MAX;
	wire.event.places = places;
	wire.event.flags = PW_WHY_HELD;
	memcpy(wire.event.to_addr, addr, 16);
}

static void test_tells_where_a_send_went(void **state)
{
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 1, .count = 1 };
	struct json_object *o;

	send_to("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x07", 104, 1 << 1);
	o = render(PW_RENDER_TOKEN, naming, &record);
	assert_string_equal(text_at(o, "door", NULL), "network");
	assert_string_equal(text_at(o, "to", "family"), "ipv6");
	assert_string_equal(text_at(o, "to", "address"), "192.0.2.7");
	assert_string_equal(text_at(o, "to", "port"), "104");
	assert_string_equal(text_at(o, "to", "protocol"), "tcp");
	assert_string_equal(text_at(o, "to", "places"), "[ \"pacs\" ]");
	assert_string_equal(text_at(o, "reason", NULL),
			    "rule 'rest' denies send of records by door network to pacs; "
			    "the process holds what it has read");
	json_object_put(o);
	send_to("\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 0, 1ull << 63);
	wire.event.to_protocol = 200;
	o = render(PW_RENDER_CLEAR, naming, &record);
	assert_string_equal(text_at(o, "to", "address"), "fd00::1");
	assert_null(text_at(o, "to", "port"));
	assert_string_equal(text_at(o, "to", "protocol"), "#200");
	assert_string_equal(text_at(o, "to", "places"), "[ \"#63\" ]");
	json_object_put(o);
	send_to("123456789012345", 1, 0);
	o = render(PW_RENDER_CLEAR, NULL, &record);
	assert_string_equal(text_at(o, "to", "places"), "[ ]");
	assert_non_null(strstr(text_at(o, "reason", NULL), "to no place of the policy"));
	json_object_put(o);
	pw_naming_free(&naming);
}

static void test_a_peer_s_name_is_no_clear_text_in_the_log(void **state)
{
	static const char *const name[] = { "/srv/phi/records/anna", "@anna", "/srv/ward/out/anna" };
	static const char *const shown[] = { "/srv/phi/records/~", "~", "/srv/ward/out/~" };
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 1, .count = 1 };

	wire.event.op = PW_OP_SEND;
	wire.event.door = PW_DOOR_UNIX;
	wire.event.to_family = AF_UNIX;
	wire.event.to_uid = 7;
	for (size_t i = 0; i < 3; i++) {
		struct json_object *o;
		const char *text;

		unit_wire_strings(&wire, NULL, name[i], NULL, NULL);
		o = render(PW_RENDER_CLEAR, naming, &record);
		assert_string_equal(text_at(o, "to", "path"), name[i]);
		assert_string_equal(text_at(o, "to", "uid"), "7");
		json_object_put(o);
		o = render(PW_RENDER_TOKEN, naming, &record);
		assert_null(strstr(json_object_to_json_string(o), "anna"));
		text = text_at(o, "to", "path_token");
		assert_memory_equal(text, shown[i], strlen(shown[i]));
		json_object_put(o);
	}
	pw_naming_free(&naming);
}

static void test_a_typed_reason_is_no_clear_text_in_the_log(void **state)
{
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 1, .count = 1 };
	char token[PW_TOKEN_LEN + 1];
	struct json_object *o;

	wire.event.kind = PW_EVENT_CLEARED;
	unit_wire_strings(&wire, "/srv/phi/records/anna", "asked for by anna", NULL, NULL);
	o = render(PW_RENDER_CLEAR, naming, &record);
	assert_non_null(strstr(text_at(o, "reason", NULL), "by command: asked for by anna"));
	assert_false(json_object_object_get_ex(o, "reason_token", NULL));
	json_object_put(o);
	o = render(PW_RENDER_TOKEN, naming, &record);
	assert_null(strstr(json_object_to_json_string(o), "anna"));
	assert_int_equal(pw_token(&key, "asked for by anna", 17, token), 0);
	assert_string_equal(text_at(o, "reason_token", NULL), token);
	json_object_put(o);
	pw_naming_free(&naming);
}

static void test_tells_whose_labels_those_are(void **state)
{
	struct pw_naming *naming = make_naming();
	struct pw_record record = { .seq = 1, .count = 1 };
	struct json_object *o;

	o = render(PW_RENDER_CLEAR, naming, &record);
	assert_null(text_at(o, "to", NULL));
	assert_null(text_at(o, "lineage", NULL));
	json_object_put(o);
	wire.event.kind = PW_EVENT_MARKED;
	wire.event.verdict = PW_ALLOW;
	wire.event.held = 1;
	wire.event.object_labels = 1 | 1 << 5;
	wire.event.domain = 1ull << 63 | 0xabc;
	o = render(PW_RENDER_TOKEN, naming, &record);
	assert_string_equal(text_at(o, "kind", NULL), "labelled");
	assert_string_equal(text_at(o, "lineage", "held"), "[ \"records\" ]");
	assert_string_equal(text_at(o, "lineage", "object"), "[ \"records\", \"#5\" ]");
	assert_string_equal(text_at(o, "lineage", "domain"), "8000000000000abc");
	assert_null(text_at(o, "lineage", "from"));
	assert_string_equal(text_at(o, "reason", NULL),
			    "it carries records from now on: a process that holds them wrote to it");
	json_object_put(o);
	pw_naming_free(&naming);
}

static void test_ids_differ(void **state)
{
	struct pw_render_context context = { .key = &key, .run = "0123456789abcdef" };
	static char id[20000][37];

	assert_int_equal(decode(), 0);
	for (uint64_t i = 0; i < 20000; i++) {
		struct pw_record record = { .view = view, .seq = i + 1, .count = 1, .time_ns = 77 };
		struct pw_str line = { 0 };

		pw_record_render(&record, &context, PW_RENDER_CLEAR, &line);
		memcpy(id[i], strstr(line.text, "\"id\":\"") + 6, 36);
		pw_str_free(&line);
	}
	qsort(id, 20000, sizeof(id[0]), (int (*)(const void *, const void *))strcmp);
	for (size_t i = 1; i < 20000; i++)
		assert_string_not_equal(id[i - 1], id[i]);
}

static void test_arguments_become_a_token(void **state)
{
	struct pw_render_context context = { .key = &key };
	struct pw_record record = { .seq = 1, .count = 1 };
	char stat[4096], *field;
	unsigned long long ticks = 0;
	FILE *file = fopen("/proc/self/stat", "re");

	assert_non_null(file);
	assert_non_null(fgets(stat, sizeof(stat), file));
	fclose(file);
	field = strrchr(stat, ')');
	for (int i = 2; i < 22; i++)
		field = strchr(field + 1, ' ');
	ticks = strtoull(field, NULL, 10);
	assert_int_equal(pw_worker_new(&context.proc_worker), 0);
	wire.event.pid = (__u32)getpid();
	wire.event.start_ns =
		ticks * (1000000000ull / (unsigned long long)sysconf(_SC_CLK_TCK)) + 5;
	assert_int_equal(decode(), 0);
	record.view = view;
	pw_record_complete(&record, &context);
	assert_int_equal(record.args_token[0], '~');
	assert_int_equal(strlen(record.args_token), PW_TOKEN_LEN);
	/* The same PID, another process. */
	record.view.event.start_ns += 1000000000000u;
	pw_record_complete(&record, &context);
	assert_int_equal(record.args_token[0], '\0');
	record.view.event.pid = UINT32_MAX;
	pw_record_complete(&record, &context);
	assert_int_equal(record.args_token[0], '\0');
	pw_worker_free(&context.proc_worker);
}

static void test_loss_is_a_line(void **state)
{
	struct pw_render_context context = { .run = "r" };
	struct pw_loss_report loss = {
		.seq = 9, .count = 1234, .where = "kernel", .ring = "bulk", .cpu = 3
	};
	struct pw_str line = { 0 };
	struct json_object *o;

	assert_int_equal(pw_loss_render(&loss, &context, &line), 0);
	o = json_tokener_parse(line.text);
	assert_string_equal(text_at(o, "kind", NULL), "loss");
	assert_string_equal(text_at(o, "count", NULL), "1234");
	assert_string_equal(text_at(o, "cpu", NULL), "3");
	json_object_put(o);
	pw_str_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_takes_a_good_record, setup),
		cmocka_unit_test_setup(test_refuses_every_truncation, setup),
		cmocka_unit_test_setup(test_refuses_lying_lengths, setup),
		cmocka_unit_test_setup(test_refuses_numbers_out_of_range, setup),
		cmocka_unit_test_setup(test_refuses_nul_in_a_string, setup),
		cmocka_unit_test_setup(test_reads_unaligned_records, setup),
		cmocka_unit_test_setup(test_renders_every_field, setup),
		cmocka_unit_test_setup(test_tokens_hide_what_is_below_the_tree, setup),
		cmocka_unit_test_setup(test_strange_bytes_stay_unambiguous, setup),
		cmocka_unit_test_setup(test_tells_of_policies_long_gone, setup),
		cmocka_unit_test_setup(test_renders_each_kind, setup),
		cmocka_unit_test_setup(test_tells_where_a_send_went, setup),
		cmocka_unit_test_setup(test_a_peer_s_name_is_no_clear_text_in_the_log, setup),
		cmocka_unit_test_setup(test_a_typed_reason_is_no_clear_text_in_the_log, setup),
		cmocka_unit_test_setup(test_tells_whose_labels_those_are, setup),
		cmocka_unit_test_setup(test_ids_differ, setup),
		cmocka_unit_test_setup(test_arguments_become_a_token, setup),
		cmocka_unit_test_setup(test_loss_is_a_line, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
