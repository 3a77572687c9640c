/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File systems and devices that labels may stand on. The automaton knows what lies below a
 * directory; the anchors know which of the directories exist. So nothing is looked up here
 * but the mounts, and a policy takes time by its size, whatever its shape.
 */
#include "base/cleanup.h"
#include "host/resolve-private.h"

#include <limits.h>
#include <string.h>

struct pw_file_systems {
	const struct pw_trees *trees;
	const struct pw_mounts *mounts;
	uint64_t *below;    /* labels at or below each state */
	size_t *first_edge; /* of each state; one more at the end */
	bool *told;         /* edges to a directory that exists, which says so itself */
	uint64_t *on_mount; /* labels that stand on each mount */
	bool *is_anchor;    /* mounts: their point is an anchor's directory */
};

void pw_file_systems_free(struct pw_file_systems **systems)
{
	struct pw_file_systems *s = *systems;

	if (!s)
		return;
	free(s->below);
	free(s->first_edge);
	free(s->told);
	free(s->on_mount);
	free(s->is_anchor);
	free(s);
	*systems = NULL;
}

/* States stand before those that they lead to, but for the last ones, that lead nowhere. */
static void fill_below(struct pw_file_systems *s)
{
	const struct pw_trees *trees = s->trees;
	size_t edge = trees->n_edges;

	for (size_t i = 0; i < trees->n_states; i++)
		s->below[i] = trees->state[i].tree_labels | trees->state[i].file_labels;
	for (size_t i = trees->n_states; i-- > 0;) {
		const struct pw_state *state = &trees->state[i];

		for (size_t k = 0; k < 1u << state->n_globs; k++)
			s->below[i] |= s->below[state->next[k]];
		s->first_edge[i + 1] = edge;
		for (; edge && trees->edge[edge - 1].key.state == i; edge--)
			s->below[i] |= s->below[trees->edge[edge - 1].next];
		s->first_edge[i] = edge;
	}
}

int pw_file_systems_new(const struct pw_trees *trees, const struct pw_mounts *mounts,
			struct pw_file_systems **ret_systems)
{
	_cleanup_(pw_file_systems_free) struct pw_file_systems *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->trees = trees;
	s->mounts = mounts;
	s->below = calloc(trees->n_states + 1, sizeof(*s->below));
	s->first_edge = calloc(trees->n_states + 1, sizeof(*s->first_edge));
	s->told = calloc(trees->n_edges + 1, sizeof(*s->told));
	s->on_mount = calloc(mounts->n + 1, sizeof(*s->on_mount));
	s->is_anchor = calloc(mounts->n + 1, sizeof(*s->is_anchor));
	if (!s->below || !s->first_edge || !s->told || !s->on_mount || !s->is_anchor)
		return -ENOMEM;
	fill_below(s);
	*ret_systems = TAKE_PTR(s);
	return 0;
}

/* The edge from @state by the name @name, or n_edges. Sorted by hash, then length. */
static size_t find_edge(const struct pw_file_systems *s, uint32_t state, const char *name)
{
	size_t low = s->first_edge[state], high = s->first_edge[state + 1];
	uint32_t len = (uint32_t)strlen(name);
	struct pw_name padded = { 0 };
	uint64_t hash;

	memcpy(padded.text, name, len < PW_NAME_MAX ? len : PW_NAME_MAX);
	hash = pw_name_hash(&padded, len);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pw_edge_key *key = &s->trees->edge[middle].key;

		if (key->hash == hash && key->len == len)
			return middle;
		if (key->hash < hash || (key->hash == hash && key->len < len))
			low = middle + 1;
		else
			high = middle;
	}
	return s->trees->n_edges;
}

/* Anchors that are there, or may be, answer for what lies below them. */
static void tell_edges(struct pw_file_systems *s, const ssize_t *root_of)
{
	const struct pw_trees *trees = s->trees;
	const char *parent = NULL; /* of the one before: brothers often stand together */
	size_t parent_len = 0;
	uint32_t state = PW_STATE_DEAD;

	for (size_t i = 1; i < trees->n_anchors; i++) {
		const char *path = trees->anchor[i].path, *name = strrchr(path, '/') + 1;
		size_t len = (size_t)(name - path);

		if (root_of[i] == PW_ANCHOR_ABSENT)
			continue;
		if (!parent || len != parent_len || memcmp(path, parent, len)) {
			_cleanup_free_ char *above = strndup(path, len);

			parent = NULL;
			if (!above)
				continue; /* the parent answers for it, too: more, never less */
			pw_trees_at(trees, above, true, &state);
			parent = path;
			parent_len = len;
		}
		s->told[find_edge(s, state, name)] = true;
	}
}

/* What may lie below @anchor without an existing anchor between, and it itself. */
static uint64_t labels_at(const struct pw_file_systems *s, const struct pw_anchor *anchor)
{
	const struct pw_state *state = &s->trees->state[anchor->state];
	uint64_t labels = anchor->labels;

	for (size_t k = 0; k < 1u << state->n_globs; k++)
		labels |= s->below[state->next[k]];
	for (size_t i = s->first_edge[anchor->state]; i < s->first_edge[anchor->state + 1]; i++)
		if (!s->told[i])
			labels |= s->below[s->trees->edge[i].next];
	return labels;
}

void pw_file_systems_anchors(struct pw_file_systems *s, const ssize_t *root_of,
			     struct pw_kernel_root *root)
{
	tell_edges(s, root_of);
	for (size_t i = 0; i < s->trees->n_anchors; i++) {
		const struct pw_anchor *anchor = &s->trees->anchor[i];
		const struct pw_mount *mount;
		size_t index;

		if (root_of[i] < 0)
			continue;
		root[root_of[i]].sb_labels = labels_at(s, anchor);
		mount = pw_mounts_of(s->mounts, anchor->path);
		if (!mount)
			continue;
		index = (size_t)(mount - s->mounts->item);
		s->on_mount[index] |= root[root_of[i]].sb_labels;
		s->is_anchor[index] |= strcmp(mount->point, anchor->path) == 0;
	}
}

uint64_t pw_file_systems_mount(struct pw_file_systems *s, size_t index, uint32_t state)
{
	if (s->is_anchor[index])
		return 0;
	s->on_mount[index] |= s->below[state];
	return s->below[state];
}

/* ---- Devices ---- */

struct device_walk {
	struct pw_resolved *resolved;
	uint64_t labels;
	int error;
};

static struct pw_kernel_device *find_device(const struct pw_resolved *resolved,
					    const struct pw_kernel_device *like)
{
	const struct pw_publication *pub = &resolved->publication;

	for (size_t i = 0; i < pub->n_devices; i++)
		if (pub->device[i].major == like->major && pub->device[i].minor == like->minor &&
		    pub->device[i].character == like->character)
			return &pub->device[i];
	return NULL;
}

static int new_device(struct pw_resolved *resolved, const struct pw_kernel_device *device)
{
	struct pw_publication *pub = &resolved->publication;
	int r = pw_resolved_grow((void **)&pub->device, pub->n_devices, sizeof(*pub->device));

	if (r == 0)
		pub->device[pub->n_devices++] = *device;
	return r;
}

static void add_device(void *ctx, const struct pw_device *found)
{
	struct device_walk *walk = ctx;
	struct pw_kernel_device device = {
		.major = found->major,
		.minor = found->minor,
		.character = found->character != 0,
		.labels = walk->labels,
	};
	struct pw_kernel_device *known = find_device(walk->resolved, &device);
	int r;

	if (known) {
		known->labels |= walk->labels;
		return;
	}
	r = new_device(walk->resolved, &device);
	walk->error = r < 0 ? r : walk->error;
}

int pw_resolved_forget_devices(struct pw_resolved *resolved, const struct pw_resolved *before)
{
	int r = 0;

	for (size_t i = 0; before && i < before->publication.n_devices && r == 0; i++) {
		struct pw_kernel_device device = before->publication.device[i];

		if (!device.labels || find_device(resolved, &device))
			continue;
		device.labels = 0;
		r = new_device(resolved, &device);
	}
	return r;
}

/* Loop devices that were made of labelled files: their contents are those. */
static void add_loops(const struct pw_trees *trees, struct device_walk *walk)
{
	_cleanup_closedir_ DIR *dir = opendir("/sys/block");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_fclose_ FILE *backing = NULL, *dev = NULL;
		char path[NAME_MAX + 64], file[PW_PATH_MAX + 2];
		struct pw_device device = { 0 };

		if (strncmp(entry->d_name, "loop", 4))
			continue;
		snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", entry->d_name);
		backing = fopen(path, "re");
		snprintf(path, sizeof(path), "/sys/block/%s/dev", entry->d_name);
		dev = fopen(path, "re");
		if (!backing || !dev || !fgets(file, sizeof(file), backing) ||
		    fscanf(dev, "%u:%u", &device.major, &device.minor) != 2)
			continue;
		file[strcspn(file, "\n")] = '\0';
		walk->labels = pw_trees_labels(trees, file, false);
		if (walk->labels)
			add_device(walk, &device);
	}
}

int pw_file_systems_devices(const struct pw_file_systems *s, struct pw_resolved *resolved)
{
	struct device_walk walk = { .resolved = resolved };

	for (size_t i = 0; i < s->mounts->n; i++) {
		walk.labels = s->on_mount[i];
		if (walk.labels)
			pw_mounts_devices(&s->mounts->item[i], add_device, &walk);
	}
	add_loops(s->trees, &walk);
	return walk.error;
}
