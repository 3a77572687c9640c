/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Descriptors that are held for long and keep nobody from unmounting: they are opened by
 * way of a mount of our own, beside the one that everybody sees. The file system stays for
 * as long as such a descriptor does.
 */
#ifndef PW_HOST_OWN_H
#define PW_HOST_OWN_H

#include "host/mounts.h"
#include "host/paths.h"

struct pw_own;

/* Both are borrowed. Returns 0 with *ret_own (pw_own_free()), or -ENOMEM. */
int pw_own_new(struct pw_paths *paths, const struct pw_mounts *mounts, struct pw_own **ret_own);

/* What was opened stays open. NULL-safe. */
void pw_own_free(struct pw_own **own);

/*
 * As pw_paths_open(), of a path without symlinks but perhaps the last component. What cannot
 * be reached by a mount of our own is opened by everybody's, as is the root file system.
 */
int pw_own_open(struct pw_own *own, const char *path, int flags, int *ret_fd);

#endif /* PW_HOST_OWN_H */
