/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the wire record of the kernel (phiward/event.h) to what a person or a collector
 * reads: decode, complete, render. Decoding trusts nothing; rendering never fails on
 * strange bytes. No I/O here but /proc/PID/cmdline in pw_record_complete().
 *
 *   ring -> pw_event_decode() -> pw_fold_add() -> pw_record_complete()
 *        -> pw_recent_add(), pw_record_render(TOKEN) -> pw_journal_write()
 */
#ifndef PW_EVIDENCE_EVENT_H
#define PW_EVIDENCE_EVENT_H

#include "base/str.h"
#include "evidence/naming.h"
#include "evidence/token.h"
#include "host/users.h"
#include "host/worker.h"
#include "phiward/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PW_EVENT_SCHEMA "phiward.event.v1"

/* The largest record that decode accepts: fixed part and four strings. */
#define PW_EVENT_SIZE_MAX (sizeof(struct pw_event) + 4 * 65535)

struct pw_bytes { /* borrowed; not NUL-terminated */
	const char *bytes;
	size_t len;
};

/* A wire record whose every length and number has been checked. */
struct pw_event_view {
	struct pw_event event;                    /* a copy: the source need not be aligned */
	struct pw_bytes path, path2, exe, script; /* borrowed from the source; len 0: none */
	const void *wire;                         /* the source, event.size bytes */
};

/*
 * Check @size bytes at @data and describe them in *ret_view, which borrows @data.
 * @data may be larger than the record that it holds (ring reservations are rounded up).
 * Returns 0, or -EPROTO for anything that the kernel half would not have sent (short,
 * lying lengths, unknown version or kind, NUL in a string, ...): the caller counts it.
 */
int pw_event_decode(const void *data, size_t size, struct pw_event_view *ret_view);

/* An event as it stands in evidence: the wire view and what the daemon adds. */
struct pw_record {
	struct pw_event_view view;
	uint64_t seq;                      /* the daemon's own, from 1, no gap */
	uint64_t time_ns;                  /* UTC, since 1970 */
	uint64_t count;                    /* identical events that this record stands for; >= 1 */
	uint64_t first_ns, last_ns;        /* UTC; of the first and last of them, when count > 1 */
	uint64_t dropped_before;           /* records known lost just before this one */
	char args_token[PW_TOKEN_LEN + 1]; /* empty: not known */
};

enum pw_render { PW_RENDER_CLEAR, PW_RENDER_TOKEN };

#define PW_ARGS_SEEN 16 /* power of two */

/* The arguments' token of a process seen just now: many events come from one process. */
struct pw_args_seen {
	uint64_t start_ns, until_ns; /* CLOCK_BOOTTIME of the event */
	uint64_t exe_inode;
	uint32_t pid, exe_dev;
	char comm[PW_COMM_LEN];
	char token[PW_TOKEN_LEN + 1];
};

/* All that rendering needs beside the record. Pointers are borrowed. */
struct pw_render_context {
	const struct pw_naming *naming;
	const struct pw_token_key *key;
	struct pw_users *users; /* NULL: no names of users */
	struct pw_worker
		*proc_worker; /* reads /proc/PID/cmdline: one of its own, not that of users */
	char boot[37];        /* /proc/sys/kernel/random/boot_id; "" for unknown */
	char run[17]; /* 16 hex digits, new at each start of the daemon: (run, seq) is unique */
	struct pw_args_seen args_seen[PW_ARGS_SEEN]; /* pw_record_complete()'s own */
};

/* Fill boot and run of @context. Returns 0, or -errno (boot then is ""; run is always set). */
int pw_render_context_init(struct pw_render_context *context);

/*
 * Token of the arguments of the process that did @record: HMAC of /proc/PID/cmdline (its
 * first 64 KiB), only if the PID still is that process (its start time agrees). Best
 * effort, at most 50 ms (a process can make readers of its /proc files wait): stays ""
 * otherwise, and without context->proc_worker. Asked at most once a second for a program.
 */
void pw_record_complete(struct pw_record *record, struct pw_render_context *context);

/*
 * Append @record as one JSON object and '\n' to @into.
 * CLEAR: paths as they are (bytes that are no printable UTF-8 become \xNN and "path_bytes"
 * holds them all in base64). TOKEN: nothing below a tree or a home leaves in the clear.
 * Returns 0 or -ENOMEM (@into then is as before).
 */
int pw_record_render(const struct pw_record *record, const struct pw_render_context *context,
		     enum pw_render how, struct pw_str *into);

/*
 * Append @path as the token rendering of an event of @generation would write it; @program: by
 * the rule for exe and script. Returns 0, -EIO or -ENOMEM.
 */
int pw_render_token(const struct pw_render_context *context, uint64_t generation,
		    const struct pw_bytes *path, bool program, struct pw_str *into);

/* Records that never were events: known losses. */
struct pw_loss_report {
	uint64_t seq;      /* as pw_record.seq; 0: null (found while writing, outside the order) */
	uint64_t time_ns;  /* UTC, when it was noticed */
	uint64_t count;    /* exact number lost */
	const char *where; /* "kernel", "journal", "reader", "decode" */
	const char *ring;  /* "denials", "bulk", or NULL */
	int cpu;           /* or -1 */
	uint64_t from_seq, to_seq; /* for "journal": the lost are among these; 0: null */
};

/* Append a loss as one JSON line. Returns 0 or -ENOMEM. */
int pw_loss_render(const struct pw_loss_report *loss, const struct pw_render_context *context,
		   struct pw_str *into);

/* Why the verdict fell, as one sentence: from the flags, the rule and the kind. */
int pw_record_reason(const struct pw_record *record, const struct pw_naming_policy *policy,
		     struct pw_str *into);

/* "2026-03-01T12:00:00.123456789Z" of @utc_ns into @into. */
int pw_time_add(struct pw_str *into, uint64_t utc_ns);

#endif /* PW_EVIDENCE_EVENT_H */
