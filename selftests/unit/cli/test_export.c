/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `phiward export`: which files in which order, which times, and what a broken line does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/export.c"

#include <stdlib.h>
#include <unistd.h>

static const char *options[8][2];
static char directory[] = "/tmp/phiward-export-XXXXXX";
static char *printed;

const char *pw_cli_value(const struct pw_cli *cli, const char *name)
{
	for (size_t i = 0; options[i][0]; i++)
		if (strcmp(options[i][0], name) == 0)
			return options[i][1];
	return NULL;
}

bool pw_cli_has(const struct pw_cli *cli, const char *name)
{
	return pw_cli_value(cli, name) != NULL;
}

int pw_cli_usage(const struct pw_cli *cli, const char *format, ...)
{
	return PW_EXIT_USAGE;
}

void pw_cli_findings(const struct pw_findings *findings)
{
}

static void in_directory(char *into, size_t size, const char *name)
{
	snprintf(into, size, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	in_directory(path, sizeof(path), name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	memset(options, 0, sizeof(options));
	options[0][0] = "format";
	options[0][1] = "json";
	return 0;
}

/* Run the command with stdout and stderr into files; its output is @printed. */
static int run(const char *const *operand, size_t n)
{
	struct pw_cli cli = { .operand = operand, .n_operands = n };
	int out = dup(STDOUT_FILENO), error = dup(STDERR_FILENO), status;
	char path[256];
	FILE *file;
	size_t len;

	in_directory(path, sizeof(path), "out");
	fflush(stdout);
	fflush(stderr);
	assert_non_null(freopen(path, "w", stdout));
	in_directory(path, sizeof(path), "err");
	assert_non_null(freopen(path, "w", stderr));
	status = pw_cli_export(&cli);
	fflush(stdout);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	close(out);
	close(error);
	free(printed);
	printed = calloc(1, 1 << 16);
	in_directory(path, sizeof(path), "out");
	file = fopen(path, "re");
	len = fread(printed, 1, 1 << 15, file);
	fclose(file);
	in_directory(path, sizeof(path), "err");
	file = fopen(path, "re");
	printed[len++] = '|';
	fread(printed + len, 1, 1 << 14, file);
	fclose(file);
	return status;
}

#define LINE(id, time) \
	"{\"schema\":\"phiward.event.v1\",\"id\":\"" id "\",\"time\":\"" time "\",\"kind\":\"x\"}\n"
#define NOON "2026-03-01T12:00:00Z"

static void test_a_broken_line_stops_no_other(void **state)
{
	char path[256], want[2048];
	const char *operand[] = { path };

	write_file("events",
		   LINE("1", NOON) "broken\n\n" LINE(
			   "2", NOON) "{\"path\":1}\n"
				      "{\"schema\":\"phiward.event.v1\",\"id\":\"3\",\"time\":"
				      "\"" NOON
				      "\",\"kind\":\"access\",\"path\":\"/srv/Zhang\"}\n" LINE(
					      "4", NOON));
	in_directory(path, sizeof(path), "events");
	assert_int_equal(run(operand, 1), PW_EXIT_FAILED);
	snprintf(want, sizeof(want),
		 LINE("1", NOON) LINE("2", NOON)
			 LINE("4", NOON) "|phiward: %s:2: is no event of phiward.event.v1\n"
					 "phiward: %s:5: is no event of phiward.event.v1\n"
					 "phiward: %s:6: has names in the clear: not exported\n"
					 "phiward: 3 lines left out\n",
		 path, path, path);
	assert_string_equal(printed, want);
}

static void test_times_choose(void **state)
{
	char path[256];
	const char *operand[] = { path };

	write_file("events", LINE("1", "2026-03-01T11:59:59.999999999Z") LINE("2", NOON)
				     LINE("3", "2026-03-02T12:00:00Z"));
	in_directory(path, sizeof(path), "events");
	options[1][0] = "since";
	options[1][1] = NOON;
	options[2][0] = "until";
	options[2][1] = "2026-03-02T12:00:00Z";
	assert_int_equal(run(operand, 1), PW_EXIT_FINE);
	assert_string_equal(printed, LINE("2", NOON) "|");
	options[2][1] = "2026-03-02 12:00:01";
	assert_int_equal(run(operand, 1), PW_EXIT_FINE);
	assert_string_equal(printed, LINE("2", NOON) LINE("3", "2026-03-02T12:00:00Z") "|");
	options[1][1] = "1s"; /* ago */
	options[2][0] = NULL;
	assert_int_equal(run(operand, 1), PW_EXIT_FINE);
	assert_string_equal(printed, "|");
	options[1][1] = "yesterday";
	assert_int_equal(run(operand, 1), PW_EXIT_USAGE);
	options[1][1] = "99999999999999999999d";
	assert_int_equal(run(operand, 1), PW_EXIT_USAGE);
}

static void test_usage(void **state)
{
	options[0][1] = "xml";
	assert_int_equal(run(NULL, 0), PW_EXIT_USAGE);
	options[0][0] = NULL;
	assert_int_equal(run(NULL, 0), PW_EXIT_USAGE);
	options[0][0] = "format";
	options[0][1] = "atna";
	options[1][0] = "msgid";
	options[1][1] = "a b";
	assert_int_equal(run(NULL, 0), PW_EXIT_USAGE);
}

/* The log and what was rotated away from it, oldest first, also behind a hole. */
static void test_the_log_of_the_settings(void **state)
{
	char path[256];

	assert_int_equal(setenv("PHIWARD_ROOT", directory, 1), 0);
	in_directory(path, sizeof(path), "etc");
	mkdir(path, 0755);
	in_directory(path, sizeof(path), "etc/phiward");
	mkdir(path, 0755);
	in_directory(path, sizeof(path), "log");
	mkdir(path, 0755);
	write_file("etc/phiward/phiward.yaml", "log: {file: /log/e.jsonl, keep: 3}\n");
	assert_int_equal(run(NULL, 0), PW_EXIT_FAILED);
	assert_non_null(strstr(printed, "log/e.jsonl: No such file"));
	write_file("log/e.jsonl", LINE("4", NOON));
	write_file("log/e.jsonl.1", LINE("3", NOON));
	write_file("log/e.jsonl.3", LINE("1", NOON));
	write_file("log/e.jsonl.4", LINE("0", NOON)); /* beyond what is kept */
	assert_int_equal(run(NULL, 0), PW_EXIT_FINE);
	assert_string_equal(printed, LINE("1", NOON) LINE("3", NOON) LINE("4", NOON) "|");
	write_file("etc/phiward/phiward.yaml", "log: 7\n");
	assert_int_equal(run(NULL, 0), PW_EXIT_FAILED);
}

static void test_a_missing_file_stops_no_other(void **state)
{
	char path[256];
	const char *operand[] = { "/nonexistent/a\nb", path };

	write_file("events", LINE("1", NOON));
	in_directory(path, sizeof(path), "events");
	assert_int_equal(run(operand, 2), PW_EXIT_FAILED);
	assert_string_equal(printed, LINE("1", NOON) "|phiward: /nonexistent/a\\x0ab: "
						     "No such file or directory\n");
}

static void test_a_line_without_end(void **state)
{
	char path[256];
	const char *operand[] = { path };
	FILE *file;

	in_directory(path, sizeof(path), "events");
	file = fopen(path, "we");
	for (size_t i = 0; i < PW_SHIP_LINE_MAX + 100; i++)
		putc('x', file);
	fputs("\n" LINE("1", NOON), file);
	fclose(file);
	assert_int_equal(run(operand, 1), PW_EXIT_FAILED);
	assert_int_equal(strncmp(printed, LINE("1", NOON) "|", strlen(LINE("1", NOON)) + 1), 0);
}

static int make_directory(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[300];

	free(printed);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_broken_line_stops_no_other, setup),
		cmocka_unit_test_setup(test_times_choose, setup),
		cmocka_unit_test_setup(test_usage, setup),
		cmocka_unit_test_setup(test_the_log_of_the_settings, setup),
		cmocka_unit_test_setup(test_a_missing_file_stops_no_other, setup),
		cmocka_unit_test_setup(test_a_line_without_end, setup),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
