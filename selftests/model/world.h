/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real processes and objects that do what a program says: one world, used again and again. */
#ifndef PW_MODEL_WORLD_H
#define PW_MODEL_WORLD_H

#include "program.h"
#include "seen.h"

struct world;

/*
 * Become who commands the workers, make the directories and start a process of each kind of
 * which others will be children. NULL: said why on stderr. @seen may be NULL: no labels are
 * looked at.
 */
struct world *world_open(struct seen *seen);
void world_close(struct world *w);

/* Processes and objects as a program begins with them. 0, or -errno, said on stderr. */
int world_begin(struct world *w, const struct model *m);

/*
 * Have a step done. @before, @after: the model around it (the same when it was refused).
 * *ret_result: 0, or minus the errno that the process got. 0, or -errno when nobody answers.
 */
int world_step(struct world *w, const struct model *before, const struct model *after,
	       const struct model_step *step, int *ret_result);

/* Do labels differ from the model's? Then what, in @text, and true. */
bool world_differs(struct world *w, const struct model *m, char *text, size_t size);

/* All processes of the program end. */
void world_end(struct world *w, const struct model *m);

/* Labels as words. */
const char *world_labels(uint64_t labels, char text[64]);

#endif /* PW_MODEL_WORLD_H */
