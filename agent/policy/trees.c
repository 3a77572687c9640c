/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees and files of a policy -> the automaton, and the directories to tie to its states. */
#include "base/cleanup.h"
#include "policy/trie.h"

#include <string.h>

void pw_trees_free(struct pw_trees *trees)
{
	size_t i;

	free(trees->state);
	free(trees->edge);
	free(trees->glob);
	for (i = 0; i < trees->n_anchors; i++)
		free(trees->anchor[i].path);
	free(trees->anchor);
	*trees = (struct pw_trees){ 0 };
}

/* "/" and every literal directory that a tree or place starts in or something lies below. */
static bool is_anchor(const struct pw_trie *trie, uint32_t id)
{
	const struct pw_trie_node *node = &trie->node[id];

	return !id || (node->literal_path &&
		       (node->first_child != PW_ID_NONE || node->tree_labels || node->places));
}

static char *child_path(const char *parent, const char *name, size_t len)
{
	size_t parent_len = strlen(parent);
	char *path = malloc(parent_len + len + 2);

	if (!path)
		return NULL;
	memcpy(path, parent, parent_len);
	if (parent[parent_len - 1] != '/')
		path[parent_len++] = '/';
	memcpy(path + parent_len, name, len);
	path[parent_len + len] = '\0';
	return path;
}

static int fill_anchor(const struct pw_trie *trie, const struct pw_trees *trees, uint32_t id,
		       const struct pw_anchor *parent, struct pw_anchor *ret_anchor)
{
	const struct pw_trie_node *node = &trie->node[id];
	uint32_t entry = node->tree_entry != PW_ID_NONE ? node->tree_entry : node->entry;
	struct pw_anchor anchor = { .is_root = node->tree_entry != PW_ID_NONE };

	if (parent) {
		const struct pw_trie_name *known = &trie->name[node->name];
		const char *text = trie->text.text + known->offset;
		struct pw_name name;

		pw_name_set(&name, text, known->len);
		anchor.path = child_path(parent->path, text, known->len);
		anchor.state = pw_automaton_step(trees, parent->state, &name, known->len);
		anchor.labels = parent->labels | trees->state[anchor.state].tree_labels;
	} else {
		anchor.path = strdup("/");
		anchor.state = ret_anchor->state;
		anchor.labels = trees->state[anchor.state].tree_labels;
		if (entry == PW_ID_NONE && trie->n_entries)
			entry = 0;
	}
	if (!anchor.path)
		return -ENOMEM;
	if (entry != PW_ID_NONE)
		anchor.at = trie->entry[entry]->at;
	*ret_anchor = anchor;
	return 0;
}

static int build_anchors(const struct pw_trie *trie, uint32_t start, struct pw_trees *trees)
{
	_cleanup_free_ uint32_t *anchor_of = NULL; /* each node's; a parent's is made first */
	size_t i, n = 0;

	for (i = 0; i < trie->n_nodes; i++)
		n += is_anchor(trie, i);
	trees->anchor = calloc(n, sizeof(*trees->anchor));
	anchor_of = calloc(trie->n_nodes, sizeof(*anchor_of));
	if (!trees->anchor || !anchor_of)
		return -ENOMEM;
	trees->anchor[0].state = start;
	for (i = 0; i < trie->n_nodes; i++) {
		const struct pw_anchor *parent = NULL;
		int r;

		if (!is_anchor(trie, i))
			continue;
		if (i)
			parent = &trees->anchor[anchor_of[trie->node[i].parent]];
		anchor_of[i] = trees->n_anchors;
		r = fill_anchor(trie, trees, i, parent, &trees->anchor[trees->n_anchors]);
		if (r < 0)
			return r;
		trees->n_anchors++;
	}
	return 0;
}

int pw_trees_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		   struct pw_findings *findings, struct pw_trees *trees)
{
	_cleanup_(pw_trie_free) struct pw_trie trie = { 0 };
	uint32_t start = PW_STATE_DEAD;
	int r;

	r = pw_trie_build(policy, options, findings, &trie);
	if (r < 0)
		return r;
	r = pw_automaton_build(&trie, findings, trees, &start);
	if (r < 0)
		return r;
	trees->glob = TAKE_PTR(trie.glob);
	trees->n_globs = trie.n_globs;
	return build_anchors(&trie, start, trees);
}

void pw_trees_find(const struct pw_trees *trees, const char *path, bool is_directory,
		   struct pw_trees_found *ret_found)
{
	uint32_t state = trees->n_anchors ? trees->anchor[0].state : PW_STATE_DEAD;
	uint64_t labels = trees->n_states ? trees->state[state].tree_labels : 0;

	while (*path && state != PW_STATE_DEAD) {
		size_t len = strcspn(path, "/");
		struct pw_name name;

		if (len > PW_NAME_MAX) { /* no such name: nothing is known to be below it */
			state = PW_STATE_DEAD;
			break;
		}
		if (len) {
			pw_name_set(&name, path, len);
			state = pw_automaton_step(trees, state, &name, len);
			labels |= trees->state[state].tree_labels;
		}
		if (!path[len] && !is_directory)
			labels |= trees->state[state].file_labels;
		path += len + (path[len] == '/');
	}
	*ret_found = (struct pw_trees_found){ .labels = labels, .state = state };
	if (state == PW_STATE_DEAD)
		return;
	ret_found->places = trees->state[state].tree_places;
	ret_found->hub = !is_directory && trees->state[state].flags & PW_STATE_HUB;
}

uint64_t pw_trees_at(const struct pw_trees *trees, const char *path, bool is_directory,
		     uint32_t *ret_state)
{
	struct pw_trees_found found;

	pw_trees_find(trees, path, is_directory, &found);
	*ret_state = found.state;
	return found.labels;
}

uint64_t pw_trees_labels(const struct pw_trees *trees, const char *path, bool is_directory)
{
	struct pw_trees_found found;

	pw_trees_find(trees, path, is_directory, &found);
	return found.labels;
}
