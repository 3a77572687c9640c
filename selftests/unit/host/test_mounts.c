/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mounts as mountinfo tells of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/mounts.h"

#include <string.h>

static const char text[] = "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
			   "21 20 8:2 / /srv rw - ext4 /dev/sda2 rw\n"
			   "22 21 0:40 / /srv/two\\040words\\134 rw - nfs server:/a\\040b rw\n"
			   "not a line of mountinfo\n"
			   "23 20 0:41 / /srv-beside rw - tmpfs tmpfs rw\n"
			   "24 21 0:42 / /srv/phi rw master:3 - tmpfs below rw\n"
			   "25 24 0:43 / /srv/phi rw - tmpfs above rw\n"
			   "26 20 0:44 / /proc rw - proc proc rw\n";

static void parse(const char *from, struct pw_mounts *ret_mounts)
{
	_cleanup_fclose_ FILE *file = fmemopen((void *)from, strlen(from), "r");

	assert_non_null(file);
	assert_int_equal(pw_mounts_parse(file, ret_mounts), 0);
}

static int id_of(const struct pw_mounts *mounts, const char *path)
{
	const struct pw_mount *mount = pw_mounts_of(mounts, path);

	return mount ? mount->id : -1;
}

static void test_parse(void **state)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };

	parse(text, &mounts);
	assert_int_equal(mounts.n, 7);
	assert_int_equal(mounts.item[0].major, 8);
	assert_int_equal(mounts.item[0].minor, 1);
	assert_string_equal(mounts.item[0].type, "ext4");
	assert_string_equal(mounts.item[0].source, "/dev/sda1");
	assert_string_equal(mounts.item[2].point, "/srv/two words\\");
	assert_string_equal(mounts.item[2].source, "server:/a b");
}

static void test_of(void **state)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };

	parse(text, &mounts);
	assert_int_equal(id_of(&mounts, "/"), 20);
	assert_int_equal(id_of(&mounts, "/home/a"), 20);
	assert_int_equal(id_of(&mounts, "/srv"), 21);
	assert_int_equal(id_of(&mounts, "/srv/"), 21);
	assert_int_equal(id_of(&mounts, "/srv/phi2"), 21);
	assert_int_equal(id_of(&mounts, "/srv-besides"), 20);
	assert_int_equal(id_of(&mounts, "/srv-beside/x"), 23);
	assert_int_equal(id_of(&mounts, "/srv/two words\\/x"), 22);
	assert_int_equal(id_of(&mounts, "/srv/two words"), 21);
	/* what is mounted over another mount covers it */
	assert_int_equal(id_of(&mounts, "/srv/phi"), 25);
	assert_int_equal(id_of(&mounts, "/srv/phi/records/a"), 25);
	assert_int_equal(id_of(&mounts, "/procs"), 20);
}

static void test_none(void **state)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 }, here = { 0 };

	parse("\n", &mounts);
	assert_int_equal(mounts.n, 0);
	assert_null(pw_mounts_of(&mounts, "/srv"));
	assert_int_equal(pw_mounts_read(&here), 0);
	assert_non_null(pw_mounts_of(&here, "/proc/self"));
	assert_string_equal(pw_mounts_of(&here, "/proc/self")->point, "/proc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
