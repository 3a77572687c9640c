/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of users for events, and the bounded cache that holds them. Asks NSS in a worker. */
#include "host/users.h"

#include "base/cleanup.h"
#include "host/clock.h"
#include "host/users-private.h"

#include <string.h>

#define CACHE           1024 /* power of two */
#define FRESH_MS        300000
#define UNKNOWN_MS      30000
#define NAME_TIMEOUT_MS 250

int pw_users_new(struct pw_worker *worker, struct pw_users **ret_users)
{
	struct pw_users *users = calloc(1, sizeof(*users));

	if (!users)
		return -ENOMEM;
	users->slot = calloc(CACHE, sizeof(*users->slot));
	if (!users->slot) {
		free(users);
		return -ENOMEM;
	}
	users->worker = worker;
	*ret_users = users;
	return 0;
}

void pw_users_free(struct pw_users **users)
{
	if (!*users)
		return;
	for (size_t i = 0; i < CACHE; i++)
		free((*users)->slot[i].name);
	free((*users)->slot);
	free(*users);
	*users = NULL;
}

struct name_request {
	uint32_t uid;
	char *name;
};

static void name_free(void *arg)
{
	struct name_request *request = arg;

	free(request->name);
	free(request);
}

static int name_call(void *arg)
{
	struct name_request *request = arg;
	_cleanup_free_ char *buffer = malloc(PW_NSS_BUFFER);
	struct passwd pw, *found = NULL;
	int r;

	if (!buffer)
		return -ENOMEM;
	r = getpwuid_r(request->uid, &pw, buffer, PW_NSS_BUFFER, &found);
	if (r != 0 || !found)
		return r ? -r : -ENOENT;
	request->name = strdup(found->pw_name);
	return request->name ? 0 : -ENOMEM;
}

static char *ask_name(struct pw_users *users, uint32_t uid)
{
	struct name_request *request = calloc(1, sizeof(*request));
	char *name = NULL;
	int result = 0, r;

	if (!request)
		return NULL;
	request->uid = uid;
	r = pw_worker_run(users->worker, name_call, name_free, request, NAME_TIMEOUT_MS, &result);
	if (r == -ETIMEDOUT)
		return NULL;
	if (r == 0 && result == 0)
		name = TAKE_PTR(request->name);
	name_free(request);
	return name;
}

const char *pw_users_name(struct pw_users *users, uint32_t uid)
{
	struct pw_name_slot *slot = &users->slot[(uid * 2654435761u >> 16) & (CACHE - 1)];
	uint64_t now_ms = pw_monotonic_ms();

	if (uid == UINT32_MAX)
		return NULL;
	if (!slot->used || slot->uid != uid || now_ms >= slot->until_ms) {
		free(slot->name);
		*slot = (struct pw_name_slot){ .used = true, .uid = uid };
		slot->name = ask_name(users, uid);
		slot->until_ms = pw_monotonic_ms() + (slot->name ? FRESH_MS : UNKNOWN_MS);
	}
	return slot->name;
}
