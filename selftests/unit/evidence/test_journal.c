/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of events when the disk is full, the file moves, or writing fails half way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/journal.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>

static char dir[64], path[128];
static size_t room; /* bytes that the fake disk still takes */
static bool cannot_cut;

static ssize_t small_write(int fd, const void *bytes, size_t len)
{
	ssize_t n;

	if (!room) {
		errno = ENOSPC;
		return -1;
	}
	n = write(fd, bytes, len < room ? len : room);
	room -= (size_t)n;
	return n;
}

static int small_truncate(int fd, off_t len)
{
	struct stat st;

	if (cannot_cut) {
		errno = EIO;
		return -1;
	}
	assert_int_equal(fstat(fd, &st), 0);
	room += (size_t)(st.st_size - len);
	return ftruncate(fd, len);
}

static int setup(void **state)
{
	strcpy(dir, "/tmp/phiward-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log/events.jsonl", dir);
	room = 1u << 30;
	cannot_cut = false;
	return 0;
}

static int teardown(void **state)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static struct pw_journal *make(uint64_t max, unsigned int keep, size_t backlog)
{
	struct pw_journal_options options = { .path = path,
					      .max_bytes = max,
					      .keep = keep,
					      .backlog_bytes = backlog,
					      .write = small_write,
					      .truncate = small_truncate };
	struct pw_journal *journal;

	assert_int_equal(pw_journal_new(&options, &journal), 0);
	return journal;
}

static int put(struct pw_journal *journal, unsigned int seq, uint64_t now_ms)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "{\"seq\":%u,\"pad\":\"0123456789\"}\n", seq);

	return pw_journal_write(journal, line, (size_t)n, seq, false, now_ms);
}

/* Read all lines of @name, which must be whole; counts events, adds up losses. */
static void read_back(const char *name, uint64_t *events, uint64_t *lost)
{
	FILE *file = fopen(name, "re");
	char line[4096];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct json_object *o = json_tokener_parse(line), *value;

		assert_int_equal(line[strlen(line) - 1], '\n');
		if (!o)
			fail_msg("torn line: %s", line);
		if (json_object_object_get_ex(o, "count", &value))
			*lost += json_object_get_uint64(value);
		else
			++*events;
		json_object_put(o);
	}
	fclose(file);
}

static void test_writes_and_rotates(void **state)
{
	struct pw_journal *journal = make(130, 2, 0);
	uint64_t events = 0, lost = 0;
	struct pw_journal_status status;
	char old[160];
	struct stat st;

	for (unsigned int i = 1; i <= 12; i++)
		assert_int_equal(put(journal, i, 0), 0);
	pw_journal_status(journal, &status);
	assert_true(status.working);
	assert_int_equal(status.written, 12);
	assert_int_equal(status.rotated, 2);
	read_back(path, &events, &lost);
	for (int i = 1; i <= 2; i++) {
		snprintf(old, sizeof(old), "%s.%d", path, i);
		read_back(old, &events, &lost);
		assert_int_equal(stat(old, &st), 0);
		assert_true(st.st_size <= 130);
	}
	assert_int_equal(events, 12);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	for (unsigned int i = 13; i <= 30; i++)
		assert_int_equal(put(journal, i, 0), 0);
	snprintf(old, sizeof(old), "%s.3", path);
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(pw_journal_free(&journal), 0);
}

static void test_full_disk_loses_nothing_that_fits_the_backlog(void **state)
{
	struct pw_journal *journal = make(0, 1, 0);
	uint64_t events = 0, lost = 0;
	struct pw_journal_status status;

	assert_int_equal(put(journal, 1, 0), 0);
	room = 7; /* a short write, then none */
	for (unsigned int i = 2; i <= 100; i++)
		assert_int_equal(put(journal, i, 10), 1);
	read_back(path, &events, &lost); /* no part of a line stayed */
	assert_int_equal(events, 1);
	pw_journal_status(journal, &status);
	assert_false(status.working);
	assert_int_equal(status.error, ENOSPC);
	assert_int_equal(status.waiting, 99);
	room = 1u << 20;
	assert_int_equal(pw_journal_tick(journal, 20), 1); /* not yet: back-off */
	assert_int_equal(pw_journal_tick(journal, 10 + 250), 0);
	events = 0;
	read_back(path, &events, &lost);
	assert_int_equal(events, 100);
	assert_int_equal(lost, 0);
	pw_journal_free(&journal);
}

static void test_overflow_is_counted_exactly_and_told(void **state)
{
	struct pw_journal *journal = make(0, 1, 2000);
	uint64_t events = 0, lost = 0;
	struct pw_journal_status status;
	unsigned int waits = 0, dropped = 0;

	room = 0;
	for (unsigned int i = 1; i <= 500; i++) {
		int r = put(journal, i, i);

		waits += r == 1;
		dropped += r == -ENOSPC;
	}
	assert_int_equal(waits + dropped, 500);
	assert_true(dropped > 400);
	/* The reserve is for what is important. */
	assert_int_equal(pw_journal_write(journal, "{\"seq\":501}\n", 12, 501, true, 501), 1);
	pw_journal_status(journal, &status);
	assert_int_equal(status.lost, dropped);
	room = 1u << 20;
	assert_int_equal(pw_journal_tick(journal, 100000), 0);
	assert_int_equal(put(journal, 502, 100001), 0);
	read_back(path, &events, &lost);
	assert_int_equal(events, waits + 2);
	assert_int_equal(lost, dropped);
	pw_journal_free(&journal);
}

static void test_every_short_write_leaves_whole_lines(void **state)
{
	for (size_t at = 0; at < 120; at++) {
		struct pw_journal *journal = make(150, 1000, 0);
		uint64_t events = 0, lost = 0, now = 0;
		struct pw_journal_status status;
		char old[160];

		room = at;
		cannot_cut = false;
		for (unsigned int i = 1; i <= 8; i++) {
			put(journal, i, now);
			now += 300;
			if (i == 4)
				room = 1u << 20;
		}
		pw_journal_tick(journal, now + 60000);
		pw_journal_status(journal, &status);
		assert_int_equal(status.written, 8);
		read_back(path, &events, &lost);
		for (unsigned int i = 1; i <= status.rotated; i++) {
			snprintf(old, sizeof(old), "%s.%u", path, i);
			read_back(old, &events, &lost);
			unlink(old);
		}
		assert_int_equal(events, 8);
		assert_int_equal(lost, 0);
		pw_journal_free(&journal);
		unlink(path);
	}
}

static void test_part_that_cannot_be_cut_off_spoils_no_other_line(void **state)
{
	struct pw_journal *journal = make(0, 1, 0);
	FILE *file;
	char line[128];
	unsigned int whole = 0;

	room = 10;
	cannot_cut = true;
	assert_int_equal(put(journal, 1, 0), 1);
	room = 1u << 20;
	assert_int_equal(pw_journal_tick(journal, 1000), 0);
	assert_int_equal(put(journal, 2, 1001), 0);
	file = fopen(path, "re");
	while (fgets(line, sizeof(line), file)) {
		struct json_object *o = json_tokener_parse(line);

		whole += o != NULL;
		json_object_put(o);
	}
	fclose(file);
	assert_int_equal(whole, 2);
	pw_journal_free(&journal);
}

static void test_a_line_that_a_crash_cut_is_ended(void **state)
{
	struct pw_journal *journal = make(0, 1, 0);
	uint64_t events = 0, lost = 0;
	FILE *file;
	char line[128];

	assert_int_equal(put(journal, 1, 0), 0);
	pw_journal_free(&journal);
	file = fopen(path, "ae");
	fputs("{\"seq\":2,\"pa", file);
	fclose(file);
	journal = make(0, 1, 0);
	assert_int_equal(put(journal, 3, 0), 0);
	pw_journal_free(&journal);
	file = fopen(path, "re");
	while (fgets(line, sizeof(line), file)) {
		struct json_object *o = json_tokener_parse(line);

		events += o != NULL;
		lost += o == NULL;
		json_object_put(o);
	}
	fclose(file);
	assert_int_equal(events, 2);
	assert_int_equal(lost, 1);
}

static void test_follows_a_moved_file(void **state)
{
	struct pw_journal *journal = make(0, 1, 0);
	uint64_t events = 0, lost = 0;
	char moved[160];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(put(journal, 1, 0), 0);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(put(journal, 2, 1), 0); /* still into the old one */
	assert_int_equal(pw_journal_tick(journal, 1000), 0);
	assert_int_equal(put(journal, 3, 1001), 0);
	read_back(path, &events, &lost);
	assert_int_equal(events, 1);
	read_back(moved, &events, &lost);
	assert_int_equal(events, 3);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(pw_journal_tick(journal, 2000), 0);
	assert_int_equal(put(journal, 4, 2001), 0);
	events = 0;
	read_back(path, &events, &lost);
	assert_int_equal(events, 1);
	pw_journal_free(&journal);
}

static void test_directory_that_comes_later(void **state)
{
	struct pw_journal *journal;
	uint64_t events = 0, lost = 0;
	char parent[128];

	snprintf(parent, sizeof(parent), "%s/log", dir);
	close(open(parent, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); /* a file in the way */
	journal = make(0, 1, 0);
	assert_int_equal(put(journal, 1, 0), 1);
	assert_int_equal(unlink(parent), 0);
	assert_int_equal(pw_journal_tick(journal, 60000), 0);
	read_back(path, &events, &lost);
	assert_int_equal(events, 1);
	pw_journal_free(&journal);
}

static void test_real_file_size_limit(void **state)
{
	struct rlimit before, small;
	struct pw_journal_options options = { .path = path };
	struct pw_journal *journal;
	uint64_t events = 0, lost = 0;

	assert_int_equal(pw_journal_new(&options, &journal), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ .rlim_cur = 100, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (unsigned int i = 1; i <= 20; i++)
		put(journal, i, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(pw_journal_tick(journal, 60000), 0);
	read_back(path, &events, &lost);
	assert_int_equal(events, 20);
	pw_journal_free(&journal);
}

static void test_tells_what_was_lost_at_the_end(void **state)
{
	struct pw_journal *journal = make(0, 1, 0);

	room = 0;
	put(journal, 1, 0);
	put(journal, 2, 0);
	assert_int_equal(pw_journal_free(&journal), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_writes_and_rotates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_disk_loses_nothing_that_fits_the_backlog,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_overflow_is_counted_exactly_and_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_every_short_write_leaves_whole_lines, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_part_that_cannot_be_cut_off_spoils_no_other_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_line_that_a_crash_cut_is_ended, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_follows_a_moved_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory_that_comes_later, setup, teardown),
		cmocka_unit_test_setup_teardown(test_real_file_size_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tells_what_was_lost_at_the_end, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
