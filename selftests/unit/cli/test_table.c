/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of events: what fits a terminal, what is never cut, what is told whole elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The CLI is no archive: its file is taken in whole. */
#include "cli/table.c"

#include <pty.h>
#include <sys/wait.h>

#define NOW 1700000000 /* 2023-11-14T22:13:20Z */
#define LONG_PATH \
	"/srv/phi/records/ward-3/2023/11/nora-with-a-long-name/imaging/series-0001/image-0042.dcm"

#define LONGEST_RULE "a-name-of-a-rule-has-up-to-sixty-three-characters-and-this-does"

static int setup(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static struct json_object *make_event(const char *verdict, const char *rule, const char *path)
{
	_cleanup_str_ struct pw_str text = { 0 };
	struct json_object *event;

	pw_str_addf(&text,
		    "{\"kind\":\"access\",\"time\":\"2023-11-14T21:05:06.123456789Z\","
		    "\"verdict\":\"%s\",\"operation\":\"read\",\"rule\":\"%s\",\"path\":\"%s\","
		    "\"actor\":{\"user\":\"nora-of-ward-three\"},"
		    "\"process\":{\"exe\":\"/opt/x/a-program-with-a-long-name\"}}",
		    verdict, rule, path);
	event = json_tokener_parse(text.text);
	assert_non_null(event);
	return event;
}

/* Takes @event. */
static void put(struct json_object *event, const char *key, const char *json)
{
	json_object_object_add(event, key, json ? json_tokener_parse(json) : NULL);
}

/* The table of the @n events, which it takes; caller frees. */
static char *make_table(size_t terminal, struct json_object **event, size_t n)
{
	struct pw_table table;
	struct pw_str text = { 0 };

	pw_table_init(&table, false, terminal, NOW);
	for (size_t i = 0; i < n; i++)
		pw_table_measure(&table, event[i]);
	for (size_t i = 0; i < n; i++) {
		pw_table_add(&table, event[i], &text);
		json_object_put(event[i]);
	}
	return pw_str_take(&text);
}

static void expect_lines_fit(const char *table, size_t width)
{
	char line[1024];

	while (*table) {
		size_t n = strcspn(table, "\n");

		assert_true(n < sizeof(line) && table[n] == '\n');
		memcpy(line, table, n);
		line[n] = '\0';
		if (length(line) > width)
			fail_msg("%zu characters: %s", length(line), line);
		table += n + 1;
	}
}

static void expect_in(const char *table, const char *text)
{
	if (!strstr(table, text))
		fail_msg("no '%s' in:\n%s", text, table);
}

static void test_fits_the_terminal(void **state)
{
	static const size_t width[] = { 72, 80, 98, 120, 200 };

	for (size_t i = 0; i < sizeof(width) / sizeof(width[0]); i++) {
		struct json_object *event[] = {
			make_event("would-deny", "clinicians-ehr", LONG_PATH),
			make_event("deny", "a-rule-whose-name-takes-up-thirty-six", LONG_PATH),
			make_event("deny", LONGEST_RULE, LONG_PATH),
		};
		char *table;

		put(event[0], "count", "12345");
		put(event[1], "kind", "\"open-before-start\"");
		table = make_table(width[i], event, 3);
		expect_lines_fit(table, width[i]);
		expect_in(table, "would-deny");
		expect_in(table, "clinicians-ehr");
		expect_in(table, "a-rule-whose-name-takes-up-thirty-six");
		expect_in(table, LONGEST_RULE);
		expect_in(table, "0042.dcm (12345 times)\n");
		expect_in(table, "0042.dcm (open before start)\n");
		free(table);
	}
}

static void test_path_is_cut_in_the_middle(void **state)
{
	struct json_object *event = make_event("deny", "rest", LONG_PATH);
	char *table = make_table(80, &event, 1);

	expect_in(table, "21:05:06 deny    nora-of-war… a-program-with… read rest /srv/phi");
	expect_in(table, "…");
	expect_in(table, "image-0042.dcm\n");
	assert_null(strstr(table, LONG_PATH));
	free(table);
}

static void test_whole_when_piped(void **state)
{
	struct json_object *event[] = {
		make_event("deny", "rest", LONG_PATH),
		make_event("would-deny", "a-rule-whose-name-takes-up-thirty-six", "/srv/b"),
		make_event("allow", "x", "/srv/c"),
	};
	const char *rule[] = { "rest ", "a-rule-whose", "x " };
	char *table = make_table(0, event, 3), *line = table;
	const char *at = strstr(table, "RULE");
	size_t column = (size_t)(at - table);

	assert_non_null(strstr(table, "2023-11-14 21:05:06 deny"));
	expect_in(table, " " LONG_PATH "\n");
	expect_in(table, " nora-of-ward-three a-program-with-a-long-name read ");
	for (size_t i = 0; i < 3; i++) {
		line = strchr(line, '\n') + 1;
		assert_memory_equal(line + column, rule[i], strlen(rule[i]));
	}
	free(table);
}

static void test_what_is_known_of_the_program(void **state)
{
	struct json_object *event[] = {
		make_event("warn", "a", "/srv/a"),
		make_event("warn", "b", "/srv/b"),
		make_event("warn", "c", "/srv/c"),
	};
	char *table;

	put(event[0], "process", "{\"exe\":null,\"script\":null,\"comm\":\"ba\\u001bsh\"}");
	put(event[1], "process", "{\"exe\":null,\"comm\":\"\"}");
	put(event[1], "actor", "{\"user\":null,\"auid\":null,\"uid\":7}");
	put(event[2], "process", NULL);
	put(event[2], "actor", NULL);
	put(event[2], "rule", NULL);
	table = make_table(80, event, 3);
	expect_in(table, " [ba\\x1bsh] read a    /srv/a\n");
	expect_in(table, " 7            unknown    read b    /srv/b\n");
	expect_in(table, " unknown      unknown    read -    /srv/c\n");
	free(table);
}

static void test_another_day_is_told_once(void **state)
{
	struct json_object *event[] = {
		make_event("deny", "a", "/srv/a"),
		make_event("deny", "b", "/srv/b"),
		make_event("deny", "c", "/srv/c"),
	};
	char *table, *first;

	put(event[0], "time", "\"2023-11-13T21:05:06Z\"");
	put(event[1], "time", "\"2023-11-13T23:59:59Z\"");
	put(event[2], "time", "\"2023-11-14T00:00:00Z\"");
	table = make_table(80, event, 3);
	first = strstr(table, "2023-11-13:\n21:05:06 deny");
	assert_non_null(first);
	assert_null(strstr(first + 1, "2023-11-13"));
	expect_in(table, "2023-11-14:\n00:00:00 deny");
	free(table);
}

static void test_foreign_events(void **state)
{
	static const char *const foreign[] = {
		"{}",
		"[]",
		"{\"kind\":[],\"time\":3,\"verdict\":{},\"path\":[1],\"count\":\"x\"}",
		"{\"kind\":\"loss\"}",
		"{\"kind\":\"not-protecting\",\"path\":null,\"reason\":\"a hook\\u001b is gone\"}",
	};
	struct json_object *event[5];
	char *table;

	for (size_t i = 0; i < 5; i++)
		event[i] = json_tokener_parse(foreign[i]);
	table = make_table(80, event, 5);
	expect_in(table, "- lost: ? events (?)\n");
	expect_in(table, "a hook\\x1b is gone\n");
	assert_null(strchr(table, '\033'));
	free(table);
}

/* What the width is for a child whose stdout is a terminal of @columns. */
static int width_on(unsigned short columns)
{
	struct winsize size = { .ws_col = columns, .ws_row = 24 };
	int ours, theirs, status;
	pid_t pid;

	assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &size), 0);
	pid = fork();
	if (pid == 0)
		_exit(dup2(theirs, STDOUT_FILENO) < 0 ? 255 : (int)pw_terminal_width());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ours);
	close(theirs);
	return WEXITSTATUS(status);
}

static void test_width(void **state)
{
	unsetenv("COLUMNS");
	assert_int_equal(width_on(133), 133);
	assert_int_equal(width_on(0), 80);
	setenv("COLUMNS", "57", 1);
	assert_int_equal(width_on(133), 57);
	setenv("COLUMNS", "wide", 1);
	assert_int_equal(width_on(133), 133);
	unsetenv("COLUMNS");
}

static void test_a_send_shows_where_it_went(void **state)
{
	static const struct {
		const char *to, *shown;
	} send[] = {
		{ "{\"family\":\"ipv4\",\"address\":\"203.0.113.7\",\"port\":443,"
		  "\"protocol\":\"tcp\",\"places\":[]}",
		  "rest tcp 203.0.113.7:443\n" },
		{ "{\"family\":\"ipv6\",\"address\":\"fd00::1\",\"port\":104,"
		  "\"protocol\":\"udp\",\"places\":[\"pacs\",\"\\u001b[31m\"]}",
		  "rest udp [fd00::1]:104 (to pacs, \\x1b[31m)\n" },
		{ "{\"family\":\"ipv6\",\"address\":\"fd00::1\",\"port\":null,"
		  "\"protocol\":\"icmpv6\",\"places\":[]}",
		  "rest icmpv6 fd00::1\n" },
		{ "{\"family\":\"unix\",\"uid\":7,\"path\":\"/run/cups/cups.sock\","
		  "\"places\":[\"ward3\"]}",
		  "rest /run/cups/cups.sock (to ward3)\n" },
		{ "{\"family\":\"unix\",\"uid\":7,\"user\":\"lp\",\"path\":null,\"places\":[]}",
		  "rest unix socket of lp\n" },
		{ "{\"family\":\"packet\",\"places\":[]}", "rest packet socket\n" },
	};

	for (size_t i = 0; i < sizeof(send) / sizeof(send[0]); i++) {
		struct json_object *event = make_event("deny", "rest", "x");
		char *table;

		put(event, "operation", "\"send\"");
		put(event, "path", NULL);
		put(event, "to", send[i].to);
		table = make_table(0, &event, 1);
		expect_in(table, send[i].shown);
		free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits_the_terminal),
		cmocka_unit_test(test_path_is_cut_in_the_middle),
		cmocka_unit_test(test_whole_when_piped),
		cmocka_unit_test(test_what_is_known_of_the_program),
		cmocka_unit_test(test_another_day_is_told_once),
		cmocka_unit_test(test_foreign_events),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_a_send_shows_where_it_went),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
