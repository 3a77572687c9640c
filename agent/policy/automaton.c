/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subset construction: a state is a set of trie nodes, namely those that a path so far may
 * be. Sets without children differ in their labels alone and share one state per labels, so
 * a hundred thousand trees beside each other need one state and as many edges.
 *
 * Places flow downwards: a state has those of its own nodes and of the state it was reached
 * from, so with the nodes they make up which state it is. Where only places are left, a state
 * leads to itself.
 */
#include "base/cleanup.h"
#include "policy/trie.h"

#include <string.h>

#define MEMBERS_MAX (1u << 22) /* nodes in all sets together */

struct ids {
	uint32_t *item;
	size_t n, size;
};

struct set {
	size_t first; /* in members */
	size_t n;     /* 0: nothing below, not to be expanded */
};

struct build {
	const struct pw_trie *trie;
	struct pw_findings *findings;
	struct pw_trees *trees;
	size_t states_size, edges_size, sets_size;
	struct set *set; /* of each state */
	struct ids members;
	struct pw_lookup sets, leaves;
	/* of the state in hand */
	struct ids any, globs, literals; /* trie nodes by kind */
	struct ids next;
	uint64_t next_places; /* that come down to b->next from above */
};

static void build_free(struct build *b)
{
	free(b->set);
	free(b->members.item);
	free(b->any.item);
	free(b->globs.item);
	free(b->literals.item);
	free(b->next.item);
	pw_lookup_free(&b->sets);
	pw_lookup_free(&b->leaves);
}

static int ids_add(struct ids *ids, uint32_t id)
{
	int r = pw_grow(&ids->item, &ids->size, ids->n);

	if (r < 0)
		return r;
	ids->item[ids->n++] = id;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static const struct pw_trie_node *node_at(const struct build *b, uint32_t id)
{
	return &b->trie->node[id];
}

/* One of the entries that made b->next, or the last of all. */
static uint32_t some_entry(const struct build *b)
{
	return b->next.n ? node_at(b, b->next.item[0])->entry : b->trie->n_entries - 1;
}

/* A further state with the labels of the nodes in b->next. */
static int add_state(struct build *b, const struct pw_state *state, uint32_t *ret_state)
{
	struct pw_trees *trees = b->trees;
	uint32_t id = trees->n_states;
	int r;

	if (id >= PW_STATES_MAX)
		return pw_trie_refuse(b->trie, b->findings, some_entry(b),
				      "trees and wildcards make more than 1048576 combinations",
				      "use fewer wildcards, or name a directory above");
	r = pw_grow(&trees->state, &b->states_size, id);
	if (r < 0)
		return r;
	r = pw_grow(&b->set, &b->sets_size, id);
	if (r < 0)
		return r;
	trees->state[id] = *state;
	b->set[id] = (struct set){ 0 };
	trees->n_states++;
	*ret_state = id;
	return 0;
}

static bool same_leaf(const struct pw_state *a, const struct pw_state *b)
{
	return a->tree_labels == b->tree_labels && a->file_labels == b->file_labels &&
	       a->tree_places == b->tree_places && a->flags == b->flags;
}

static int leaf_state(struct build *b, const struct pw_state *state, uint32_t *ret_state)
{
	uint64_t hash = pw_mix(pw_mix(1 + state->flags, state->tree_labels), state->file_labels);
	struct pw_state below = { .tree_places = state->tree_places };
	size_t turn = 0;
	uint32_t id, next;
	int r;

	hash = pw_mix(hash, state->tree_places);
	while ((id = pw_lookup_next(&b->leaves, hash, &turn)) != PW_ID_NONE)
		if (same_leaf(&b->trees->state[id], state)) {
			*ret_state = id;
			return 0;
		}
	r = add_state(b, state, &id);
	if (r == 0)
		r = pw_lookup_add(&b->leaves, hash, id);
	if (r < 0)
		return r;
	*ret_state = id;
	if (!state->tree_places)
		return 0;
	r = leaf_state(b, &below, &next); /* itself, one call down at the latest */
	if (r == 0)
		b->trees->state[id].next[0] = next;
	return r;
}

static int inner_state(struct build *b, const struct pw_state *state, uint32_t *ret_state)
{
	struct ids *next = &b->next;
	uint64_t hash = state->tree_places;
	size_t turn = 0, i;
	uint32_t id;
	int r;

	if (next->n > 1)
		qsort(next->item, next->n, sizeof(*next->item), compare_ids);
	for (i = 0; i < next->n; i++)
		hash = pw_mix(hash, next->item[i]);
	while ((id = pw_lookup_next(&b->sets, hash, &turn)) != PW_ID_NONE)
		if (b->set[id].n == next->n &&
		    b->trees->state[id].tree_places == state->tree_places &&
		    !memcmp(b->members.item + b->set[id].first, next->item,
			    next->n * sizeof(*next->item))) {
			*ret_state = id;
			return 0;
		}
	if (b->members.n + next->n > MEMBERS_MAX)
		return pw_trie_refuse(b->trie, b->findings, node_at(b, next->item[0])->entry,
				      "trees and wildcards make too many combinations",
				      "use fewer wildcards, or name a directory above");
	r = add_state(b, state, &id);
	if (r < 0)
		return r;
	b->set[id] = (struct set){ .first = b->members.n, .n = next->n };
	for (i = 0; i < next->n; i++) {
		r = ids_add(&b->members, next->item[i]);
		if (r < 0)
			return r;
	}
	*ret_state = id;
	return pw_lookup_add(&b->sets, hash, id);
}

/* The state that is the set b->next, with b->next_places. */
static int find_state(struct build *b, uint32_t *ret_state)
{
	struct pw_state state = { .tree_places = b->next_places };
	bool inner = false;
	size_t i;

	if (!b->next.n && !b->next_places) {
		*ret_state = PW_STATE_DEAD;
		return 0;
	}
	for (i = 0; i < b->next.n; i++) {
		const struct pw_trie_node *node = node_at(b, b->next.item[i]);

		state.tree_labels |= node->tree_labels;
		state.file_labels |= node->file_labels;
		state.tree_places |= node->places;
		state.flags |= node->hub ? PW_STATE_HUB : 0;
		inner |= node->first_child != PW_ID_NONE;
	}
	return inner ? inner_state(b, &state, ret_state) : leaf_state(b, &state, ret_state);
}

/* Children of the nodes of @state, by kind. */
static int collect_children(struct build *b, uint32_t state)
{
	struct set set = b->set[state];
	size_t i;

	b->any.n = b->globs.n = b->literals.n = 0;
	for (i = 0; i < set.n; i++) {
		uint32_t id = node_at(b, b->members.item[set.first + i])->first_child;

		for (; id != PW_ID_NONE; id = node_at(b, id)->next_sibling) {
			enum pw_trie_kind kind = node_at(b, id)->kind;
			struct ids *into = kind == PW_TRIE_ANY    ? &b->any
					   : kind == PW_TRIE_GLOB ? &b->globs
								  : &b->literals;
			int r = ids_add(into, id);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* The different globs among b->globs, into @state: in the order of the policy. */
static int choose_globs(struct build *b, struct pw_state *state)
{
	size_t i, k;

	if (b->globs.n > 1)
		qsort(b->globs.item, b->globs.n, sizeof(*b->globs.item), compare_ids);
	for (i = 0; i < b->globs.n; i++) {
		const struct pw_trie_node *node = node_at(b, b->globs.item[i]);

		for (k = 0; k < state->n_globs && state->glob[k] != node->name; k++)
			;
		if (k < state->n_globs)
			continue;
		if (k >= PW_STATE_GLOBS_MAX)
			return pw_trie_refuse(
				b->trie, b->findings, node->entry,
				"more than 4 different wildcards in one directory",
				"merge some of them, write \"*\", or name the directory");
		state->glob[state->n_globs++] = node->name;
	}
	return 0;
}

/* b->next: what a name goes to that matches the globs of @state in @matched. */
static int begin_next(struct build *b, const struct pw_state *state, uint32_t matched)
{
	size_t i, k;
	int r = 0;

	b->next.n = 0;
	for (i = 0; i < b->any.n && r == 0; i++)
		r = ids_add(&b->next, b->any.item[i]);
	for (i = 0; i < b->globs.n && r == 0; i++)
		for (k = 0; k < state->n_globs; k++)
			if (matched >> k & 1 &&
			    state->glob[k] == node_at(b, b->globs.item[i])->name)
				r = ids_add(&b->next, b->globs.item[i]);
	return r;
}

static uint32_t match_globs(const struct pw_glob *glob, const struct pw_state *state,
			    const struct pw_name *name, uint32_t len)
{
	uint32_t matched = 0, k;

	for (k = 0; k < state->n_globs; k++)
		if (pw_glob_match(&glob[state->glob[k]], name, len))
			matched |= 1u << k;
	return matched;
}

static int add_edge(struct build *b, uint32_t from, const struct pw_trie_name *name, uint32_t to)
{
	struct pw_trees *trees = b->trees;
	int r = pw_grow(&trees->edge, &b->edges_size, trees->n_edges);

	if (r < 0)
		return r;
	trees->edge[trees->n_edges++] = (struct pw_edge){
		.key = { .state = from, .len = name->len, .hash = name->hash },
		.next = to,
	};
	return 0;
}

static int compare_literals(const void *a, const void *b, void *ctx)
{
	const struct pw_trie_node *node = ctx;
	uint32_t x = node[*(const uint32_t *)a].name, y = node[*(const uint32_t *)b].name;

	return (x > y) - (x < y);
}

/* One edge for each name among b->literals. */
static int expand_literals(struct build *b, uint32_t from)
{
	struct ids *literals = &b->literals;
	size_t i;
	int r;

	if (b->set[from].n > 1 && literals->n > 1)
		qsort_r(literals->item, literals->n, sizeof(*literals->item), compare_literals,
			b->trie->node);
	for (i = 0; i < literals->n;) {
		uint32_t id = node_at(b, literals->item[i])->name, to;
		const struct pw_trie_name *known = &b->trie->name[id];
		const struct pw_state *state = &b->trees->state[from];
		struct pw_name name;

		pw_name_set(&name, b->trie->text.text + known->offset, known->len);
		r = begin_next(b, state, match_globs(b->trie->glob, state, &name, known->len));
		for (; i < literals->n && node_at(b, literals->item[i])->name == id && r == 0; i++)
			r = ids_add(&b->next, literals->item[i]);
		if (r < 0)
			return r;
		r = find_state(b, &to);
		if (r < 0)
			return r;
		r = add_edge(b, from, known, to);
		if (r < 0)
			return r;
	}
	return 0;
}

static int expand(struct build *b, uint32_t from)
{
	struct pw_state state = b->trees->state[from];
	uint32_t matched;
	int r;

	b->next_places = state.tree_places;
	r = collect_children(b, from);
	if (r < 0)
		return r;
	r = choose_globs(b, &state);
	if (r < 0)
		return r;
	for (matched = 0; matched < 1u << state.n_globs; matched++) {
		r = begin_next(b, &state, matched);
		if (r < 0)
			return r;
		r = find_state(b, &state.next[matched]);
		if (r < 0)
			return r;
	}
	b->trees->state[from] = state;
	return expand_literals(b, from);
}

static int compare_edges(const void *a, const void *b)
{
	const struct pw_edge_key *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

/* Two names of one state with one key: the kernel could not tell them apart. */
static int refuse_collision(struct build *b, const struct pw_edge_key *key)
{
	size_t i;

	for (i = 0; i < b->trie->n_nodes; i++) {
		const struct pw_trie_node *node = node_at(b, i);
		const struct pw_trie_name *name;

		if (!i || node->kind != PW_TRIE_LITERAL)
			continue;
		name = &b->trie->name[node->name];
		if (name->hash == key->hash && name->len == key->len)
			return pw_trie_refuse(b->trie, b->findings, node->entry,
					      "a component has the hash of another one beside it",
					      "rename one of the two directories");
	}
	return -E2BIG;
}

static int sort_edges(struct build *b)
{
	struct pw_trees *trees = b->trees;
	size_t i;

	if (trees->n_edges)
		qsort(trees->edge, trees->n_edges, sizeof(*trees->edge), compare_edges);
	for (i = 1; i < trees->n_edges; i++)
		if (!compare_edges(&trees->edge[i - 1], &trees->edge[i]))
			return refuse_collision(b, &trees->edge[i].key);
	return 0;
}

/* Does the name of a plain file matter when it leads to @state? */
static bool names_matter(const struct pw_state *state)
{
	return state->tree_labels || state->file_labels || state->flags & PW_STATE_HUB;
}

static void flag_states(struct pw_trees *trees)
{
	size_t i, k;

	for (i = 0; i < trees->n_states; i++)
		for (k = 0; k < 1u << PW_STATE_GLOBS_MAX; k++)
			if (names_matter(&trees->state[trees->state[i].next[k]]))
				trees->state[i].flags |= PW_STATE_NAMES_FILES;
	for (i = 0; i < trees->n_edges; i++)
		if (names_matter(&trees->state[trees->edge[i].next]))
			trees->state[trees->edge[i].key.state].flags |= PW_STATE_NAMES_FILES;
}

int pw_automaton_build(const struct pw_trie *trie, struct pw_findings *findings,
		       struct pw_trees *trees, uint32_t *ret_start)
{
	_cleanup_(build_free) struct build b = {
		.trie = trie,
		.findings = findings,
		.trees = trees,
	};
	const struct pw_state dead = { 0 };
	const struct pw_trie_node *root = &trie->node[0];
	uint32_t state;
	int r;

	r = add_state(&b, &dead, &state);
	if (r < 0)
		return r;
	if (root->first_child != PW_ID_NONE || root->tree_labels || root->places) {
		r = ids_add(&b.next, 0);
		if (r < 0)
			return r;
	}
	r = find_state(&b, ret_start);
	if (r < 0)
		return r;
	for (state = 1; state < trees->n_states; state++) {
		if (!b.set[state].n)
			continue;
		r = expand(&b, state);
		if (r < 0)
			return r;
	}
	r = sort_edges(&b);
	if (r < 0)
		return r;
	flag_states(trees);
	return 0;
}

uint32_t pw_automaton_step(const struct pw_trees *trees, uint32_t state, const struct pw_name *name,
			   uint32_t len)
{
	const struct pw_state *from = &trees->state[state];
	const struct pw_edge *edge = NULL;
	struct pw_edge_key key;

	if (state == PW_STATE_DEAD)
		return PW_STATE_DEAD;
	key = (struct pw_edge_key){ .state = state, .len = len, .hash = pw_name_hash(name, len) };
	if (trees->n_edges)
		edge = bsearch(&key, trees->edge, trees->n_edges, sizeof(*edge), compare_edges);
	return edge ? edge->next : from->next[match_globs(trees->glob, from, name, len)];
}
