/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keyed tokens for personal data: '~' and the first 16 hex digits of HMAC-SHA256. Equal
 * inputs give equal tokens on this site: searchable and correlatable without the name.
 * Who holds the key can test guesses against tokens (docs/EVENTS.md says so).
 */
#ifndef PW_EVIDENCE_TOKEN_H
#define PW_EVIDENCE_TOKEN_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define PW_TOKEN_KEY_SIZE 32
#define PW_TOKEN_LEN      17 /* '~' and 16 hex digits */

struct pw_token_key {
	uint8_t bytes[PW_TOKEN_KEY_SIZE];
};

/*
 * Read the key at @path (normally /var/lib/phiward/token.key, 32 bytes, mode 0600), or
 * make it: written to a temporary name and linked, so that two starters agree on one.
 * The directory must exist. Returns 0; -EPERM when the file is open to others or not
 * ours; -EBADMSG when it is not 32 bytes; other -errno of the file system.
 */
int pw_token_key_load(const char *path, struct pw_token_key *ret_key);

/* Token of @len bytes: PW_TOKEN_LEN characters and NUL into @ret_token. Returns 0 or -EIO. */
int pw_token(const struct pw_token_key *key, const void *bytes, size_t len,
	     char ret_token[PW_TOKEN_LEN + 1]);

/*
 * Append @path with every component behind the first @clear bytes as a token, '/' kept.
 * @clear is rounded down to a whole component. Returns 0, -EIO or -ENOMEM.
 */
int pw_token_path(const struct pw_token_key *key, const char *path, size_t len, size_t clear,
		  struct pw_str *into);

#endif /* PW_EVIDENCE_TOKEN_H */
