/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files with several links in labelled trees: the only ones whose name may hide a label. */
#include "base/cleanup.h"
#include "host/resolve.h"

#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#define TICK_FILES 512

struct scan {
	void (*found)(void *ctx, int fd, uint64_t labels);
	void (*tick)(void *ctx, uint64_t looked_at);
	void *ctx;
	const struct pw_compiled *compiled;
	uint64_t looked_at;
};

static void look_at(struct scan *scan, const char *path, const char *access_path, uint64_t labels)
{
	uint64_t by_name = pw_trees_labels(&scan->compiled->trees, path, false);
	int fd = open(access_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	scan->found(scan->ctx, fd, labels | by_name);
	pw_fd_close(fd);
}

static void scan_tree(struct scan *scan, char *root, uint64_t labels)
{
	char *roots[] = { root, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while (fts && (entry = fts_read(fts))) {
		if (entry->fts_info == FTS_F && entry->fts_statp->st_nlink > 1)
			look_at(scan, entry->fts_path, entry->fts_accpath, labels);
		if (++scan->looked_at % TICK_FILES == 0)
			scan->tick(scan->ctx, scan->looked_at);
	}
	if (fts)
		fts_close(fts);
}

static void scan_pattern(struct scan *scan, const char *pattern, uint64_t labels, bool is_tree)
{
	glob_t found = { 0 };

	if (glob(pattern, GLOB_NOSORT | GLOB_NOESCAPE | GLOB_PERIOD, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];
			struct stat st;

			if (strstr(path, "/./") || strstr(path, "/../") ||
			    strcmp(path + strlen(path) - 2, "/.") == 0 ||
			    (strlen(path) > 3 && strcmp(path + strlen(path) - 3, "/..") == 0))
				continue; /* GLOB_PERIOD finds these, too */
			if (is_tree)
				scan_tree(scan, found.gl_pathv[i], labels);
			else if (lstat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode) &&
				 st.st_nlink > 1)
				look_at(scan, found.gl_pathv[i], found.gl_pathv[i], labels);
		}
	}
	globfree(&found);
}

uint64_t pw_resolve_links(const struct pw_policy *policy, const struct pw_compiled *compiled,
			  void (*found)(void *ctx, int fd, uint64_t labels),
			  void (*tick)(void *ctx, uint64_t looked_at), void *ctx)
{
	struct scan scan = { found, tick, ctx, compiled, 0 };

	for (size_t i = 0; i < policy->n_labels; i++) {
		const struct pw_label *label = &policy->label[i];

		for (size_t j = 0; j < label->trees.n; j++)
			scan_pattern(&scan, label->trees.item[j].text, 1ULL << i, true);
		for (size_t j = 0; j < label->files.n; j++)
			scan_pattern(&scan, label->files.item[j].text, 1ULL << i, false);
	}
	return scan.looked_at;
}
