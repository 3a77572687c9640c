/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A destination as it is written, taken apart. Private to the policy room. */
#ifndef PW_POLICY_NETWORK_H
#define PW_POLICY_NETWORK_H

#include <stdbool.h>

struct pw_network_parts {
	char host[256];
	char length[8]; /* behind '/', if has_length */
	bool has_length, has_port, v6;
	const char *port; /* in the text that was split */
};

/* Split at brackets, '/' and ':'; false when the parts do not stand together like that. */
bool pw_network_split(const char *text, struct pw_network_parts *ret_parts);

/* Is it made of digits and dots in its last word: somebody meant an IPv4 address? */
bool pw_network_numeric(const char *host);

#endif /* PW_POLICY_NETWORK_H */
