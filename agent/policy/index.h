/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names to numbers: a hash table that borrows its keys. Private to the policy room. */
#ifndef PW_POLICY_INDEX_H
#define PW_POLICY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pw_index {
	struct pw_index_slot {
		const char *key; /* NULL: free */
		uint64_t hash;
		uint32_t len, value;
	} * slot;
	size_t n, size; /* size: 0 or a power of two */
};

/* FNV-1a, which goes on from a prefix: hash(ab) = pw_index_hash(hash(a), b). */
#define PW_INDEX_HASH_START 0xcbf29ce484222325ULL
uint64_t pw_index_hash(uint64_t hash, const char *text, size_t len);

/* False: not there. */
bool pw_index_find(const struct pw_index *index, const char *key, size_t len, size_t *ret_value);

/* The same for a key whose hash is known. */
struct pw_index_key {
	const char *text;
	size_t len;
	uint64_t hash;
};
bool pw_index_find_key(const struct pw_index *index, const struct pw_index_key *key,
		       size_t *ret_value);

/* @key is borrowed; whoever adds has looked before. @len and @value below 2^32. 0 or -ENOMEM. */
int pw_index_add(struct pw_index *index, const char *key, size_t len, size_t value);

void pw_index_free(struct pw_index *index);
#define _cleanup_index_ __attribute__((cleanup(pw_index_free)))

#endif /* PW_POLICY_INDEX_H */
