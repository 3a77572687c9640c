// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What labels mean: who may read what, what a reader comes to hold, what a writer leaves
 * behind, and what goes on unseen between those who share memory. The steps themselves are
 * in model-data.c, model-name.c and model-proc.c.
 */
#include "model.h"

#include <errno.h>
#include <string.h>

#define ANYONE    (1u << NINA | 1u << EVE)
#define ANY_IMAGE ((1u << MODEL_IMAGES) - 1)
#define NAMED     (1u << APPROVED | 1u << CLEANER)

const struct model_rule model_rules[] = {
	{ "nina-records", MODEL_RECORDS, 1u << NINA, NAMED, DO_READ | DO_CHANGE | DO_SEND },
	{ "nina-genomes", MODEL_GENOMES, 1u << NINA, NAMED, DO_READ },
	{ "eve-genomes", MODEL_GENOMES, 1u << EVE, NAMED, DO_READ | DO_CHANGE },
	{ "all-notes", MODEL_NOTES, ANYONE, ANY_IMAGE, DO_READ | DO_CHANGE | DO_SEND },
};
const size_t model_n_rules = sizeof(model_rules) / sizeof(model_rules[0]);

uint8_t model_tree_labels(enum model_place place)
{
	switch (place) {
	case PLACE_RECORDS:
		return MODEL_RECORDS;
	case PLACE_GENOMES:
		return MODEL_GENOMES;
	case PLACE_NOTES:
		return MODEL_NOTES;
	default:
		return 0;
	}
}

uint8_t model_carries(const struct model_object *o)
{
	return o->tree | o->mark;
}

int model_index(const struct model *m, const struct model_object *o)
{
	return (int)(o - m->object);
}

/* ---- Rules ---- */

/* Every label must be allowed. */
bool model_may(const struct model *m, int p, uint8_t labels, unsigned int decided)
{
	uint8_t allowed = 0;

	for (size_t i = 0; i < model_n_rules; i++) {
		const struct model_rule *rule = &model_rules[i];

		if (rule->persons >> m->proc[p].person & 1 &&
		    rule->images >> m->proc[p].image & 1 && (rule->decided & decided) == decided)
			allowed |= rule->label;
	}
	return !(labels & ~allowed);
}

/* ---- Labels ---- */

uint8_t model_spreads(const struct model *m, int p, uint8_t labels)
{
	return m->proc[p].image == CLEANER ? labels & ~MODEL_CLEANED : labels;
}

void model_in_hand(struct model *m, int p, struct model_object *o, uint8_t labels)
{
	if (o->kind == KIND_PIPE || o->kind == KIND_FIFO)
		model_mark(m, o, model_spreads(m, p, labels), m->proc[p].person);
}

/* A process comes to hold labels: and so do the pipes that it can write to. */
void model_take(struct model *m, int p, uint8_t labels)
{
	struct model_domain *d = &m->domain[m->proc[p].domain];
	struct model_object *o;

	if (m->proc[p].image == HUB)
		return;
	labels &= ~d->labels;
	d->labels |= labels;
	for (int fd = 0; labels && fd < MODEL_FDS; fd++) {
		o = model_fd(m, p, fd, MODE_WRITE);
		if (o)
			model_in_hand(m, p, o, labels);
	}
}

/* What a name gives anyway is no mark. */
void model_mark(struct model *m, struct model_object *o, uint8_t labels, int person)
{
	labels &= ~o->tree;
	if (!labels)
		return;
	if (!o->mark) {
		o->person = (int8_t)person;
		o->passes = o->kind != KIND_FILE || !o->names;
	} else if (o->person != person && labels & ~o->mark) {
		o->person = -1;
	}
	o->mark |= labels;
}

/*
 * May the process have the data? Whoever's own data it is, on the way from one of its
 * processes to another, or to a hub, is not asked.
 */
static bool may_have(const struct model *m, int p, const struct model_object *o)
{
	bool trusted = o->person == m->proc[p].person || m->proc[p].image == HUB;
	uint8_t labels = o->tree;

	if (m->strict || !o->passes || !trusted)
		labels |= o->mark;
	return model_may(m, p, labels, DO_READ);
}

int model_reads(struct model *m, int p, struct model_object *o)
{
	if (!may_have(m, p, o))
		return EPERM;
	model_take(m, p, model_carries(o));
	return 0;
}

int model_writes(struct model *m, int p, struct model_object *o)
{
	if (!model_may(m, p, o->tree, DO_WRITE))
		return EPERM;
	model_mark(m, o, model_spreads(m, p, m->domain[m->proc[p].domain].labels),
		   m->proc[p].person);
	return 0;
}

int model_gets(struct model *m, int p, const struct model_file *file)
{
	struct model_object *o = &m->object[file->object];

	if (file->mode & MODE_READ && !may_have(m, p, o))
		return EPERM;
	if (file->mode & MODE_WRITE && !model_may(m, p, o->tree, DO_WRITE))
		return EPERM;
	return 0;
}

void model_way(struct model *m, int p, int object, uint8_t mode)
{
	if (m->proc[p].image != HUB)
		m->domain[m->proc[p].domain].way[object] |= mode;
}

/* What the domain writes there, whenever that is: all in it run the same program. */
static uint8_t written_by(const struct model *m, int domain)
{
	for (int p = 0; p < MODEL_PROCS; p++)
		if (m->proc[p].used && m->proc[p].domain == domain)
			return model_spreads(m, p, m->domain[domain].labels);
	return 0;
}

/* One turn over everything that is shared; true when something changed. */
static bool settle_once(struct model *m, int domain, int person)
{
	struct model_domain *d = &m->domain[domain];
	bool changed = false;

	for (int i = 0; i < MODEL_OBJECTS; i++) {
		struct model_object *o = &m->object[i];
		uint8_t labels = d->labels, mark = o->mark;

		if (o->kind == KIND_NONE || !d->way[i])
			continue;
		if (d->way[i] & MODE_WRITE)
			model_mark(m, o, written_by(m, domain), person);
		if (d->way[i] & MODE_READ)
			d->labels |= model_carries(o);
		changed |= labels != d->labels || mark != o->mark;
	}
	return changed;
}

void model_settle(struct model *m, int person)
{
	bool changed;

	do {
		changed = false;
		for (int i = 0; i < MODEL_PROCS; i++)
			if (m->domain[i].used)
				changed |= settle_once(m, i, person);
	} while (changed);
}

/* ---- What there is ---- */

int model_new_object(struct model *m, enum model_kind kind)
{
	for (int i = 0; i < MODEL_OBJECTS; i++) {
		if (m->object[i].kind != KIND_NONE)
			continue;
		m->object[i] = (struct model_object){
			.kind = kind, .person = -1, .owner = -1, .peer = -1, .serial = ++m->serial
		};
		for (int d = 0; d < MODEL_PROCS; d++)
			m->domain[d].way[i] = 0;
		return i;
	}
	return -1;
}

bool model_fd_free(const struct model *m, int p, int fd)
{
	return fd >= 0 && fd < MODEL_FDS && m->table[m->proc[p].table].file[fd] < 0;
}

bool model_open(struct model *m, int p, int fd, int object, uint8_t mode)
{
	for (int i = 0; i < MODEL_FILES; i++) {
		if (m->file[i].used)
			continue;
		m->file[i] =
			(struct model_file){ .used = true, .mode = mode, .object = (int8_t)object };
		m->table[m->proc[p].table].file[fd] = (int8_t)i;
		return true;
	}
	return false;
}

struct model_object *model_fd(struct model *m, int p, int fd, uint8_t mode)
{
	int file;

	if (fd < 0 || fd >= MODEL_FDS)
		return NULL;
	file = m->table[m->proc[p].table].file[fd];
	if (file < 0 || (m->file[file].mode & mode) != mode)
		return NULL;
	return &m->object[m->file[file].object];
}

/* Has anyone the end that reads open? */
bool model_readable(const struct model *m, const struct model_object *o)
{
	for (int i = 0; i < MODEL_FILES; i++)
		if (m->file[i].used && m->file[i].mode & MODE_READ &&
		    &m->object[m->file[i].object] == o)
			return true;
	return false;
}

struct reach {
	bool file[MODEL_FILES], object[MODEL_OBJECTS];
	bool more;
};

static void reach_object(struct reach *r, int object)
{
	if (object >= 0 && !r->object[object])
		r->object[object] = r->more = true;
}

static void reach_file(const struct model *m, struct reach *r, int file)
{
	if (file < 0 || r->file[file])
		return;
	r->file[file] = r->more = true;
	reach_object(r, m->file[file].object);
}

static void reach_all(struct reach *r, const int8_t *objects, int n)
{
	for (int i = 0; i < n; i++)
		reach_object(r, objects[i]);
}

/* What waits in an object that is reached: descriptors in messages, ends not accepted yet. */
static void reach_queues(const struct model *m, struct reach *r)
{
	for (int i = 0; i < MODEL_OBJECTS; i++) {
		const struct model_object *o = &m->object[i];

		for (int k = 0; r->object[i] && k < o->n_queue; k++) {
			if (o->kind == KIND_LISTENER)
				reach_object(r, o->queue[k].file);
			else
				reach_file(m, r, o->queue[k].file);
		}
	}
}

static void reach_processes(const struct model *m, struct reach *r)
{
	for (int p = 0; p < MODEL_PROCS; p++) {
		if (!m->proc[p].used)
			continue;
		for (int i = 0; i < MODEL_FDS; i++)
			reach_file(m, r, m->table[m->proc[p].table].file[i]);
		reach_all(r, m->domain[m->proc[p].domain].map, MODEL_MAPS);
	}
	reach_all(r, m->name, MODEL_NAMES);
	reach_all(r, m->fifo, MODEL_FIFOS);
	reach_all(r, m->segment, MODEL_SEGMENTS);
	reach_all(r, m->mq, MODEL_QUEUES);
	reach_all(r, m->msgq, MODEL_QUEUES);
}

static void forget(struct model *m, const struct reach *r)
{
	for (int i = 0; i < MODEL_FILES; i++)
		m->file[i].used &= r->file[i];
	for (int i = 0; i < MODEL_OBJECTS; i++) {
		struct model_object *o = &m->object[i];

		if (o->kind != KIND_SOCKET || o->peer < 0 || r->object[o->peer])
			continue;
		o->reset = m->object[o->peer].n_queue;
		o->peer = -1;
	}
	for (int i = 0; i < MODEL_OBJECTS; i++) {
		struct model_object *o = &m->object[i];

		if (o->kind != KIND_NONE && !r->object[i])
			*o = (struct model_object){ .kind = KIND_NONE };
		if (o->kind == KIND_FIFO && !model_readable(m, o))
			o->n_queue = 0; /* its bytes are gone when nobody has it open */
	}
	for (int i = 0; i < MODEL_SOCKETS; i++)
		if (m->socket[i] >= 0 && !r->object[m->socket[i]])
			m->socket[i] = -1;
}

void model_sweep(struct model *m)
{
	bool domain[MODEL_PROCS] = {}, table[MODEL_PROCS] = {};
	struct reach r = {};

	reach_processes(m, &r);
	while (r.more) {
		r.more = false;
		reach_queues(m, &r);
	}
	forget(m, &r);
	for (int p = 0; p < MODEL_PROCS; p++) {
		if (m->proc[p].used)
			domain[m->proc[p].domain] = table[m->proc[p].table] = true;
	}
	for (int i = 0; i < MODEL_PROCS; i++) {
		m->domain[i].used = domain[i];
		m->table[i].used = table[i];
	}
}

/* ---- A world, and a step in it ---- */

static void begin_objects(struct model *m)
{
	memset(m->name, -1, sizeof(m->name));
	memset(m->socket, -1, sizeof(m->socket));
	for (int i = 0; i < MODEL_PLACES; i++) {
		int object = model_new_object(m, KIND_FILE);

		m->object[object].names = 1;
		m->object[object].size = 4096;
		m->object[object].memory = i == PLACE_MEMORY;
		m->object[object].tree = m->enforced ? model_tree_labels(i) : 0;
		m->name[i * MODEL_NAMES_EACH] = (int8_t)object;
	}
	for (int i = 0; i < MODEL_FIFOS; i++)
		m->fifo[i] = (int8_t)model_new_object(m, KIND_FIFO);
	for (int i = 0; i < MODEL_SEGMENTS; i++) {
		m->segment[i] = (int8_t)model_new_object(m, KIND_SEGMENT);
		m->object[m->segment[i]].size = 4096;
	}
	for (int i = 0; i < MODEL_QUEUES; i++) {
		m->mq[i] = (int8_t)model_new_object(m, KIND_MQ);
		m->msgq[i] = (int8_t)model_new_object(m, KIND_MSGQ);
	}
}

void model_begin(struct model *m, const struct model_start *start)
{
	*m = (struct model){ .enforced = start->enforced, .strict = start->strict };
	for (int p = 0; p < start->n; p++) {
		m->proc[p] = (struct model_proc){ .used = true,
						  .person = start->proc[p].person,
						  .image = start->proc[p].image,
						  .domain = (int8_t)p,
						  .table = (int8_t)p,
						  .group = (int8_t)p,
						  .leader = true };
		m->domain[p].used = m->table[p].used = true;
		memset(m->domain[p].map, -1, sizeof(m->domain[p].map));
		memset(m->table[p].file, -1, sizeof(m->table[p].file));
	}
	begin_objects(m);
}

int model_step(struct model *m, const struct model_step *step, int *ret_error)
{
	struct model before = *m;
	model_fn fn = NULL;
	int r, person;

	if (step->op < MODEL_OPS)
		fn = model_data_steps[step->op] ?: model_name_steps[step->op] ?:
		     model_proc_steps[step->op];
	if (!fn || step->p >= MODEL_PROCS || !m->proc[step->p].used)
		return -EINVAL;
	person = m->proc[step->p].person;
	r = fn(m, step);
	if (r == MODEL_NO) {
		*m = before;
		return -EINVAL;
	}
	model_settle(m, person);
	model_sweep(m);
	*ret_error = r;
	return 0;
}
