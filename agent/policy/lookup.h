/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash -> ids of things that live elsewhere: the caller compares the things; nothing is ever
 * removed. And arrays that grow. For what compile makes in hundreds of thousands.
 */
#ifndef PW_POLICY_LOOKUP_H
#define PW_POLICY_LOOKUP_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define PW_ID_NONE UINT32_MAX

struct pw_lookup_slot {
	uint64_t hash;
	uint32_t id; /* plus 1; 0: free */
};

struct pw_lookup {
	struct pw_lookup_slot *slot;
	size_t size; /* a power of two, or 0 */
	size_t n;
};

static inline uint64_t pw_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
	return hash ^ hash >> 32;
}

static inline void pw_lookup_free(struct pw_lookup *lookup)
{
	free(lookup->slot);
	*lookup = (struct pw_lookup){ 0 };
}

static inline void pw_lookup_put(struct pw_lookup *lookup, uint64_t hash, uint32_t id_plus_1)
{
	size_t i = hash & (lookup->size - 1);

	while (lookup->slot[i].id)
		i = (i + 1) & (lookup->size - 1);
	lookup->slot[i] = (struct pw_lookup_slot){ .hash = hash, .id = id_plus_1 };
}

/* Returns 0 or -ENOMEM. */
static inline int pw_lookup_add(struct pw_lookup *lookup, uint64_t hash, uint32_t id)
{
	if (2 * (lookup->n + 1) > lookup->size) {
		struct pw_lookup old = *lookup;
		size_t size = old.size ? 2 * old.size : 64, i;
		struct pw_lookup_slot *slot = calloc(size, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		lookup->slot = slot;
		lookup->size = size;
		for (i = 0; i < old.size; i++)
			if (old.slot[i].id)
				pw_lookup_put(lookup, old.slot[i].hash, old.slot[i].id);
		free(old.slot);
	}
	pw_lookup_put(lookup, hash, id + 1);
	lookup->n++;
	return 0;
}

/* The next id that was added with @hash, or PW_ID_NONE; *@turn begins at 0. */
static inline uint32_t pw_lookup_next(const struct pw_lookup *lookup, uint64_t hash, size_t *turn)
{
	while (*turn < lookup->size) {
		const struct pw_lookup_slot *slot =
			&lookup->slot[(hash + (*turn)++) & (lookup->size - 1)];

		if (!slot->id)
			break;
		if (slot->hash == hash)
			return slot->id - 1;
	}
	return PW_ID_NONE;
}

/* Make room for item @n of *@array, which holds *@size. Returns 0 or -ENOMEM. */
static inline int pw_grow_bytes(void *array, size_t *size, size_t n, size_t item_bytes)
{
	void **items = array, *more;
	size_t new_size = *size ? *size : 16;

	if (n < *size)
		return 0;
	while (new_size <= n)
		new_size *= 2;
	more = reallocarray(*items, new_size, item_bytes);
	if (!more)
		return -ENOMEM;
	*items = more;
	*size = new_size;
	return 0;
}

#define pw_grow(array, size, n) pw_grow_bytes(array, size, n, sizeof(**(array)))

#endif /* PW_POLICY_LOOKUP_H */
