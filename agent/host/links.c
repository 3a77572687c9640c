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
static int scan_entry(const struct pw_link_search *search, const char *pattern, bool is_tree,
		      uint64_t labels)
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
	r = pw_worker_run(search->worker, scan_pattern, scan_free, scan, search->max_ms, &result);
	if (r == -ETIMEDOUT)
		return r; /* the thread has it now */
	for (size_t i = 0; r == 0 && i < scan->n; i++)
		search->found(search->ctx, scan->found[i].fd, labels);
	scan_free(scan);
	return r < 0 ? r : result;
}

static bool has_entry(const struct pw_texts *list, const char *pattern)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i].text, pattern) == 0)
			return true;
	return false;
}

/* Was the entry looked through for the policy before, for the same label? */
static bool known_before(const struct pw_link_search *search, const char *label, bool is_tree,
			 const char *pattern)
{
	for (size_t i = 0; search->before && i < search->before->n_labels; i++) {
		const struct pw_label *before = &search->before->label[i];

		if (strcmp(before->name.text, label) == 0)
			return has_entry(is_tree ? &before->trees : &before->files, pattern);
	}
	return false;
}

int pw_resolve_links(const struct pw_link_search *search)
{
	int r = 0;

	for (size_t i = 0; i < search->policy->n_labels; i++) {
		const struct pw_texts *lists[] = { &search->policy->label[i].trees,
						   &search->policy->label[i].files };

		for (size_t j = 0; j < 2 * (lists[0]->n + lists[1]->n); j++) {
			const struct pw_texts *list = lists[j & 1];
			const char *pattern = j / 2 < list->n ? list->item[j / 2].text : NULL;
			int one;

			if (!pattern ||
			    known_before(search, search->policy->label[i].name.text, !(j & 1),
					 pattern) ||
			    pw_paths_hangs(search->paths, pattern))
				continue;
			one = scan_entry(search, pattern, !(j & 1),
					 1ULL << search->policy->label[i].bit);
			r = one < 0 ? one : r;
		}
	}
	return r;
}
