/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A destination as it is written, taken apart. Private to the policy room: parse_network.c. */
#ifndef PW_POLICY_NETWORK_H
#define PW_POLICY_NETWORK_H

#include "policy/compile.h"

struct pw_network_parts {
	char host[256];
	char length[8]; /* behind '/', if has_length */
	bool has_length, has_port, v6;
	const char *port; /* in the text that was split */
};

/*
 * Read what the parser took: address, prefix length, port and the place's protocol into
 * *ret_entry. Returns 0; -ENOENT when the host in @ret_parts is a name: there is no address
 * then; -EINVAL: no destination at all.
 */
int pw_network_read(const struct pw_place *place, const char *text,
		    struct pw_network_parts *ret_parts, struct pw_net_entry *ret_entry);

/* Do the first @len bits of @a and @b agree? */
bool pw_network_same_bits(const uint8_t *a, const uint8_t *b, uint32_t len);

/* Split at brackets, '/' and ':'; false when the parts do not stand together like that. */
bool pw_network_split(const char *text, struct pw_network_parts *ret_parts);

/* Is it made of digits and dots in its last word: somebody meant an IPv4 address? */
bool pw_network_numeric(const char *host);

#endif /* PW_POLICY_NETWORK_H */
