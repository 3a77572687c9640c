/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last policies in the words that events need. Roots are kept as 64-bit hashes: a
 * policy may have 100,000 of them, and a collision merely shows one component more.
 */
#include "evidence/naming.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <fnmatch.h>
#include <string.h>

struct generation {
	uint64_t number;
	struct pw_naming_policy *policy;
};

struct pw_naming {
	struct pw_naming_policy *policy[PW_NAMING_KEEP]; /* newest last */
	size_t n_policies;
	struct generation generation[PW_NAMING_GENERATIONS]; /* a ring */
	size_t next;
};

static void policy_free(struct pw_naming_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->n_rules; i++) {
		free(policy->rule[i].id);
		free(policy->rule[i].at);
		free(policy->rule[i].tell);
	}
	for (size_t i = 0; i < PW_LABELS_MAX; i++)
		free(policy->label[i].name);
	for (size_t i = 0; i < policy->n_globs; i++)
		free(policy->glob[i]);
	for (size_t i = 0; i < policy->n_places; i++)
		free(policy->place[i]);
	free(policy->place);
	free(policy->rule);
	free(policy->glob);
	free(policy->root);
	free(policy);
}

static void cleanup_policy(struct pw_naming_policy **policy)
{
	policy_free(*policy);
}

static uint64_t hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3ull;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static void root_add(struct pw_naming_policy *policy, const char *path)
{
	uint64_t hash = hash_bytes(path, strlen(path));
	size_t i = hash & (policy->root_size - 1);

	while (policy->root[i] && policy->root[i] != hash)
		i = (i + 1) & (policy->root_size - 1);
	policy->root[i] = hash;
}

static bool root_has(const struct pw_naming_policy *policy, uint64_t hash)
{
	size_t i;

	if (!policy->root_size)
		return false;
	for (i = hash & (policy->root_size - 1); policy->root[i];
	     i = (i + 1) & (policy->root_size - 1))
		if (policy->root[i] == hash)
			return true;
	return false;
}

static bool is_glob(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

static int copy_globs(struct pw_naming_policy *into, const struct pw_texts *texts, bool files)
{
	for (size_t i = 0; i < texts->n; i++) {
		const char *text = texts->item[i].text;
		const char *slash = strrchr(text, '/');
		char *copy;

		if (!is_glob(text) || into->n_globs >= PW_NAMING_GLOBS_MAX)
			continue;
		/* Of a file's pattern only the directory is the policy's word. */
		copy = files ? strndup(text, slash ? (size_t)(slash - text) : 0) : strdup(text);
		if (!copy)
			return -ENOMEM;
		into->glob[into->n_globs++] = copy;
	}
	return 0;
}

static int copy_texts(struct pw_naming_policy *into, const struct pw_texts *texts, bool files)
{
	for (size_t i = 0; i < texts->n; i++)
		if (!is_glob(texts->item[i].text))
			root_add(into, texts->item[i].text);
	return copy_globs(into, texts, files);
}

static int copy_trees(struct pw_naming_policy *into, const struct pw_policy *policy,
		      const struct pw_compiled *compiled)
{
	size_t n = compiled ? compiled->trees.n_anchors : 0, size = 16;
	int r;

	for (size_t i = 0; i < policy->n_labels; i++)
		n += policy->label[i].trees.n + policy->label[i].files.n;
	for (size_t i = 0; i < policy->n_places; i++)
		n += policy->place[i].directories.n;
	while (size < n + n / 2)
		size *= 2;
	into->root = calloc(size, sizeof(*into->root));
	into->glob = calloc(n < PW_NAMING_GLOBS_MAX ? n + 1 : PW_NAMING_GLOBS_MAX, sizeof(char *));
	if (!into->root || !into->glob)
		return -ENOMEM;
	into->root_size = size;
	for (size_t i = 0; compiled && i < compiled->trees.n_anchors; i++)
		if (compiled->trees.anchor[i].is_root)
			root_add(into, compiled->trees.anchor[i].path);
	for (size_t i = 0; i < policy->n_labels; i++) {
		r = copy_texts(into, &policy->label[i].trees, false);
		if (r == 0)
			r = copy_texts(into, &policy->label[i].files, true);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < policy->n_places; i++) {
		r = copy_texts(into, &policy->place[i].directories, false);
		if (r < 0)
			return r;
	}
	return 0;
}

static int copy_words(struct pw_naming_policy *into, const struct pw_policy *policy)
{
	into->rule = calloc(policy->n_rules + 1, sizeof(*into->rule));
	into->place = calloc(policy->n_places + 1, sizeof(*into->place));
	if (!into->rule || !into->place)
		return -ENOMEM;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct pw_rule *rule = &policy->rule[i];
		struct pw_naming_rule *copy = &into->rule[into->n_rules++];

		copy->mode = rule->mode;
		copy->id = strdup(rule->id.text ? rule->id.text : "");
		if (asprintf(&copy->at, "%s:%u", rule->at.file ? rule->at.file : "?",
			     rule->at.line) < 0)
			copy->at = NULL;
		if (!copy->id || !copy->at)
			return -ENOMEM;
		if (rule->tell.text) {
			copy->tell = strdup(rule->tell.text);
			if (!copy->tell)
				return -ENOMEM;
		}
	}
	for (size_t i = 0; i < policy->n_labels; i++) {
		struct pw_naming_label *copy = &into->label[policy->label[i].bit];

		copy->class = policy->label[i].class;
		copy->name = strdup(policy->label[i].name.text);
		if (!copy->name)
			return -ENOMEM;
	}
	for (size_t i = 0; i < policy->n_places; i++) {
		into->place[i] = strdup(policy->place[i].name.text);
		if (!into->place[i])
			return -ENOMEM;
		into->n_places++;
	}
	memcpy(into->id, policy->id, sizeof(into->id));
	into->mode = policy->mode;
	return 0;
}

int pw_naming_new(struct pw_naming **ret_naming)
{
	*ret_naming = calloc(1, sizeof(**ret_naming));
	return *ret_naming ? 0 : -ENOMEM;
}

void pw_naming_free(struct pw_naming **naming)
{
	if (!*naming)
		return;
	for (size_t i = 0; i < (*naming)->n_policies; i++)
		policy_free((*naming)->policy[i]);
	free(*naming);
	*naming = NULL;
}

/* Keep @policy as the newest; the oldest goes, with its generations. */
static void keep_policy(struct pw_naming *naming, struct pw_naming_policy *policy)
{
	if (naming->n_policies == PW_NAMING_KEEP) {
		for (size_t i = 0; i < PW_NAMING_GENERATIONS; i++)
			if (naming->generation[i].policy == naming->policy[0])
				naming->generation[i] = (struct generation){ 0 };
		policy_free(naming->policy[0]);
		memmove(&naming->policy[0], &naming->policy[1],
			(PW_NAMING_KEEP - 1) * sizeof(naming->policy[0]));
		naming->n_policies--;
	}
	naming->policy[naming->n_policies++] = policy;
}

/* The same text, and its labels are the same bits. */
static bool is_same(const struct pw_naming_policy *known, const struct pw_policy *policy)
{
	if (strcmp(known->id, policy->id) != 0)
		return false;
	for (size_t i = 0; i < policy->n_labels; i++) {
		const char *name = known->label[policy->label[i].bit].name;

		if (!name || strcmp(name, policy->label[i].name.text) != 0)
			return false;
	}
	return true;
}

int pw_naming_add(struct pw_naming *naming, uint64_t generation, const struct pw_policy *policy,
		  const struct pw_compiled *compiled)
{
	struct pw_naming_policy *known = NULL;

	for (size_t i = 0; i < naming->n_policies; i++)
		if (is_same(naming->policy[i], policy))
			known = naming->policy[i];
	if (!known) {
		_cleanup_(cleanup_policy) struct pw_naming_policy *copy = NULL;
		int r;

		copy = calloc(1, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		r = copy_words(copy, policy);
		if (r == 0)
			r = copy_trees(copy, policy, compiled);
		if (r < 0)
			return r;
		known = copy;
		keep_policy(naming, TAKE_PTR(copy));
	}
	naming->generation[naming->next] =
		(struct generation){ .number = generation, .policy = known };
	naming->next = (naming->next + 1) % PW_NAMING_GENERATIONS;
	return 0;
}

const struct pw_naming_policy *pw_naming_find(const struct pw_naming *naming, uint64_t generation)
{
	if (!naming)
		return NULL;
	/* Newest first: a number may come again when the kernel half was loaded anew. */
	for (size_t i = 1; i <= PW_NAMING_GENERATIONS; i++) {
		size_t at = (naming->next + PW_NAMING_GENERATIONS - i) % PW_NAMING_GENERATIONS;

		if (naming->generation[at].policy && naming->generation[at].number == generation)
			return naming->generation[at].policy;
	}
	return NULL;
}

const struct pw_naming_label *pw_naming_label(const struct pw_naming_policy *policy,
					      unsigned int bit)
{
	return policy && bit < PW_LABELS_MAX && policy->label[bit].name ? &policy->label[bit]
									 : NULL;
}

static size_t count_slashes(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '/';
	return n;
}

/* Length of the deepest prefix of @path that some glob of @policy matches. */
static size_t glob_clear(const struct pw_naming_policy *policy, const char *path, size_t len)
{
	_cleanup_free_ char *prefix = NULL;
	size_t best = 0;

	for (size_t i = 0; i < policy->n_globs; i++) {
		size_t depth = count_slashes(policy->glob[i], strlen(policy->glob[i])), end = 0;

		/* The prefix of @path with as many components as the pattern. */
		for (size_t seen = 0; end < len; end++)
			if (path[end] == '/' && seen++ == depth)
				break;
		if (end <= best || count_slashes(path, end) != depth)
			continue;
		free(prefix);
		prefix = strndup(path, end);
		if (prefix && fnmatch(policy->glob[i], prefix, FNM_PATHNAME) == 0)
			best = end;
	}
	return best;
}

size_t pw_naming_clear(const struct pw_naming_policy *policy, const char *path, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	size_t best = 0, globbed;

	if (!policy || !len || path[0] != '/')
		return 0;
	/* Every prefix that ends at a component, hashed as hash_bytes() does. */
	for (size_t i = 0; i <= len; i++) {
		if (i && (i == len || path[i] == '/')) {
			uint64_t folded = hash ^ hash >> 32;

			if (root_has(policy, folded ? folded : 1))
				best = i;
		}
		if (i < len)
			hash = (hash ^ (uint8_t)path[i]) * 0x100000001b3ull;
	}
	globbed = glob_clear(policy, path, len);
	return globbed > best ? globbed : best;
}
