/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of steps: made at random, written down, read back, made shorter. Pure. */
#ifndef PW_MODEL_PROGRAM_H
#define PW_MODEL_PROGRAM_H

#include "model.h"

struct model_program {
	struct model_start start;
	uint32_t n;
	struct model_step step[MODEL_STEPS];
};

/*
 * Program number @number of @seed: the same on every machine; each step makes sense. @like:
 * what the policy says.
 */
void program_random(struct model_program *program, uint64_t seed, uint64_t number,
		    const struct model_start *like);

/* Programs are made without this step from now on; false: there is none of that name. */
bool program_without(const char *word);

/* One step as text, e.g. "P0 open records/0 r fd3"; @size of @text at least 80. */
void program_text(const struct model_step *step, char *text, size_t size);

/* The line that says who is there, e.g. "start nina/approved eve/plain". */
void program_start_text(const struct model_start *start, char *text, size_t size);

/* A line of either kind into the program. 0, or -EINVAL. Empty ones and "#..." are nothing. */
int program_parse(struct model_program *program, const char *line);

/* Leave out the steps that make no sense. */
void program_prune(struct model_program *program);

/* Make it shorter as long as @differs says that it still differs. */
void program_shrink(struct model_program *program,
		    bool (*differs)(const struct model_program *program, void *arg), void *arg);

extern const char *const model_person_names[MODEL_PERSONS];
extern const char *const model_image_names[MODEL_IMAGES];
extern const char *const model_place_names[MODEL_PLACES];
extern const char *const model_label_names[MODEL_LABELS];

#endif /* PW_MODEL_PROGRAM_H */
