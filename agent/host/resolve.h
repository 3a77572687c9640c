/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A compiled policy on this host: names become ids, paths become descriptors that pin what
 * the kernel half knows by address. The result is what pw_kernel_publish() takes.
 */
#ifndef PW_HOST_RESOLVE_H
#define PW_HOST_RESOLVE_H

#include "host/hosts.h"
#include "host/media.h"
#include "host/mounts.h"
#include "host/paths.h"
#include "host/users.h"
#include "kernel/kernel.h"
#include "policy/compile.h"

struct pw_missing { /* a tree that is not there, hangs, or is a file */
	const char *path; /* borrowed from the compiled policy */
	uint64_t labels;
	int error;	  /* -ENOENT, -ETIMEDOUT, -ENOTDIR, ... */
};

struct pw_mount_point { /* in a labelled tree */
	char *path;
	uint64_t labels;
};

struct pw_resolved {
	struct pw_mount_point *mount_point;
	size_t n_mount_points;
	struct pw_publication publication; /* its arrays and descriptors are ours */
	struct pw_network network;	   /* of the publication */
	struct pw_missing *missing;
	size_t n_missing;
	uint64_t trees[PW_LABELS_MAX]; /* that exist, by label */
	char **warning;
	size_t n_warnings;
	uint64_t programs_digest; /* changes when an executable is replaced or changed */
};

struct pw_resolver {
	struct pw_paths *paths;
	struct pw_users *users;
	int canary_fd; /* directory to be tied as the canary; -1: none */
	const struct pw_hosts *hosts; /* what names of hosts are now; NULL: not known */
	const struct pw_media *media; /* block devices; NULL: not known */
};

/*
 * Resolve @compiled (made from @policy; both must outlive the result). What cannot be found
 * is told in the result and left out; it is protected by name as soon as it appears.
 * Returns 0 with *ret_resolved (pw_resolved_free() closes its descriptors), -ENOMEM, or
 * -EMFILE: more trees than descriptors.
 */
int pw_resolve(const struct pw_resolver *resolver, const struct pw_policy *policy,
	       const struct pw_compiled *compiled, struct pw_resolved **ret_resolved);
void pw_resolved_free(struct pw_resolved **resolved);
void pw_mount_points_free(struct pw_mount_point *point, size_t n);

/* What the kernel half is to know of @medium under @policy. */
struct pw_kernel_medium pw_medium_under(const struct pw_policy *policy,
					const struct pw_medium_seen *medium);

/*
 * Devices of @before that carry no label any more (they were unmounted) are told so to the
 * kernel half with @resolved. Returns 0 or -ENOMEM.
 */
int pw_resolved_forget_devices(struct pw_resolved *resolved, const struct pw_resolved *before);

/* As of now, without opening anything for good: compare with resolved->programs_digest. */
uint64_t pw_programs_digest(struct pw_paths *paths, const struct pw_compiled *compiled);

/* Where to look for files with several links, and what to do with them. */
struct pw_link_search {
	struct pw_worker *worker;
	struct pw_paths *paths;
	const struct pw_policy *policy;
	const struct pw_policy *before; /* its entries are passed over; NULL: none */
	unsigned int max_ms;		/* for one entry: a file system may hang */
	void (*found)(void *ctx, int fd, uint64_t labels);
	void *ctx;
};

/*
 * Files with several links in the trees of a policy. @found is called for each with a
 * descriptor (borrowed) and the label of its entry. Each entry is looked through in
 * @worker; known to hang, it is passed over.
 * Returns 0, or the last error: -ETIMEDOUT: an entry took too long; -ENOMEM, ...
 */
int pw_resolve_links(const struct pw_link_search *search);

#endif /* PW_HOST_RESOLVE_H */
