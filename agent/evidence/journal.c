/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of events. One line is one write; what fails waits in order, what does not fit
 * is counted and told. All state is here: the caller only passes lines and the time.
 */
#include "evidence/journal.h"

#include "base/cleanup.h"
#include "evidence/json.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_MAX_BYTES (64ull << 20)
#define DEFAULT_BACKLOG   (1u << 20)
#define RETRY_MIN_MS      250
#define RETRY_MAX_MS      30000

struct line {
	struct line *next;
	size_t len;
	char text[];
};

struct pw_journal {
	struct pw_journal_options options;
	char *path;
	int fd;
	uint64_t size;      /* of the file, up to the last whole line */
	uint64_t rotate_at; /* do not try again before */
	bool torn;          /* a part of a line stands behind @size and could not be cut off */
	struct line *head, **tail;
	size_t waiting_bytes;
	uint64_t waiting, written, lost, rotated;
	uint64_t untold, untold_from, untold_to; /* lost lines not yet told in the file */
	int error;
	uint64_t retry_at_ms;
	unsigned int retry_ms;
};

static int default_loss_line(void *ctx, uint64_t count, uint64_t from, uint64_t to,
			     struct pw_str *into)
{
	pw_json_open(into, NULL, '{');
	pw_json_text(into, "schema", "phiward.event.v1");
	pw_json_text(into, "kind", "loss");
	pw_json_text(into, "where", "journal");
	pw_json_u64(into, "count", count);
	pw_json_u64(into, "from_seq", from);
	pw_json_u64(into, "to_seq", to);
	pw_json_close(into, '}');
	return pw_str_add(into, "\n");
}

static void make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	char *slash = copy;

	/* What cannot be made shows when the file is opened. */
	while (copy && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(copy, strchr(slash + 1, '/') ? 0755 : 0750);
		*slash = '/';
	}
}

static int open_file(struct pw_journal *journal)
{
	const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	_cleanup_close_ int fd = -EBADF;
	struct stat st;
	char last = '\n';

	fd = open(journal->path, flags);
	if (fd < 0 && errno == ENOENT) {
		make_parents(journal->path);
		fd = open(journal->path, flags | O_CREAT | O_EXCL, 0640);
		if (fd >= 0 && fchmod(fd, 0640) < 0)
			return -errno;
	}
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) < 0)
		return -errno;
	journal->size = (uint64_t)st.st_size;
	journal->torn = last != '\n';
	journal->rotate_at = 0;
	journal->fd = TAKE_FD(fd);
	return 0;
}

static int rotate(struct pw_journal *journal)
{
	_cleanup_str_ struct pw_str from = { 0 }, to = { 0 };

	if (journal->options.keep == 0) {
		if (journal->options.truncate(journal->fd, 0) < 0)
			return -errno;
		journal->size = 0;
		journal->rotated++;
		return 0;
	}
	for (unsigned int i = journal->options.keep; i > 0; i--) {
		pw_str_reset(&from);
		pw_str_reset(&to);
		pw_str_add(&from, journal->path);
		if (i > 1)
			pw_str_addf(&from, ".%u", i - 1);
		pw_str_addf(&to, "%s.%u", journal->path, i);
		if (from.error || to.error)
			return -ENOMEM;
		if (rename(from.text, to.text) < 0 && errno != ENOENT)
			return -errno;
	}
	journal->fd = pw_fd_close(journal->fd);
	journal->rotated++;
	return open_file(journal);
}

/* Remove what stands behind the last whole line. False: it is still there. */
static bool cut_back(struct pw_journal *journal)
{
	return journal->options.truncate(journal->fd, (off_t)journal->size) == 0;
}

/* Write @len bytes, or leave the file as it was. */
static int write_whole(struct pw_journal *journal, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = journal->options.write(journal->fd, text + done, len - done);
		int error = n < 0 ? errno : ENOSPC;

		if (n < 0 && error == EINTR)
			continue;
		if (n <= 0) {
			if (done && !cut_back(journal))
				journal->torn = true;
			return -error;
		}
		done += (size_t)n;
	}
	journal->size += len;
	return 0;
}

static int put_line(struct pw_journal *journal, const char *text, size_t len)
{
	int r;

	if (journal->fd < 0) {
		r = open_file(journal);
		if (r < 0)
			return r;
	}
	if (journal->size && journal->size + len > journal->options.max_bytes &&
	    journal->size >= journal->rotate_at) {
		r = rotate(journal);
		if (journal->fd < 0)
			return r;
		if (r < 0) /* the file grows on; later again */
			journal->rotate_at = journal->size + journal->options.max_bytes / 8;
	}
	if (journal->torn) {
		struct stat st;

		/* Ours: cut it off. Of a crash before us: end that line, so that it spoils no other. */
		if (fstat(journal->fd, &st) < 0)
			return -errno;
		if ((uint64_t)st.st_size <= journal->size || !cut_back(journal)) {
			journal->size = (uint64_t)st.st_size;
			r = write_whole(journal, "\n", 1);
			if (r < 0)
				return r;
		}
		journal->torn = false;
	}
	return write_whole(journal, text, len);
}

static void note_result(struct pw_journal *journal, int r, uint64_t now_ms)
{
	if (r == 0) {
		journal->error = 0;
		journal->retry_ms = 0;
		return;
	}
	journal->error = -r;
	journal->retry_ms = journal->retry_ms ? journal->retry_ms * 2 : RETRY_MIN_MS;
	if (journal->retry_ms > RETRY_MAX_MS)
		journal->retry_ms = RETRY_MAX_MS;
	journal->retry_at_ms = now_ms + journal->retry_ms;
}

static int tell_loss(struct pw_journal *journal)
{
	_cleanup_str_ struct pw_str line = { 0 };
	int r;

	r = journal->options.loss_line(journal->options.ctx, journal->untold, journal->untold_from,
				       journal->untold_to, &line);
	if (r < 0 || line.error || !line.len)
		return r < 0 ? r : -ENOMEM;
	r = put_line(journal, line.text, line.len);
	if (r == 0)
		journal->untold = 0;
	return r;
}

/* Write what waits, oldest first, then what was lost. 0 when nothing is left. */
static int drain(struct pw_journal *journal, uint64_t now_ms)
{
	int r = 0;

	while (journal->head && r == 0) {
		struct line *line = journal->head;

		r = put_line(journal, line->text, line->len);
		if (r < 0)
			break;
		journal->head = line->next;
		if (!journal->head)
			journal->tail = &journal->head;
		journal->waiting--;
		journal->waiting_bytes -= sizeof(*line) + line->len;
		journal->written++;
		free(line);
	}
	if (r == 0 && journal->untold)
		r = tell_loss(journal);
	note_result(journal, r, now_ms);
	return r;
}

static int queue(struct pw_journal *journal, const char *text, size_t len, bool important)
{
	size_t limit = journal->options.backlog_bytes;
	struct line *line;

	if (!important)
		limit -= limit / 4;
	if (journal->waiting_bytes + sizeof(*line) + len > limit)
		return -ENOSPC;
	line = malloc(sizeof(*line) + len);
	if (!line)
		return -ENOMEM;
	line->next = NULL;
	line->len = len;
	memcpy(line->text, text, len);
	*journal->tail = line;
	journal->tail = &line->next;
	journal->waiting++;
	journal->waiting_bytes += sizeof(*line) + len;
	return 0;
}

int pw_journal_write(struct pw_journal *journal, const char *text, size_t len, uint64_t seq,
		     bool important, uint64_t now_ms)
{
	bool clear = !journal->head && !journal->untold;

	if (journal->error && now_ms >= journal->retry_at_ms)
		clear = drain(journal, now_ms) == 0;
	if (clear && !journal->error) {
		int r = put_line(journal, text, len);

		note_result(journal, r, now_ms);
		if (r == 0) {
			journal->written++;
			return 0;
		}
	}
	if (queue(journal, text, len, important) == 0)
		return 1;
	if (!journal->untold++)
		journal->untold_from = seq;
	journal->untold_to = seq;
	journal->lost++;
	return -ENOSPC;
}

int pw_journal_tick(struct pw_journal *journal, uint64_t now_ms)
{
	struct stat open_one, named;

	if (journal->fd >= 0 && fstat(journal->fd, &open_one) == 0 &&
	    (stat(journal->path, &named) < 0 || named.st_dev != open_one.st_dev ||
	     named.st_ino != open_one.st_ino))
		pw_journal_reopen(journal);
	if (journal->error && now_ms < journal->retry_at_ms)
		return 1;
	if (!journal->error && !journal->head && !journal->untold)
		return 0;
	return drain(journal, now_ms) == 0 ? 0 : 1;
}

void pw_journal_reopen(struct pw_journal *journal)
{
	journal->fd = pw_fd_close(journal->fd);
	journal->torn = false;
	/* A failure shows, with its back-off, at the next line. */
	open_file(journal);
}

int pw_journal_new(const struct pw_journal_options *options, struct pw_journal **ret_journal)
{
	struct pw_journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return -ENOMEM;
	journal->options = *options;
	journal->fd = -EBADF;
	journal->tail = &journal->head;
	journal->path = strdup(options->path);
	if (!journal->path) {
		pw_journal_free(&journal);
		return -ENOMEM;
	}
	if (!journal->options.max_bytes)
		journal->options.max_bytes = DEFAULT_MAX_BYTES;
	if (!journal->options.backlog_bytes)
		journal->options.backlog_bytes = DEFAULT_BACKLOG;
	if (!journal->options.loss_line)
		journal->options.loss_line = default_loss_line;
	if (!journal->options.write)
		journal->options.write = write;
	if (!journal->options.truncate)
		journal->options.truncate = ftruncate;
	note_result(journal, open_file(journal), 0);
	journal->retry_at_ms = 0;
	*ret_journal = journal;
	return 0;
}

uint64_t pw_journal_free(struct pw_journal **journal)
{
	struct line *line;
	uint64_t lost;

	if (!*journal)
		return 0;
	if ((*journal)->path && ((*journal)->head || (*journal)->untold))
		drain(*journal, 0);
	lost = (*journal)->waiting;
	while ((line = (*journal)->head)) {
		(*journal)->head = line->next;
		free(line);
	}
	pw_fd_close((*journal)->fd);
	free((*journal)->path);
	free(*journal);
	*journal = NULL;
	return lost;
}

void pw_journal_status(const struct pw_journal *journal, struct pw_journal_status *ret_status)
{
	*ret_status = (struct pw_journal_status){
		.working = journal->error == 0,
		.error = journal->error,
		.written = journal->written,
		.waiting = journal->waiting,
		.lost = journal->lost,
		.rotated = journal->rotated,
		.path = journal->path,
	};
}
