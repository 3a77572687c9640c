/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's command line: what it takes, and what it refuses before anything is loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The daemon is no archive: its file is taken in whole. */
#include "daemon/options.c"

static char err[4096];

/* Parse words parted by spaces; what it returns, stderr in err. */
static int parse(const char *words, struct pw_options *ret_options)
{
	static char copy[4096];
	char *argv[256] = { "phiwardd" }, *save = NULL;
	int argc = 1, fd = dup(STDERR_FILENO), r;
	FILE *file = tmpfile();
	size_t n;

	assert_non_null(file);
	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	optind = 0; /* anew */
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	r = pw_options_parse(argc, argv, ret_options);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	close(fd);
	rewind(file);
	n = fread(err, 1, sizeof(err) - 1, file);
	err[n] = '\0';
	fclose(file);
	return r;
}

static void test_good(void **state)
{
	struct pw_options options;

	assert_int_equal(parse("", &options), -1);
	assert_int_equal(options.n_policies, 0);
	assert_null(options.settings);
	assert_int_equal(parse("--policy a --policy=b --settings /dev/null --stdout --no-log",
			       &options),
			 -1);
	assert_int_equal(options.n_policies, 2);
	assert_string_equal(options.policy[1], "b");
	assert_string_equal(options.settings, "/dev/null");
	assert_true(options.to_stdout && options.no_log);
}

static void refuse(const char *words, const char *message)
{
	struct pw_options options;

	assert_int_equal(parse(words, &options), PW_EXIT_USAGE);
	if (!strstr(err, message))
		fail_msg("'%s' said: %s", words, err);
}

static void test_bad(void **state)
{
	char many[4096] = "";

	refuse("--polcy x", "Try 'phiwardd --help'");
	refuse("--policy", "Try 'phiwardd --help'");
	refuse("x.yaml", "unexpected argument 'x.yaml'");
	refuse("--settings /no/such/file",
	       "cannot read the settings '/no/such/file': No such file or directory");
	for (int i = 0; i <= PW_POLICY_PATHS_MAX; i++)
		strcat(many, "--policy x ");
	refuse(many, "put the files into a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
