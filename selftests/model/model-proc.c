// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Steps of processes: making others, running programs, reaching into memory, ending. Who
 * shares memory shares labels; a child has a copy of them; a program started keeps them.
 */
#include "model.h"

#include <errno.h>
#include <string.h>

static int free_domain(const struct model *m)
{
	for (int i = 0; i < MODEL_PROCS; i++)
		if (!m->domain[i].used)
			return i;
	return -1;
}

static int free_table(const struct model *m)
{
	for (int i = 0; i < MODEL_PROCS; i++)
		if (!m->table[i].used)
			return i;
	return -1;
}

/* As many of both as there are slots: one is free when a slot is. */
static void copy_domain(struct model *m, int p, int from)
{
	int to = free_domain(m);

	m->domain[to] = m->domain[from];
	m->proc[p].domain = (int8_t)to;
}

static void copy_table(struct model *m, int p, int from)
{
	int to = free_table(m);

	m->table[to] = m->table[from];
	m->proc[p].table = (int8_t)to;
}

/* A process in slot @s->a, so far the same as its parent; false: there is no such slot. */
static bool child(struct model *m, const struct model_step *s)
{
	if (s->a >= MODEL_PROCS || m->proc[s->a].used)
		return false;
	m->proc[s->a] = m->proc[s->p];
	m->proc[s->a].leader = true;
	m->proc[s->a].group = (int8_t)s->a;
	return true;
}

static bool group_exists(const struct model *m, int group)
{
	for (int i = 0; i < MODEL_PROCS; i++)
		if (m->proc[i].used && m->proc[i].group == group)
			return true;
	return false;
}

static int do_fork(struct model *m, const struct model_step *s)
{
	if (group_exists(m, s->a) || !child(m, s))
		return MODEL_NO;
	copy_domain(m, s->a, m->proc[s->p].domain);
	copy_table(m, s->a, m->proc[s->p].table);
	return 0;
}

static int do_thread(struct model *m, const struct model_step *s)
{
	if (!child(m, s))
		return MODEL_NO;
	m->proc[s->a].leader = false;
	m->proc[s->a].group = m->proc[s->p].group;
	return 0;
}

static int do_clone_vm(struct model *m, const struct model_step *s)
{
	if (group_exists(m, s->a) || !child(m, s))
		return MODEL_NO;
	copy_table(m, s->a, m->proc[s->p].table);
	return 0;
}

/* Memory is new; a queue that is open stays open, and means nothing to a hub. */
static void new_memory(struct model *m, int p, uint8_t image)
{
	struct model_domain *d = &m->domain[m->proc[p].domain];

	m->proc[p].image = image;
	memset(d->map, -1, sizeof(d->map));
	for (int i = 0; i < MODEL_OBJECTS; i++)
		if (m->object[i].kind != KIND_MQ || image == HUB)
			d->way[i] = 0;
}

static int do_spawn(struct model *m, const struct model_step *s)
{
	int r;

	if (s->b >= MODEL_IMAGES)
		return MODEL_NO;
	r = do_fork(m, s);
	if (r)
		return r;
	new_memory(m, s->a, s->b);
	return 0;
}

/* The other threads end. Who shares memory without being a thread is left behind with it. */
static int do_exec(struct model *m, const struct model_step *s)
{
	struct model_proc *proc = &m->proc[s->p];
	int old = proc->domain;

	if (s->b >= MODEL_IMAGES)
		return MODEL_NO;
	for (int i = 0; i < MODEL_PROCS; i++)
		if (i != s->p && m->proc[i].used && m->proc[i].group == proc->group)
			m->proc[i].used = false;
	model_sweep(m);
	for (int i = 0; i < MODEL_PROCS; i++)
		if (i != s->p && m->proc[i].used && m->proc[i].domain == old) {
			copy_domain(m, s->p, old);
			break;
		}
	new_memory(m, s->p, s->b);
	proc->leader = true;
	return 0;
}

/* Seen before it happens, so both ways are meant, whichever it will be. */
static int do_vm(struct model *m, const struct model_step *s)
{
	const struct model_proc *p = &m->proc[s->p], *q;
	uint8_t theirs, ours;

	if (s->a >= MODEL_PROCS || s->b > 1)
		return MODEL_NO;
	q = &m->proc[s->a];
	if (!q->used || q->group == p->group || q->person != p->person)
		return MODEL_NO;
	/* what the policy names is only looked into by its like */
	if (m->enforced && q->image != PLAIN && p->image != q->image)
		return EPERM;
	ours = m->domain[p->domain].labels;
	theirs = m->domain[q->domain].labels;
	if (!model_may(m, s->p, theirs & ~ours, DO_READ))
		return EPERM;
	model_take(m, s->p, theirs);
	if (q->image != HUB)
		m->domain[q->domain].labels |= ours;
	return 0;
}

static int do_exit(struct model *m, const struct model_step *s)
{
	int alive = 0;

	for (int i = 0; i < MODEL_PROCS; i++)
		alive += m->proc[i].used;
	if (alive < 2)
		return MODEL_NO;
	m->proc[s->p].used = false;
	return 0;
}

const model_fn model_proc_steps[MODEL_OPS] = {
	[OP_FORK] = do_fork,   [OP_THREAD] = do_thread, [OP_CLONE_VM] = do_clone_vm,
	[OP_SPAWN] = do_spawn, [OP_EXEC] = do_exec,     [OP_VM] = do_vm,
	[OP_EXIT] = do_exit,
};
