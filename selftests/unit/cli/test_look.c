/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What explain makes of paths, with the means that no hook sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The CLI is no archive: its file is taken in whole. */
#include "cli/look.c"

#include <sys/stat.h>

static char dir[64];
static struct pw_worker *worker;
static struct pw_paths *paths;

static char *in_dir(const char *name)
{
	static char path[4][PATH_MAX];
	static unsigned int turn;
	char *into = path[turn++ % 4];

	snprintf(into, PATH_MAX, "%s%s", dir, name);
	return into;
}

static void make_file(const char *name)
{
	FILE *file = fopen(in_dir(name), "we");

	assert_non_null(file);
	fputs(name, file);
	fclose(file);
}

static int setup(void **state)
{
	char made[] = "/tmp/phiward-unit-XXXXXX", *real;

	if (!mkdtemp(made))
		return -1;
	real = realpath(made, NULL);
	snprintf(dir, sizeof(dir), "%s", real);
	free(real);
	assert_int_equal(mkdir(in_dir("/a"), 0700), 0);
	make_file("/a/file");
	make_file("/a/copy");
	assert_int_equal(link(in_dir("/a/file"), in_dir("/hard")), 0);
	assert_int_equal(symlink("a/file", in_dir("/soft")), 0);
	assert_int_equal(symlink("a", in_dir("/to-a")), 0);
	assert_int_equal(symlink("nothing", in_dir("/dangling")), 0);
	assert_int_equal(symlink("loop", in_dir("/loop")), 0);
	return pw_worker_new(&worker) < 0 || pw_paths_new(worker, 0, &paths) < 0;
}

static int teardown(void **state)
{
	char command[128];

	pw_paths_free(&paths);
	pw_worker_free(&worker);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void expect_path(const char *path, const char *wanted)
{
	_cleanup_free_ char *found = NULL;

	assert_int_equal(pw_look_canonical(paths, path, &found), 0);
	assert_string_equal(found, wanted);
}

static void test_canonical(void **state)
{
	char *found = NULL;

	expect_path("/", "/");
	expect_path("//", "/");
	expect_path("/no-such-thing/x", "/no-such-thing/x");
	expect_path(in_dir("/a/file"), in_dir("/a/file"));
	expect_path(in_dir("/a/"), in_dir("/a"));
	expect_path(in_dir("/soft"), in_dir("/a/file"));
	expect_path(in_dir("/to-a/file"), in_dir("/a/file"));
	expect_path(in_dir("/to-a/../soft"), in_dir("/a/file"));
	expect_path(in_dir("/to-a/new/er"), in_dir("/a/new/er"));
	expect_path(in_dir("/a/file/no"), in_dir("/a/file/no"));
	expect_path(in_dir("/dangling"), in_dir("/dangling"));
	assert_int_equal(pw_look_canonical(paths, in_dir("/loop/x"), &found), -ELOOP);
	assert_int_equal(pw_look_canonical(paths, "relative", &found), -EINVAL);
}

static void test_directory(void **state)
{
	assert_true(pw_look_is_directory(paths, in_dir("/a")));
	assert_true(pw_look_is_directory(paths, in_dir("/to-a")));
	assert_false(pw_look_is_directory(paths, in_dir("/a/file")));
	assert_false(pw_look_is_directory(paths, in_dir("/none")));
}

static void test_same(void **state)
{
	assert_true(pw_look_same(paths, in_dir("/a/file"), in_dir("/soft")));
	assert_true(pw_look_same(paths, in_dir("/none"), in_dir("/none")));
	assert_false(pw_look_same(paths, in_dir("/a/file"), in_dir("/a/copy")));
	assert_false(pw_look_same(paths, in_dir("/a/file"), in_dir("/none")));
	assert_false(pw_look_same(paths, in_dir("/dangling"), in_dir("/none")));
}

/* Only where the file system has handles: others tell names apart by their path. */
static void test_same_by_another_link(void **state)
{
	struct identity of;

	if (!identify(paths, in_dir("/a/file"), &of)) {
		print_message("skip - file handles: the file system of /tmp has none\n");
		skip();
	}
	assert_true(pw_look_same(paths, in_dir("/a/file"), in_dir("/hard")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_same_by_another_link),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
