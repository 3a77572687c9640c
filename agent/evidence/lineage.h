/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lineage: how a label reached a file or a process, as steps in the store of labels. A
 * process takes labels from an object, its domain writes them to the next: each is a step.
 * From an object (or a domain) the chain is found backwards, to what was labelled by name.
 */
#ifndef PW_EVIDENCE_LINEAGE_H
#define PW_EVIDENCE_LINEAGE_H

#include "evidence/event.h"
#include "evidence/labels.h"

#define PW_LINEAGE_SCHEMA    "phiward.lineage.v1"
#define PW_LINEAGE_STEPS_MAX 1000000 /* kept in the store; the oldest go first */
#define PW_CHAIN_STEPS_MAX   512     /* told of one object */

/* Numbers stand in the store: new ones are only added. */
enum pw_step_kind {
	PW_STEP_TOOK = 1,     /* the domain took labels from the object */
	PW_STEP_MARKED,       /* what the domain wrote gave labels to the object */
	PW_STEP_DECLASSIFIED, /* a declassifier wrote to the object: it got no labels */
	PW_STEP_LOST,         /* the object could not be given the labels */
	PW_STEP_SET,          /* a person gave labels to the object, by command */
	PW_STEP_CLEARED,      /* a person took them off it */
	PW_STEP_RECALLED,     /* the object's own xattr said so */
	_PW_STEP_KIND_MAX,
};

extern const char *const pw_step_kind_names[_PW_STEP_KIND_MAX];

struct pw_step {
	uint64_t id;       /* in the store; 0: not there yet */
	uint64_t time_ns;  /* UTC */
	uint64_t start_ns; /* UTC, of the process */
	uint64_t labels;
	uint64_t run; /* of the daemon: domains are numbered anew in each */
	uint64_t domain;
	uint64_t inode; /* of the object */
	uint32_t fs, generation, mode;
	uint32_t kind, door; /* enum pw_step_kind, enum pw_door */
	uint32_t pid, uid, auid;
	char comm[PW_COMM_LEN + 1];
	char *exe, *script, *path; /* with tokens as in the journal; owned; NULL: unknown */
};

void pw_step_clear(struct pw_step *step);
#define _cleanup_step_ __attribute__((cleanup(pw_step_clear)))

/*
 * What the event @view (of a kind that lineage knows) says, but for fs: for @context->run and
 * with its tokens. @start_ns and @time_ns: UTC. Returns 0 (pw_step_clear()), -EINVAL: another
 * kind; -ENOMEM.
 */
int pw_step_of_event(const struct pw_event_view *view, const struct pw_render_context *context,
		     uint64_t time_ns, uint64_t start_ns, struct pw_step *ret_step);

/* Add @step, between pw_labels_begin() and _commit(). *ret_id may be NULL. */
int pw_lineage_add(struct pw_labels *store, const struct pw_step *step, uint64_t *ret_id);

/* Domain @id of @run came out of @from (fork, exec) with labels, @since_ns UTC. */
int pw_lineage_add_domain(struct pw_labels *store, uint64_t run, uint64_t id, uint64_t from,
			  uint64_t since_ns);

/* Keep the last @max steps, and the domains that they speak of. */
int pw_lineage_trim(struct pw_labels *store, uint64_t max);

/* ---- Chains ---- */

struct pw_chain_link {
	struct pw_step step;
	uint64_t leads_to; /* id of the step that this one explains; 0: what was asked for */
	bool origin;       /* the object has its label by name, or from before all that is kept */
};

struct pw_chain {
	struct pw_chain_link *link; /* by time */
	size_t n;
	bool cut; /* there was more than PW_CHAIN_STEPS_MAX */
};

void pw_chain_free(struct pw_chain *chain);
#define _cleanup_chain_ __attribute__((cleanup(pw_chain_free)))

/* What gave @labels to the object. Returns 0 with *ret_chain (empty: nothing is known). */
int pw_chain_of_object(struct pw_labels *store, const struct pw_label_row *object,
		       struct pw_chain *ret_chain);

/* Where domain @domain of @run has @labels from. */
int pw_chain_of_domain(struct pw_labels *store, uint64_t run, uint64_t domain, uint64_t labels,
		       struct pw_chain *ret_chain);

/* What the last process called @pid in @run took or came with. -ENOENT: nothing is known. */
int pw_chain_of_process(struct pw_labels *store, uint64_t run, uint32_t pid,
			struct pw_chain *ret_chain);

/* How the steps of a chain are told. */
struct pw_chain_telling {
	const struct pw_label_names *names;
	struct pw_users *users; /* NULL: no names */
	/* The clear path of an object, if it can be found: caller frees; NULL: its token is told. */
	char *(*path)(void *ctx, const struct pw_step *step);
	void *ctx;
};

/* A domain as events tell it: hexadecimal; 0: null. */
void pw_json_domain(struct pw_str *into, const char *key, uint64_t domain);

/* Append the links of @chain as a JSON array under @key. */
void pw_chain_json(const struct pw_chain *chain, const struct pw_chain_telling *telling,
		   const char *key, struct pw_str *into);

#endif /* PW_EVIDENCE_LINEAGE_H */
