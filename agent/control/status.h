/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `phiward status` says. The daemon fills struct pw_status when it is asked, with
 * borrowed strings; nothing here is kept.
 */
#ifndef PW_CONTROL_STATUS_H
#define PW_CONTROL_STATUS_H

#include "base/str.h"
#include "evidence/journal.h"
#include "policy/policy.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct pw_status_hook {
	const char *name;
	bool live;   /* attached, and the link is still there */
	bool needed; /* by the policy in force */
};

struct pw_status_label {
	const char *name;
	const char *class;
	uint64_t trees;                   /* that exist and are tied */
	uint64_t tree_patterns, files;    /* with a '*': whatever fits; names of single files */
	const char *const *missing_trees; /* or hung: borrowed */
	size_t n_missing_trees;
	uint64_t holders;                 /* processes that hold it */
	uint64_t marked;                  /* files that carry it by lineage, wherever they are */
};

struct pw_status_host { /* of a place in the network */
	const char *name;
	uint64_t addresses;
	const char *error;    /* why it could not be resolved; NULL: it was, or nobody knows yet */
	int64_t last_ok_ms;   /* ago; -1: never */
};

/* Labels of files, kept over restarts. */
struct pw_status_store {
	bool working;
	const char *error; /* or NULL */
	uint64_t saved, waiting, lost; /* changes */
	uint64_t restored, missing;    /* objects whose labels came back, did not */
	uint64_t unkept;	       /* objects that would not be known again */
	uint64_t tagged, untagged;     /* files that got an xattr, did not */
};

struct pw_status {
	bool protecting;    /* only after the canary was refused and heard */
	const char *reason; /* why not, or what is noteworthy; NULL: none */
	const char *attach; /* "lsm", "fmod_ret", "none" */
	const char *mode;   /* "observe", "enforce" */
	struct {
		const char *id;     /* 64 hex digits, or NULL */
		uint64_t loaded_ns; /* UTC; 0: null */
		uint64_t rules, labels;
		uint64_t programs, programs_here; /* defined; with a file that is there */
	} policy;
	const struct pw_status_hook *hook;
	size_t n_hooks;
	struct {
		uint64_t seen, allowed, warned, would_denied, denied, folded, bad;
	} events;
	struct pw_journal_status journal; /* events.written, and the log's own state */
	struct {
		uint64_t denials, bulk;
	} drops;
	struct { /* of labels, by lineage */
		uint64_t processes, domains; /* domain: all that shares memory */
		uint64_t files, passing;     /* passing: pipes and others without a name */
	} holders;
	struct { /* since the daemon started */
		uint64_t taken, marked, lost, sends;
	} lineage;
	const struct pw_status_host *host;
	size_t n_hosts;
	struct pw_status_store store;
	const struct pw_status_label *label;
	size_t n_labels;
	struct {
		int64_t hits, misses, walks; /* -1: null */
	} cache;
	int64_t canary_last_ok_ms; /* ago; -1: never */
	const char *const *warning;
	size_t n_warnings;
	const char *version;
	int32_t pid;
	uint64_t since_ns; /* UTC: start of the daemon */
};

/* Append the status as one JSON object (no '\n'). Returns 0 or -ENOMEM. */
int pw_status_json(const struct pw_status *status, struct pw_str *into);

/*
 * Append the same for a person, from the JSON of an agent (which may be older or newer:
 * what is missing is left out). @now: times are told as local ones, and how long ago.
 * @colour: escape sequences for a terminal. Returns 0 or -ENOMEM.
 */
int pw_status_text(struct json_object *status, time_t now, bool colour, struct pw_str *into);

/*
 * Findings of a policy as a JSON array of {severity, file, line, column, message, remedy},
 * under @key (NULL: as the outermost value). For reload's answer and `phiward check --json`.
 */
void pw_findings_json(const struct pw_findings *findings, const char *key, struct pw_str *into);

#endif /* PW_CONTROL_STATUS_H */
