/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The status as JSON and as text, the findings, and the stream of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/exit.h"
#include "control/events.h"
#include "control/status.h"
#include "evidence/wire.h"
#include "policy/finding.h"

#include <errno.h>
#include <string.h>

static struct json_object *make_status(void)
{
	const char *const missing[] = { "/srv/\033[31mred" };
	const struct pw_status_label label[] = {
		{ .name = "records",
		  .class = "care",
		  .trees = 2,
		  .tree_patterns = 1,
		  .missing_trees = missing,
		  .n_missing_trees = 1,
		  .holders = 1,
		  .marked = 12 },
	};
	const struct pw_status_host host[] = {
		{ .name = "pacs.example.org", .addresses = 2, .last_ok_ms = 1001 },
		{ .name = "old.example.org", .addresses = 1, .error = "no answer", .last_ok_ms = 5 },
		{ .name = "new.example.org", .error = "no \033 name", .last_ok_ms = -1 },
	};
	const struct pw_status_hook hook[] = {
		{ .name = "file_open", .live = true, .needed = true },
		{ .name = "mmap_file", .live = false, .needed = true },
	};
	const char *const warning[] = { "no user 'x'" };
	struct pw_status status = {
		.protecting = false,
		.reason = "hook mmap_file is gone",
		.attach = "lsm",
		.mode = "enforce",
		.policy = { .id = "0123456789abcdef",
			    .loaded_ns = 1700000000000000000u,
			    .rules = 3,
			    .labels = 1,
			    .programs = 4,
			    .programs_here = 3 },
		.hook = hook,
		.n_hooks = 2,
		.events = { .seen = 10, .denied = 4 },
		.journal = { .working = false,
			     .error = ENOSPC,
			     .written = 6,
			     .waiting = 2,
			     .path = "/var/log/phiward/events.jsonl" },
		.drops = { .denials = 1, .bulk = 2 },
		.label = label,
		.n_labels = 1,
		.holders = { .processes = 3, .domains = 2, .files = 1, .passing = 9 },
		.lineage = { .taken = 4, .marked = 5, .lost = 6, .sends = 7 },
		.host = host,
		.n_hosts = 3,
		.cache = { .hits = 5, .misses = -1, .walks = 7 },
		.canary_last_ok_ms = 1500,
		.warning = warning,
		.n_warnings = 1,
		.version = PW_VERSION,
		.pid = 77,
	};
	struct pw_str text = { 0 };
	struct json_object *o;

	assert_int_equal(pw_status_json(&status, &text), 0);
	o = json_tokener_parse(text.text);
	assert_non_null(o);
	pw_str_free(&text);
	return o;
}

static void test_status_has_the_contract_s_fields(void **state)
{
	static const char *const field[] = {
		"protecting", "reason",  "attach",  "mode",   "policy", "hooks",
		"events",     "drops",   "holders", "labels", "cache",  "canary",
		"warnings",   "version", "pid",     "since",  "log",    "lineage",
		"hosts",
	};
	struct json_object *o = make_status();
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (!json_object_object_get_ex(o, field[i], NULL))
			fail_msg("no field %s", field[i]);
	assert_non_null(strstr(text, "\"cache\":{\"hits\":5,\"misses\":null,\"walks\":7}"));
	assert_non_null(strstr(text, "\"last_ok_seconds\":1.5"));
	assert_non_null(strstr(text, "\"written\":6"));
	assert_non_null(strstr(text, "\"loaded\":\"2023-11-14T22:13:20.000000000Z\""));
	assert_non_null(strstr(text, "\"programs\":4,\"programs_here\":3"));
	assert_non_null(strstr(text, "\"tree_patterns\":1,\"files\":0"));
	assert_non_null(strstr(text, "{\"name\":\"mmap_file\",\"live\":false,\"needed\":true}"));
	assert_non_null(strstr(text, "\"holders\":{\"processes\":3,\"domains\":2,\"files\":1,"
				     "\"passing\":9},\"lineage\":{\"taken\":4,\"marked\":5,"
				     "\"lost\":6,\"sends\":7}"));
	assert_non_null(strstr(text, "\"holders\":1,\"marked\":12}"));
	assert_non_null(strstr(text, "{\"name\":\"pacs.example.org\",\"addresses\":2,"
				     "\"error\":null,\"last_ok_seconds\":1.001}"));
	json_object_put(o);
}

static void test_text_for_a_person(void **state)
{
	struct json_object *o = make_status();
	struct pw_str text = { 0 };

	assert_int_equal(pw_status_text(o, 1700000012, false, &text), 0);
	assert_memory_equal(text.text, "NOT PROTECTING: hook mmap_file is gone\n", 39);
	assert_non_null(strstr(text.text, "missing: mmap_file"));
	assert_non_null(strstr(text.text, "No space left on device"));
	assert_non_null(strstr(text.text, "3 processes and 1 file have labels of what they were "
					  "made from; 6 times a label was lost"));
	assert_non_null(strstr(text.text, "; held by 1 process; carried by 12 files by lineage"));
	assert_non_null(strstr(text.text, "old.example.org: no answer; its last addresses"));
	assert_non_null(strstr(text.text, "name; nothing belongs to its place by this name"));
	assert_null(strstr(text.text, "pacs.example.org"));
	assert_null(strchr(text.text, '\033')); /* neither ours nor a foreign one */
	pw_str_reset(&text);
	assert_int_equal(pw_status_text(o, 0, true, &text), 0);
	assert_non_null(strchr(text.text, '\033'));
	assert_null(strstr(text.text, "\033[31mred"));
	pw_str_free(&text);
	json_object_put(o);
}

static void expect_text(const char *status, time_t now, const char *wanted)
{
	struct json_object *o = json_tokener_parse(status);
	struct pw_str text = { 0 };

	assert_non_null(o);
	assert_int_equal(pw_status_text(o, now, false, &text), 0);
	if (!strstr(text.text, wanted))
		fail_msg("no '%s' in:\n%s", wanted, text.text);
	pw_str_free(&text);
	json_object_put(o);
}

static void test_times_are_local_and_relative(void **state)
{
	static const struct {
		time_t ago;
		const char *text;
	} time[] = {
		{ 0, "2023-11-14 23:13:20 (0 s ago)\n" },
		{ 12, "2023-11-14 23:13:20 (12 s ago)\n" },
		{ 119, "2023-11-14 23:13:20 (1 min ago)\n" },
		{ 7300, "2023-11-14 23:13:20 (2 h ago)\n" },
		{ 86400, "2023-11-14 23:13:20 (1 day ago)\n" },
		{ 9 * 86400, "2023-11-14 23:13:20 (9 days ago)\n" },
		{ -5, "2023-11-14 23:13:20\n" }, /* the clock was set back */
	};

	setenv("TZ", "XXX-1", 1);
	tzset();
	for (size_t i = 0; i < sizeof(time) / sizeof(time[0]); i++) {
		expect_text("{\"policy\":{\"loaded\":\"2023-11-14T22:13:20.718644690Z\"}}",
			    1700000000 + time[i].ago, time[i].text);
		expect_text("{\"since\":\"2023-11-14T22:13:20.718644690Z\"}",
			    1700000000 + time[i].ago, time[i].text);
	}
	unsetenv("TZ");
	tzset();
}

static void test_what_a_label_covers(void **state)
{
	static const struct {
		const char *label, *text;
	} label[] = {
		{ "\"trees\":1", "): 1 tree\n" },
		{ "\"trees\":2,\"missing_trees\":[\"/x\"]", "): 2 of 3 trees; not there: /x\n" },
		{ "\"trees\":0,\"missing_trees\":[\"/x\"]", "): 0 of 1 tree; not there: /x\n" },
		{ "\"trees\":0,\"tree_patterns\":1,\"files\":0", "): 1 tree pattern\n" },
		{ "\"trees\":1,\"tree_patterns\":2,\"files\":3",
		  "): 1 tree, 2 tree patterns, 3 file patterns\n" },
		{ "\"trees\":0,\"tree_patterns\":0,\"files\":0", "): nothing\n" },
		{ "\"x\":0", "): ? trees\n" },
	};

	for (size_t i = 0; i < sizeof(label) / sizeof(label[0]); i++) {
		struct pw_str status = { 0 };

		pw_str_addf(&status, "{\"labels\":[{\"name\":\"a\",\"class\":\"care\",%s}]}",
			    label[i].label);
		expect_text(status.text, 0, label[i].text);
		pw_str_free(&status);
	}
}

static void test_programs_that_are_here(void **state)
{
	expect_text("{\"mode\":\"observe\",\"policy\":{\"id\":\"0123456789abcdef\",\"rules\":1,"
		    "\"labels\":2,\"programs\":6,\"programs_here\":0}}",
		    0, "0123456789ab, 1 rule, 2 labels, 0 of 6 programs here, mode observe\n");
	expect_text("{\"policy\":{\"rules\":1,\"labels\":2,\"programs\":0,\"programs_here\":0}}", 0,
		    "1 rule, 2 labels, mode ?\n");
}

static void test_text_of_foreign_status(void **state)
{
	static const char *const foreign[] = {
		"{}",
		"[]",
		"null",
		"{\"protecting\":[],\"hooks\":{},\"labels\":[1,null],\"policy\":3}",
		"{\"policy\":{\"loaded\":[],\"programs\":{},\"programs_here\":null},\"since\":7}",
		"{\"holders\":7,\"lineage\":[],\"hosts\":[1,{\"error\":[]}],\"labels\":[{\"holders\":{}}]}",
		"{\"holders\":{\"processes\":[]}}",
		"{\"protecting\":true,\"hooks\":[null,{}],\"warnings\":[{}],\"canary\":{\"last_ok_seconds\":\"x\"}}",
	};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		struct json_object *o = json_tokener_parse(foreign[i]);
		struct pw_str text = { 0 };

		assert_int_equal(pw_status_text(o, 0, true, &text), 0);
		pw_str_free(&text);
		json_object_put(o);
	}
}

static void test_findings(void **state)
{
	struct pw_findings findings = { 0 };
	struct pw_place_in_file at = { .file = "a.yaml", .line = 3, .column = 5 };
	struct pw_str text = { 0 };

	assert_int_equal(pw_findings_add(&findings, true, &at, "bad\nmend it"), 0);
	pw_findings_json(&findings, NULL, &text);
	assert_string_equal(text.text, "[{\"severity\":\"error\",\"file\":\"a.yaml\",\"line\":3,"
				       "\"column\":5,\"message\":\"bad\",\"remedy\":\"mend it\"}]");
	pw_str_free(&text);
	pw_findings_free(&findings);
}

static struct pw_recent *recent;
static struct pw_render_context context;

static void add(uint64_t seq, unsigned int verdict, uint32_t auid)
{
	static struct unit_wire wire;
	struct pw_record record = { .seq = seq, .count = 1 };

	unit_wire_make(&wire);
	wire.event.verdict = (__u8)verdict;
	wire.event.auid = auid;
	assert_int_equal(pw_event_decode(&wire, wire.event.size, &record.view), 0);
	assert_int_equal(pw_recent_add(recent, &record), 0);
}

/* Pull once; how many lines came. *ret_r: what next said. */
static size_t pull(struct pw_reply *reply, int *ret_r, uint64_t *ret_lost)
{
	struct pw_str text = { 0 };
	size_t n = 0;

	*ret_r = reply->stream.next(reply->stream.state, &text);
	for (char *line = text.text; line && *line; n++) {
		char *end = strchr(line, '\n');
		struct json_object *o, *count;

		assert_non_null(end);
		*end = '\0';
		o = json_tokener_parse(line);
		assert_non_null(o);
		if (strstr(line, "\"reader\"") && json_object_object_get_ex(o, "count", &count))
			*ret_lost += json_object_get_uint64(count);
		json_object_put(o);
		line = end + 1;
	}
	pw_str_free(&text);
	return n;
}

static size_t ask(const char *request)
{
	struct pw_events_source source = { .recent = recent, .context = &context };
	struct json_object *o = json_tokener_parse(request);
	struct pw_reply reply = { 0 };
	uint64_t lost = 0;
	size_t n;
	int r;

	assert_non_null(o);
	pw_events_answer(&source, o, &reply);
	json_object_put(o);
	if (!reply.stream.next) {
		assert_non_null(strstr(reply.line.text, "\"exit\":2"));
		pw_str_free(&reply.line);
		return SIZE_MAX;
	}
	n = pull(&reply, &r, &lost);
	reply.stream.free(reply.stream.state);
	return n;
}

static void test_events_are_chosen(void **state)
{
	assert_int_equal(pw_recent_new(100, 0, &recent), 0);
	for (uint64_t seq = 1; seq <= 20; seq++)
		add(seq, seq % 2 ? PW_DENY : PW_ALLOW, seq % 4 ? 1000 : 77);
	assert_int_equal(ask("{}"), 20);
	assert_int_equal(ask("{\"limit\":3}"), 3);
	assert_int_equal(ask("{\"limit\":0}"), 0);
	assert_int_equal(ask("{\"verdict\":\"deny\"}"), 10);
	assert_int_equal(ask("{\"verdict\":\"deny\",\"limit\":4}"), 4);
	assert_int_equal(ask("{\"user\":\"77\"}"), 5);
	assert_int_equal(ask("{\"user\":\"nobody-at-all\"}"), 0);
	assert_int_equal(ask("{\"limit\":-1}"), SIZE_MAX);
	assert_int_equal(ask("{\"limit\":\"3\"}"), SIZE_MAX);
	assert_int_equal(ask("{\"limit\":null}"), SIZE_MAX);
	assert_int_equal(ask("{\"verdict\":\"denied\"}"), SIZE_MAX);
	assert_int_equal(ask("{\"verdict\":7}"), SIZE_MAX);
	assert_int_equal(ask("{\"follow\":1}"), SIZE_MAX);
	assert_int_equal(ask("{\"user\":[]}"), SIZE_MAX);
	pw_recent_free(&recent);
}

static void test_a_reader_that_falls_behind_is_told(void **state)
{
	struct pw_events_source source = { .context = &context };
	struct json_object *o = json_tokener_parse("{\"follow\":true}");
	struct pw_reply reply = { 0 };
	uint64_t lost = 0;
	int r;

	assert_int_equal(pw_recent_new(10, 0, &recent), 0);
	source.recent = recent;
	add(1, PW_DENY, 1);
	pw_events_answer(&source, o, &reply);
	json_object_put(o);
	assert_int_equal(pull(&reply, &r, &lost), 1);
	assert_int_equal(r, 0);
	assert_int_equal(pull(&reply, &r, &lost), 0);
	for (uint64_t seq = 2; seq <= 40; seq++)
		add(seq, PW_DENY, 1);
	assert_int_equal(pull(&reply, &r, &lost), 11);
	assert_int_equal(lost, 29);
	reply.stream.free(reply.stream.state);
	pw_recent_free(&recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_has_the_contract_s_fields),
		cmocka_unit_test(test_text_for_a_person),
		cmocka_unit_test(test_times_are_local_and_relative),
		cmocka_unit_test(test_what_a_label_covers),
		cmocka_unit_test(test_programs_that_are_here),
		cmocka_unit_test(test_text_of_foreign_status),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_events_are_chosen),
		cmocka_unit_test(test_a_reader_that_falls_behind_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
