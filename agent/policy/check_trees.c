/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees and files that another tree of the same label covers: they add nothing, and whoever
 * wrote them may believe otherwise. By text alone, as the rest of this room.
 */
#include "policy/parse.h"

#include "base/cleanup.h"

#include <string.h>

/* Comparisons with wildcard trees, a parse: beyond that no such warning is given. */
#define TREES_GLOBS_MAX 2000000

struct trees_label {
	struct pw_parse *parse;
	const struct pw_label *label;
	struct pw_index index; /* of label->trees */
	size_t *glob;          /* those with a wildcard */
	size_t n_globs;
	size_t *budget;
};

/* Does a component with at most one '*' match all that another one matches? */
static bool trees_component_covers(const char *a, size_t a_len, const char *b, size_t b_len)
{
	const char *star = memchr(a, '*', a_len), *b_star = memchr(b, '*', b_len);
	size_t prefix, suffix, b_prefix, b_suffix;

	if (!star)
		return a_len == b_len && memcmp(a, b, a_len) == 0;
	prefix = (size_t)(star - a);
	suffix = a_len - prefix - 1;
	if (b_star) {
		b_prefix = (size_t)(b_star - b);
		b_suffix = b_len - b_prefix - 1;
	} else {
		if (prefix + suffix > b_len)
			return false;
		b_prefix = b_suffix = b_len;
	}
	return prefix <= b_prefix && suffix <= b_suffix && memcmp(a, b, prefix) == 0 &&
	       memcmp(star + 1, b + b_len - suffix, suffix) == 0;
}

/* Does tree @a hold whatever path @b stands for? Both are normalised. */
static bool trees_cover(const char *a, const char *b)
{
	while (*a) {
		size_t a_len = strcspn(++a, "/"), b_len;

		if (!*b)
			return false;
		b_len = strcspn(++b, "/");
		if (!trees_component_covers(a, a_len, b, b_len))
			return false;
		a += a_len;
		b += b_len;
	}
	return true;
}

/* A tree that is, letter by letter, a directory above @path; the path itself if @whole. */
static bool trees_find_above(const struct trees_label *label, const char *path, bool whole,
			     size_t *ret_tree)
{
	struct pw_index_key key = { path, 0, PW_INDEX_HASH_START };

	while (path[key.len]) {
		size_t part = 1 + strcspn(path + key.len + 1, "/");

		key.hash = pw_index_hash(key.hash, path + key.len, part);
		key.len += part;
		if (!path[key.len] && !whole)
			return false;
		if (pw_index_find_key(&label->index, &key, ret_tree))
			return true;
	}
	return false;
}

/* A tree with wildcards that covers @path, other than @self. */
static bool trees_find_glob(const struct trees_label *label, const char *path,
			    const struct pw_text *self, size_t *ret_tree)
{
	size_t i;

	for (i = 0; i < label->n_globs && *label->budget; i++) {
		const struct pw_text *tree = &label->label->trees.item[label->glob[i]];

		--*label->budget;
		if (tree != self && trees_cover(tree->text, path)) {
			*ret_tree = label->glob[i];
			return true;
		}
	}
	return false;
}

static void trees_check(const struct trees_label *label, const struct pw_texts *paths,
			const char *what)
{
	bool files = paths == &label->label->files;
	size_t i, tree;

	for (i = 0; i < paths->n; i++) {
		const struct pw_text *path = &paths->item[i];
		const struct pw_text *above;

		if (!trees_find_above(label, path->text, files, &tree) &&
		    !trees_find_glob(label, path->text, path, &tree))
			continue;
		above = &label->label->trees.item[tree];
		pw_parse_warning_at(label->parse, &path->at,
				    "%s %s adds nothing: it lies in tree %s at %s\nremove it", what,
				    PW_Q(path->text), PW_Q(above->text),
				    PW_WHERE(&above->at, path->at.file));
	}
}

static int trees_index(struct trees_label *label)
{
	const struct pw_texts *trees = &label->label->trees;
	size_t i;

	label->glob = calloc(trees->n + 1, sizeof(*label->glob));
	if (!label->glob)
		return -ENOMEM;
	for (i = 0; i < trees->n; i++) {
		const char *path = trees->item[i].text;

		if (pw_index_add(&label->index, path, strlen(path), i) < 0)
			return -ENOMEM;
		if (strchr(path, '*'))
			label->glob[label->n_globs++] = i;
	}
	return 0;
}

void pw_check_trees(struct pw_parse *parse)
{
	size_t i, budget = TREES_GLOBS_MAX;

	for (i = 0; i < parse->policy->n_labels; i++) {
		struct trees_label label = {
			.parse = parse,
			.label = &parse->policy->label[i],
			.budget = &budget,
		};
		int r = trees_index(&label);

		if (r == 0) {
			trees_check(&label, &label.label->trees, "tree");
			trees_check(&label, &label.label->files, "file");
		} else {
			parse->error = r;
		}
		pw_index_free(&label.index);
		free(label.glob);
	}
}
