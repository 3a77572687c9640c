/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels that outlive the agent, from the daemon's side: the store and the thread that keeps
 * it, which file system is which, and what of both the status tells. Shared by labels.c,
 * restore.c and the files that answer.
 */
#ifndef PW_DAEMON_LABELS_H
#define PW_DAEMON_LABELS_H

#include "daemon/daemon.h"
#include "evidence/keeper.h"
#include "evidence/labels.h"
#include "host/identity.h"

#include <sys/stat.h>

#define PW_DOMAINS_SEEN 1024 /* a power of two */

struct pw_known_fs {
	uint32_t dev; /* kernel encoding */
	int mount;    /* the mount by which it was looked at */
	uint64_t sb;  /* address of its superblock; 0: not found out */
	char *point;
	struct pw_identity identity; /* name "": it has none */
	bool by_handle; /* its inodes can be opened by number and generation */
};

/* A file system whose labels come back, or came back last. */
struct pw_superblock {
	uint64_t address;
	uint64_t time_ns; /* CLOCK_BOOTTIME, when the kernel half told of it */
	uint32_t dev;     /* kernel encoding */
	bool restored;    /* all that the store had */
	struct pw_identity identity;
};
#define PW_SUPERBLOCKS 16

struct pw_keeping {
	char *path;
	struct pw_label_names names;
	struct pw_labels *store;   /* until the keeper has it */
	struct pw_keeper *keeper;  /* NULL: the store cannot be used */
	char reason[256];	   /* why not, or why marks are missing; "": all is well */
	bool failing; /* the keeper cannot write: told */
	struct pw_known_fs *fs;
	size_t n_fs;
	uint64_t restored, missing; /* marks put back; not put back */
	uint64_t unkept; /* objects labelled where nothing is known again */
	uint64_t domain_seen[PW_DOMAINS_SEEN];
	struct pw_superblock fresh[PW_SUPERBLOCKS], told[PW_SUPERBLOCKS];
	size_t n_fresh, n_told; /* of told: ever; the last ones are there */
	struct pw_labels_look look; /* the last at what processes hold, as the store has it */
	uint64_t look_epoch, looked_ms; /* of the kernel half when it began; monotonic */
	bool look_failed;
	bool no_room_told; /* for names that files came with */
};

/* The file system of device @dev, or NULL. */
const struct pw_known_fs *pw_keeping_fs(const struct pw_keeping *keeping, uint32_t dev);

/*
 * What that is, also where it is not found among the mounts: it has just been mounted or
 * unmounted, or in another namespace. NULL: nothing that is known again.
 */
const struct pw_identity *pw_keeping_identity(const struct pw_keeping *keeping, uint32_t dev);

/* Open the store for reading, beside the keeper. 0 or -errno. */
int pw_keeping_read(const struct pw_keeping *keeping, struct pw_labels **ret_store);

/*
 * What processes hold (held.c). restore: give back what the store has of those that are
 * there still, before the first policy is in force; 0 or -errno. tick: look, if it has grown
 * or (@gone) some may have ended. close: look for the last time.
 */
int pw_held_restore(struct pw_daemon *d, struct pw_labels *store);
void pw_held_tick(struct pw_daemon *d, bool gone);
void pw_held_close(struct pw_daemon *d);

/*
 * The path of the object with that number and generation on @fs, as the kernel names it now,
 * if it knows one (it has been used lately). NULL: not; caller frees.
 */
char *pw_keeping_path(struct pw_daemon *d, const struct pw_known_fs *fs, uint64_t inode,
		      uint32_t generation);

struct pw_opened { /* the worker's own when it is given up */
	char *path;
	int fd; /* O_PATH */
	struct stat st;
	bool has_generation;
	uint32_t generation;
	char xattr[PW_LABELS_XATTR_MAX];
	int xattr_len; /* negative: it has none */
};

/*
 * Open @path, which must be canonical, and look at it. Returns 0 with *ret_opened
 * (pw_opened_free()); -ELOOP: there is a symbolic link on the way; -ETIMEDOUT; -errno.
 */
int pw_opened_new(struct pw_daemon *d, const char *path, struct pw_opened **ret_opened);
void pw_opened_free(void *opened);

/* Commands of the control socket (label-answers.c). */
void pw_answer_label(void *ctx, struct json_object *request, struct pw_reply *reply);
void pw_answer_lineage(void *ctx, struct json_object *request, struct pw_reply *reply);

#endif /* PW_DAEMON_LABELS_H */
