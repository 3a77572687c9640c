// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Steps by name: opening, making, moving, linking and removing files. Reading is asked for
 * all that a file carries, everything else for what its name says.
 */
#include "model.h"

#include <errno.h>

static enum model_place place_of(int name)
{
	return name / MODEL_NAMES_EACH;
}

static uint8_t labels_of(const struct model *m, int name)
{
	return m->enforced ? model_tree_labels(place_of(name)) : 0;
}

static struct model_object *named(struct model *m, int name)
{
	if (name >= MODEL_NAMES || m->name[name] < 0)
		return NULL;
	return &m->object[m->name[name]];
}

static bool good_mode(unsigned int mode)
{
	return mode && !(mode & ~(MODE_READ | MODE_WRITE));
}

static int opens(struct model *m, const struct model_step *s, int object)
{
	struct model_file file = { .object = (int8_t)object, .mode = s->b };
	int r = model_gets(m, s->p, &file);

	if (r)
		return r;
	return model_open(m, s->p, s->c, object, s->b) ? 0 : MODEL_NO;
}

static int do_open(struct model *m, const struct model_step *s)
{
	if (!named(m, s->a) || !good_mode(s->b) || !model_fd_free(m, s->p, s->c))
		return MODEL_NO;
	return opens(m, s, m->name[s->a]);
}

/* What is new takes what its maker holds at once. */
static int opens_new(struct model *m, const struct model_step *s, int object)
{
	int r = opens(m, s, object);

	if (!r && s->b & MODE_WRITE)
		r = model_writes(m, s->p, &m->object[object]);
	return r;
}

static int do_create(struct model *m, const struct model_step *s)
{
	int object;

	if (s->a >= MODEL_NAMES || m->name[s->a] >= 0 || !good_mode(s->b) ||
	    !model_fd_free(m, s->p, s->c))
		return MODEL_NO;
	if (!model_may(m, s->p, labels_of(m, s->a), DO_CREATE))
		return EPERM;
	object = model_new_object(m, KIND_FILE);
	if (object < 0)
		return MODEL_NO;
	m->object[object].names = 1;
	m->object[object].memory = place_of(s->a) == PLACE_MEMORY;
	m->object[object].tree = labels_of(m, s->a);
	m->name[s->a] = (int8_t)object;
	return opens_new(m, s, object);
}

static int do_fifo(struct model *m, const struct model_step *s)
{
	struct model_step as = { .p = s->p, .b = MODE_READ | MODE_WRITE, .c = s->c };

	if (s->a >= MODEL_FIFOS || !model_fd_free(m, s->p, s->c))
		return MODEL_NO;
	return opens_new(m, &as, m->fifo[s->a]);
}

/* A file without a name. */
static int do_tmpfile(struct model *m, const struct model_step *s)
{
	int object;

	if (s->a >= MODEL_NAMES || !good_mode(s->b) || !(s->b & MODE_WRITE) ||
	    !model_fd_free(m, s->p, s->c))
		return MODEL_NO;
	if (!model_may(m, s->p, labels_of(m, s->a), DO_CREATE))
		return EPERM;
	object = model_new_object(m, KIND_FILE);
	if (object < 0)
		return MODEL_NO;
	m->object[object].linkable = true;
	m->object[object].memory = place_of(s->a) == PLACE_MEMORY;
	m->object[object].tree = labels_of(m, s->a);
	return opens(m, s, object);
}

/* Can the one name be given to what has the other? Both on one file system. */
static bool same_file_system(const struct model_step *s)
{
	return s->b < MODEL_NAMES && s->a != s->b &&
	       (place_of(s->a) == PLACE_MEMORY) == (place_of(s->b) == PLACE_MEMORY);
}

static int do_rename(struct model *m, const struct model_step *s)
{
	struct model_object *o = named(m, s->a), *there = named(m, s->b);

	if (!o || o == there || !same_file_system(s))
		return MODEL_NO;
	if (o->tree != labels_of(m, s->b))
		return EXDEV;
	if (!model_may(m, s->p, o->tree, DO_RENAME))
		return EPERM;
	if (there)
		there->names--;
	m->name[s->b] = m->name[s->a];
	m->name[s->a] = -1;
	return 0;
}

static int do_link(struct model *m, const struct model_step *s)
{
	struct model_object *o = named(m, s->a);

	if (!o || !same_file_system(s) || named(m, s->b))
		return MODEL_NO;
	if (o->tree != labels_of(m, s->b))
		return EXDEV;
	if (!model_may(m, s->p, o->tree, DO_LINK))
		return EPERM;
	o->names++;
	m->name[s->b] = m->name[s->a];
	return 0;
}

/* Once it has a name it is a file like others. */
static int do_link_fd(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, 0);

	if (!o || o->kind != KIND_FILE || (!o->names && !o->linkable) || s->b >= MODEL_NAMES ||
	    named(m, s->b) || o->memory != (place_of(s->b) == PLACE_MEMORY))
		return MODEL_NO;
	if (o->tree != labels_of(m, s->b))
		return EXDEV;
	if (!model_may(m, s->p, o->tree, DO_LINK))
		return EPERM;
	o->names++;
	o->linkable = o->passes = false;
	m->name[s->b] = (int8_t)model_index(m, o);
	return 0;
}

static int do_unlink(struct model *m, const struct model_step *s)
{
	struct model_object *o = named(m, s->a);

	if (!o)
		return MODEL_NO;
	if (!model_may(m, s->p, o->tree, DO_DELETE))
		return EPERM;
	o->names--;
	m->name[s->a] = -1;
	return 0;
}

const model_fn model_name_steps[MODEL_OPS] = {
	[OP_OPEN] = do_open,       [OP_CREATE] = do_create,   [OP_FIFO] = do_fifo,
	[OP_RENAME] = do_rename,   [OP_LINK] = do_link,       [OP_UNLINK] = do_unlink,
	[OP_TMPFILE] = do_tmpfile, [OP_LINK_FD] = do_link_fd,
};
