/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by users.c and people.c alone. */
#ifndef PW_HOST_USERS_PRIVATE_H
#define PW_HOST_USERS_PRIVATE_H

#include "host/users.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>

#define PW_NSS_BUFFER (256u << 10) /* a group with thousands of members */

struct pw_name_slot {
	bool used;
	uint32_t uid;
	char *name; /* NULL: unknown */
	uint64_t until_ms;
};

struct pw_users {
	struct pw_worker *worker; /* borrowed */
	struct pw_name_slot *slot;
};

#endif /* PW_HOST_USERS_PRIVATE_H */
