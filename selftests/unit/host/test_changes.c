/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens on the way of a path that is followed, and beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/changes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct pw_worker *worker;
static struct pw_paths *paths;
static struct pw_changes *changes;
static char dir[32];

static int setup(void **state)
{
	strcpy(dir, "/tmp/phiward-unit-XXXXXX");
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	return pw_worker_new(&worker) || pw_paths_new(worker, 0, &paths) ||
	       pw_changes_new(&changes);
}

static int teardown(void **state)
{
	char command[64];

	pw_changes_free(&changes);
	pw_paths_free(&paths);
	pw_worker_free(&worker);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") < 0 || system(command);
}

static void make(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0755);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
}

static int follow(const char *path)
{
	char whole[128];

	snprintf(whole, sizeof(whole), "%s/%s", dir, path);
	return pw_changes_add(changes, paths, whole);
}

#define seen()                                          \
	do {                                            \
		assert_true(pw_changes_seen(changes));  \
		assert_false(pw_changes_seen(changes)); \
	} while (0)
#define unseen() assert_false(pw_changes_seen(changes))

static void test_file(void **state)
{
	assert_int_equal(mkdir("bin", 0755), 0);
	make("bin/tool");
	make("bin/beside");
	assert_int_equal(follow("bin/tool"), 0);
	assert_true(pw_changes_whole(changes));
	unseen();
	make("bin/beside");
	make("bin/tool2");
	assert_int_equal(chmod("bin/beside", 0700), 0);
	assert_int_equal(unlink("bin/tool2"), 0);
	unseen();
	make("bin/tool"); /* changed in place */
	seen();
	assert_int_equal(chmod("bin/tool", 0700), 0);
	seen();
	make("bin/new");
	assert_int_equal(rename("bin/new", "bin/tool"), 0);
	seen();
	make("bin/tool"); /* the one that replaced it */
	seen();
	assert_int_equal(unlink("bin/tool"), 0);
	seen();
	make("bin/tool");
	seen();
}

static void test_directories_above(void **state)
{
	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(mkdir("a/b", 0755), 0);
	assert_int_equal(mkdir("other", 0755), 0);
	make("a/b/tool");
	make("other/tool");
	assert_int_equal(follow("a/b/tool"), 0);
	assert_int_equal(rename("other", "other2"), 0);
	unseen();
	assert_int_equal(rename("a/b", "a/old"), 0);
	seen();
	assert_int_equal(rename("a", "z"), 0);
	seen();
	assert_int_equal(rename("other2", "a"), 0);
	seen();
}

static void test_what_is_not_there_yet(void **state)
{
	assert_int_equal(follow("opt/vendor/tool"), 0);
	assert_true(pw_changes_whole(changes));
	make("opt2");
	unseen();
	assert_int_equal(mkdir("opt", 0755), 0);
	seen(); /* whoever follows looks, and follows anew */
	assert_int_equal(follow("opt/vendor/tool"), 0);
	assert_int_equal(mkdir("opt/vendor", 0755), 0);
	seen();
	assert_int_equal(follow("opt/vendor/tool"), 0);
	make("opt/vendor/tool");
	seen();
}

static void test_symlinks(void **state)
{
	char target[64];

	assert_int_equal(mkdir("v1", 0755), 0);
	assert_int_equal(mkdir("v2", 0755), 0);
	make("v1/tool.real");
	make("v2/tool");
	assert_int_equal(symlink("./../v1/tool.real", "v1/tool"), 0);
	snprintf(target, sizeof(target), "%s/v1", dir);
	assert_int_equal(symlink(target, "current"), 0);
	assert_int_equal(follow("current/tool"), 0);
	unseen();
	make("v1/tool.real");
	seen();
	make("v2/tool");
	unseen();
	assert_int_equal(symlink("v2", "next"), 0);
	assert_int_equal(rename("next", "current"), 0);
	seen();
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(follow("loop"), -ELOOP);
	assert_false(pw_changes_whole(changes));
}

/* More than the kernel keeps for us: something was missed, so it counts. */
static void test_flood(void **state)
{
	make("tool");
	make("x0");
	assert_int_equal(follow("tool"), 0);
	for (unsigned int i = 0; i < 40000; i++)
		assert_int_equal(rename(i & 1 ? "x1" : "x0", i & 1 ? "x0" : "x1"), 0);
	bool any = false;

	for (unsigned int i = 0; i < 1000; i++)
		any |= pw_changes_seen(changes);
	assert_true(any);
	unseen();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directories_above, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there_yet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_symlinks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
