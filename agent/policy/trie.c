/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/trie.h"

#include "base/cleanup.h"
#include "policy/finding.h"

#include <string.h>

struct build {
	struct pw_trie *trie;
	const struct pw_compile_options *options;
	struct pw_findings *findings;
};

void pw_name_set(struct pw_name *ret_name, const char *text, size_t len)
{
	memset(ret_name, 0, sizeof(*ret_name));
	memcpy(ret_name->text, text, len);
}

void pw_trie_free(struct pw_trie *trie)
{
	free(trie->node);
	free(trie->name);
	pw_str_free(&trie->text);
	free(trie->glob);
	free(trie->entry);
	pw_lookup_free(&trie->children);
	pw_lookup_free(&trie->names);
	pw_lookup_free(&trie->globs);
	*trie = (struct pw_trie){ 0 };
}

int pw_trie_refuse(const struct pw_trie *trie, struct pw_findings *findings, uint32_t id,
		   const char *what, const char *remedy)
{
	const struct pw_text *entry = trie->entry[id];
	int r;

	if (!findings)
		return -E2BIG;
	r = pw_findings_add(findings, /* error= */ true, &entry->at, "%s: %s\n%s",
			    PW_Q(entry->text), what, remedy);
	return r < 0 ? r : -E2BIG;
}

static int intern_name(struct pw_trie *trie, const char *text, size_t len, uint32_t *ret_id)
{
	struct pw_name name;
	uint64_t hash;
	uint32_t id;
	size_t turn = 0;
	int r;

	pw_name_set(&name, text, len);
	hash = pw_name_hash(&name, len);
	while ((id = pw_lookup_next(&trie->names, hash, &turn)) != PW_ID_NONE) {
		const struct pw_trie_name *known = &trie->name[id];

		if (known->len == len && !memcmp(trie->text.text + known->offset, text, len)) {
			*ret_id = id;
			return 0;
		}
	}
	id = trie->n_names;
	r = pw_grow(&trie->name, &trie->names_size, id);
	if (r < 0)
		return r;
	trie->name[id] =
		(struct pw_trie_name){ .hash = hash, .offset = trie->text.len, .len = len };
	r = pw_str_add_bytes(&trie->text, text, len);
	if (r < 0)
		return r;
	r = pw_lookup_add(&trie->names, hash, id);
	if (r < 0)
		return r;
	trie->n_names++;
	*ret_id = id;
	return 0;
}

/* @text of @len bytes holds one "*", and more. */
static int intern_glob(struct build *b, const char *text, size_t len, uint32_t *ret_id)
{
	const char *star = memchr(text, '*', len);
	struct pw_trie *trie = b->trie;
	struct pw_glob glob = { 0 };
	struct pw_name name;
	uint64_t hash;
	uint32_t id;
	size_t turn = 0;
	int r;

	glob.prefix_len = star - text;
	glob.suffix_len = len - 1 - glob.prefix_len;
	memcpy(glob.text, text, glob.prefix_len);
	memcpy(glob.text + glob.prefix_len, star + 1, glob.suffix_len);
	pw_name_set(&name, text, len);
	hash = pw_name_hash(&name, len);
	while ((id = pw_lookup_next(&trie->globs, hash, &turn)) != PW_ID_NONE)
		if (!memcmp(&trie->glob[id], &glob, sizeof(glob))) {
			*ret_id = id;
			return 0;
		}
	id = trie->n_globs;
	if (id >= PW_GLOBS_MAX)
		return pw_trie_refuse(
			trie, b->findings, trie->n_entries - 1,
			"more than 1024 different wildcards in the policy",
			"write \"*\" for the whole component, or name a directory above");
	r = pw_grow(&trie->glob, &trie->globs_size, id);
	if (r < 0)
		return r;
	trie->glob[id] = glob;
	r = pw_lookup_add(&trie->globs, hash, id);
	if (r < 0)
		return r;
	trie->n_globs++;
	*ret_id = id;
	return 0;
}

static uint64_t child_hash(uint32_t parent, enum pw_trie_kind kind, uint32_t name)
{
	return pw_mix(pw_mix(kind, parent), name);
}

static int add_node(struct pw_trie *trie, const struct pw_trie_node *node, uint32_t *ret_id)
{
	uint32_t id = trie->n_nodes;
	int r = pw_grow(&trie->node, &trie->nodes_size, id);

	if (r < 0)
		return r;
	trie->node[id] = *node;
	trie->node[id].first_child = PW_ID_NONE;
	trie->node[id].next_sibling = PW_ID_NONE;
	trie->node[id].tree_entry = PW_ID_NONE;
	trie->n_nodes++;
	*ret_id = id;
	return 0;
}

/* The child of @node by that component, made when there is none. */
static int child(struct pw_trie *trie, enum pw_trie_kind kind, uint32_t name, uint32_t *node)
{
	uint64_t hash = child_hash(*node, kind, name);
	uint32_t parent = *node, id;
	size_t turn = 0;
	int r;

	while ((id = pw_lookup_next(&trie->children, hash, &turn)) != PW_ID_NONE) {
		const struct pw_trie_node *n = &trie->node[id];

		if (n->parent == parent && n->kind == kind && n->name == name) {
			*node = id;
			return 0;
		}
	}
	r = add_node(trie,
		     &(struct pw_trie_node){
			     .parent = parent,
			     .kind = kind,
			     .name = name,
			     .entry = trie->n_entries - 1,
			     .literal_path =
				     kind == PW_TRIE_LITERAL && trie->node[parent].literal_path,
		     },
		     &id);
	if (r < 0)
		return r;
	r = pw_lookup_add(&trie->children, hash, id);
	if (r < 0)
		return r;
	trie->node[id].next_sibling = trie->node[parent].first_child;
	trie->node[parent].first_child = id;
	*node = id;
	return 0;
}

/* Go down from *@node by one component. */
static int add_component(struct build *b, const char *text, size_t len, bool literal,
			 uint32_t *node)
{
	const char *star = literal ? NULL : memchr(text, '*', len);
	uint32_t name = 0;
	int r;

	if (star && len == 1)
		return child(b->trie, PW_TRIE_ANY, 0, node);
	if (len - !!star > PW_NAME_MAX)
		return pw_trie_refuse(b->trie, b->findings, b->trie->n_entries - 1,
				      "a component is longer than 255 bytes",
				      "no file system has such a name: correct it");
	if (star && memchr(star + 1, '*', text + len - star - 1))
		return pw_trie_refuse(b->trie, b->findings, b->trie->n_entries - 1,
				      "more than one \"*\" in a component",
				      "write one \"*\" a component");
	r = star ? intern_glob(b, text, len, &name) : intern_name(b->trie, text, len, &name);
	if (r < 0)
		return r;
	return child(b->trie, star ? PW_TRIE_GLOB : PW_TRIE_LITERAL, name, node);
}

static int add_components(struct build *b, const char *path, bool literal, uint32_t *node)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		int r = len ? add_component(b, path, len, literal, node) : 0;

		if (r < 0)
			return r;
		path += len + (path[len] == '/');
	}
	return 0;
}

/* @prefix, canonical; as written, with a warning, when that cannot be found out. */
static int canonical_prefix(struct build *b, const struct pw_text *entry, const char *prefix,
			    char **ret_path)
{
	int r = -ENOMEM;

	if (b->options->canonical && *prefix) {
		r = b->options->canonical(b->options->ctx, prefix, ret_path);
		if (r >= 0 || r == -ENOMEM)
			return r;
		r = 0;
		if (b->findings)
			r = pw_findings_add(
				b->findings, /* error= */ false, &entry->at,
				"%s: its symbolic links cannot be resolved, taken as written\n"
				"see that the directories above it can be searched",
				PW_Q(entry->text));
		if (r < 0)
			return r;
	}
	*ret_path = strdup(prefix);
	return *ret_path ? 0 : -ENOMEM;
}

static int add_entry(struct build *b, const struct pw_text *entry, uint32_t *ret_node)
{
	_cleanup_free_ char *prefix = NULL, *path = NULL;
	struct pw_trie *trie = b->trie;
	size_t prefix_len = strcspn(entry->text, "*");
	const char *rest = entry->text + prefix_len;
	uint32_t node = 0;
	int r;

	r = pw_grow(&trie->entry, &trie->entries_size, trie->n_entries);
	if (r < 0)
		return r;
	trie->entry[trie->n_entries++] = entry;
	if (trie->n_entries > PW_TREES_MAX)
		return pw_trie_refuse(trie, b->findings, trie->n_entries - 1,
				      "more than 131072 trees and files in the policy",
				      "name a directory above them, or use a wildcard");
	if (*rest) {
		while (prefix_len && entry->text[prefix_len] != '/')
			prefix_len--;
		rest = entry->text + prefix_len;
	}
	prefix = strndup(entry->text, prefix_len);
	if (!prefix)
		return -ENOMEM;
	r = canonical_prefix(b, entry, prefix, &path);
	if (r < 0)
		return r;
	r = add_components(b, path, /* literal= */ true, &node);
	if (r < 0)
		return r;
	r = add_components(b, rest, /* literal= */ false, &node);
	if (r < 0)
		return r;
	*ret_node = node;
	return 0;
}

static int add_label(struct build *b, const struct pw_label *label, uint64_t bit)
{
	struct pw_trie *trie = b->trie;
	uint32_t node;
	size_t i;
	int r;

	for (i = 0; i < label->trees.n; i++) {
		r = add_entry(b, &label->trees.item[i], &node);
		if (r < 0)
			return r;
		trie->node[node].tree_labels |= bit;
		if (trie->node[node].tree_entry == PW_ID_NONE)
			trie->node[node].tree_entry = trie->n_entries - 1;
	}
	for (i = 0; i < label->files.n; i++) {
		r = add_entry(b, &label->files.item[i], &node);
		if (r < 0)
			return r;
		trie->node[node].file_labels |= bit;
	}
	return 0;
}

static int add_place(struct build *b, const struct pw_place *place, uint64_t bit)
{
	uint32_t node;
	size_t i;
	int r;

	for (i = 0; i < place->directories.n; i++) {
		r = add_entry(b, &place->directories.item[i], &node);
		if (r < 0)
			return r;
		b->trie->node[node].places |= bit;
	}
	return 0;
}

static int add_hub(struct build *b, const struct pw_hub *hub)
{
	uint32_t node;
	size_t i;
	int r;

	for (i = 0; i < hub->sockets.n; i++) {
		if (hub->sockets.item[i].text[0] == '@')
			continue;
		r = add_entry(b, &hub->sockets.item[i], &node);
		if (r < 0)
			return r;
		b->trie->node[node].hub = true;
	}
	return 0;
}

int pw_trie_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		  struct pw_findings *findings, struct pw_trie *trie)
{
	struct build b = { .trie = trie, .options = options, .findings = findings };
	uint32_t root;
	size_t i;
	int r;

	r = add_node(trie,
		     &(struct pw_trie_node){
			     .parent = PW_ID_NONE,
			     .entry = PW_ID_NONE,
			     .literal_path = true,
		     },
		     &root);
	if (r < 0)
		return r;
	for (i = 0; i < policy->n_labels; i++) {
		r = add_label(&b, &policy->label[i], 1ULL << policy->label[i].bit);
		if (r < 0)
			return r;
	}
	for (i = 0; i < policy->n_places; i++) {
		r = add_place(&b, &policy->place[i], 1ULL << i);
		if (r < 0)
			return r;
	}
	for (i = 0; i < policy->n_hubs; i++) {
		r = add_hub(&b, &policy->hub[i]);
		if (r < 0)
			return r;
	}
	return 0;
}
