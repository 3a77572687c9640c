// SPDX-License-Identifier: GPL-3.0-or-later
/* The labels of a world, as the kernel half has them, against the model's. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "world-private.h"

const char *world_labels(uint64_t labels, char text[64])
{
	size_t at = 0;

	text[0] = '\0';
	for (int i = 0; i < MODEL_LABELS; i++)
		if (labels >> i & 1)
			at += (size_t)snprintf(text + at, 64 - at, "%s%s", at ? "," : "",
					       model_label_names[i]);
	if (labels >> MODEL_LABELS && at < 40)
		snprintf(text + at, 64 - at, "+%#llx",
			 (unsigned long long)(labels >> MODEL_LABELS << MODEL_LABELS));
	return text[0] ? text : "nothing";
}

/* By a descriptor of whoever has it open. */
static bool learn_by_fd(struct world *w, const struct model *m, int index)
{
	for (int p = 0; p < MODEL_PROCS; p++) {
		if (!m->proc[p].used)
			continue;
		for (int fd = 0; fd < MODEL_FDS; fd++)
			if (world_object_of(m, p, fd) == &m->object[index])
				return seen_key_of(w->seen, w->proc[p].tid, fd + WIRE_FD,
						   &w->object[index].key) == 0;
	}
	return false;
}

static bool learn_by_name(struct world *w, const struct model *m, int index)
{
	char path[WIRE_PATH_MAX];

	for (int i = 0; i < MODEL_NAMES + MODEL_FIFOS; i++) {
		_cleanup_close_ int fd = -EBADF;

		if ((i < MODEL_NAMES ? m->name[i] : m->fifo[i - MODEL_NAMES]) != index)
			continue;
		if (i < MODEL_NAMES)
			world_path(i, path);
		else
			snprintf(path, sizeof(path), "%s/fifo%d", world_dirs[PLACE_PLAIN],
				 i - MODEL_NAMES);
		fd = open(path, O_PATH | O_CLOEXEC);
		return fd >= 0 && seen_key_of(w->seen, (pid_t)syscall(SYS_gettid), fd,
					      &w->object[index].key) == 0;
	}
	return false;
}

/* What can be looked up; the rest is seen by who comes to hold. */
static bool is_looked_at(const struct model_object *o)
{
	return o->kind == KIND_FILE || o->kind == KIND_MEMFD || o->kind == KIND_PIPE ||
	       o->kind == KIND_FIFO || o->kind == KIND_SOCKET;
}

/* Not before somebody came near it: most never matter. */
static bool learn(struct world *w, const struct model *m, int index)
{
	struct object *o = &w->object[index];

	if (o->known && o->serial == m->object[index].serial)
		return true;
	o->serial = m->object[index].serial;
	o->known =
		learn_by_fd(w, m, index) || (m->object[index].mark && learn_by_name(w, m, index));
	return o->known;
}

static bool process_differs(struct world *w, const struct model *m, int p, char *text, size_t size)
{
	uint8_t want = m->domain[m->proc[p].domain].labels;
	uint64_t labels, domain;
	char is[64], should[64];
	int r = seen_held(w->seen, w->proc[p].pidfd, &labels, &domain);

	if (r) {
		snprintf(text, size, "P%d cannot be looked up: %s", p, strerror(-r));
		return true;
	}
	if (labels == want)
		return false;
	snprintf(text, size, "P%d (domain %llu) holds %s, the model says %s", p,
		 (unsigned long long)domain, world_labels(labels, is), world_labels(want, should));
	return true;
}

static const char *what_is(const struct model *m, int index)
{
	static const char *const kinds[] = { "nothing", "file",       "memfd",   "pipe",
					     "fifo",    "socket end", "listener" };
	static char text[96];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s", kinds[m->object[index].kind]);

	for (int i = 0; i < MODEL_NAMES; i++)
		if (m->name[i] == index)
			at += (size_t)snprintf(text + at, sizeof(text) - at, " %s/%d",
					       model_place_names[i / MODEL_NAMES_EACH],
					       i % MODEL_NAMES_EACH);
	for (int p = 0; p < MODEL_PROCS && at < 70; p++)
		for (int fd = 0; m->proc[p].used && fd < MODEL_FDS && at < 70; fd++)
			if (world_object_of(m, p, fd) == &m->object[index])
				at += (size_t)snprintf(text + at, sizeof(text) - at, " P%d:fd%d", p,
						       fd);
	return text;
}

static bool object_differs(struct world *w, const struct model *m, int index, char *text,
			   size_t size)
{
	const struct model_object *o = &m->object[index];
	uint64_t labels;
	char is[64], should[64];
	int r = seen_carried(w->seen, &w->object[index].key, &labels);

	if (r) {
		snprintf(text, size, "the %s cannot be looked up: %s", what_is(m, index),
			 strerror(-r));
		return true;
	}
	if ((labels | o->tree) == (uint64_t)(o->mark | o->tree))
		return false;
	snprintf(text, size, "the %s carries %s, the model says %s", what_is(m, index),
		 world_labels(labels, is), world_labels(o->mark, should));
	return true;
}

bool world_differs(struct world *w, const struct model *m, char *text, size_t size)
{
	if (!w->seen)
		return false;
	for (int p = 0; p < MODEL_PROCS; p++)
		if (m->proc[p].used && process_differs(w, m, p, text, size))
			return true;
	for (int i = 0; i < MODEL_OBJECTS; i++)
		if (is_looked_at(&m->object[i]) && learn(w, m, i) &&
		    object_differs(w, m, i, text, size))
			return true;
	return false;
}
