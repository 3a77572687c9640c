// SPDX-License-Identifier: GPL-3.0-or-later
/* Programs of steps: see program.h. */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const model_person_names[MODEL_PERSONS] = { "nina", "eve" };
const char *const model_image_names[MODEL_IMAGES] = { "plain", "approved", "cleaner", "hub" };
const char *const model_place_names[MODEL_PLACES] = { "plain", "records", "genomes", "notes",
						      "memory" };
const char *const model_label_names[MODEL_LABELS] = { "records", "genomes", "notes" };

/*
 * What each step is called, what its operands are, how often it is drawn.
 * n: name, m: mode, f: descriptor, M: place in memory, P: process, i: image, h: one of three,
 * k: one of two, w: of four, the last by io_uring.
 */
static struct op {
	const char *word;
	char kind[4];
	int weight;
} ops[MODEL_OPS] = {
	[OP_OPEN] = { "open", "nmf", 30 },
	[OP_CREATE] = { "create", "nmf", 6 },
	[OP_FIFO] = { "fifo", "k-f", 4 },
	[OP_TMPFILE] = { "tmpfile", "nmf", 5 },
	[OP_LINK_FD] = { "link-fd", "fn-", 8 },
	[OP_CLOSE] = { "close", "f--", 3 },
	[OP_DUP] = { "dup", "ff-", 2 },
	[OP_READ] = { "read", "fw-", 24 },
	[OP_WRITE] = { "write", "fw-", 24 },
	[OP_PIPE] = { "pipe", "ff-", 6 },
	[OP_PAIR] = { "pair", "ffh", 5 },
	[OP_LISTEN] = { "listen", "kf-", 6 },
	[OP_CONNECT] = { "connect", "kf-", 8 },
	[OP_ACCEPT] = { "accept", "ff-", 40 },
	[OP_PASS] = { "pass", "ff-", 10 },
	[OP_RECEIVE] = { "receive", "ff-", 40 },
	[OP_MEMFD] = { "memfd", "f--", 3 },
	[OP_MAP] = { "map", "fmM", 8 },
	[OP_MAP_OWN] = { "map-own", "fmM", 5 },
	[OP_SHARE] = { "share", "--M", 3 },
	[OP_ATTACH] = { "attach", "kmM", 5 },
	[OP_TOUCH] = { "touch", "--M", 2 },
	[OP_MQ_OPEN] = { "mq-open", "kf-", 3 },
	[OP_MQ_SEND] = { "mq-send", "f--", 6 },
	[OP_MQ_RECEIVE] = { "mq-receive", "f--", 20 },
	[OP_MSG_SEND] = { "msg-send", "k--", 6 },
	[OP_MSG_RECEIVE] = { "msg-receive", "k--", 10 },
	[OP_FORK] = { "fork", "P--", 5 },
	[OP_THREAD] = { "thread", "P--", 3 },
	[OP_CLONE_VM] = { "clone-vm", "P--", 2 },
	[OP_SPAWN] = { "spawn", "Pi-", 3 },
	[OP_EXEC] = { "exec", "-i-", 3 },
	[OP_RENAME] = { "rename", "nn-", 4 },
	[OP_LINK] = { "link", "nn-", 4 },
	[OP_UNLINK] = { "unlink", "n--", 2 },
	[OP_COPY] = { "copy", "ff-", 15 },
	[OP_SPLICE] = { "splice", "ff-", 16 },
	[OP_SENDFILE] = { "sendfile", "ff-", 12 },
	[OP_SENDPIPE] = { "sendfile-pipe", "ff-", 10 },
	[OP_TEE] = { "tee", "ff-", 24 },
	[OP_VMSPLICE] = { "vmsplice", "f--", 3 },
	[OP_VMREAD] = { "vmsplice-read", "f--", 8 },
	[OP_VM] = { "vm", "Pk-", 10 },
	[OP_EXIT] = { "exit", "---", 2 },
};

bool program_without(const char *word)
{
	for (int i = 0; i < MODEL_OPS; i++) {
		if (ops[i].word && strcmp(ops[i].word, word) == 0) {
			ops[i].weight = 0;
			return true;
		}
	}
	return false;
}

/* ---- At random ---- */

static uint64_t next(uint64_t *state) /* splitmix64 */
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint8_t below(uint64_t *state, unsigned int n)
{
	return (uint8_t)(next(state) % n);
}

static uint8_t draw_op(uint64_t *state)
{
	unsigned int sum = 0, at;

	for (int i = 0; i < MODEL_OPS; i++)
		sum += (unsigned int)ops[i].weight;
	at = (unsigned int)(next(state) % sum);
	for (uint8_t i = 0; i < MODEL_OPS; i++) {
		if (at < (unsigned int)ops[i].weight)
			return i;
		at -= (unsigned int)ops[i].weight;
	}
	return OP_NONE;
}

/* Mostly one that is open. */
static uint8_t draw_fd(const struct model *m, uint8_t p, uint64_t *state)
{
	uint8_t fd = below(state, MODEL_FDS);

	for (int i = 0; i < MODEL_FDS && below(state, 8); i++) {
		if (m->table[m->proc[p].table].file[fd] >= 0)
			break;
		fd = (uint8_t)((fd + 1) % MODEL_FDS);
	}
	return fd;
}

/* Mostly a name that there is. */
static uint8_t draw_name(uint64_t *state)
{
	uint8_t place = below(state, MODEL_PLACES);

	return (uint8_t)(place * MODEL_NAMES_EACH +
			 (below(state, 2) ? 0 : below(state, MODEL_NAMES_EACH)));
}

/* Mostly one of the first two. */
static uint8_t draw_image(uint64_t *state)
{
	return below(state, 8) ? below(state, 2) : below(state, MODEL_IMAGES);
}

static uint8_t draw(const struct model *m, uint8_t p, char kind, uint64_t *state)
{
	switch (kind) {
	case 'n':
		return draw_name(state);
	case 'm':
		return (uint8_t)(1 + below(state, 3));
	case 'f':
		return draw_fd(m, p, state);
	case 'M':
		return below(state, MODEL_MAPS);
	case 'P':
		return below(state, MODEL_PROCS);
	case 'i':
		return draw_image(state);
	case 'h':
		return below(state, 3);
	case 'k':
		return below(state, 2);
	case 'w':
		return below(state, 4);
	default:
		return 0;
	}
}

static bool draw_step(struct model *m, struct model_step *step, uint64_t *state)
{
	int error;

	step->op = draw_op(state);
	for (int tries = 0; tries < 48; tries++) {
		step->p = below(state, MODEL_PROCS);
		if (!m->proc[step->p].used)
			continue;
		step->a = draw(m, step->p, ops[step->op].kind[0], state);
		step->b = draw(m, step->p, ops[step->op].kind[1], state);
		step->c = draw(m, step->p, ops[step->op].kind[2], state);
		if (model_step(m, step, &error) == 0)
			return true;
	}
	return false;
}

void program_random(struct model_program *program, uint64_t seed, uint64_t number,
		    const struct model_start *like)
{
	uint64_t state = seed * 0x2545f4914f6cdd1dULL + number;
	struct model m;
	uint32_t want;

	*program = (struct model_program){ .start.enforced = like->enforced,
					   .start.strict = like->strict };
	program->start.n = (uint8_t)(2 + below(&state, 3));
	for (int i = 0; i < program->start.n; i++) {
		/* somebody who may read something, and three times in four the same person */
		program->start.proc[i].person = i && !below(&state, 4) ? EVE : NINA;
		program->start.proc[i].image = i ? draw_image(&state) : APPROVED;
	}
	if (!below(&state, 4))
		program->start.proc[0].person = EVE;
	want = 4 + (uint32_t)(next(&state) % (MODEL_STEPS - 3));
	model_begin(&m, &program->start);
	for (int tries = 0; program->n < want && tries < 2000; tries++)
		if (draw_step(&m, &program->step[program->n], &state))
			program->n++;
}

/* ---- As text ---- */

static void operand_text(char kind, uint8_t v, char *text, size_t size)
{
	static const char *const modes[] = { "-", "r", "w", "rw" };

	switch (kind) {
	case 'n':
		snprintf(text, size, " %s/%d", model_place_names[v / MODEL_NAMES_EACH],
			 v % MODEL_NAMES_EACH);
		break;
	case 'm':
		snprintf(text, size, " %s", modes[v & 3]);
		break;
	case 'f':
		snprintf(text, size, " fd%d", v);
		break;
	case 'M':
		snprintf(text, size, " map%d", v);
		break;
	case 'P':
		snprintf(text, size, " P%d", v);
		break;
	case 'i':
		snprintf(text, size, " %s", model_image_names[v % MODEL_IMAGES]);
		break;
	case 'h':
	case 'k':
	case 'w':
		snprintf(text, size, " %d", v);
		break;
	default:
		text[0] = '\0';
	}
}

void program_text(const struct model_step *step, char *text, size_t size)
{
	const struct op *op = &ops[step->op];
	char a[24], b[24], c[24];

	operand_text(op->kind[0], step->a, a, sizeof(a));
	operand_text(op->kind[1], step->b, b, sizeof(b));
	operand_text(op->kind[2], step->c, c, sizeof(c));
	snprintf(text, size, "P%d %s%s%s%s", step->p, op->word, a, b, c);
}

void program_start_text(const struct model_start *start, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "start");

	for (int i = 0; i < start->n && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, " %s/%s",
				       model_person_names[start->proc[i].person],
				       model_image_names[start->proc[i].image]);
}

static int word_in(const char *const *words, int n, const char *text, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(words[i]) == len && strncmp(words[i], text, len) == 0)
			return i;
	return -1;
}

/* A number below @limit behind @prefix, or -1. */
static int number(const char *text, const char *prefix, int limit)
{
	size_t skip = strlen(prefix);
	char *end;
	long v;

	if (strncmp(text, prefix, skip) != 0 || text[skip] < '0' || text[skip] > '9')
		return -1;
	v = strtol(text + skip, &end, 10);
	return *end || v >= limit ? -1 : (int)v;
}

static int name_value(const char *text)
{
	const char *slash = strchr(text, '/');
	int place, index;

	if (!slash)
		return -1;
	place = word_in(model_place_names, MODEL_PLACES, text, (size_t)(slash - text));
	index = number(slash, "/", MODEL_NAMES_EACH);
	return place < 0 || index < 0 ? -1 : place * MODEL_NAMES_EACH + index;
}

static int operand_value(char kind, const char *text)
{
	static const char *const modes[] = { "-", "r", "w", "rw" };

	switch (kind) {
	case 'n':
		return name_value(text);
	case 'm':
		return word_in(modes, 4, text, strlen(text));
	case 'f':
		return number(text, "fd", MODEL_FDS);
	case 'M':
		return number(text, "map", MODEL_MAPS);
	case 'P':
		return number(text, "P", MODEL_PROCS);
	case 'i':
		return word_in(model_image_names, MODEL_IMAGES, text, strlen(text));
	case 'h':
		return number(text, "", 3);
	case 'k':
		return number(text, "", 2);
	case 'w':
		return number(text, "", 4);
	default:
		return -1;
	}
}

static int parse_step(struct model_step *step, char *words[], int n)
{
	uint8_t *operand[] = { &step->a, &step->b, &step->c };
	int at = 2, p = number(words[0], "P", MODEL_PROCS), v;

	*step = (struct model_step){ .p = (uint8_t)p };
	if (p < 0 || n < 2)
		return -EINVAL;
	for (uint8_t i = 1; i < MODEL_OPS; i++)
		if (ops[i].word && strcmp(ops[i].word, words[1]) == 0)
			step->op = i;
	if (!step->op)
		return -EINVAL;
	for (int i = 0; i < 3; i++) {
		if (ops[step->op].kind[i] == '-')
			continue;
		v = at < n ? operand_value(ops[step->op].kind[i], words[at++]) : -1;
		if (v < 0)
			return -EINVAL;
		*operand[i] = (uint8_t)v;
	}
	return at == n ? 0 : -EINVAL;
}

static int parse_start(struct model_start *start, char *words[], int n)
{
	for (int i = 1; i < n && i <= MODEL_PROCS; i++) {
		const char *slash = strchr(words[i], '/');
		int person, image;

		if (!slash)
			return -EINVAL;
		person = word_in(model_person_names, MODEL_PERSONS, words[i],
				 (size_t)(slash - words[i]));
		image = word_in(model_image_names, MODEL_IMAGES, slash + 1, strlen(slash + 1));
		if (person < 0 || image < 0)
			return -EINVAL;
		start->proc[start->n].person = (uint8_t)person;
		start->proc[start->n++].image = (uint8_t)image;
	}
	return start->n ? 0 : -EINVAL;
}

int program_parse(struct model_program *program, const char *line)
{
	char copy[256], *words[2 + MODEL_PROCS], *save = NULL, *word;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	copy[strcspn(copy, "#\n")] = '\0';
	for (word = strtok_r(copy, " \t", &save); word && n < 2 + MODEL_PROCS;
	     word = strtok_r(NULL, " \t", &save))
		words[n++] = word;
	if (!n)
		return 0;
	if (strcmp(words[0], "start") == 0)
		return program->start.n ? -EINVAL : parse_start(&program->start, words, n);
	if (program->n >= MODEL_STEPS)
		return -EINVAL;
	return parse_step(&program->step[program->n++], words, n);
}

/* ---- Shorter ---- */

void program_prune(struct model_program *program)
{
	struct model m;
	uint32_t kept = 0;
	int error;

	model_begin(&m, &program->start);
	for (uint32_t i = 0; i < program->n; i++)
		if (model_step(&m, &program->step[i], &error) == 0)
			program->step[kept++] = program->step[i];
	program->n = kept;
}

static void without(struct model_program *program, uint32_t at, uint32_t n)
{
	memmove(&program->step[at], &program->step[at + n],
		(program->n - at - n) * sizeof(program->step[0]));
	program->n -= n;
	program_prune(program);
}

void program_shrink(struct model_program *program,
		    bool (*differs)(const struct model_program *program, void *arg), void *arg)
{
	struct model_program shorter;

	for (uint32_t n = program->n / 2 ?: 1; n; n /= 2) {
		for (uint32_t at = 0; at + n <= program->n;) {
			shorter = *program;
			without(&shorter, at, n);
			if (differs(&shorter, arg)) {
				*program = shorter;
				n = n > program->n ? program->n ?: 1 : n;
			} else {
				at++;
			}
		}
	}
}
