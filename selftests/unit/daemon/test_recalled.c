/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels that come with a file: the mark gets what the value of the xattr names, and keeps
 * what it has. The kernel half is played by this test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/recalled.c" /* no archive holds it */

#include <stdlib.h>
#include <string.h>

#define SB 0xffff888001234000ull

static struct pw_mark_key marked;
static uint64_t given;
static int mark_error;
static unsigned int told, saved;
static struct pw_event first, second;
static char path[64];

int pw_kernel_mark_more(struct pw_kernel *kernel, const struct pw_mark_key *key, uint64_t labels)
{
	marked = *key;
	if (mark_error == 0)
		given |= labels;
	return mark_error;
}

void pw_sink_take(struct pw_daemon *d, const struct pw_event_view *view)
{
	*(told++ ? &second : &first) = view->event;
	snprintf(path, sizeof(path), "%.*s", (int)view->path.len, view->path.bytes);
	assert_int_equal(view->path2.len, 0);
	assert_int_equal(view->exe.len, 12);
	assert_memory_equal(view->exe.bytes, "/usr/bin/tar", 12);
	assert_int_equal(view->event.places, 0);
}

void pw_keeping_numbered(struct pw_daemon *d)
{
	struct pw_label_number *last = &d->number[d->n_numbers - 1];

	snprintf(d->keeping->names.name[last->bit], sizeof(d->keeping->names.name[0]), "%s",
		 last->name);
	saved++;
}

static struct pw_daemon d;
static struct pw_keeping keeping;

static int setup(void **state)
{
	given = mark_error = told = saved = 0;
	keeping = (struct pw_keeping){ .names.name = { "records", "genomes" } };
	d = (struct pw_daemon){ .keeping = &keeping };
	d.number[0] = (struct pw_label_number){ .name = strdup("records"), .bit = 0 };
	d.number[1] = (struct pw_label_number){ .name = strdup("genomes"), .bit = 1 };
	d.n_numbers = 2;
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < d.n_numbers; i++)
		free((char *)d.number[i].name);
	return 0;
}

/* The xattr of a file whose mark has @before was set to @value. */
static void set(const char *value, uint64_t before)
{
	struct pw_event event = {
		.version = PW_EVENT_VERSION,
		.kind = PW_EVENT_RECALLED,
		.rule = PW_RULE_NONE,
		.inode = 12,
		.inode_generation = 5,
		.places = SB,
		.object_labels = before,
		.path_len = 8,
		.path2_len = (uint16_t)strlen(value),
		.exe_len = 12,
	};
	_cleanup_str_ struct pw_str wire = { 0 };
	struct pw_event_view view;

	event.size = (uint32_t)(sizeof(event) + 8 + strlen(value) + 12);
	pw_str_add_bytes(&wire, (const char *)&event, sizeof(event));
	pw_str_add(&wire, "/a/b.txt");
	pw_str_add(&wire, value);
	pw_str_add(&wire, "/usr/bin/tar");
	assert_int_equal(pw_event_decode(wire.text, wire.len, &view), 0);
	pw_keeping_recalled(&d, &view);
}

static void test_what_the_value_names(void **state)
{
	set("\1records,genomes", 0);
	assert_int_equal(given, 3);
	assert_true(marked.sb == SB);
	assert_int_equal(marked.inode, 12);
	assert_int_equal(marked.inode_generation, 5);
	assert_int_equal(told, 1);
	assert_int_equal(first.kind, PW_EVENT_RECALLED);
	assert_int_equal(first.labels, 3);
	assert_string_equal(path, "/a/b.txt");
	assert_int_equal(saved, 0);
}

static void test_the_same_again_is_nothing(void **state)
{
	set("\1records", 1);
	assert_int_equal(given, 0);
	assert_int_equal(told, 0);
}

static void test_nothing_is_taken_away(void **state)
{
	set("", 2);
	assert_int_equal(given, 0);
	assert_int_equal(told, 1);
	assert_int_equal(first.kind, PW_EVENT_TAMPERED);
	assert_int_equal(first.verdict, PW_WARN);
	assert_int_equal(first.labels, 2);
	told = 0;
	set("\1records", 2);
	assert_int_equal(given, 1);
	assert_int_equal(told, 2);
	assert_int_equal(first.kind, PW_EVENT_RECALLED);
	assert_int_equal(first.labels, 1);
	assert_int_equal(second.kind, PW_EVENT_TAMPERED);
	assert_int_equal(second.labels, 2);
}

static void test_a_name_that_no_policy_has(void **state)
{
	set("\1staff,records,other", 0);
	assert_int_equal(given, 1 | 4 | 8);
	assert_int_equal(saved, 2);
	assert_string_equal(d.number[2].name, "staff");
	assert_int_equal(d.number[2].bit, 2);
	assert_string_equal(d.number[3].name, "other");
	given = 0;
	set("\1staff", 0);
	assert_int_equal(given, 4);
	assert_int_equal(saved, 2);
}

/* A strange archive does not use them all up. */
static void test_not_more_than_there_is_room_for(void **state)
{
	_cleanup_str_ struct pw_str value = { 0 };

	pw_str_add(&value, "\1records");
	for (int i = 0; i < 62; i++)
		pw_str_addf(&value, ",s%d", i);
	set(value.text, 0);
	assert_int_equal(d.n_numbers, STRANGERS_MAX);
	assert_int_equal(__builtin_popcountll(given), STRANGERS_MAX - 1); /* not genomes */
}

static void test_nonsense_is_nothing(void **state)
{
	set("records", 0);
	set("\2records", 0);
	set("\1records,,", 0);
	set("\1RECORDS", 0);
	assert_int_equal(given, 0);
	assert_int_equal(told, 0);
}

static void test_a_file_that_is_gone(void **state)
{
	mark_error = -ENOENT;
	set("\1records", 0);
	assert_int_equal(told, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_the_value_names),
		TEST(test_the_same_again_is_nothing),
		TEST(test_nothing_is_taken_away),
		TEST(test_a_name_that_no_policy_has),
		TEST(test_not_more_than_there_is_room_for),
		TEST(test_nonsense_is_nothing),
		TEST(test_a_file_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
