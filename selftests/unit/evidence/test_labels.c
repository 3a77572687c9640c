/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of labels: what is committed stays, what is damaged is told, a million fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/labels.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char dir[64], path[128];

static int setup(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/phiward-labels.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/labels.db", dir);
	return 0;
}

static int teardown(void **state)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-journal" };
	char file[160];

	for (size_t i = 0; i < PW_ARRAY_SIZE(suffix); i++) {
		snprintf(file, sizeof(file), "%s%s", path, suffix[i]);
		unlink(file);
	}
	return rmdir(dir);
}

static struct pw_labels *open_store(void)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;

	if (pw_labels_open(path, PW_LABELS_WRITE, &why, &store) < 0)
		fail_msg("%s", why.text);
	return store;
}

static uint32_t file_system(struct pw_labels *store, const char *name, bool reuses)
{
	uint32_t fs = 0;

	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_file_system(store, name, reuses, &fs), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	return fs;
}

static void put(struct pw_labels *store, const struct pw_label_row *row)
{
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_put(store, row), 0);
	assert_int_equal(pw_labels_commit(store), 0);
}

static uint64_t count(struct pw_labels *store)
{
	uint64_t n = 0;

	assert_int_equal(pw_labels_count(store, &n), 0);
	return n;
}

static void test_marks_come_back(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t fs = file_system(store, "uuid:5b7e", true), again = 0;
	struct pw_label_row row = {
		.fs = fs,
		.inode = UINT64_MAX - 1,
		.generation = UINT32_MAX,
		.labels = 1ULL << 63 | 1,
		.why = PW_MARK_FLOW,
		.person = 1000,
		.first_ns = 1770000000123456789ull,
		.step = 7,
	};
	struct pw_label_row got = { .fs = fs, .inode = row.inode, .generation = row.generation };

	put(store, &row);
	row.labels = 2;
	row.why = PW_MARK_SET;
	row.first_ns = row.step = 1;
	put(store, &row);
	pw_labels_close(&store);
	assert_null(store);

	store = open_store();
	assert_int_equal(pw_labels_find_file_system(store, "uuid:5b7e", &again), 0);
	assert_int_equal(again, fs);
	assert_int_equal(pw_labels_find_file_system(store, "uuid:other", &again), -ENOENT);
	assert_int_equal(pw_labels_get(store, &got), 0);
	assert_true(got.labels == (1ULL << 63 | 3));
	assert_int_equal(got.why, PW_MARK_FLOW | PW_MARK_SET);
	assert_true(got.first_ns == 1770000000123456789ull);
	assert_int_equal(got.step, 7);
	assert_int_equal(got.person, 1000);
	got.generation--;
	assert_int_equal(pw_labels_get(store, &got), -ENOENT);
	pw_labels_close(&store);
}

static void test_labels_are_taken_off(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t fs = file_system(store, "uuid:5b7e", true);
	struct pw_label_row row = { .fs = fs, .inode = 12, .generation = 1, .labels = 6 };

	put(store, &row);
	assert_int_equal(pw_labels_begin(store), 0);
	row.labels = 2;
	assert_int_equal(pw_labels_take(store, &row), 0);
	assert_int_equal(pw_labels_get(store, &row), 0);
	assert_int_equal(row.labels, 4);
	assert_int_equal(pw_labels_take(store, &row), 0);
	assert_int_equal(pw_labels_get(store, &row), -ENOENT);
	assert_int_equal(pw_labels_take(store, &row), -ENOENT);
	assert_int_equal(pw_labels_commit(store), 0);
	pw_labels_close(&store);
}

/* ext4 gives the number of a deleted file to another one; btrfs never does. */
static void test_a_number_that_is_used_again(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t ext4 = file_system(store, "uuid:ext4", true);
	uint32_t btrfs = file_system(store, "uuid:btrfs", false);
	struct pw_label_row row = { .fs = ext4, .inode = 12, .generation = 1, .labels = 1 };

	put(store, &row);
	row.fs = btrfs;
	put(store, &row);
	row.generation = 2;
	put(store, &row);
	assert_int_equal(count(store), 3);
	row.fs = ext4;
	put(store, &row);
	assert_int_equal(count(store), 3);
	assert_int_equal(pw_labels_get(store, &row), 0);
	row.generation = 1;
	assert_int_equal(pw_labels_get(store, &row), -ENOENT);
	pw_labels_close(&store);
}

static void test_boots_are_forgotten(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t before = file_system(store, "boot:aaaa:0:24", false);
	uint32_t now = file_system(store, "boot:bbbb:0:24", false);
	uint32_t disk = file_system(store, "uuid:5b7e", true);
	struct pw_label_row row = { .inode = 12, .generation = 1, .labels = 1 };

	row.fs = before;
	put(store, &row);
	row.fs = now;
	put(store, &row);
	row.fs = disk;
	put(store, &row);
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_forget_boots(store, "bbbb"), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	assert_int_equal(count(store), 2);
	row.fs = before;
	assert_int_equal(pw_labels_get(store, &row), -ENOENT);
	pw_labels_close(&store);
}

static void test_names_keep_their_bits(void **state)
{
	struct pw_labels *store = open_store();
	struct pw_label_names names = { 0 }, read = { 0 };
	uint64_t used = 0;
	char name[16];

	assert_int_equal(pw_label_names_number(&names, "records", 0), 0);
	assert_int_equal(pw_label_names_number(&names, "genomes", 0), 1);
	assert_int_equal(pw_label_names_number(&names, "records", 0), 0);
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_save_names(store, &names), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	pw_labels_close(&store);

	store = open_store();
	assert_int_equal(pw_labels_load_names(store, &read), 0);
	assert_memory_equal(&names, &read, sizeof(names));
	for (int i = 2; i < PW_LABELS_MAX; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		assert_int_equal(pw_label_names_number(&read, name, UINT64_MAX), i);
	}
	/* All are taken: one that nothing carries gives way, or none does. */
	assert_int_equal(pw_label_names_number(&read, "one-more", UINT64_MAX), -ENOSPC);
	put(store, &(struct pw_label_row){ .fs = file_system(store, "uuid:1", true), .labels = 3 });
	assert_int_equal(pw_labels_used(store, &used), 0);
	assert_int_equal(used, 3);
	assert_int_equal(pw_label_names_number(&read, "one-more", used), 2);
	assert_int_equal(pw_label_names_find(&read, "l2"), -ENOENT);
	assert_int_equal(pw_label_names_find(&read, "one-more"), 2);
	pw_labels_close(&store);
}

struct gathered {
	uint64_t n, inodes, labels;
	size_t chunks;
};

static int gather(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n)
{
	struct gathered *gathered = ctx;

	gathered->chunks++;
	for (size_t i = 0; i < n; i++) {
		assert_true(key[i].sb == 0xffff888012345000);
		assert_int_equal(key[i].reserved, 0);
		gathered->inodes += key[i].inode;
		gathered->labels |= mark[i].labels;
	}
	gathered->n += n;
	return 0;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

#if defined(__SANITIZE_ADDRESS__)
#define MILLION 100000
#else
#define MILLION 1000000
#endif

/* The contract: 1,000,000 labelled files are read back within five seconds. */
static void test_a_million_are_read_back(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t fs = file_system(store, "uuid:5b7e", true);
	struct gathered gathered = { 0 };
	double at = seconds(), written, opened;

	assert_int_equal(pw_labels_begin(store), 0);
	for (uint64_t i = 1; i <= MILLION; i++) {
		struct pw_label_row row = {
			.fs = fs,
			.inode = i * 8,
			.generation = (uint32_t)(i * 2654435761u),
			.labels = 1ULL << i % 3,
			.why = PW_MARK_FLOW,
			.person = 1000,
			.first_ns = 1770000000000000000ull + i,
		};

		assert_int_equal(pw_labels_put(store, &row), 0);
	}
	assert_int_equal(pw_labels_commit(store), 0);
	assert_int_equal(pw_labels_checkpoint(store), 0);
	pw_labels_close(&store);
	written = seconds() - at;

	at = seconds();
	store = open_store();
	opened = seconds() - at;
	assert_int_equal(pw_labels_each(store, fs, 0xffff888012345000, gather, &gathered), 0);
	at = seconds() - at;
	print_message("# %d marks: written in %.2f s, opened in %.3f s, read back in %.2f s\n",
		      MILLION, written, opened, at);
	assert_int_equal(gathered.n, MILLION);
	assert_true(gathered.inodes == (uint64_t)MILLION * (MILLION + 1) / 2 * 8);
	assert_int_equal(gathered.labels, 7);
	assert_int_equal(gathered.chunks, (MILLION + PW_LABELS_CHUNK - 1) / PW_LABELS_CHUNK);
	assert_true(at < 5);
	pw_labels_shrink(store);
	pw_labels_close(&store);
}

/* Writes until it is killed; tells the number of what is committed. */
static void write_for_ever(int tell)
{
	struct pw_labels *store = open_store();
	uint32_t fs = file_system(store, "uuid:5b7e", true);

	for (uint64_t i = 1;; i++) {
		if (pw_labels_begin(store) < 0)
			_exit(1);
		for (uint64_t k = 0; k < 10; k++)
			if (pw_labels_put(store, &(struct pw_label_row){ .fs = fs,
									 .inode = i * 10 + k,
									 .labels = 1 }) < 0)
				_exit(1);
		if (pw_labels_commit(store) < 0 || write(tell, &i, sizeof(i)) != sizeof(i))
			_exit(1);
		if (i % 7 == 0)
			pw_labels_checkpoint(store);
	}
}

static void test_what_is_committed_survives_a_kill(void **state)
{
	for (int turn = 0; turn < 5; turn++) {
		uint64_t last = 0, told = 0, before, now;
		struct pw_labels *store;
		int tell[2], status;
		pid_t pid;

		store = open_store();
		before = count(store);
		pw_labels_close(&store);
		assert_int_equal(pipe(tell), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			write_for_ever(tell[1]);
		close(tell[1]);
		while (told++ < 20u + 13u * (unsigned int)turn)
			assert_int_equal(read(tell[0], &last, sizeof(last)), sizeof(last));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(tell[0], &last, sizeof(last)) == sizeof(last))
			;
		close(tell[0]);
		store = open_store();
		now = count(store);
		/* All that was told, and whole transactions only. */
		assert_int_equal(now % 10, 0);
		assert_true(now >= last * 10 && now >= before);
		pw_labels_close(&store);
	}
}

static void damage(off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static int open_error(enum pw_labels_how how)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;
	int r = pw_labels_open(path, how, &why, &store);

	if (r < 0)
		assert_non_null(strstr(why.text, "store of labels"));
	pw_labels_close(&store);
	return r;
}

static void test_a_file_that_is_none_of_ours(void **state)
{
	char garbage[8192];
	int fd;

	memset(garbage, 'x', sizeof(garbage));
	assert_int_equal(open_error(PW_LABELS_READ), -ENOENT);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, garbage, sizeof(garbage)), sizeof(garbage));
	assert_int_equal(open_error(PW_LABELS_WRITE), -EBADMSG);
	assert_int_equal(open_error(PW_LABELS_READ), -EBADMSG);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(open_error(PW_LABELS_WRITE), -EPERM);
	close(fd);
	unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(open_error(PW_LABELS_WRITE), -EPERM);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(open_error(PW_LABELS_WRITE) < 0);
	assert_int_equal(rmdir(path), 0);
}

static void test_of_a_later_release(void **state)
{
	static const uint8_t version[4] = { 0, 0, 0, 9 };
	struct pw_labels *store = open_store();

	assert_int_equal(pw_labels_checkpoint(store), 0);
	pw_labels_close(&store);
	damage(60, version, sizeof(version)); /* user_version in the header */
	assert_int_equal(open_error(PW_LABELS_WRITE), -EPROTO);
}

static int take_any(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n)
{
	return 0;
}

/* Whatever a page says: an error or wrong answers, never more than that. */
static void use_all(void)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_label_row row = { .fs = 1, .inode = 5, .generation = 1, .labels = 1 };
	struct pw_labels *store = NULL;
	struct pw_labels_look look = { 0 };
	struct pw_label_names names;
	char name[PW_LABELS_FS_MAX + 1];
	uint64_t n;

	if (pw_labels_open(path, PW_LABELS_WRITE, &why, &store) < 0)
		return;
	pw_labels_load_held(store, "bbbb", &look);
	free(look.held);
	pw_labels_load_names(store, &names);
	pw_labels_used(store, &n);
	pw_labels_count(store, &n);
	pw_labels_each(store, 1, 1, take_any, NULL);
	pw_labels_file_system_name(store, 1, name);
	pw_labels_get(store, &row);
	if (pw_labels_begin(store) == 0) {
		if (pw_labels_put(store, &row) < 0 || pw_labels_take(store, &row) < 0 ||
		    pw_labels_save_names(store, &names) < 0 || pw_labels_commit(store) < 0)
			pw_labels_rollback(store);
	}
	pw_labels_close(&store);
}

static void test_damage_is_no_crash(void **state)
{
	unsigned int seed = 4711;

	for (int turn = 0; turn < 60; turn++) {
		struct pw_labels *store = open_store();
		struct pw_label_names names = { 0 };
		struct stat st;

		pw_label_names_number(&names, "records", 0);
		assert_int_equal(pw_labels_begin(store), 0);
		assert_int_equal(pw_labels_save_names(store, &names), 0);
		assert_int_equal(pw_labels_commit(store), 0);
		put(store, &(struct pw_label_row){ .fs = file_system(store, "uuid:1", true),
						   .inode = 5,
						   .labels = 1 });
		for (uint64_t i = 0; i < 300; i++)
			put(store, &(struct pw_label_row){ .fs = 1, .inode = i, .labels = 1 });
		assert_int_equal(pw_labels_checkpoint(store), 0);
		pw_labels_close(&store);
		assert_int_equal(stat(path, &st), 0);
		for (int k = 0; k < 1 + turn * 4; k++) {
			uint8_t byte = (uint8_t)rand_r(&seed);

			damage((off_t)((unsigned int)rand_r(&seed) % (unsigned int)st.st_size),
			       &byte, 1);
		}
		if (turn % 5 == 0)
			assert_int_equal(truncate(path, rand_r(&seed) % st.st_size), 0);
		use_all();
		teardown(state);
		assert_int_equal(mkdir(dir, 0700), 0);
	}
}

/* Full: told, nothing half; and with room again it goes on. */
static void test_a_full_disk(void **state)
{
	struct pw_labels *store = open_store();
	uint32_t fs = file_system(store, "uuid:1", true);
	struct rlimit before, small = { 65536, 65536 };
	uint64_t i = 1, kept;
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (; i < 100000 && r == 0; i++) {
		r = pw_labels_begin(store);
		for (uint64_t k = 0; k < 10 && r == 0; k++)
			r = pw_labels_put(store, &(struct pw_label_row){ .fs = fs,
									 .inode = i * 10 + k,
									 .labels = 1 });
		if (r == 0)
			r = pw_labels_commit(store);
	}
	assert_true(r == -ENOSPC || r == -EIO);
	pw_labels_rollback(store);
	kept = count(store);
	assert_int_equal(kept % 10, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	put(store, &(struct pw_label_row){ .fs = fs, .inode = 5, .labels = 1 });
	assert_int_equal(count(store), kept + 1);
	pw_labels_close(&store);
	store = open_store();
	assert_int_equal(count(store), kept + 1);
	pw_labels_close(&store);
}

static void test_a_reader_beside_the_writer(void **state)
{
	struct pw_labels *writer = open_store(), *reader = NULL;
	uint32_t fs = file_system(writer, "uuid:1", true);
	_cleanup_str_ struct pw_str why = { 0 };

	assert_int_equal(pw_labels_open(path, PW_LABELS_READ, &why, &reader), 0);
	assert_int_equal(pw_labels_begin(writer), 0);
	assert_int_equal(pw_labels_put(writer, &(struct pw_label_row){ .fs = fs, .labels = 1 }), 0);
	assert_int_equal(count(reader), 0);
	assert_int_equal(pw_labels_commit(writer), 0);
	assert_int_equal(count(reader), 1);
	assert_int_equal(pw_labels_put(reader, &(struct pw_label_row){ .fs = fs, .labels = 1 }),
			 -EROFS);
	pw_labels_close(&reader);
	pw_labels_close(&writer);
}

static void gather_name(void *ctx, const char *name)
{
	pw_str_addf(ctx, "[%s]", name);
}

static void test_xattr(void **state)
{
	static const char *const bad[] = { "",           "\1",        "\2records",  "\1records,",
					   "\1,records", "\1Records", "\1re cords", "\1../x",
					   "\1-a",       "records" };
	struct pw_label_names names = { 0 };
	struct pw_str value = { 0 }, found = { 0 };
	char full[PW_LABELS_XATTR_MAX + 2];

	pw_label_names_number(&names, "records", 0);
	pw_label_names_number(&names, "genomes", 0);
	pw_labels_xattr(&names, 7, &value);
	assert_int_equal(value.len, 1 + strlen("records,genomes"));
	assert_memory_equal(value.text, "\1records,genomes", value.len);
	assert_int_equal(pw_labels_parse_xattr(value.text, value.len, gather_name, &found), 0);
	assert_string_equal(found.text, "[records][genomes]");
	pw_str_reset(&found);
	for (size_t i = 0; i < PW_ARRAY_SIZE(bad); i++)
		assert_int_equal(pw_labels_parse_xattr(bad[i], strlen(bad[i]), gather_name, &found),
				 -EPROTO);
	assert_int_equal(pw_labels_parse_xattr("\1a\0b", 4, gather_name, &found), -EPROTO);
	memset(full, 'a', sizeof(full));
	full[0] = 1;
	assert_int_equal(pw_labels_parse_xattr(full, sizeof(full), gather_name, &found), -EPROTO);
	assert_int_equal(found.len, 0);
	pw_str_free(&value);
	pw_str_free(&found);
}

/* Sixty-four names were used once: those that nothing carries make room, and no others. */
static void test_names_that_nothing_carries_are_released(void **state)
{
	struct pw_labels *store = open_store();
	struct pw_label_names names = { 0 }, read = { 0 };
	const struct pw_label_row row = { .fs = 1, .inode = 12, .labels = 1ULL << 63 | 1ULL << 7 };
	struct pw_labels_held held = { .pid = 40, .start_ns = 7, .labels = 1ULL << 9 };
	const struct pw_labels_look look = { .at_ns = 8, .held = &held, .n = 1 };
	struct pw_label_row got = row;
	uint64_t used = 0;
	char name[16];

	for (int i = 0; i < PW_LABELS_MAX; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		assert_int_equal(pw_label_names_number(&names, name, UINT64_MAX), i);
	}
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_save_names(store, &names), 0);
	assert_int_equal(pw_labels_put(store, &row), 0);
	assert_int_equal(pw_labels_put_held(store, "bbbb", &look), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	assert_int_equal(pw_labels_used(store, &used), 0);
	assert_true(used == (row.labels | held.labels));
	/* the policy has l3 */
	assert_true(pw_label_names_release(&names, used | 1ULL << 3) ==
		    ~(row.labels | held.labels | 1ULL << 3));
	assert_int_equal(pw_label_names_number(&names, "fresh", UINT64_MAX), 0);
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_save_names(store, &names), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	pw_labels_close(&store);

	store = open_store();
	assert_int_equal(pw_labels_load_names(store, &read), 0);
	assert_int_equal(pw_label_names_find(&read, "fresh"), 0);
	assert_int_equal(pw_label_names_find(&read, "l0"), -ENOENT);
	assert_int_equal(pw_label_names_find(&read, "l3"), 3);
	assert_int_equal(pw_label_names_find(&read, "l7"), 7);
	assert_int_equal(pw_label_names_find(&read, "l9"), 9);
	assert_int_equal(pw_label_names_find(&read, "l63"), 63);
	assert_int_equal(pw_labels_get(store, &got), 0);
	assert_true(got.labels == row.labels);
	/* the process has ended */
	held.labels = 0;
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_put_held(store, "bbbb", &look), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	assert_int_equal(pw_labels_used(store, &used), 0);
	assert_true(used == row.labels);
	pw_labels_close(&store);
}

static void put_held(struct pw_labels *store, const char *boot, const struct pw_labels_held *held)
{
	const struct pw_labels_look look = {
		.at_ns = 50, .held = (struct pw_labels_held *)held, .n = 1
	};

	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_put_held(store, boot, &look), 0);
	assert_int_equal(pw_labels_commit(store), 0);
}

static void test_what_processes_hold(void **state)
{
	const struct pw_labels_held one = {
		.pid = 41, .start_ns = 1ULL << 40, .labels = 1ULL << 63, .since_ns = 9,
		.person = UINT32_MAX, .session = 40,
	};
	struct pw_labels_held other = one;
	struct pw_labels *store = open_store();
	struct pw_labels_look look = { 0 };

	assert_int_equal(pw_labels_load_held(store, "bbbb", &look), 0);
	assert_int_equal(look.n, 0);
	assert_int_equal(look.at_ns, 0);
	put_held(store, "aaaa", &one);
	put_held(store, "bbbb", &one);
	other.start_ns = 3; /* the number was another's before */
	put_held(store, "bbbb", &other);
	other.labels |= 1;
	put_held(store, "bbbb", &other);
	pw_labels_close(&store);

	store = open_store();
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_labels_forget_held(store, "bbbb"), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	assert_int_equal(pw_labels_load_held(store, "aaaa", &look), 0);
	assert_int_equal(look.n, 0);
	assert_int_equal(look.at_ns, 0);
	free(look.held);
	assert_int_equal(pw_labels_load_held(store, "bbbb", &look), 0);
	assert_int_equal(look.n, 2);
	assert_int_equal(look.at_ns, 50);
	assert_memory_equal(&look.held[0], &other, sizeof(other));
	assert_memory_equal(&look.held[1], &one, sizeof(one));
	free(look.held);
	pw_labels_close(&store);
}

static void raw(const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* As the release before made it: it gets what it lacks, and keeps what it has. */
static void test_of_the_release_before(void **state)
{
	const struct pw_labels_held held = { .pid = 41, .start_ns = 4, .labels = 1 };
	struct pw_label_row row = { .inode = 12, .generation = 1, .labels = 5 };
	struct pw_labels *store = open_store();
	struct pw_labels_look look = { 0 };

	row.fs = file_system(store, "uuid:1", true);
	put(store, &row);
	pw_labels_close(&store);
	raw("DROP TABLE held; DROP TABLE look; PRAGMA user_version = 1;");

	store = open_store();
	row.labels = 0;
	assert_int_equal(pw_labels_get(store, &row), 0);
	assert_int_equal(row.labels, 5);
	put_held(store, "bbbb", &held);
	pw_labels_close(&store);
	store = open_store();
	assert_int_equal(pw_labels_load_held(store, "bbbb", &look), 0);
	assert_int_equal(look.n, 1);
	free(look.held);
	pw_labels_close(&store);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_marks_come_back),
		TEST(test_labels_are_taken_off),
		TEST(test_a_number_that_is_used_again),
		TEST(test_boots_are_forgotten),
		TEST(test_names_keep_their_bits),
		TEST(test_names_that_nothing_carries_are_released),
		TEST(test_what_processes_hold),
		TEST(test_of_the_release_before),
		TEST(test_a_million_are_read_back),
		TEST(test_what_is_committed_survives_a_kill),
		TEST(test_a_file_that_is_none_of_ours),
		TEST(test_of_a_later_release),
		TEST(test_damage_is_no_crash),
		TEST(test_a_full_disk),
		TEST(test_a_reader_beside_the_writer),
		TEST(test_xattr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
