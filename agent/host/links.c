/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files with several links in labelled trees: the only ones whose name may hide a label. */
#include "base/cleanup.h"
#include "host/resolve.h"
#include "host/worker.h"

#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

/* So long may one entry of the policy take. A file system that hangs must not stop the start. */
#define SCAN_MAX_MS 30000

struct link_found {
	int fd;
	uint64_t labels;
};

/* One entry of the policy, looked through in a thread; it owns all it needs. */
struct scan {
	char *pattern;
	bool is_tree;
	struct link_found *found;
	size_t n;
	uint64_t looked_at;
};

static void scan_free(void *data)
{
	struct scan *scan = data;

	for (size_t i = 0; i < scan->n; i++)
		pw_fd_close(scan->found[i].fd);
	free(scan->found);
	free(scan->pattern);
	free(scan);
}

static int look_at(struct scan *scan, const char *path)
{
	struct link_found *more;
	int fd;

	if (!(scan->n & (scan->n - 1))) {
		more = realloc(scan->found, (scan->n ? 2 * scan->n : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		scan->found = more;
	}
	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	scan->found[scan->n++] = (struct link_found){ .fd = fd };
	return 0;
}

/* Stays on the file system of the root: what is mounted in a tree is an entry of its own. */
static int scan_tree(struct scan *scan, char *root)
{
	char *roots[] = { root, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *entry;
	int r = 0;

	while (fts && (entry = fts_read(fts))) {
		scan->looked_at++;
		if (entry->fts_info == FTS_F && entry->fts_statp->st_nlink > 1) {
			int one = look_at(scan, entry->fts_accpath);

			r = one < 0 ? one : r;
		}
	}
	if (fts)
		fts_close(fts);
	return r;
}

/* GLOB_PERIOD finds "." and "..", too. */
static bool is_dot(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return strstr(path, "/./") || strstr(path, "/../") || !strcmp(name, ".") ||
	       !strcmp(name, "..");
}

static int scan_pattern(void *data)
{
	struct scan *scan = data;
	glob_t found = { 0 };
	int r = 0;

	if (glob(scan->pattern, GLOB_NOSORT | GLOB_NOESCAPE | GLOB_PERIOD, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc && r != -ENOMEM; i++) {
			struct stat st;

			if (is_dot(found.gl_pathv[i]))
				continue;
			if (scan->is_tree)
				r = scan_tree(scan, found.gl_pathv[i]);
			else if (lstat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode) &&
				 st.st_nlink > 1)
				r = look_at(scan, found.gl_pathv[i]);
		}
	}
	globfree(&found);
	return r;
}

/* Every file found carries the entry's label; what else it carries its name tells. */
static int scan_entry(struct pw_worker *worker, const char *pattern, bool is_tree, uint64_t labels,
		      void (*found)(void *ctx, int fd, uint64_t labels), void *ctx)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	int r, result = 0;

	if (!scan)
		return -ENOMEM;
	scan->is_tree = is_tree;
	scan->pattern = strdup(pattern);
	if (!scan->pattern) {
		scan_free(scan);
		return -ENOMEM;
	}
	r = pw_worker_run(worker, scan_pattern, scan_free, scan, SCAN_MAX_MS, &result);
	if (r == -ETIMEDOUT)
		return r; /* the thread has it now */
	for (size_t i = 0; r == 0 && i < scan->n; i++)
		found(ctx, scan->found[i].fd, labels);
	scan_free(scan);
	return r < 0 ? r : result;
}

int pw_resolve_links(struct pw_worker *worker, struct pw_paths *paths,
		     const struct pw_policy *policy,
		     void (*found)(void *ctx, int fd, uint64_t labels), void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < policy->n_labels; i++) {
		const struct pw_texts *lists[] = { &policy->label[i].trees,
						   &policy->label[i].files };

		for (size_t j = 0; j < 2 * (lists[0]->n + lists[1]->n); j++) {
			const struct pw_texts *list = lists[j & 1];
			int one;

			if (j / 2 >= list->n || pw_paths_hangs(paths, list->item[j / 2].text))
				continue;
			one = scan_entry(worker, list->item[j / 2].text, !(j & 1), 1ULL << i, found,
					 ctx);
			r = one < 0 ? one : r;
		}
	}
	return r;
}
