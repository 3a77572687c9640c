/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that keeps labels: nothing is lost, a full disk is waited out, xattrs follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/keeper.h"
#include "evidence/xattr.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>

#define ENOUGH_MS 20000

static char dir[64], path[128];
static struct pw_keeper *keeper;
static const struct pw_label_names names = { .name = { "records", "genomes" } };

static int setup(void **state)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;

	signal(SIGXFSZ, SIG_IGN);
	snprintf(dir, sizeof(dir), "/tmp/phiward-keeper.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/labels.db", dir);
	if (pw_labels_open(path, PW_LABELS_WRITE, &why, &store) < 0)
		return -1;
	return pw_keeper_new(store, &names, &keeper);
}

static int teardown(void **state)
{
	char command[128];

	pw_keeper_free(&keeper, ENOUGH_MS);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

static struct pw_keep mark(uint64_t inode, uint64_t labels)
{
	return (struct pw_keep){
		.step = { .kind = PW_STEP_MARKED,
			  .inode = inode,
			  .generation = 1,
			  .time_ns = 5,
			  .labels = labels,
			  .uid = 1000,
			  .auid = 1000,
			  .domain = 1,
			  .run = 1,
			  .exe = strdup("/usr/bin/cat"),
			  .path = strdup("/home/a/~1") },
		.fs = "uuid:1",
		.kept = true,
		.why = PW_MARK_FLOW,
	};
}

static uint64_t count(void)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;
	uint64_t n = 0;

	assert_int_equal(pw_labels_open(path, PW_LABELS_READ, &why, &store), 0);
	assert_int_equal(pw_labels_count(store, &n), 0);
	pw_labels_close(&store);
	return n;
}

static uint64_t ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Somebody writes ten thousand files: the loop is done with it at once. */
static void test_ten_thousand_files(void **state)
{
	struct pw_keeper_status status;
	uint64_t start = ms(), added;

	for (uint64_t i = 1; i <= 10000; i++) {
		struct pw_keep change = mark(i, 1);

		assert_int_equal(pw_keeper_add(keeper, &change), 0);
		assert_null(change.step.exe);
	}
	added = ms() - start;
	assert_int_equal(pw_keeper_flush(keeper, ENOUGH_MS), 0);
	print_message("# 10000 changes: added in %llu ms, written in %llu ms\n",
		      (unsigned long long)added, (unsigned long long)(ms() - start));
	pw_keeper_status(keeper, &status);
	assert_true(status.working);
	assert_int_equal(status.saved, 10000);
	assert_int_equal(status.waiting, 0);
	assert_int_equal(status.lost, 0);
	assert_int_equal(count(), 10000);
}

static void test_what_waits_is_written_at_the_end(void **state)
{
	for (uint64_t i = 1; i <= 3000; i++) {
		struct pw_keep change = mark(i, 1);

		assert_int_equal(pw_keeper_add(keeper, &change), 0);
	}
	assert_int_equal(pw_keeper_free(&keeper, ENOUGH_MS), 0);
	assert_int_equal(count(), 3000);
}

/* Full, then with room again: nothing is lost, in the same order. */
static void test_a_full_disk_is_waited_out(void **state)
{
	struct pw_keeper_status status = { .working = true };
	struct rlimit before, small;
	uint64_t start = ms(), n = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 131072, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (; status.working && ms() - start < ENOUGH_MS; pw_keeper_status(keeper, &status)) {
		struct pw_keep change = mark(++n, 1);

		assert_int_equal(pw_keeper_add(keeper, &change), 0);
		pw_keeper_flush(keeper, ENOUGH_MS);
	}
	assert_false(status.working);
	assert_true(status.error == -ENOSPC || status.error == -EIO);
	assert_true(status.waiting >= 1);
	assert_true(pw_keeper_flush(keeper, 10) < 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	while (!status.working && ms() - start < ENOUGH_MS)
		pw_keeper_status(keeper, &status);
	assert_int_equal(pw_keeper_flush(keeper, ENOUGH_MS), 0);
	pw_keeper_status(keeper, &status);
	assert_int_equal(status.saved, n);
	assert_int_equal(status.lost, 0);
	assert_int_equal(count(), n);
}

static void test_what_does_not_fit_is_counted(void **state)
{
	struct rlimit before, none;
	struct pw_keeper_status status;
	int r = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	for (uint64_t i = 1; i <= PW_KEEPER_WAITING_MAX + 2000; i++) {
		struct pw_keep change = mark(i, 1);

		r = pw_keeper_add(keeper, &change);
	}
	assert_int_equal(r, -ENOSPC);
	pw_keeper_status(keeper, &status);
	assert_true(status.lost > 0);
	assert_int_equal(status.lost + status.waiting, PW_KEEPER_WAITING_MAX + 2000);
	assert_int_equal(pw_keeper_free(&keeper, 100), PW_KEEPER_WAITING_MAX + 2000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

/* Labels, names and domains as they were given; clearing takes off what was set. */
static void test_what_is_kept(void **state)
{
	struct pw_label_row row = { .inode = 7, .generation = 1 };
	struct pw_label_names more = names, read;
	struct pw_keep change = mark(7, 3), domain = {
		.domain = 9, .from = 8, .since_ns = 1, .names = &more, .step.run = 1
	};
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;

	snprintf(more.name[5], sizeof(more.name[5]), "later");
	assert_int_equal(pw_keeper_add(keeper, &change), 0);
	change = mark(7, 1);
	change.step.kind = PW_STEP_CLEARED;
	assert_int_equal(pw_keeper_add(keeper, &change), 0);
	assert_int_equal(pw_keeper_add(keeper, &domain), 0);
	change = mark(8, 1);
	change.kept = false; /* a pipe: a step, no mark */
	assert_int_equal(pw_keeper_add(keeper, &change), 0);
	assert_int_equal(pw_keeper_flush(keeper, ENOUGH_MS), 0);
	assert_int_equal(pw_labels_open(path, PW_LABELS_READ, &why, &store), 0);
	assert_int_equal(pw_labels_find_file_system(store, "uuid:1", &row.fs), 0);
	assert_int_equal(pw_labels_get(store, &row), 0);
	assert_int_equal(row.labels, 2);
	assert_int_equal(row.step, 1);
	assert_int_equal(row.person, 1000);
	row.inode = 8;
	assert_int_equal(pw_labels_get(store, &row), -ENOENT);
	assert_int_equal(pw_labels_load_names(store, &read), 0);
	assert_memory_equal(&read, &more, sizeof(read));
	pw_labels_close(&store);
}

/* Only the file that is meant: not another one that has its name by now. */
static void test_tagging(void **state)
{
	struct pw_tagging tagging = { .value = "\1records", .len = 8 };
	char file[128], other[128], value[64];
	struct stat st;
	int fd, r;

	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	fd = open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	tagging.path = file;
	tagging.inode = st.st_ino;
	tagging.dev = major(st.st_dev) << 20 | minor(st.st_dev);
	pw_xattr_generation(fd, &tagging.generation);
	r = pw_xattr_tag(&tagging);
	if (r == 0) {
		assert_int_equal(pw_xattr_read_fd(fd, value, sizeof(value)), 8);
		assert_memory_equal(value, "\1records", 8);
		tagging.value = NULL;
		assert_int_equal(pw_xattr_tag(&tagging), 0);
		assert_int_equal(pw_xattr_read_fd(fd, value, sizeof(value)), -ENODATA);
		assert_int_equal(pw_xattr_tag(&tagging), 0);
	} else { /* not root, or no xattrs in /tmp */
		assert_true(r == -EPERM || r == -ENOTSUP);
	}
	tagging.inode++;
	assert_int_equal(pw_xattr_tag(&tagging), -ESTALE);
	tagging.inode--;
	assert_int_equal(rename(file, other), 0);
	assert_int_equal(symlink(other, file), 0);
	assert_int_equal(pw_xattr_tag(&tagging), -ESTALE);
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0); /* would hang whoever opens it */
	assert_int_equal(pw_xattr_tag(&tagging), -ESTALE);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ten_thousand_files),
		TEST(test_what_waits_is_written_at_the_end),
		TEST(test_a_full_disk_is_waited_out),
		TEST(test_what_does_not_fit_is_counted),
		TEST(test_what_is_kept),
		TEST(test_tagging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
