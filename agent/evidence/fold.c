/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folding of identical accesses: a bounded table of open windows, each with a copy of its
 * first record. Windows are kept in the order in which they end, which is the order in
 * which they began, so the head of one list is both the next due and the one to evict.
 */
#include "evidence/fold.h"

#include "base/cleanup.h"

#include <string.h>

#define DEFAULT_WINDOW_NS 5000000000ull
#define DEFAULT_ENTRIES   4096
#define DEFAULT_BYTES     (2u << 20)

struct entry {
	struct entry *next_hash;
	struct entry *prev, *next; /* by end of window */
	uint64_t hash;
	uint64_t ends_ns;
	uint64_t repeats;           /* not emitted yet */
	uint64_t first_ns, last_ns; /* of the repeats */
	uint64_t dropped_before;
	size_t size;
	char wire[] __attribute__((aligned(8)));
};

struct pw_fold {
	struct pw_fold_options options;
	struct entry **bucket;
	size_t n_buckets; /* power of two */
	struct entry *head, *tail;
	size_t n_entries, bytes;
	uint64_t folded;
};

int pw_fold_new(const struct pw_fold_options *options, struct pw_fold **ret_fold)
{
	struct pw_fold *fold = calloc(1, sizeof(*fold));

	if (!fold)
		return -ENOMEM;
	fold->options = *options;
	if (!fold->options.window_ns)
		fold->options.window_ns = DEFAULT_WINDOW_NS;
	if (!fold->options.max_entries)
		fold->options.max_entries = DEFAULT_ENTRIES;
	if (!fold->options.max_bytes)
		fold->options.max_bytes = DEFAULT_BYTES;
	for (fold->n_buckets = 16; fold->n_buckets < fold->options.max_entries;)
		fold->n_buckets *= 2;
	fold->bucket = calloc(fold->n_buckets, sizeof(*fold->bucket));
	if (!fold->bucket) {
		pw_fold_free(&fold);
		return -ENOMEM;
	}
	*ret_fold = fold;
	return 0;
}

void pw_fold_free(struct pw_fold **fold)
{
	struct entry *entry;

	if (!*fold)
		return;
	while ((entry = (*fold)->head)) {
		(*fold)->head = entry->next;
		free(entry);
	}
	free((*fold)->bucket);
	free(*fold);
	*fold = NULL;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 29;
}

static uint64_t hash_view(const struct pw_event_view *view)
{
	const struct pw_event *e = &view->event;
	uint64_t hash = mix(0, (uint64_t)e->pid << 32 | e->op << 16 | e->rule);

	hash = mix(hash, (uint64_t)e->kind << 32 | e->door << 16 | e->to_port);
	hash = mix(hash, e->start_ns);
	hash = mix(hash, e->inode);
	hash = mix(hash, (uint64_t)e->dev << 32 | e->inode_generation);
	for (size_t i = 0; i < view->path.len; i++)
		hash = (hash ^ (uint8_t)view->path.bytes[i]) * 0x100000001b3ull;
	return mix(hash, view->path.len);
}

static bool bytes_equal(const struct pw_bytes *a, const struct pw_bytes *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static bool destinations_equal(const struct pw_event *x, const struct pw_event *y)
{
	return x->door == y->door && x->to_family == y->to_family && x->to_port == y->to_port &&
	       x->to_uid == y->to_uid && x->to_protocol == y->to_protocol &&
	       x->places == y->places &&
	       memcmp(x->to_addr, y->to_addr, sizeof(x->to_addr)) == 0;
}

static bool lineages_equal(const struct pw_event *x, const struct pw_event *y)
{
	return x->held == y->held && x->domain == y->domain && x->domain_from == y->domain_from &&
	       x->object_labels == y->object_labels;
}

static bool views_equal(const struct pw_event_view *a, const struct pw_event_view *b)
{
	const struct pw_event *x = &a->event, *y = &b->event;

	return x->kind == y->kind && x->pid == y->pid && x->start_ns == y->start_ns &&
	       x->dev == y->dev && x->inode == y->inode &&
	       x->inode_generation == y->inode_generation && x->op == y->op &&
	       x->rule == y->rule && x->verdict == y->verdict &&
	       x->labels == y->labels && x->label == y->label && x->error == y->error &&
	       x->generation == y->generation && x->flags == y->flags && x->uid == y->uid &&
	       x->euid == y->euid && x->gid == y->gid && x->auid == y->auid &&
	       x->session == y->session && x->exe_dev == y->exe_dev &&
	       x->exe_inode == y->exe_inode && x->exe_generation == y->exe_generation &&
	       destinations_equal(x, y) && lineages_equal(x, y) &&
	       bytes_equal(&a->path, &b->path) && bytes_equal(&a->path2, &b->path2) &&
	       bytes_equal(&a->exe, &b->exe) && bytes_equal(&a->script, &b->script);
}

static bool may_fold(const struct pw_event *event)
{
	return (event->kind == PW_EVENT_ACCESS || event->kind >= PW_EVENT_TOOK) &&
	       event->verdict < PW_DENY;
}

/* Was decoded once already, and has not changed since. */
static bool entry_view(const struct entry *entry, struct pw_event_view *ret_view)
{
	return pw_event_decode(entry->wire, entry->size, ret_view) == 0;
}

static struct entry *find(struct pw_fold *fold, uint64_t hash, const struct pw_event_view *view)
{
	struct entry *entry = fold->bucket[hash & (fold->n_buckets - 1)];
	struct pw_event_view other;

	for (; entry; entry = entry->next_hash)
		if (entry->hash == hash && entry_view(entry, &other) && views_equal(&other, view))
			return entry;
	return NULL;
}

static void list_append(struct pw_fold *fold, struct entry *entry)
{
	entry->next = NULL;
	entry->prev = fold->tail;
	if (fold->tail)
		fold->tail->next = entry;
	else
		fold->head = entry;
	fold->tail = entry;
}

static void list_remove(struct pw_fold *fold, struct entry *entry)
{
	if (entry->prev)
		entry->prev->next = entry->next;
	else
		fold->head = entry->next;
	if (entry->next)
		entry->next->prev = entry->prev;
	else
		fold->tail = entry->prev;
}

static void entry_free(struct pw_fold *fold, struct entry *entry)
{
	struct entry **at = &fold->bucket[entry->hash & (fold->n_buckets - 1)];

	while (*at != entry)
		at = &(*at)->next_hash;
	*at = entry->next_hash;
	list_remove(fold, entry);
	fold->n_entries--;
	fold->bytes -= sizeof(*entry) + entry->size;
	free(entry);
}

static void emit_one(struct pw_fold *fold, const struct pw_event_view *view,
		     uint64_t dropped_before)
{
	fold->options.emit(fold->options.ctx,
			   &(struct pw_fold_out){ .view = view,
						  .count = 1,
						  .first_ns = view->event.time_ns,
						  .last_ns = view->event.time_ns,
						  .dropped_before = dropped_before });
}

/* Emit the repeats of @entry, if any, as one. Told with the time of the last. */
static void emit_repeats(struct pw_fold *fold, struct entry *entry)
{
	struct pw_event_view view;

	if (!entry->repeats || !entry_view(entry, &view))
		return;
	view.event.time_ns = entry->last_ns;
	/* What is kept of it later is the wire form: let it say the same. */
	memcpy(entry->wire, &view.event, sizeof(view.event));
	fold->options.emit(fold->options.ctx,
			   &(struct pw_fold_out){ .view = &view,
						  .count = entry->repeats,
						  .first_ns = entry->first_ns,
						  .last_ns = entry->last_ns,
						  .dropped_before = entry->dropped_before });
	fold->folded -= 1;
	entry->repeats = 0;
	entry->dropped_before = 0;
}

/* Make room; false when one record alone is over the limit. */
static bool make_room(struct pw_fold *fold, size_t size)
{
	if (sizeof(struct entry) + size > fold->options.max_bytes)
		return false;
	while (fold->head &&
	       (fold->n_entries >= fold->options.max_entries ||
		fold->bytes + sizeof(struct entry) + size > fold->options.max_bytes)) {
		emit_repeats(fold, fold->head);
		entry_free(fold, fold->head);
	}
	return true;
}

/* Open a window for what was just emitted. Without memory there is none: nothing is lost. */
static void remember(struct pw_fold *fold, uint64_t now_ns, uint64_t hash,
		     const struct pw_event_view *view)
{
	struct entry **bucket = &fold->bucket[hash & (fold->n_buckets - 1)];
	size_t size = view->event.size;
	struct entry *entry;

	if (!make_room(fold, size))
		return;
	entry = calloc(1, sizeof(*entry) + size);
	if (!entry)
		return;
	entry->hash = hash;
	entry->ends_ns = now_ns + fold->options.window_ns;
	entry->size = size;
	memcpy(entry->wire, view->wire, size);
	entry->next_hash = *bucket;
	*bucket = entry;
	list_append(fold, entry);
	fold->n_entries++;
	fold->bytes += sizeof(*entry) + size;
}

void pw_fold_add(struct pw_fold *fold, uint64_t now_ns, const struct pw_event_view *view,
		 uint64_t dropped_before)
{
	struct entry *entry;
	uint64_t hash;

	if (!may_fold(&view->event)) {
		emit_one(fold, view, dropped_before);
		return;
	}
	hash = hash_view(view);
	entry = find(fold, hash, view);
	if (!entry) {
		emit_one(fold, view, dropped_before);
		remember(fold, now_ns, hash, view);
		return;
	}
	if (!entry->repeats++)
		entry->first_ns = entry->last_ns = view->event.time_ns;
	if (view->event.time_ns > entry->last_ns)
		entry->last_ns = view->event.time_ns;
	if (view->event.time_ns < entry->first_ns)
		entry->first_ns = view->event.time_ns;
	entry->dropped_before += dropped_before;
	fold->folded++;
}

void pw_fold_flush(struct pw_fold *fold, uint64_t now_ns)
{
	while (fold->head && (now_ns == UINT64_MAX || fold->head->ends_ns <= now_ns)) {
		struct entry *entry = fold->head;
		bool goes_on = entry->repeats > 0 && now_ns != UINT64_MAX;

		emit_repeats(fold, entry);
		if (!goes_on) {
			entry_free(fold, entry);
			continue;
		}
		entry->ends_ns = now_ns + fold->options.window_ns;
		list_remove(fold, entry);
		list_append(fold, entry);
	}
}

uint64_t pw_fold_deadline(const struct pw_fold *fold)
{
	return fold->head ? fold->head->ends_ns : UINT64_MAX;
}

uint64_t pw_fold_folded(const struct pw_fold *fold)
{
	return fold->folded;
}
