/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every directory on the way of a path is watched, and of what happens there only the name
 * counts by which the way goes on. Symlinks are followed step by step: each is a name too.
 */
#include "host/changes.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#define LINKS_MAX 40
#define READS_MAX 64 /* of one turn; a flood must not keep the caller */

/* A name that a way goes by: @watch is its directory's. */
struct step {
	int watch;
	char *name;
};

struct steps {
	struct step *item;
	size_t n;
};

struct pw_changes {
	int fd;
	struct steps steps; /* sorted when they are asked for */
	bool sorted;
	bool lacking;
};

static void steps_free(struct steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		free(steps->item[i].name);
	free(steps->item);
	*steps = (struct steps){ 0 };
}

static int steps_add(struct steps *steps, int watch, const char *name, size_t len)
{
	struct step *bigger;
	char *copy;

	if (!(steps->n & (steps->n - 1))) { /* room is a power of two */
		bigger = realloc(steps->item, (steps->n ? 2 * steps->n : 1) * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		steps->item = bigger;
	}
	copy = strndup(name, len);
	if (!copy)
		return -ENOMEM;
	steps->item[steps->n++] = (struct step){ watch, copy };
	return 0;
}

int pw_changes_new(struct pw_changes **ret_changes)
{
	struct pw_changes *changes = calloc(1, sizeof(*changes));

	if (!changes)
		return -ENOMEM;
	changes->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (changes->fd < 0) {
		free(changes);
		return -errno;
	}
	*ret_changes = changes;
	return 0;
}

void pw_changes_free(struct pw_changes **changes)
{
	if (!*changes)
		return;
	steps_free(&(*changes)->steps);
	pw_fd_close((*changes)->fd);
	free(*changes);
	*changes = NULL;
}

/* ---- Finding the way, in the worker's thread ---- */

struct way { /* owned by the worker's thread once it has timed out */
	int fd;
	char *path;
	struct steps steps;
	struct pw_str at;   /* a directory without symlinks in its path; "" is the root */
	struct pw_str rest; /* still to be gone from there */
	unsigned int links;
};

static void way_free(void *data)
{
	struct way *way = data;

	if (!way)
		return;
	steps_free(&way->steps);
	pw_str_free(&way->at);
	pw_str_free(&way->rest);
	pw_fd_close(way->fd);
	free(way->path);
	free(way);
}

static void cleanup_way(void **way)
{
	way_free(*way);
}

static void cut(struct pw_str *s, size_t len)
{
	s->len = len;
	if (s->text)
		s->text[len] = '\0';
}

/* The symlink at way->at is replaced by what it says; way->at is its directory again. */
static int follow_link(struct way *way, size_t parent_len)
{
	_cleanup_str_ struct pw_str rest = { 0 };
	char target[PATH_MAX];
	ssize_t n = readlink(way->at.text, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	if (++way->links > LINKS_MAX)
		return -ELOOP;
	target[n] = '\0';
	pw_str_addf(&rest, "%s/%s", target, way->rest.text ? way->rest.text : "");
	if (rest.error)
		return rest.error;
	pw_str_free(&way->rest);
	way->rest = rest;
	rest = (struct pw_str){ 0 };
	cut(&way->at, target[0] == '/' ? 0 : parent_len);
	return 0;
}

/* One component. Returns 1: the way ends here; 0: it goes on; -errno. */
static int go(struct way *way, const char *name, size_t len, bool last)
{
	uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR |
			IN_MASK_ADD | (last ? IN_ATTRIB | IN_MODIFY : 0);
	size_t parent_len = way->at.len;
	struct stat st;
	int watch, r;

	watch = inotify_add_watch(way->fd, parent_len ? way->at.text : "/", mask);
	if (watch < 0)
		return -errno;
	r = steps_add(&way->steps, watch, name, len);
	if (r < 0)
		return r;
	pw_str_add(&way->at, "/");
	pw_str_add_bytes(&way->at, name, len);
	if (way->at.error)
		return way->at.error;
	if (lstat(way->at.text, &st) < 0)
		return errno == ENOENT ? 1 : -errno;
	if (S_ISLNK(st.st_mode))
		return follow_link(way, parent_len);
	return S_ISDIR(st.st_mode) ? 0 : 1;
}

static void go_up(struct way *way)
{
	const char *slash = way->at.len ? strrchr(way->at.text, '/') : NULL;

	cut(&way->at, slash ? (size_t)(slash - way->at.text) : 0);
}

static int find_way(void *data)
{
	struct way *way = data;
	int r = pw_str_add(&way->rest, way->path);

	while (r == 0) {
		_cleanup_free_ char *rest = pw_str_take(&way->rest);
		const char *name = rest;
		size_t len;

		if (!rest)
			return -ENOMEM;
		name += strspn(name, "/");
		len = strcspn(name, "/");
		if (!len)
			return 0;
		r = pw_str_add(&way->rest, name + len + strspn(name + len, "/"));
		if (r < 0 || (len == 1 && name[0] == '.'))
			continue;
		if (len == 2 && memcmp(name, "..", 2) == 0)
			go_up(way);
		else
			r = go(way, name, len, !way->rest.len);
	}
	return r < 0 ? r : 0;
}

int pw_changes_add(struct pw_changes *changes, struct pw_paths *paths, const char *path)
{
	_cleanup_(cleanup_way) void *data = NULL;
	struct way *way = data = calloc(1, sizeof(*way));
	int r = way ? 0 : -ENOMEM;

	if (r == 0) {
		way->fd = fcntl(changes->fd, F_DUPFD_CLOEXEC, 0); /* a hung thread may outlive us */
		way->path = strdup(path);
		r = way->fd < 0 ? -errno : way->path ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = pw_paths_run(paths, path, find_way, way_free, &data);
	for (size_t i = 0; r == 0 && i < way->steps.n; i++)
		r = steps_add(&changes->steps, way->steps.item[i].watch, way->steps.item[i].name,
			      strlen(way->steps.item[i].name));
	changes->sorted = false;
	if (r < 0)
		changes->lacking = true;
	return r;
}

bool pw_changes_whole(const struct pw_changes *changes)
{
	return !changes->lacking;
}

/* ---- What happened ---- */

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->watch != y->watch)
		return x->watch < y->watch ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool counts(const struct pw_changes *changes, const struct inotify_event *event)
{
	const struct step step = { event->wd, (char *)event->name };

	if (event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT))
		return true;
	return event->len && changes->steps.n &&
	       bsearch(&step, changes->steps.item, changes->steps.n, sizeof(step), compare_steps);
}

bool pw_changes_seen(struct pw_changes *changes)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool seen = false;

	if (!changes->sorted && changes->steps.n)
		qsort(changes->steps.item, changes->steps.n, sizeof(*changes->steps.item),
		      compare_steps);
	changes->sorted = true;
	for (unsigned int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(changes->fd, buffer, sizeof(buffer));

		if (n <= 0)
			break;
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (const void *)(buffer + at);

			seen |= counts(changes, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return seen;
}
