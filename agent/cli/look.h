/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking at paths without touching what they lead to: to be told about an access must not
 * be one. Descriptors are O_PATH, which no hook sees, and what they stand for is asked of
 * /proc and by file handles; nothing here reads attributes, links or contents.
 */
#ifndef PW_CLI_LOOK_H
#define PW_CLI_LOOK_H

#include "host/paths.h"
#include "host/worker.h"
#include "policy/compile.h"

#include <stdbool.h>

/*
 * Canonical form of @path: symlinks of the part that exists resolved, the rest appended.
 * Has the signature of pw_compile_options.canonical; @paths is a struct pw_paths.
 * Returns 0 with *ret (caller frees), -ENOMEM, or why it cannot be told.
 */
int pw_look_canonical(void *paths, const char *path, char **ret);

bool pw_look_is_directory(struct pw_paths *paths, const char *path);

/* Are they names of one file? False, too, where that cannot be told. */
bool pw_look_same(struct pw_paths *paths, const char *a, const char *b);

/*
 * Addresses that the names in @compiled have now; what cannot be resolved is told on stderr
 * and left out. Returns 0 with *ret_address (free()) or -ENOMEM; it is to be freed always.
 */
int pw_look_up_hosts(struct pw_worker *worker, const struct pw_compiled *compiled,
		     struct pw_net_address **ret_address, size_t *ret_n);

#endif /* PW_CLI_LOOK_H */
