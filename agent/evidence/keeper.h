/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper: a thread that writes to the store of labels what happens, many changes a
 * transaction, and gives files their xattr, so that neither a slow disk nor a file system
 * that hangs holds up the loop. What cannot be written (disk full) waits in memory, up to a
 * bound, and is tried again; what does not fit there is counted. All calls are the loop's.
 */
#ifndef PW_EVIDENCE_KEEPER_H
#define PW_EVIDENCE_KEEPER_H

#include "evidence/labels.h"
#include "evidence/lineage.h"

#define PW_KEEPER_WAITING_MAX 65536 /* changes in memory */

struct pw_keeper;

/* One change. Strings are copied; the strings of @step are taken over. */
struct pw_keep {
	struct pw_step step; /* kind 0: no step */
	const char *fs;      /* name of the object's file system (host/identity.h) */
	bool reuses_inodes;
	bool tag;     /* no step, but the object's xattr is to be written anew */
	bool kept;    /* the object is known again by fs, inode, generation: keep its labels, too */
	uint32_t why; /* PW_MARK_* */
	uint32_t dev; /* of the object, kernel encoding */
	const char *path;                /* where the file is now, for its xattr; NULL: no xattr */
	uint64_t domain, from, since_ns; /* a domain that came out of another; domain 0: none */
	const struct pw_label_names *names; /* save these; NULL: no */
	const char *boot;           /* save @look under this boot id; NULL: none */
	struct pw_labels_look look; /* its ->held is copied */
};

struct pw_keeper_status {
	bool working;
	int error;      /* negative, of the last attempt, while not working */
	uint64_t saved; /* changes, since start */
	uint64_t waiting;
	uint64_t lost;     /* that fitted nowhere */
	uint64_t tagged;   /* files that got their xattr */
	uint64_t untagged; /* whose file system has none, or that could not be given it */
};

/* Start it on @store, which is its own from now on. Returns 0 or -errno (@store is not taken). */
int pw_keeper_new(struct pw_labels *store, const struct pw_label_names *names,
		  struct pw_keeper **ret_keeper);

/* Writes what waits, if that is possible within @timeout_ms. Returns how many changes were lost. */
uint64_t pw_keeper_free(struct pw_keeper **keeper, unsigned int timeout_ms);

/* Returns 0; -ENOMEM or -ENOSPC: counted as lost. */
int pw_keeper_add(struct pw_keeper *keeper, struct pw_keep *change);

/* Wait until all that was added is on its way to the disk. 0, -ETIMEDOUT, or why it cannot. */
int pw_keeper_flush(struct pw_keeper *keeper, unsigned int timeout_ms);

void pw_keeper_status(struct pw_keeper *keeper, struct pw_keeper_status *ret_status);

#endif /* PW_EVIDENCE_KEEPER_H */
