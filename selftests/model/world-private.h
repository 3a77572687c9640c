/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What world.c and look.c share. */
#ifndef PW_MODEL_WORLD_PRIVATE_H
#define PW_MODEL_WORLD_PRIVATE_H

#include "model.h"
#include "seen.h"
#include "wire.h"

struct process {
	pid_t pid, tid;
	int pidfd; /* of the thread group; -1: the slot is empty */
};

struct object {
	uint16_t serial;
	bool known;
	struct seen_key key;
};

struct world {
	struct seen *seen;
	struct process first[MODEL_PERSONS][MODEL_IMAGES];
	struct process proc[MODEL_PROCS];
	struct object object[MODEL_OBJECTS];
	int shm[MODEL_SEGMENTS], msg[MODEL_QUEUES];
	uint32_t sockets; /* names given so far */
	bool begun;
};

extern const char *const world_dirs[MODEL_PLACES];
const char *world_path(int name, char path[WIRE_PATH_MAX]);

/* The object that process @p has open as @fd, or NULL. */
const struct model_object *world_object_of(const struct model *m, int p, int fd);

#endif /* PW_MODEL_WORLD_PRIVATE_H */
