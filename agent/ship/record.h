/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of phiward.event.v1 (token rendering, docs/EVENTS.md) as a struct, from which
 * every format is made. Trusts nothing: a line may come from any file.
 */
#ifndef PW_SHIP_RECORD_H
#define PW_SHIP_RECORD_H

#include "phiward/event.h"
#include "phiward/words.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PW_SHIP_LINE_MAX (4u << 20) /* bytes; the longest event has a twentieth of it */

/* Kinds beyond those of enum pw_event_kind. */
enum pw_ship_kind {
	PW_SHIP_LOSS = _PW_EVENT_KIND_MAX,
	PW_SHIP_OTHER, /* a kind that a later v1 has */
	_PW_SHIP_KIND_MAX,
};

struct pw_ship_number { /* what may be null */
	bool given;
	uint64_t value;
};

struct pw_ship_process {
	struct pw_ship_number pid, tid;
	uint64_t start_ns; /* UTC; 0: not known */
	const char *exe, *script, *comm, *args_token;
	struct json_object *ancestors; /* pw_ship_ancestor() */
};

struct pw_ship_destination {
	bool given; /* `to` was no null */
	const char *family, *address, *protocol, *user, *path;
	struct pw_ship_number port, uid;
	struct json_object *places;
};

/* Texts and lists are borrowed from @root; NULL: null, empty, or not there. */
struct pw_ship_record {
	struct json_object *root;
	const char *line; /* as it was given, borrowed, @len bytes */
	size_t len;
	unsigned int kind; /* enum pw_event_kind or enum pw_ship_kind */
	const char *kind_name, *id, *run, *boot;
	struct pw_ship_number seq, generation;
	uint64_t time_ns;        /* UTC */
	enum pw_verdict verdict; /* PW_ALLOW where nothing was decided */
	int op;                  /* enum pw_op, or negative: none */
	enum pw_door door;
	enum pw_severity severity;
	bool genetic; /* class is genetic */
	const char *rule, *rule_at, *policy, *class, *tell, *reason, *hook, *error;
	struct json_object *labels, *flags; /* lists of text */
	const char *path, *path2;           /* tokens */
	const char *dev, *mode, *type;
	struct pw_ship_number inode;
	const char *user, *uid_name;
	struct pw_ship_number auid, uid, euid, gid, session;
	struct pw_ship_process process;
	struct pw_ship_destination to;
	struct json_object *held, *object_labels;
	const char *domain, *domain_from;
	uint64_t count;             /* >= 1 */
	uint64_t first_ns, last_ns; /* UTC; 0: count is 1 */
	uint64_t dropped_before;
	const char *where, *ring; /* of a loss, as the next three */
	struct pw_ship_number cpu, from_seq, to_seq;
};

/*
 * Understand @len bytes at @line (a '\n' at the end may be there) as *ret_record, which borrows
 * @line and is given to pw_ship_record_free(). A member of a wrong type counts as not there.
 * Returns 0; -EBADMSG: no JSON, no UTF-8, or without `schema`, `id`, `time` or `kind`;
 * -EPERM: the clear rendering, which must not leave; -ENOMEM.
 */
int pw_ship_record_parse(const char *line, size_t len, struct pw_ship_record *ret_record);
void pw_ship_record_free(struct pw_ship_record *record);
#define _cleanup_ship_record_ __attribute__((cleanup(pw_ship_record_free)))

/* UTC nanoseconds of "2026-03-01T12:00:00.123456789Z" (0 to 9 digits behind the point). 0 or -EINVAL. */
int pw_ship_time(const char *text, uint64_t *ret_ns);

/* Elements of a list (NULL: none) that are text; NULL for the others. */
size_t pw_ship_list_count(struct json_object *list);
const char *pw_ship_list_text(struct json_object *list, size_t i);

/* Ancestor @i, parent first; false: there is none. */
bool pw_ship_ancestor(const struct pw_ship_record *record, size_t i,
		      struct pw_ship_process *ret_ancestor);

#endif /* PW_SHIP_RECORD_H */
