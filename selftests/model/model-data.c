// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Steps by descriptor and in memory: everything that data can go through. What is left out
 * as making no sense is what would block, or fail whoever asks.
 */
#include "model.h"

#include <errno.h>

static struct model_domain *domain_of(struct model *m, int p)
{
	return &m->domain[m->proc[p].domain];
}

static bool is_pipe(const struct model_object *o)
{
	return o->kind == KIND_PIPE || o->kind == KIND_FIFO;
}

static bool is_file(const struct model_object *o)
{
	return o->kind == KIND_FILE || o->kind == KIND_MEMFD;
}

static void push(struct model_object *o, int file)
{
	o->queue[o->n_queue++].file = (int8_t)file;
}

static struct model_message pop(struct model_object *o)
{
	struct model_message first = o->queue[0];

	o->n_queue--;
	for (int i = 0; i < o->n_queue; i++)
		o->queue[i] = o->queue[i + 1];
	return first;
}

/* ---- Descriptors ---- */

static int do_close(struct model *m, const struct model_step *s)
{
	if (!model_fd(m, s->p, s->a, 0))
		return MODEL_NO;
	m->table[m->proc[s->p].table].file[s->a] = -1;
	return 0;
}

static int do_dup(struct model *m, const struct model_step *s)
{
	struct model_table *table = &m->table[m->proc[s->p].table];

	if (!model_fd(m, s->p, s->a, 0) || !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	table->file[s->b] = table->file[s->a];
	return 0;
}

/* ---- Reading and writing ---- */

static bool can_read(const struct model_object *o)
{
	if (is_file(o))
		return true;
	return (is_pipe(o) || o->kind == KIND_SOCKET) && !o->reset && o->n_queue &&
	       o->queue[0].file < 0;
}

static bool can_write(const struct model *m, const struct model_object *o)
{
	if (is_file(o))
		return true;
	if (is_pipe(o))
		return o->n_queue < MODEL_QUEUE && model_readable(m, o);
	return o->kind == KIND_SOCKET && o->peer >= 0 && m->object[o->peer].n_queue < MODEL_QUEUE;
}

/* Bytes come out of it. */
static int takes_out(struct model *m, int p, struct model_object *o)
{
	int r = model_reads(m, p, o);

	if (!r && !is_file(o))
		pop(o);
	return r;
}

/*
 * To the other end of a socket: to one's own person the label goes along; to another's it
 * must be allowed to leave, and then leaves without.
 */
static int sends(struct model *m, int p, struct model_object *o, int file)
{
	struct model_object *other = &m->object[o->peer];
	uint8_t held = model_spreads(m, p, domain_of(m, p)->labels);
	int person = m->proc[p].person;

	if (other->owner == person)
		model_mark(m, other, held, person);
	else if (!model_may(m, p, held, DO_SEND))
		return EPERM;
	push(other, file);
	return 0;
}

/* Bytes go into it. */
static int puts_in(struct model *m, int p, struct model_object *o)
{
	int r;

	if (o->kind == KIND_SOCKET)
		return sends(m, p, o, -1);
	r = model_writes(m, p, o);
	if (r)
		return r;
	if (is_pipe(o))
		push(o, -1);
	else if (!o->size)
		o->size = 1;
	return 0;
}

static int do_read(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_READ);

	return o && can_read(o) ? takes_out(m, s->p, o) : MODEL_NO;
}

static int do_write(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_WRITE);

	return o && can_write(m, o) ? puts_in(m, s->p, o) : MODEL_NO;
}

static int do_vmsplice(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_WRITE);

	return o && is_pipe(o) && can_write(m, o) ? puts_in(m, s->p, o) : MODEL_NO;
}

/* To memory. A descriptor that can write does; and nothing can refuse to read. */
static int do_vmread(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_READ);

	if (!o || !is_pipe(o) || !can_read(o) || model_fd(m, s->p, s->a, MODE_WRITE))
		return MODEL_NO;
	return takes_out(m, s->p, o) ? MODEL_NO : 0;
}

/* ---- From one descriptor to another: first read, then written ---- */

static int moves(struct model *m, int p, struct model_object *from, struct model_object *to)
{
	int r = model_reads(m, p, from);

	if (r)
		return r;
	r = puts_in(m, p, to);
	if (!r && !is_file(from))
		pop(from);
	return r;
}

/* The two ends of the step, when something can go from the one to the other. */
static bool two_ends(struct model *m, const struct model_step *s, struct model_object **ret_from,
		     struct model_object **ret_to)
{
	*ret_from = model_fd(m, s->p, s->a, MODE_READ);
	*ret_to = model_fd(m, s->p, s->b, MODE_WRITE);
	return *ret_from && *ret_to && *ret_from != *ret_to && can_read(*ret_from) &&
	       can_write(m, *ret_to) && (!is_file(*ret_from) || (*ret_from)->size);
}

static int do_copy(struct model *m, const struct model_step *s)
{
	struct model_object *from, *to;

	if (!two_ends(m, s, &from, &to) || from->kind != KIND_FILE || to->kind != KIND_FILE ||
	    from->memory != to->memory)
		return MODEL_NO;
	return moves(m, s->p, from, to);
}

static int do_splice(struct model *m, const struct model_step *s)
{
	struct model_object *from, *to;
	int r;

	if (!two_ends(m, s, &from, &to) || (!is_pipe(from) && !is_pipe(to)) ||
	    from->kind == KIND_SOCKET)
		return MODEL_NO;
	r = moves(m, s->p, from, to);
	return r && is_pipe(from) && is_pipe(to) ? MODEL_NO : r; /* nothing can refuse that */
}

static int do_sendfile(struct model *m, const struct model_step *s)
{
	struct model_object *from, *to;

	if (!two_ends(m, s, &from, &to) || !is_file(from) ||
	    is_pipe(to) != (s->op == OP_SENDPIPE))
		return MODEL_NO;
	/* Who waits at the pipe has the data before the call ends: so it is marked before it begins. */
	if (is_pipe(to))
		model_mark(m, to, model_spreads(m, s->p, domain_of(m, s->p)->labels),
			   m->proc[s->p].person);
	return moves(m, s->p, from, to);
}

/* What goes from pipe to pipe is not read on the way: its labels go along, and whose they are. */
static int do_tee(struct model *m, const struct model_step *s)
{
	struct model_object *from, *to;

	if (!two_ends(m, s, &from, &to) || !is_pipe(from) || !is_pipe(to))
		return MODEL_NO;
	model_mark(m, to, model_spreads(m, s->p, from->mark), from->person);
	return puts_in(m, s->p, to);
}

/* ---- Pipes, sockets ---- */

static int do_pipe(struct model *m, const struct model_step *s)
{
	int object = model_new_object(m, KIND_PIPE);

	if (object < 0 || s->a == s->b || !model_fd_free(m, s->p, s->a) ||
	    !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	return model_open(m, s->p, s->a, object, MODE_READ) &&
			       model_open(m, s->p, s->b, object, MODE_WRITE)
		       ? 0
		       : MODEL_NO;
}

/* Two ends that are connected, of these owners; false: there is no room. */
static bool new_ends(struct model *m, int owner, int other_owner, int ret_object[2])
{
	for (int i = 0; i < 2; i++) {
		ret_object[i] = model_new_object(m, KIND_SOCKET);
		if (ret_object[i] < 0)
			return false;
	}
	for (int i = 0; i < 2; i++) {
		m->object[ret_object[i]].peer = (int8_t)ret_object[!i];
		m->object[ret_object[i]].owner = (int8_t)(i ? other_owner : owner);
	}
	return true;
}

static int do_pair(struct model *m, const struct model_step *s)
{
	int person = m->proc[s->p].person, object[2];

	if (s->a == s->b || s->c > 2 || !model_fd_free(m, s->p, s->a) ||
	    !model_fd_free(m, s->p, s->b) || !new_ends(m, person, person, object))
		return MODEL_NO;
	return model_open(m, s->p, s->a, object[0], MODE_READ | MODE_WRITE) &&
			       model_open(m, s->p, s->b, object[1], MODE_READ | MODE_WRITE)
		       ? 0
		       : MODEL_NO;
}

static int do_listen(struct model *m, const struct model_step *s)
{
	int object = model_new_object(m, KIND_LISTENER);

	if (object < 0 || s->a >= MODEL_SOCKETS || m->socket[s->a] >= 0 ||
	    !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	m->object[object].owner = (int8_t)m->proc[s->p].person;
	m->socket[s->a] = (int8_t)object;
	return model_open(m, s->p, s->b, object, MODE_READ | MODE_WRITE) ? 0 : MODEL_NO;
}

static int do_connect(struct model *m, const struct model_step *s)
{
	struct model_object *listener;
	int object[2];

	if (s->a >= MODEL_SOCKETS || m->socket[s->a] < 0 || !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	listener = &m->object[m->socket[s->a]];
	if (listener->n_queue >= MODEL_QUEUE ||
	    !new_ends(m, m->proc[s->p].person, listener->owner, object))
		return MODEL_NO;
	push(listener, object[1]);
	return model_open(m, s->p, s->b, object[0], MODE_READ | MODE_WRITE) ? 0 : MODEL_NO;
}

static int do_accept(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, 0);

	if (!o || o->kind != KIND_LISTENER || !o->n_queue || !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	return model_open(m, s->p, s->b, pop(o).file, MODE_READ | MODE_WRITE) ? 0 : MODEL_NO;
}

static int do_pass(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_WRITE);

	if (!o || o->kind != KIND_SOCKET || !can_write(m, o) || !model_fd(m, s->p, s->b, 0))
		return MODEL_NO;
	return sends(m, s->p, o, m->table[m->proc[s->p].table].file[s->b]);
}

/* The message is read; the descriptor in it comes along only when that is allowed, too. */
static int do_receive(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_READ);
	int r, file;

	if (!o || o->kind != KIND_SOCKET || o->reset || !o->n_queue || o->queue[0].file < 0 ||
	    !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	r = model_reads(m, s->p, o);
	if (r)
		return r;
	file = pop(o).file;
	r = model_gets(m, s->p, &m->file[file]);
	if (r)
		return r;
	m->table[m->proc[s->p].table].file[s->b] = (int8_t)file;
	o = &m->object[m->file[file].object];
	if (m->file[file].mode & MODE_WRITE)
		model_in_hand(m, s->p, o, domain_of(m, s->p)->labels);
	if (o->kind == KIND_MQ)
		model_way(m, s->p, m->file[file].object, MODE_READ | MODE_WRITE);
	return 0;
}

/* ---- Memory ---- */

static int do_memfd(struct model *m, const struct model_step *s)
{
	int object = model_new_object(m, KIND_MEMFD);

	if (object < 0 || !model_fd_free(m, s->p, s->a))
		return MODEL_NO;
	return model_open(m, s->p, s->a, object, MODE_READ | MODE_WRITE) ? 0 : MODEL_NO;
}

static bool good_map(struct model *m, const struct model_step *s)
{
	return s->c < MODEL_MAPS && domain_of(m, s->p)->map[s->c] < 0 &&
	       (s->b == MODE_READ || s->b == (MODE_READ | MODE_WRITE));
}

/* @mode: what the descriptor could do, for what is mapped to read can be made to write. */
static int maps(struct model *m, const struct model_step *s, int object, uint8_t mode)
{
	struct model_domain *d = domain_of(m, s->p);
	struct model_object *o = &m->object[object];
	int r = model_reads(m, s->p, o);

	if (!r && s->b & MODE_WRITE && !model_may(m, s->p, o->tree, DO_WRITE))
		r = EPERM;
	if (r)
		return r;
	d->map[s->c] = (int8_t)object;
	d->map_mode[s->c] = s->b;
	model_way(m, s->p, object, mode);
	return 0;
}

static int do_map(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, s->b);
	uint8_t mode = s->b;

	if (!o || !is_file(o) || !good_map(m, s))
		return MODEL_NO;
	if (model_fd(m, s->p, s->a, MODE_READ | MODE_WRITE))
		mode |= MODE_WRITE;
	return maps(m, s, model_index(m, o), mode);
}

/* Read when it is mapped; what is written to it is nobody else's, and what comes later unseen. */
static int do_map_own(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_READ);
	struct model_domain *d = domain_of(m, s->p);
	int r;

	if (!o || !is_file(o) || !good_map(m, s))
		return MODEL_NO;
	r = model_reads(m, s->p, o);
	if (r)
		return r;
	d->map[s->c] = (int8_t)model_index(m, o);
	d->map_mode[s->c] = s->b;
	return 0;
}

static int do_share(struct model *m, const struct model_step *s)
{
	struct model_step as = { .p = s->p, .b = MODE_READ | MODE_WRITE, .c = s->c };
	int object = model_new_object(m, KIND_SHARED);

	if (object < 0 || !good_map(m, &as))
		return MODEL_NO;
	m->object[object].size = 4096;
	return maps(m, &as, object, as.b);
}

static int do_attach(struct model *m, const struct model_step *s)
{
	if (s->a >= MODEL_SEGMENTS || !good_map(m, s))
		return MODEL_NO;
	return maps(m, s, m->segment[s->a], s->b);
}

/* All has been told when it was mapped, or when one of them came to a label. */
static int do_touch(struct model *m, const struct model_step *s)
{
	const struct model_domain *d = domain_of(m, s->p);

	return s->c < MODEL_MAPS && d->map[s->c] >= 0 && m->object[d->map[s->c]].size ? 0
										      : MODEL_NO;
}

/* ---- Queues ---- */

/* Nothing sees a message come or go: who has the queue open shares what is in it. */
static int do_mq_open(struct model *m, const struct model_step *s)
{
	struct model_object *o;
	int r;

	if (s->a >= MODEL_QUEUES || !model_fd_free(m, s->p, s->b))
		return MODEL_NO;
	o = &m->object[m->mq[s->a]];
	r = model_reads(m, s->p, o);
	if (r)
		return r;
	model_way(m, s->p, m->mq[s->a], MODE_READ | MODE_WRITE);
	return model_open(m, s->p, s->b, m->mq[s->a], MODE_READ | MODE_WRITE) ? 0 : MODEL_NO;
}

static int do_mq_send(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_WRITE);

	if (!o || o->kind != KIND_MQ || o->n_queue >= MODEL_QUEUE)
		return MODEL_NO;
	push(o, -1);
	return 0;
}

static int do_mq_receive(struct model *m, const struct model_step *s)
{
	struct model_object *o = model_fd(m, s->p, s->a, MODE_READ);

	if (!o || o->kind != KIND_MQ || !o->n_queue)
		return MODEL_NO;
	pop(o);
	return 0;
}

/* The queue as a whole carries what was put into it. */
static int do_msg_send(struct model *m, const struct model_step *s)
{
	struct model_object *o;

	if (s->a >= MODEL_QUEUES)
		return MODEL_NO;
	o = &m->object[m->msgq[s->a]];
	if (o->n_queue >= MODEL_QUEUE)
		return MODEL_NO;
	push(o, -1);
	return model_writes(m, s->p, o);
}

static int do_msg_receive(struct model *m, const struct model_step *s)
{
	struct model_object *o;

	if (s->a >= MODEL_QUEUES)
		return MODEL_NO;
	o = &m->object[m->msgq[s->a]];
	return o->n_queue ? takes_out(m, s->p, o) : MODEL_NO;
}

const model_fn model_data_steps[MODEL_OPS] = {
	[OP_CLOSE] = do_close,       [OP_DUP] = do_dup,
	[OP_READ] = do_read,         [OP_WRITE] = do_write,
	[OP_PIPE] = do_pipe,         [OP_PAIR] = do_pair,
	[OP_LISTEN] = do_listen,     [OP_CONNECT] = do_connect,
	[OP_ACCEPT] = do_accept,     [OP_PASS] = do_pass,
	[OP_RECEIVE] = do_receive,   [OP_MEMFD] = do_memfd,
	[OP_MAP] = do_map,           [OP_MAP_OWN] = do_map_own,
	[OP_SHARE] = do_share,       [OP_ATTACH] = do_attach,
	[OP_TOUCH] = do_touch,       [OP_MQ_OPEN] = do_mq_open,
	[OP_MQ_SEND] = do_mq_send,   [OP_MQ_RECEIVE] = do_mq_receive,
	[OP_MSG_SEND] = do_msg_send, [OP_MSG_RECEIVE] = do_msg_receive,
	[OP_COPY] = do_copy,         [OP_SPLICE] = do_splice,
	[OP_SENDFILE] = do_sendfile, [OP_SENDPIPE] = do_sendfile,
	[OP_TEE] = do_tee,           [OP_VMSPLICE] = do_vmsplice,
	[OP_VMREAD] = do_vmread,
};
