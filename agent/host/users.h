/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People: names of the policy to uids and gids, and uids of events to names, through NSS,
 * with a time limit (a dead directory server must not stop the daemon).
 */
#ifndef PW_HOST_USERS_H
#define PW_HOST_USERS_H

#include "host/worker.h"
#include "phiward/decide.h"
#include "policy/compile.h"

#include <stddef.h>
#include <stdint.h>

struct pw_users;

/* @worker is borrowed. Names are cached: 1024 of them, for 5 minutes (unknown: 30 s). */
int pw_users_new(struct pw_worker *worker, struct pw_users **ret_users);
void pw_users_free(struct pw_users **users);

/*
 * Name of @uid, or NULL (unknown, unset, or the directory does not answer within 250 ms).
 * Borrowed until the next call.
 */
const char *pw_users_name(struct pw_users *users, uint32_t uid);

struct pw_id_mask {
	uint32_t id; /* uid or gid */
	struct pw_mask mask;
};

/* What the actors of a policy are on this host; sorted by id, each id once. */
struct pw_people {
	struct pw_id_mask *user; /* uid -> rules that name the user */
	size_t n_users;
	struct pw_id_mask *group; /* gid -> rules that name the group */
	size_t n_groups;
	/*
	 * uid -> rules satisfied through membership in groups (listed members, and those
	 * whose primary group it is, as far as the directory can be enumerated): for
	 * the person behind sudo, whose task no longer carries the groups.
	 */
	struct pw_id_mask *member;
	size_t n_members;
	char **warning; /* "no user 'carol' on this host", ... */
	size_t n_warnings;
};

/*
 * Resolve every user and group of @compiled. A name that is unknown, or whose lookup does
 * not end in 2 s, is a warning and satisfies nothing. Returns 0 (pw_people_free()) or -ENOMEM.
 */
int pw_users_resolve(struct pw_users *users, const struct pw_compiled *compiled,
		     struct pw_people *ret_people);
void pw_people_free(struct pw_people *people);

/*
 * Rules that @uid satisfies through its groups, asked of NSS for this one person (for
 * directories that cannot be enumerated): OR of the masks of people->group.
 * Returns 0, -ENOENT (no such user), -ETIMEDOUT, -EAGAIN.
 */
int pw_users_member_mask(struct pw_users *users, const struct pw_people *people, uint32_t uid,
			 struct pw_mask *ret_mask);

/* Groups of the user called @name (gids resolved to names), for explain: no time limit. */
int pw_users_groups(const char *name, char ***ret_names, size_t *ret_n);
void pw_names_free(char **names, size_t n);

#endif /* PW_HOST_USERS_H */
