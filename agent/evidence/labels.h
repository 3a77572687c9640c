/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store of labels: which objects carry labels by themselves (marks), what their labels
 * are called, and how the labels got there (lineage.h). One SQLite file (WAL), so that every
 * transaction that was committed survives kill -9; a power cut may cost the last few seconds,
 * never the file (synchronous=NORMAL). Paths are never in it, but as tokens.
 *
 * Objects are known by file system, inode number and generation, so a rename or another
 * mount point changes nothing; labels by name, so that a policy may come and go.
 * A struct pw_labels is used by one thread at a time; several may have the file open.
 */
#ifndef PW_EVIDENCE_LABELS_H
#define PW_EVIDENCE_LABELS_H

#include "base/str.h"
#include "phiward/abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PW_LABEL_NAME_MAX 63
#define PW_LABELS_FS_MAX  95 /* bytes of the name of a file system */

struct pw_labels;

enum pw_labels_how {
	PW_LABELS_WRITE, /* made when it is not there */
	PW_LABELS_READ,
};

/*
 * Open the store at @path; its directory must exist. Writing, it must be ours and for us
 * alone. On failure @why says what is wrong and what to do (no path in it).
 * Returns 0 (pw_labels_close()); -ENOENT: READ, and there is none; -EBADMSG: not a store, or
 * damaged; -EPROTO: of a later release; -EPERM: open to others; -ENOSPC, -EIO, -EBUSY, ...
 */
int pw_labels_open(const char *path, enum pw_labels_how how, struct pw_str *why,
		   struct pw_labels **ret_store);
void pw_labels_close(struct pw_labels **store);

/* Give back memory that a bulk load has left. */
void pw_labels_shrink(struct pw_labels *store);

/* What @r (negative, of any call here) means for the person who reads the status. */
const char *pw_labels_strerror(int r);

/*
 * Everything that is written stands between these two. Whatever fails in between, and
 * commit itself: -errno, and pw_labels_rollback() leaves all as it was before.
 */
int pw_labels_begin(struct pw_labels *store);
int pw_labels_commit(struct pw_labels *store);
void pw_labels_rollback(struct pw_labels *store);

/* Move what was committed from the log into the file, as far as nobody reads there. */
int pw_labels_checkpoint(struct pw_labels *store);

/* ---- Names ---- */

/* Index: the bit. Bits keep their names while anything carries them. */
struct pw_label_names {
	char name[PW_LABELS_MAX][PW_LABEL_NAME_MAX + 1]; /* "": free */
};

/* Can it be a label's name (a-z, 0-9, -)? What comes from files may not be one. */
bool pw_label_name_valid(const char *name, size_t len);

/* Bit of @name, or -ENOENT. */
int pw_label_names_find(const struct pw_label_names *names, const char *name);

/*
 * Bit of @name; new to it, the lowest free one; none free, one that is not in @used (which
 * loses its name). Returns the bit or -ENOSPC: 64 labels are in use.
 */
int pw_label_names_number(struct pw_label_names *names, const char *name, uint64_t used);

/* Forget the names whose bits are not in @keep. Returns their bits. */
uint64_t pw_label_names_release(struct pw_label_names *names, uint64_t keep);

/* Append the names in @labels, sorted by bit, with ',' between; a bit without one as '#N'. */
void pw_label_names_add(const struct pw_label_names *names, uint64_t labels, struct pw_str *into);

int pw_labels_load_names(struct pw_labels *store, struct pw_label_names *ret_names);
int pw_labels_save_names(struct pw_labels *store, const struct pw_label_names *names);

/* Labels that some object or process in the store carries. Looks at all of them. */
int pw_labels_used(struct pw_labels *store, uint64_t *ret_labels);

/* ---- File systems ---- */

/* Its number in the store, made when new (between begin and commit). @name: host/identity.h. */
int pw_labels_file_system(struct pw_labels *store, const char *name, bool reuses_inodes,
			  uint32_t *ret_fs);

/* The same, only looked up: -ENOENT. */
int pw_labels_find_file_system(struct pw_labels *store, const char *name, uint32_t *ret_fs);

/* Name of file system @fs. */
int pw_labels_file_system_name(struct pw_labels *store, uint32_t fs,
			       char ret_name[PW_LABELS_FS_MAX + 1]);

/* Forget what stood on file systems whose name begins with "boot:" but not with @boot. */
int pw_labels_forget_boots(struct pw_labels *store, const char *boot);

/* ---- Marks ---- */

struct pw_label_row {
	uint32_t fs;
	uint32_t generation; /* of the inode */
	uint64_t inode;
	uint64_t labels;
	uint64_t first_ns; /* UTC, when it was labelled first */
	uint64_t step;     /* of lineage, that labelled it first; 0: none is known */
	uint32_t why;      /* PW_MARK_* */
	uint32_t person;
};

/* Add @row->labels to what the object carries. On file systems that use inode numbers again,
 * what went by this number before is forgotten. */
int pw_labels_put(struct pw_labels *store, const struct pw_label_row *row);

/* Take labels off an object; without any it is forgotten. -ENOENT: it is not there. */
int pw_labels_take(struct pw_labels *store, const struct pw_label_row *row);

/* What is known of the object that @row names by fs, inode and generation; -ENOENT. */
int pw_labels_get(struct pw_labels *store, struct pw_label_row *row);

/* Objects in the store. */
int pw_labels_count(struct pw_labels *store, uint64_t *ret_n);

#define PW_LABELS_CHUNK 4096

/*
 * Hand out all marks of file system @fs, at most PW_LABELS_CHUNK at a time, as the kernel
 * half has them, with @sb (of the superblock) in their keys. The arrays are the callee's
 * until it returns; a negative return ends it and is returned.
 */
int pw_labels_each(struct pw_labels *store, uint32_t fs, uint64_t sb,
		   int (*take)(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n),
		   void *ctx);

/* ---- Who holds labels ---- */

/* A process that held labels when it was last looked at. Known by pid and start, under one boot. */
struct pw_labels_held {
	uint64_t start_ns; /* of the thread group, CLOCK_BOOTTIME */
	uint64_t labels;   /* to be kept; 0: it holds nothing any more, or has ended */
	uint64_t since_ns; /* CLOCK_BOOTTIME of its first label */
	uint32_t pid, session;
	uint32_t person;
	uint32_t reserved;
};

/* What was found by one look at all processes. */
struct pw_labels_look {
	uint64_t at_ns; /* CLOCK_BOOTTIME when it began */
	struct pw_labels_held *held;
	size_t n;
};

/* Keep, or forget, what @look says of each that it has, under the kernel's boot id @boot. */
int pw_labels_put_held(struct pw_labels *store, const char *boot,
		       const struct pw_labels_look *look);

/* All that is known under @boot, by their start. ->held is the caller's: free(). */
int pw_labels_load_held(struct pw_labels *store, const char *boot,
			struct pw_labels_look *ret_look);

/* Forget those of all boots but @boot. */
int pw_labels_forget_held(struct pw_labels *store, const char *boot);

/* ---- The value of the xattr ---- */

#define PW_LABELS_XATTR     "security.phiward"
#define PW_LABELS_XATTR_MAX (1 + PW_LABELS_MAX * (PW_LABEL_NAME_MAX + 1))

/* Append the value for @labels: a version byte (1), then the names with ',' between. */
void pw_labels_xattr(const struct pw_label_names *names, uint64_t labels, struct pw_str *into);

/*
 * Read such a value of @len bytes. @found is called for each name in it.
 * Returns 0 or -EPROTO: nobody of ours has written that (nothing was found, then).
 */
int pw_labels_parse_xattr(const char *value, size_t len, void (*found)(void *ctx, const char *name),
			  void *ctx);

#endif /* PW_EVIDENCE_LABELS_H */
