/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries are compared by name, lists without regard to order, since the order of names in a
 * list says nothing; the order of rules does. json-c's allocations are not checked one by
 * one: a change that cannot be told makes the whole answer NULL.
 */
#include "cli/diff.h"

#include "cli/member.h"
#include "phiward/words.h"

#include <string.h>

static const char *const sections[] = { "labels", "actors",        "programs", "sessions", "places",
					"hubs",   "declassifiers", "spread",   "rules" };
#define N_SECTIONS (sizeof(sections) / sizeof(sections[0]))

struct diff {
	struct json_object *changes;
	const char *mode_from, *mode_to; /* of the policy */
	bool failed;
};

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = pw_member(object, key);

	return value ? json_object_get_string(value) : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Put @value, which is taken, into @object. */
static void put(struct diff *diff, struct json_object *object, const char *key,
		struct json_object *value)
{
	if (object && json_object_object_add(object, key, value) == 0)
		return;
	json_object_put(value);
	diff->failed = true;
}

static void put_text(struct diff *diff, struct json_object *object, const char *key,
		     const char *text)
{
	struct json_object *value = text ? json_object_new_string(text) : NULL;

	if (text && !value)
		diff->failed = true;
	put(diff, object, key, value);
}

static void append(struct diff *diff, struct json_object *list, struct json_object *value)
{
	if (list && value && json_object_array_add(list, value) == 0)
		return;
	json_object_put(value);
	diff->failed = true;
}

static struct json_object *new_change(struct diff *diff, const char *section, const char *change,
				      const char *name)
{
	struct json_object *one = json_object_new_object();

	put_text(diff, one, "section", section);
	put_text(diff, one, "change", change);
	if (name)
		put_text(diff, one, "name", name);
	return one;
}

/* The texts of @list as the keys of an object. */
static struct json_object *set_of(struct diff *diff, struct json_object *list)
{
	struct json_object *set = json_object_new_object();

	for (size_t i = 0; i < pw_member_count(list); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(list, i));

		if (text)
			put(diff, set, text, NULL);
	}
	return set;
}

/* What @list has and @other has not; NULL: nothing. */
static struct json_object *only_in(struct diff *diff, struct json_object *list,
				   struct json_object *other)
{
	struct json_object *set = set_of(diff, other), *only = NULL;

	for (size_t i = 0; i < pw_member_count(list); i++) {
		struct json_object *value = json_object_array_get_idx(list, i);
		const char *text = json_object_get_string(value);

		if (!text || json_object_object_get_ex(set, text, NULL))
			continue;
		only = only ? only : json_object_new_array();
		append(diff, only, json_object_get(value));
	}
	json_object_put(set);
	return only;
}

/* The difference of one field, or NULL. */
static struct json_object *field_change(struct diff *diff, const char *field,
					struct json_object *from, struct json_object *to)
{
	struct json_object *one, *added, *removed;

	if (!json_object_is_type(from, json_type_array) &&
	    !json_object_is_type(to, json_type_array)) {
		const char *before = from ? json_object_get_string(from) : NULL;
		const char *after = to ? json_object_get_string(to) : NULL;

		if (same_text(before, after))
			return NULL;
		one = json_object_new_object();
		put_text(diff, one, "field", field);
		put_text(diff, one, "from", before);
		put_text(diff, one, "to", after);
		return one;
	}
	added = only_in(diff, to, from);
	removed = only_in(diff, from, to);
	if (!added && !removed)
		return NULL;
	one = json_object_new_object();
	put_text(diff, one, "field", field);
	put(diff, one, "added", added ? added : json_object_new_array());
	put(diff, one, "removed", removed ? removed : json_object_new_array());
	return one;
}

/* A rule without a mode of its own has the policy's, and that is told once. */
static bool follows_mode(const struct diff *diff, const char *field, struct json_object *from,
			 struct json_object *to)
{
	return strcmp(field, "mode") == 0 && !same_text(diff->mode_from, diff->mode_to) &&
	       same_text(from ? json_object_get_string(from) : NULL, diff->mode_from) &&
	       same_text(to ? json_object_get_string(to) : NULL, diff->mode_to);
}

static void compare_entry(struct diff *diff, const char *section, struct json_object *before,
			  struct json_object *after)
{
	struct json_object *fields = json_object_new_array(), *change;

	json_object_object_foreach(after, field, to)
	{
		struct json_object *from = pw_member(before, field), *one;

		if (follows_mode(diff, field, from, to))
			continue;
		one = field_change(diff, field, from, to);
		if (one)
			append(diff, fields, one);
	}
	if (pw_member_count(fields)) {
		change = new_change(diff, section, "changed", text_of(after, "name"));
		put(diff, change, "fields", json_object_get(fields));
		append(diff, diff->changes, change);
	}
	json_object_put(fields);
}

/* The entries of @list under their names. */
static struct json_object *index_of(struct diff *diff, struct json_object *list)
{
	struct json_object *index = json_object_new_object();

	for (size_t i = 0; i < pw_member_count(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);
		const char *name = text_of(entry, "name");

		if (name)
			put(diff, index, name, json_object_get(entry));
	}
	return index;
}

static void tell_whole(struct diff *diff, const char *section, const char *change,
		       struct json_object *entry, const char *behind)
{
	struct json_object *one = new_change(diff, section, change, text_of(entry, "name"));

	if (strcmp(section, "rules") == 0 && strcmp(change, "added") == 0)
		put_text(diff, one, "behind", behind);
	put(diff, one, "definition", json_object_get(entry));
	append(diff, diff->changes, one);
}

/* ---- The order of rules ---- */

struct common { /* the rules that both policies have, in the order of the later one */
	size_t n;
	const char *name[PW_RULES_MAX];
	const char *behind[PW_RULES_MAX]; /* in the later one, or NULL */
	size_t at[PW_RULES_MAX];          /* in the earlier one */
};

static void find_common(struct json_object *before, struct json_object *after,
			struct common *common)
{
	const char *behind = NULL;

	common->n = 0;
	for (size_t i = 0; i < pw_member_count(after); i++) {
		const char *name = text_of(json_object_array_get_idx(after, i), "name");

		for (size_t k = 0; name && k < pw_member_count(before); k++) {
			if (common->n == PW_RULES_MAX)
				return;
			if (!same_text(name, text_of(json_object_array_get_idx(before, k), "name")))
				continue;
			common->name[common->n] = name;
			common->behind[common->n] = behind;
			common->at[common->n++] = k;
			break;
		}
		behind = name;
	}
}

/* The fewest that must have moved: all but the longest run of rules whose order stayed. */
static void find_moved(const struct common *common, bool moved[static PW_RULES_MAX])
{
	size_t length[PW_RULES_MAX], before[PW_RULES_MAX], end = 0;

	for (size_t i = 0; i < common->n; i++) {
		moved[i] = true;
		length[i] = 1;
		before[i] = i;
		for (size_t k = 0; k < i; k++) {
			if (common->at[k] < common->at[i] && length[k] + 1 > length[i]) {
				length[i] = length[k] + 1;
				before[i] = k;
			}
		}
		if (length[i] > length[end])
			end = i;
	}
	for (size_t i = end; common->n;) {
		moved[i] = false;
		if (before[i] == i)
			break;
		i = before[i];
	}
}

static void compare_order(struct diff *diff, struct json_object *before, struct json_object *after)
{
	struct common *common = malloc(sizeof(*common));
	bool moved[PW_RULES_MAX];

	if (!common) {
		diff->failed = true;
		return;
	}
	find_common(before, after, common);
	find_moved(common, moved);
	for (size_t i = 0; i < common->n; i++) {
		struct json_object *one;

		if (!moved[i])
			continue;
		one = new_change(diff, "rules", "moved", common->name[i]);
		put_text(diff, one, "behind", common->behind[i]);
		append(diff, diff->changes, one);
	}
	free(common);
}

static void compare_section(struct diff *diff, const char *section, struct json_object *before,
			    struct json_object *after)
{
	struct json_object *old = index_of(diff, before), *new = index_of(diff, after), *entry;
	const char *behind = NULL;

	for (size_t i = 0; i < pw_member_count(before); i++) {
		entry = json_object_array_get_idx(before, i);
		if (!pw_member(new, text_of(entry, "name")))
			tell_whole(diff, section, "removed", entry, NULL);
	}
	for (size_t i = 0; i < pw_member_count(after); i++) {
		struct json_object *was;

		entry = json_object_array_get_idx(after, i);
		was = pw_member(old, text_of(entry, "name"));
		if (was)
			compare_entry(diff, section, was, entry);
		else
			tell_whole(diff, section, "added", entry, behind);
		behind = text_of(entry, "name");
	}
	json_object_put(old);
	json_object_put(new);
}

struct json_object *pw_diff(struct json_object *before, struct json_object *after)
{
	struct diff diff = {
		.changes = json_object_new_array(),
		.mode_from = text_of(before, "mode"),
		.mode_to = text_of(after, "mode"),
	};

	if (!same_text(diff.mode_from, diff.mode_to)) {
		struct json_object *one = new_change(&diff, "mode", "changed", NULL);

		put_text(&diff, one, "from", diff.mode_from);
		put_text(&diff, one, "to", diff.mode_to);
		append(&diff, diff.changes, one);
	}
	for (size_t i = 0; i < N_SECTIONS; i++)
		compare_section(&diff, sections[i], pw_member(before, sections[i]),
				pw_member(after, sections[i]));
	compare_order(&diff, pw_member(before, "rules"), pw_member(after, "rules"));
	if (diff.failed) {
		json_object_put(diff.changes);
		diff.changes = NULL;
	}
	return diff.changes;
}
