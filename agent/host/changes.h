/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths that are followed: whether what lies at one of them was replaced, changed, removed
 * or made, be it by way of a symlink or of a directory above. The kernel tells (inotify), so
 * that nothing is opened as long as nothing happens. What it cannot tell (another name of
 * the same file, file systems that others change, too) is for the caller to look at slowly.
 */
#ifndef PW_HOST_CHANGES_H
#define PW_HOST_CHANGES_H

#include "host/paths.h"

struct pw_changes;

/* Follows nothing yet. Returns 0 with *ret_changes (pw_changes_free()), -ENOMEM or -errno. */
int pw_changes_new(struct pw_changes **ret_changes);
void pw_changes_free(struct pw_changes **changes);

/*
 * Follow @path (absolute) too, as far as it exists; looked up by @paths with its time limit.
 * Returns 0; otherwise this path is not followed, pw_changes_whole() is false from now on:
 * -ETIMEDOUT: hangs; -ENOSPC: over the limit fs.inotify.max_user_watches; other -errno.
 */
int pw_changes_add(struct pw_changes *changes, struct pw_paths *paths, const char *path);

/* Are all paths followed that were to be? */
bool pw_changes_whole(const struct pw_changes *changes);

/* Did something change since the last call? Takes time by the number of changes, bounded. */
bool pw_changes_seen(struct pw_changes *changes);

#endif /* PW_HOST_CHANGES_H */
