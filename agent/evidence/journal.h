/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of events (JSON lines), rotated by size, or moved away by logrotate. Never
 * loses silently: what cannot be written waits in a bounded backlog; what does not fit
 * there is counted, and becomes a loss line once writing works again. A line that went
 * out in part is cut off again, so every line in the file is whole.
 */
#ifndef PW_EVIDENCE_JOURNAL_H
#define PW_EVIDENCE_JOURNAL_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pw_journal;

struct pw_journal_options {
	const char *path;     /* copied; its directory is made (0750) when it is missing */
	uint64_t max_bytes;   /* rotate beyond; 0: 64 MiB */
	unsigned int keep;    /* PATH.1 .. PATH.keep; 0: none (the file is emptied) */
	size_t backlog_bytes; /* 0: 1 MiB; the last quarter is for important lines only */
	/* Render a loss of @count lines, with sequence numbers among @from..@to. NULL: built in. */
	int (*loss_line)(void *ctx, uint64_t count, uint64_t from, uint64_t to,
			 struct pw_str *into);
	void *ctx;
	/* For tests; NULL: write(2) and ftruncate(2). */
	ssize_t (*write)(int fd, const void *bytes, size_t len);
	int (*truncate)(int fd, off_t len);
};

struct pw_journal_status {
	bool working;
	int error;        /* positive errno of the last failure while not working */
	uint64_t written; /* lines in the file, since start */
	uint64_t waiting; /* lines in the backlog */
	uint64_t lost;    /* lines that fitted nowhere, since start */
	uint64_t rotated;
	const char *path; /* borrowed */
};

/* Opens the file if it can; if not, lines wait. Returns 0 or -ENOMEM. */
int pw_journal_new(const struct pw_journal_options *options, struct pw_journal **ret_journal);

/* One last attempt to write what waits, then close. Returns the number of lines lost with it. */
uint64_t pw_journal_free(struct pw_journal **journal);

/*
 * Append @line (with its '\n'). @seq: its sequence number, for the loss line; @important:
 * may use the reserved part of the backlog. @now_ms: any monotonic clock, for back-off.
 * Returns 0 (written), 1 (waits) or -ENOSPC (counted as lost).
 */
int pw_journal_write(struct pw_journal *journal, const char *line, size_t len, uint64_t seq,
		     bool important, uint64_t now_ms);

/*
 * Call about once a second: retries (250 ms doubling to 30 s), and reopens the file when
 * it was moved or deleted. Returns 0 or 1 as pw_journal_write().
 */
int pw_journal_tick(struct pw_journal *journal, uint64_t now_ms);

/* Reopen now (SIGHUP after logrotate). */
void pw_journal_reopen(struct pw_journal *journal);

void pw_journal_status(const struct pw_journal *journal, struct pw_journal_status *ret_status);

#endif /* PW_EVIDENCE_JOURNAL_H */
