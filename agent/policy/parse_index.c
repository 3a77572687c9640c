/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open addressing with linear probing, at most half full; nothing is ever taken out. */
#include "policy/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t pw_index_hash(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	return hash;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct pw_index_slot *index_slot(const struct pw_index *index,
					const struct pw_index_key *key)
{
	size_t i = (key->hash ^ key->hash >> 32) & (index->size - 1);

	for (;; i = (i + 1) & (index->size - 1)) {
		struct pw_index_slot *slot = &index->slot[i];

		if (!slot->key || (slot->hash == key->hash && slot->len == key->len &&
				   memcmp(slot->key, key->text, key->len) == 0))
			return slot;
	}
}

static struct pw_index_key index_key(const char *text, size_t len)
{
	return (struct pw_index_key){ text, len, pw_index_hash(PW_INDEX_HASH_START, text, len) };
}

bool pw_index_find_key(const struct pw_index *index, const struct pw_index_key *key,
		       size_t *ret_value)
{
	const struct pw_index_slot *slot;

	if (!index->n)
		return false;
	slot = index_slot(index, key);
	if (!slot->key)
		return false;
	*ret_value = slot->value;
	return true;
}

bool pw_index_find(const struct pw_index *index, const char *key, size_t len, size_t *ret_value)
{
	const struct pw_index_key full = index_key(key, len);

	return pw_index_find_key(index, &full, ret_value);
}

static int index_double(struct pw_index *index)
{
	struct pw_index more = { .n = index->n, .size = index->size ? index->size * 2 : 32 };
	size_t i;

	more.slot = calloc(more.size, sizeof(*more.slot));
	if (!more.slot)
		return -ENOMEM;
	for (i = 0; i < index->size; i++) {
		const struct pw_index_slot *old = &index->slot[i];

		if (old->key)
			*index_slot(&more,
				    &(struct pw_index_key){ old->key, old->len, old->hash }) = *old;
	}
	free(index->slot);
	*index = more;
	return 0;
}

int pw_index_add(struct pw_index *index, const char *key, size_t len, size_t value)
{
	const struct pw_index_key full = index_key(key, len);
	int r;

	if (index->n * 2 >= index->size) {
		r = index_double(index);
		if (r < 0)
			return r;
	}
	*index_slot(index, &full) =
		(struct pw_index_slot){ key, full.hash, (uint32_t)len, (uint32_t)value };
	index->n++;
	return 0;
}

void pw_index_free(struct pw_index *index)
{
	free(index->slot);
	*index = (struct pw_index){ 0 };
}
