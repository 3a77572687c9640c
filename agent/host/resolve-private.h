/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What resolve.c and filesystems.c share. */
#ifndef PW_HOST_RESOLVE_PRIVATE_H
#define PW_HOST_RESOLVE_PRIVATE_H

#include "host/resolve.h"

#include <sys/types.h>

/* In place of an anchor's root: */
#define PW_ANCHOR_ABSENT  (-1) /* not there, so what stands for it is the directory above */
#define PW_ANCHOR_UNKNOWN (-2) /* hangs or is out of reach */

/* Room for one more in an array that doubles; 0 or -ENOMEM. */
int pw_resolved_grow(void **array, size_t n, size_t item_size);

/* Where data may go: the network, by what names of hosts are now, and media. 0 or -errno. */
int pw_resolve_doors(const struct pw_resolver *resolver, const struct pw_policy *policy,
		     struct pw_resolved *resolved);

/*
 * Which labels may stand on which file system, and so on which devices: those of every tree
 * and file whose deepest existing directory lies there. Borrows what it is made from.
 */
struct pw_file_systems;

/* Returns 0 with *ret_systems (pw_file_systems_free()), or -ENOMEM. */
int pw_file_systems_new(const struct pw_trees *trees, const struct pw_mounts *mounts,
			struct pw_file_systems **ret_systems);
void pw_file_systems_free(struct pw_file_systems **systems);

/* Fill sb_labels of the roots that the anchors became. */
void pw_file_systems_anchors(struct pw_file_systems *systems, const ssize_t *root_of,
			     struct pw_kernel_root *root);

/*
 * What may stand on mount @index, whose point has @state, beside its own labels: nothing
 * when it is an anchor's directory (call it after pw_file_systems_anchors()).
 */
uint64_t pw_file_systems_mount(struct pw_file_systems *systems, size_t index, uint32_t state);

/* Devices by which what stands on the mounts can be read raw. Returns 0 or -ENOMEM. */
int pw_file_systems_devices(const struct pw_file_systems *systems, struct pw_resolved *resolved);

#endif /* PW_HOST_RESOLVE_PRIVATE_H */
