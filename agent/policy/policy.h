/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy as written: what the files under policy.d say, in their order, with the place
 * of every word. Made by pw_policy_load(), read by check, compile and explain. No kernel,
 * no users looked up, no paths resolved here.
 */
#ifndef PW_POLICY_POLICY_H
#define PW_POLICY_POLICY_H

#include "phiward/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Where a word stands: for messages and for `explain`. line and column count from 1. */
struct pw_place_in_file {
	const char *file; /* borrowed from the policy */
	unsigned int line;
	unsigned int column;
};

struct pw_text {    /* a scalar with its place */
	char *text; /* NULL: not given */
	struct pw_place_in_file at;
};

struct pw_texts {
	struct pw_text *item;
	size_t n;
};

struct pw_label {
	struct pw_text name;
	unsigned int bit; /* 0..PW_LABELS_MAX-1: which one it is wherever labels are a set */
	enum pw_class class;
	enum pw_on_failure on_failure; /* default: open */
	struct pw_texts trees; /* absolute, normalised: no "//", ".", ".." or trailing "/" */
	struct pw_texts files;
};

/* "08:00-18:00 Mon-Fri": local time. No hours given: always. */
struct pw_hours {
	bool given;
	uint16_t from_minute; /* 0..1439 */
	uint16_t to_minute;   /* exclusive, 0..1440; less than from_minute: past midnight */
	uint8_t days;         /* bit 0: Monday .. bit 6: Sunday (the day it starts) */
};

struct pw_actor {
	struct pw_text name;
	struct pw_texts users;
	struct pw_texts groups;
	struct pw_hours hours;
};

/*
 * A program matches when its executable is one of @paths (and has one of the digests in
 * @sha256, if any), and, when there are @scripts, the script being interpreted is one of
 * them. Scripts without paths: whatever interprets them.
 */
struct pw_program {
	struct pw_text name;
	struct pw_texts paths;
	struct pw_texts scripts;
	struct pw_texts sha256; /* 64 lower-case hex digits each; of the executable */
};

struct pw_session { /* parsed, not enforced yet: the condition counts as satisfied */
	struct pw_text name;
	int local; /* -1: not given, else 0/1 */
	int locked;
};

/* A removable medium, or all that answer to what is given; a text that is NULL is any. */
struct pw_removable {
	struct pw_text vendor, product; /* four lower-case hex digits */
	struct pw_text serial;
	bool read_only; /* `access: read`: holders never write there */
};

struct pw_place {
	struct pw_text name;
	struct pw_texts network; /* "ADDR[/LEN][:PORT]", "[v6]...", "NAME[:PORT]" */
	struct pw_text protocol; /* tcp, udp or empty: any */
	struct pw_texts printers;
	struct pw_texts directories; /* absolute, normalised */
	struct pw_removable *removable;
	size_t n_removable;
};

/* Programs and sockets that many people's data passes through without being mixed. */
struct pw_hub {
	struct pw_text name;
	struct pw_texts paths;   /* executables */
	struct pw_texts sockets; /* paths as `files` has them, or "@NAME": abstract */
};

struct pw_refs { /* names resolved to indexes; any: the condition is not given (or "any") */
	bool any;
	uint16_t *index;
	size_t n;
	struct pw_texts as_written;
};

/* Programs whose output does not take some labels. */
struct pw_declassifier {
	struct pw_refs programs; /* never any */
	struct pw_refs labels;
	struct pw_place_in_file at;
};

struct pw_rule {
	struct pw_text id;
	enum pw_verdict verdict;   /* ALLOW, WARN or DENY */
	uint16_t ops;              /* bit per enum pw_op, as written ("all": every one) */
	enum pw_mode mode;         /* its own, else the policy's */
	enum pw_severity severity; /* default: deny medium, warn low, allow low */
	struct pw_refs labels, actors, programs, sessions, to;
	struct pw_text tell, purpose, approved_by;
	time_t until; /* 0: none; else the first second at which it no longer holds (local time) */
	struct pw_place_in_file at;
};

struct pw_policy {
	char **file; /* names, owned */
	size_t n_files;
	enum pw_mode mode; /* default: observe */
	struct pw_label *label;
	size_t n_labels;
	struct pw_actor *actor;
	size_t n_actors;
	struct pw_program *program;
	size_t n_programs;
	struct pw_session *session;
	size_t n_sessions;
	struct pw_place *place;
	size_t n_places;
	struct pw_hub *hub;
	size_t n_hubs;
	struct pw_declassifier *declassifier;
	size_t n_declassifiers;
	enum pw_spread spread[_PW_DOOR_MAX];
	struct pw_rule *rule;
	size_t n_rules;
	char id[65]; /* SHA-256 of all file contents in order, hex: names this version */
};

/* What is wrong or worth saying. Errors make a policy unusable; warnings do not. */
struct pw_finding {
	bool error;
	struct pw_place_in_file at; /* at.file owned by the findings */
	char *message;              /* what is wrong */
	char *remedy;               /* what to do about it */
};

struct pw_findings {
	struct pw_finding *item;
	size_t n;
	size_t n_errors;
	char **file; /* names that items borrow */
	size_t n_files;
	size_t n_more;    /* found beyond the limit of what is kept; the last item says so */
	bool more_errors; /* there were errors among them */
};

/* NULL-safe on its parts; leaves @findings empty and usable. */
void pw_findings_free(struct pw_findings *findings);

/* A file of a policy in memory. */
struct pw_source {
	const char *name; /* as messages show it */
	const char *text;
	size_t len;
};

/*
 * Parse and check @sources as one policy: sections merge, rules follow each other in the
 * order given. Every finding of every file is added to @findings, not only the first.
 * Returns 0 with *ret_policy set (pw_policy_free) when there was no error;
 * -EINVAL when there was (@findings says which; *ret_policy untouched); -ENOMEM.
 */
int pw_policy_parse(const struct pw_source *sources, size_t n, struct pw_findings *findings,
		    struct pw_policy **ret_policy);

/*
 * The same, reading files. A directory stands for its *.yaml in the order of their names.
 * A file that cannot be read, or is over 16 MiB, is a finding too.
 */
int pw_policy_load(const char *const *paths, size_t n, struct pw_findings *findings,
		   struct pw_policy **ret_policy);

void pw_policy_free(struct pw_policy **policy);

/* The label of @bit, or NULL. */
const struct pw_label *pw_policy_label(const struct pw_policy *policy, unsigned int bit);

struct pw_label_number { /* which bit a label had, for as long as anything carries it */
	const char *name;
	unsigned int bit;
};

/*
 * Give every label of @policy its bit: the one that @known remembers for its name, else the
 * lowest that nobody in @known has. Without this call a label's bit is its index. To be
 * called before pw_policy_compile(), with the bits of all labels that something may still
 * carry: of policies before, of the store.
 * Returns 0; -E2BIG when there is no bit left for a new label; -EINVAL when @known has a bit
 * or a name twice, or a bit that there is not. Nothing is changed then.
 */
int pw_policy_number_labels(struct pw_policy *policy, const struct pw_label_number *known,
			    size_t n);

/*
 * Places that have the medium with these properties (NULL: it does not tell); *ret_read_only:
 * one of the entries that match says `access: read`, and so nothing may be sent to it.
 */
uint64_t pw_policy_medium(const struct pw_policy *policy, const struct pw_removable *medium,
			  bool *ret_read_only);

#endif /* PW_POLICY_POLICY_H */
