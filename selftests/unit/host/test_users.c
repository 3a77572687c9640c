/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers that hang, users and groups of this machine, paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/paths.h"
#include "host/users.h"
#include "host/worker.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static struct pw_worker *worker;
static atomic_int gate, freed;

static int setup(void **state)
{
	gate = freed = 0;
	return pw_worker_new(&worker);
}

static int teardown(void **state)
{
	gate = 1;
	for (int i = 0; i < 5000 && pw_worker_hung(worker); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(pw_worker_hung(worker), 0);
	pw_worker_free(&worker);
	return 0;
}

static int add_one(void *arg)
{
	return ++*(int *)arg;
}

static int hang(void *arg)
{
	while (!gate)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	return 0;
}

static void note_free(void *arg)
{
	freed++;
	free(arg);
}

static void test_worker_runs_calls(void **state)
{
	int number = 0, result = 0;

	for (int i = 1; i <= 1000; i++) {
		assert_int_equal(pw_worker_run(worker, add_one, NULL, &number, 5000, &result), 0);
		assert_int_equal(result, i);
	}
}

static void test_worker_leaves_what_hangs(void **state)
{
	int number = 0, result = 0;

	for (unsigned int i = 0; i < PW_WORKER_HUNG_MAX; i++) {
		void *arg = malloc(1);

		assert_int_equal(pw_worker_run(worker, hang, note_free, arg, 5, &result),
				 -ETIMEDOUT);
		if (i + 1 < PW_WORKER_HUNG_MAX)
			assert_int_equal(
				pw_worker_run(worker, add_one, NULL, &number, 5000, &result), 0);
	}
	assert_int_equal(pw_worker_hung(worker), PW_WORKER_HUNG_MAX);
	assert_int_equal(pw_worker_run(worker, add_one, NULL, &number, 5000, &result), -EAGAIN);
	gate = 1;
	for (int i = 0; i < 5000 && freed < PW_WORKER_HUNG_MAX; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(freed, PW_WORKER_HUNG_MAX);
}

static void test_names_of_users(void **state)
{
	struct pw_users *users;

	assert_int_equal(pw_users_new(worker, &users), 0);
	for (int i = 0; i < 3; i++)
		assert_string_equal(pw_users_name(users, 0), "root");
	assert_null(pw_users_name(users, 3999999999u));
	assert_null(pw_users_name(users, UINT32_MAX));
	for (uint32_t uid = 0; uid < 3000; uid++) /* more than the cache holds */
		pw_users_name(users, 2000000000u + uid);
	assert_string_equal(pw_users_name(users, 0), "root");
	pw_users_free(&users);
}

static const struct pw_id_mask *find(const struct pw_id_mask *list, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id)
			return &list[i];
	return NULL;
}

static void test_people_of_a_policy(void **state)
{
	struct pw_name_mask user[] = {
		{ .name = "nobody", .mask = { .w = { 1 } } },
		{ .name = "no-such-user", .mask = { .w = { 2 } } },
		{ .name = "root", .mask = { .w = { 4 } } },
	};
	struct pw_name_mask group[] = {
		{ .name = "no-such-group", .mask = { .w = { 8 } } },
		{ .name = "root", .mask = { .w = { 16 } } },
	};
	struct pw_compiled compiled = { .user = user, .n_users = 3, .group = group, .n_groups = 2 };
	struct pw_people people;
	struct pw_users *users;
	struct pw_mask mask;
	const struct pw_id_mask *one;

	assert_int_equal(pw_users_new(worker, &users), 0);
	assert_int_equal(pw_users_resolve(users, &compiled, &people), 0);
	assert_int_equal(people.n_users, 2);
	assert_int_equal(people.user[0].id, 0);
	assert_int_equal(people.user[0].mask.w[0], 4);
	assert_int_equal(people.n_groups, 1);
	assert_int_equal(people.n_warnings, 2);
	assert_non_null(strstr(people.warning[0], "no user 'no-such-user'"));
	one = find(people.member, people.n_members, 0); /* root's primary group is root */
	assert_non_null(one);
	assert_int_equal(one->mask.w[0], 16);
	for (size_t i = 1; i < people.n_members; i++)
		assert_true(people.member[i - 1].id < people.member[i].id);
	assert_int_equal(pw_users_member_mask(users, &people, 0, &mask), 0);
	assert_int_equal(mask.w[0], 16);
	assert_int_equal(pw_users_member_mask(users, &people, 3999999999u, &mask), -ENOENT);
	pw_people_free(&people);
	pw_users_free(&users);
}

static void test_groups_for_explain(void **state)
{
	char **names;
	size_t n;

	assert_int_equal(pw_users_groups("root", &names, &n), 0);
	assert_true(n >= 1);
	pw_names_free(names, n);
	assert_int_equal(pw_users_groups("no-such-user", &names, &n), -ENOENT);
}

static void check_canonical(struct pw_paths *paths, const char *path, const char *expected)
{
	_cleanup_free_ char *got = NULL;

	assert_int_equal(pw_paths_canonical(paths, path, &got), 0);
	assert_string_equal(got, expected);
}

static void test_paths(void **state)
{
	char dir[] = "/tmp/phiward-unit-XXXXXX", path[128], expected[128];
	const char *const *hung;
	struct pw_paths *paths;
	char *got = NULL;
	int fd = -1;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(pw_paths_new(worker, 0, &paths), 0);
	snprintf(path, sizeof(path), "%s/real", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/link", dir);
	assert_int_equal(symlink("real", path), 0);
	check_canonical(paths, "/", "/");
	check_canonical(paths, "///", "/");
	check_canonical(paths, "/no-such-thing/a/b", "/no-such-thing/a/b");
	snprintf(path, sizeof(path), "%s/link/x/y/", dir);
	snprintf(expected, sizeof(expected), "%s/real/x/y", dir);
	check_canonical(paths, path, expected);
	snprintf(path, sizeof(path), "%s/link", dir);
	snprintf(expected, sizeof(expected), "%s/real", dir);
	check_canonical(paths, path, expected);
	assert_int_equal(pw_paths_canonical(paths, "relative", &got), -EINVAL);
	assert_int_equal(pw_paths_open(paths, path, O_DIRECTORY, &fd), 0);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	assert_int_equal(pw_paths_open(paths, path, O_DIRECTORY | O_NOFOLLOW, &fd), -ENOTDIR);
	assert_int_equal(pw_paths_open(paths, "/no-such-thing", 0, &fd), -ENOENT);
	assert_int_equal(pw_paths_hung(paths, &hung), 0);
	unlink(path);
	rmdir(expected);
	rmdir(dir);
	pw_paths_free(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_worker_runs_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_worker_leaves_what_hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_of_users, setup, teardown),
		cmocka_unit_test_setup_teardown(test_people_of_a_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_groups_for_explain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
