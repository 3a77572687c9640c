/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `phiward label` asks for and tells, and the way of the data that `lineage` tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define get       label_get
#define add_names label_add_names
#include "cli/label.c"
#undef get
#undef add_names
#include "cli/lineage.c"
#include "cli/look.c"

#include <sys/stat.h>

static struct pw_str asked; /* requests, a line each */
static const char *answers; /* what the agent says to all of them */
static struct pw_str printed;
static const char *options[8][2]; /* given to the command */

int pw_cli_ask(const char *request, unsigned int timeout_ms, struct json_object **ret_answer)
{
	pw_str_addf(&asked, "%s\n", request);
	*ret_answer = json_tokener_parse(answers);
	return *ret_answer ? PW_EXIT_FINE : PW_EXIT_NO_AGENT;
}

int pw_cli_print(const struct pw_str *text)
{
	pw_str_add_bytes(&printed, text->text, text->len);
	return PW_EXIT_FINE;
}

int pw_cli_usage(const struct pw_cli *cli, const char *format, ...)
{
	return PW_EXIT_USAGE;
}

bool pw_cli_has(const struct pw_cli *cli, const char *name)
{
	return pw_cli_value(cli, name) != NULL;
}

const char *pw_cli_value(const struct pw_cli *cli, const char *name)
{
	for (size_t i = 0; options[i][0]; i++)
		if (strcmp(options[i][0], name) == 0)
			return options[i][1];
	return NULL;
}

size_t pw_cli_values(const struct pw_cli *cli, const char *name, const char **ret)
{
	size_t n = 0;

	for (size_t i = 0; options[i][0]; i++)
		if (strcmp(options[i][0], name) == 0)
			ret[n++] = options[i][1];
	return n;
}

static int reset(void **state)
{
	pw_str_free(&asked);
	pw_str_free(&printed);
	memset(options, 0, sizeof(options));
	answers = "{\"saved\":true,\"files\":[]}";
	return 0;
}

static int label(const char *operand)
{
	struct pw_cli cli = { .operand = &operand, .n_operands = 1 };

	return pw_cli_label(&cli);
}

static void test_what_files_carry(void **state)
{
	answers = "{\"saved\":true,\"files\":[{\"path\":\"/tmp/a\",\"error\":null,\"by_name\":[],"
		  "\"by_mark\":[\"records\",\"genomes\"],\"since\":\"2026-03-01T12:00:00.5Z\","
		  "\"kept\":false},"
		  "{\"path\":\"/b\\u001b\",\"by_name\":[\"records\"],\"by_mark\":[],\"kept\":true},"
		  "{\"path\":\"/c\",\"by_name\":[],\"by_mark\":[],\"kept\":true}]}";
	assert_int_equal(label("/tmp"), PW_EXIT_FINE);
	assert_string_equal(printed.text, "/tmp/a: by name -; by itself records,genomes since "
					  "2026-03-01T12:00:00Z (until it is unmounted)\n"
					  "/b\\x1b: by name records; by itself -\n/c: no label\n");
	assert_string_equal(asked.text, "{\"command\":\"label\",\"paths\":[\"\\/tmp\"]}\n");
}

static void test_usage(void **state)
{
	options[0][0] = "clear";
	options[0][1] = "records";
	assert_int_equal(label("/tmp"), PW_EXIT_USAGE);
	options[1][0] = "reason";
	options[1][1] = "";
	assert_int_equal(label("/tmp"), PW_EXIT_USAGE);
	options[1][1] = "letterhead";
	assert_int_equal(label("/tmp"), PW_EXIT_FINE);
	assert_non_null(strstr(asked.text, "\"clear\":[\"records\"],\"reason\":\"letterhead\""));
	options[2][0] = options[2][1] = "recall";
	assert_int_equal(label("/tmp"), PW_EXIT_USAGE);
	options[0][0] = "recall";
	options[2][0] = NULL;
	assert_int_equal(label("/tmp"), PW_EXIT_USAGE); /* a reason for nothing */
}

static void test_errors_are_told(void **state)
{
	answers = "{\"saved\":true,\"files\":[{\"path\":\"/tmp\",\"error\":\"is full\"}]}";
	assert_int_equal(label("/tmp"), PW_EXIT_FAILED);
	options[0][0] = "set";
	options[0][1] = "records";
	answers = "{\"saved\":false,\"files\":[{\"path\":\"/tmp\",\"set\":[\"records\"]}]}";
	assert_int_equal(label("/tmp"), PW_EXIT_FAILED); /* it is not on the disk */
	answers = "";
	assert_int_equal(label("/tmp"), PW_EXIT_NO_AGENT);
}

static void make_file(const char *dir, const char *name)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

/* Every file is asked about once, in several requests; no link is followed. */
static void test_directories(void **state)
{
	char dir[] = "/tmp/phiward-label.XXXXXX", path[64], name[80];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/below", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "file-%d.txt", i);
		make_file(i % 2 ? dir : path, name);
	}
	snprintf(name, sizeof(name), "%s/link", path);
	assert_int_equal(symlink(dir, name), 0);
	options[0][0] = options[0][1] = "recursive";
	assert_int_equal(label(dir), PW_EXIT_FINE);
	assert_int_equal(count(asked.text, "\n"), 2);
	assert_int_equal(count(asked.text, "file-"), 100);
	assert_null(strstr(asked.text, "link"));
	snprintf(path, sizeof(path), "rm -r '%s'", dir);
	assert_int_equal(system(path), 0);
}

static void test_lineage_reads_downwards(void **state)
{
	const char *operand = "/tmp";
	struct pw_cli cli = { .operand = &operand, .n_operands = 1 };

	setenv("TZ", "UTC", 1);
	answers = "{\"of\":{\"path\":\"/tmp/out\",\"by_name\":[],\"by_mark\":[\"records\"]},"
		  "\"complete\":true,\"steps\":["
		  "{\"step\":\"took\",\"time\":\"2026-03-01T12:00:00.1Z\",\"origin\":true,"
		  "\"labels\":[\"records\"],\"object\":{\"path\":null,\"path_token\":\"/srv/~1\"},"
		  "\"actor\":{\"user\":\"alice\"},\"process\":{\"pid\":7,\"exe\":\"/bin/cat\"}},"
		  "{\"step\":\"labelled\",\"time\":\"2026-03-01T12:00:01Z\",\"origin\":false,"
		  "\"labels\":[\"records\"],\"object\":{\"path\":null,\"path_token\":null,"
		  "\"type\":\"pipe\",\"inode\":99},\"actor\":{\"user\":null,\"auid\":1000},"
		  "\"process\":{\"pid\":8,\"exe\":\"/bin/sh\",\"script\":\"/x.sh\"}}]}";
	assert_int_equal(pw_cli_lineage(&cli), PW_EXIT_FINE);
	assert_string_equal(
		printed.text,
		"/tmp/out carries by name nothing, by itself records:\n"
		"  2026-03-01 12:00:00  alice, /bin/cat (pid 7), read /srv/~1  [records]  origin\n"
		"  2026-03-01 12:00:01  uid 1000, /x.sh (pid 8), wrote to a pipe [99]  [records]\n");
	operand = "4242";
	reset(state);
	answers = "{\"of\":{\"pid\":4242,\"running\":true,\"held\":[\"records\"]},\"steps\":[],"
		  "\"complete\":true}";
	assert_int_equal(pw_cli_lineage(&cli), PW_EXIT_FINE);
	assert_string_equal(asked.text, "{\"command\":\"lineage\",\"pid\":4242}\n");
	assert_string_equal(printed.text, "process 4242 holds records; no step is known that "
					  "brought a label there\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_files_carry),        TEST(test_usage),
		TEST(test_errors_are_told),         TEST(test_directories),
		TEST(test_lineage_reads_downwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
