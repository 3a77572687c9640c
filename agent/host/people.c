/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The actors of a policy as uids and gids. Every question to NSS is a call in the worker,
 * whose answer is a list of numbers; what does not answer in time is a warning.
 */
#include "host/users.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "host/users-private.h"

#include <string.h>

#define TIMEOUT_MS           2000
#define ENUMERATE_TIMEOUT_MS 5000
#define IDS_MAX              1000000

struct ids {
	uint32_t *id;
	size_t n;
};

enum question { USER_ID, GROUP_ID, GROUP_MEMBERS, PRIMARY_MEMBERS, GROUPS_OF };

struct request { /* owned by the worker's thread once it has timed out */
	enum question question;
	char *name;
	uint32_t id;
	struct ids answer; /* ids; for PRIMARY_MEMBERS pairs of gid and uid */
};

static void request_free(void *arg)
{
	struct request *request = arg;

	if (!request)
		return;
	free(request->name);
	free(request->answer.id);
	free(request);
}

static void cleanup_request(struct request **request)
{
	request_free(*request);
}

static int ids_add(struct ids *ids, uint32_t id)
{
	if (ids->n >= IDS_MAX)
		return -E2BIG;
	if (!(ids->n & (ids->n - 1))) {
		uint32_t *more = reallocarray(ids->id, ids->n ? ids->n * 2 : 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		ids->id = more;
	}
	ids->id[ids->n++] = id;
	return 0;
}

static int user_id(struct request *request, char *buffer)
{
	struct passwd pw, *found = NULL;
	int r = getpwnam_r(request->name, &pw, buffer, PW_NSS_BUFFER, &found);

	if (r != 0 || !found)
		return r ? -r : -ENOENT;
	return ids_add(&request->answer, found->pw_uid);
}

static int group_id(struct request *request, char *buffer)
{
	struct group gr, *found = NULL;
	int r = getgrnam_r(request->name, &gr, buffer, PW_NSS_BUFFER, &found);

	if (r != 0 || !found)
		return r ? -r : -ENOENT;
	return ids_add(&request->answer, found->gr_gid);
}

/* Listed members. Those who are listed but unknown are nobody. */
static int group_members(struct request *request, char *buffer)
{
	_cleanup_free_ char *other = malloc(PW_NSS_BUFFER);
	struct group gr, *found = NULL;
	int r = getgrnam_r(request->name, &gr, buffer, PW_NSS_BUFFER, &found);

	if (!other)
		return -ENOMEM;
	if (r != 0 || !found)
		return r ? -r : -ENOENT;
	for (char **name = found->gr_mem; *name; name++) {
		struct passwd pw, *member = NULL;

		if (getpwnam_r(*name, &pw, other, PW_NSS_BUFFER, &member) != 0 || !member)
			continue;
		r = ids_add(&request->answer, member->pw_uid);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Only ever run in one worker; a second one is held up by libc's own lock at most. */
static int primary_members(struct request *request)
{
	struct passwd *pw;
	int r = 0;

	setpwent();
	while (r == 0 && (pw = getpwent())) {
		r = ids_add(&request->answer, pw->pw_gid);
		if (r == 0)
			r = ids_add(&request->answer, pw->pw_uid);
	}
	endpwent();
	return r;
}

static int groups_of(struct request *request, char *buffer)
{
	struct passwd pw, *found = NULL;
	_cleanup_free_ gid_t *group = NULL;
	int n = 0, r;

	r = getpwuid_r(request->id, &pw, buffer, PW_NSS_BUFFER, &found);
	if (r != 0 || !found)
		return r ? -r : -ENOENT;
	getgrouplist(found->pw_name, found->pw_gid, NULL, &n);
	if (n <= 0 || n > IDS_MAX)
		return -E2BIG;
	group = calloc((size_t)n, sizeof(*group));
	if (!group)
		return -ENOMEM;
	if (getgrouplist(found->pw_name, found->pw_gid, group, &n) < 0)
		return -EAGAIN;
	for (r = 0; r == 0 && n > 0; n--)
		r = ids_add(&request->answer, group[n - 1]);
	return r;
}

static int answer(void *arg)
{
	struct request *request = arg;
	_cleanup_free_ char *buffer = malloc(PW_NSS_BUFFER);

	if (!buffer)
		return -ENOMEM;
	switch (request->question) {
	case USER_ID:
		return user_id(request, buffer);
	case GROUP_ID:
		return group_id(request, buffer);
	case GROUP_MEMBERS:
		return group_members(request, buffer);
	case PRIMARY_MEMBERS:
		return primary_members(request);
	case GROUPS_OF:
		return groups_of(request, buffer);
	}
	return -EINVAL;
}

/* Ask. On 0 *ret_ids is the caller's to free. */
static int ask(struct pw_users *users, enum question question, const char *name, uint32_t id,
	       struct ids *ret_ids)
{
	_cleanup_(cleanup_request) struct request *request = calloc(1, sizeof(*request));
	unsigned int timeout_ms = question == PRIMARY_MEMBERS ? ENUMERATE_TIMEOUT_MS : TIMEOUT_MS;
	int result = 0, r;

	if (!request)
		return -ENOMEM;
	request->question = question;
	request->id = id;
	request->name = strdup(name ? name : "");
	if (!request->name)
		return -ENOMEM;
	r = pw_worker_run(users->worker, answer, request_free, request, timeout_ms, &result);
	if (r == -ETIMEDOUT)
		request = NULL; /* the thread's now */
	if (r < 0)
		return r;
	if (result < 0)
		return result;
	*ret_ids = request->answer;
	request->answer = (struct ids){ 0 };
	return 0;
}

static int warn(struct pw_people *people, const char *what, const char *name, int error)
{
	_cleanup_str_ struct pw_str text = { 0 };
	char **more = reallocarray(people->warning, people->n_warnings + 1, sizeof(*more));
	char *line;

	if (!more)
		return -ENOMEM;
	people->warning = more;
	if (error == -ENOENT)
		pw_str_addf(&text, "no %s '", what);
	else
		pw_str_addf(&text, "cannot look up %s '", what);
	pw_str_add_escaped(&text, name, strlen(name));
	if (error == -ENOENT)
		pw_str_add(&text, "' on this host: rules that need it match nobody");
	else
		pw_str_addf(&text, "' (%s): rules that need it match nobody", strerror(-error));
	line = pw_str_take(&text);
	if (!line)
		return -ENOMEM;
	people->warning[people->n_warnings++] = line;
	return 0;
}

static int add_mask(struct pw_id_mask **list, size_t *n, uint32_t id, const struct pw_mask *mask)
{
	struct pw_id_mask *more;

	if (!(*n & (*n - 1))) {
		more = reallocarray(*list, *n ? *n * 2 : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		*list = more;
	}
	(*list)[(*n)++] = (struct pw_id_mask){ .id = id, .mask = *mask };
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct pw_id_mask *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Sort, and merge entries of the same id. */
static void settle(struct pw_id_mask *list, size_t *n)
{
	size_t kept = 0;

	if (*n < 2)
		return;
	qsort(list, *n, sizeof(*list), by_id);
	for (size_t i = 1; i < *n; i++) {
		if (list[i].id == list[kept].id)
			pw_mask_or(&list[kept].mask, &list[i].mask);
		else
			list[++kept] = list[i];
	}
	*n = kept + 1;
}

static int add_members(struct pw_people *people, const struct ids *ids, const struct pw_mask *mask)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ids->n; i++)
		r = add_mask(&people->member, &people->n_members, ids->id[i], mask);
	return r;
}

static int resolve_user(struct pw_users *users, const struct pw_name_mask *user,
			struct pw_people *people)
{
	struct ids ids = { 0 };
	int r = ask(users, USER_ID, user->name, 0, &ids);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return warn(people, "user", user->name, r);
	r = add_mask(&people->user, &people->n_users, ids.id[0], &user->mask);
	free(ids.id);
	return r;
}

static int resolve_group(struct pw_users *users, const struct pw_name_mask *group,
			 struct pw_people *people)
{
	struct ids ids = { 0 };
	int r = ask(users, GROUP_ID, group->name, 0, &ids);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return warn(people, "group", group->name, r);
	r = add_mask(&people->group, &people->n_groups, ids.id[0], &group->mask);
	free(ids.id);
	ids = (struct ids){ 0 };
	if (r < 0)
		return r;
	r = ask(users, GROUP_MEMBERS, group->name, 0, &ids);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return warn(people, "members of group", group->name, r);
	r = add_members(people, &ids, &group->mask);
	free(ids.id);
	return r;
}

/* Whose primary group is one of the policy's. Needs people->group sorted. */
static int resolve_primary(struct pw_users *users, struct pw_people *people)
{
	struct ids ids = { 0 };
	int r;

	if (!people->n_groups)
		return 0;
	r = ask(users, PRIMARY_MEMBERS, NULL, 0, &ids);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return warn(people, "the primary groups of", "everyone", r);
	for (size_t i = 0; r == 0 && i + 1 < ids.n; i += 2) {
		struct pw_id_mask key = { .id = ids.id[i] }, *found;

		found = bsearch(&key, people->group, people->n_groups, sizeof(key), by_id);
		if (found)
			r = add_mask(&people->member, &people->n_members, ids.id[i + 1],
				     &found->mask);
	}
	free(ids.id);
	return r;
}

int pw_users_resolve(struct pw_users *users, const struct pw_compiled *compiled,
		     struct pw_people *ret_people)
{
	struct pw_people people = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < compiled->n_users; i++)
		r = resolve_user(users, &compiled->user[i], &people);
	for (size_t i = 0; r == 0 && i < compiled->n_groups; i++)
		r = resolve_group(users, &compiled->group[i], &people);
	settle(people.user, &people.n_users);
	settle(people.group, &people.n_groups);
	if (r == 0)
		r = resolve_primary(users, &people);
	settle(people.member, &people.n_members);
	if (r < 0) {
		pw_people_free(&people);
		return r;
	}
	*ret_people = people;
	return 0;
}

void pw_people_free(struct pw_people *people)
{
	pw_names_free(people->warning, people->n_warnings);
	free(people->user);
	free(people->group);
	free(people->member);
	*people = (struct pw_people){ 0 };
}

int pw_users_member_mask(struct pw_users *users, const struct pw_people *people, uint32_t uid,
			 struct pw_mask *ret_mask)
{
	struct pw_mask mask = { 0 };
	struct ids ids = { 0 };
	int r = ask(users, GROUPS_OF, NULL, uid, &ids);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ids.n; i++) {
		struct pw_id_mask key = { .id = ids.id[i] }, *found = NULL;

		if (people->n_groups)
			found = bsearch(&key, people->group, people->n_groups, sizeof(key), by_id);
		if (found)
			pw_mask_or(&mask, &found->mask);
	}
	free(ids.id);
	*ret_mask = mask;
	return 0;
}

int pw_users_groups(const char *name, char ***ret_names, size_t *ret_n)
{
	_cleanup_free_ gid_t *group = NULL;
	struct passwd *pw = getpwnam(name);
	char **names;
	size_t found = 0;
	int n = 0;

	if (!pw)
		return -ENOENT;
	getgrouplist(name, pw->pw_gid, NULL, &n);
	if (n <= 0 || n > IDS_MAX)
		return -E2BIG;
	group = calloc((size_t)n, sizeof(*group));
	names = calloc((size_t)n, sizeof(*names));
	if (!group || !names || getgrouplist(name, pw->pw_gid, group, &n) < 0) {
		free(names);
		return -ENOMEM;
	}
	for (int i = 0; i < n; i++) {
		struct group *gr = getgrgid(group[i]);

		if (!gr)
			continue;
		names[found] = strdup(gr->gr_name);
		if (!names[found]) {
			pw_names_free(names, found);
			return -ENOMEM;
		}
		found++;
	}
	*ret_names = names;
	*ret_n = found;
	return 0;
}

void pw_names_free(char **names, size_t n)
{
	for (size_t i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
}
