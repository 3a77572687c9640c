/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of a policy for people. Every text is foreign: escaped before it is shown. */
#include "cli/diff.h"

#include "cli/member.h"

#include <string.h>

#define LIST_MAX 12 /* of a list are shown; --json has them all */

static void add(struct pw_str *into, struct json_object *value, const char *instead)
{
	const char *text = value ? json_object_get_string(value) : instead;

	pw_str_add_escaped(into, text, strlen(text));
}

/* "label" of "labels"; "spread" stays */
static void add_noun(struct pw_str *into, struct json_object *change)
{
	const char *section = json_object_get_string(pw_member(change, "section"));

	size_t len = section ? strlen(section) : 0;

	if (len)
		pw_str_add_escaped(into, section, len - (section[len - 1] == 's'));
	pw_str_add(into, " ");
	add(into, pw_member(change, "name"), "?");
}

static void add_list(struct pw_str *into, struct json_object *list, const char *before)
{
	size_t n = pw_member_count(list);

	for (size_t i = 0; i < n && i < LIST_MAX; i++) {
		pw_str_add(into, before);
		add(into, json_object_array_get_idx(list, i), "?");
	}
	if (n > LIST_MAX)
		pw_str_addf(into, "%sand %zu more", before, n - LIST_MAX);
}

/* What a whole definition says: its name apart, and what is not given or any. */
static void add_definition(struct pw_str *into, struct json_object *definition)
{
	const char *between = ": ";

	if (!json_object_is_type(definition, json_type_object))
		return;
	json_object_object_foreach(definition, key, value)
	{
		bool list = json_object_is_type(value, json_type_array);

		if (strcmp(key, "name") == 0 || !value || (list && !pw_member_count(value)))
			continue;
		if (list && pw_member_count(value) == 1 &&
		    strcmp(json_object_get_string(json_object_array_get_idx(value, 0)), "any") == 0)
			continue;
		pw_str_add(into, between);
		pw_str_add_escaped(into, key, strlen(key));
		if (list)
			add_list(into, value, " ");
		else {
			pw_str_add(into, " ");
			add(into, value, "-");
		}
		between = "; ";
	}
}

static void add_place(struct pw_str *into, struct json_object *change)
{
	if (pw_member(change, "behind")) {
		pw_str_add(into, ", behind ");
		add(into, pw_member(change, "behind"), "?");
	} else {
		pw_str_add(into, ", first of all");
	}
}

static void add_fields(struct pw_str *into, struct json_object *fields)
{
	for (size_t i = 0; i < pw_member_count(fields); i++) {
		struct json_object *field = json_object_array_get_idx(fields, i);

		pw_str_add(into, "    ");
		add(into, pw_member(field, "field"), "?");
		pw_str_add(into, ":");
		if (pw_member(field, "added")) {
			add_list(into, pw_member(field, "added"), " +");
			add_list(into, pw_member(field, "removed"), " -");
		} else {
			pw_str_add(into, " ");
			add(into, pw_member(field, "from"), "none");
			pw_str_add(into, " -> ");
			add(into, pw_member(field, "to"), "none");
		}
		pw_str_add(into, "\n");
	}
}

static void add_change(struct pw_str *into, struct json_object *change)
{
	const char *what = json_object_get_string(pw_member(change, "change"));
	bool added = what && strcmp(what, "added") == 0;
	bool removed = what && strcmp(what, "removed") == 0;
	bool moved = what && strcmp(what, "moved") == 0;

	pw_str_add(into, added ? "+ " : removed ? "- " : "~ ");
	if (!pw_member(change, "name")) { /* the policy's mode */
		add(into, pw_member(change, "section"), "?");
		pw_str_add(into, ": ");
		add(into, pw_member(change, "from"), "none");
		pw_str_add(into, " -> ");
		add(into, pw_member(change, "to"), "none");
		pw_str_add(into, "\n");
		return;
	}
	add_noun(into, change);
	if (moved)
		pw_str_add(into, ": moved");
	if (moved || json_object_object_get_ex(change, "behind", NULL))
		add_place(into, change);
	if (added || removed)
		add_definition(into, pw_member(change, "definition"));
	pw_str_add(into, "\n");
	add_fields(into, pw_member(change, "fields"));
}

void pw_diff_text(struct json_object *changes, struct pw_str *into)
{
	for (size_t i = 0; i < pw_member_count(changes); i++)
		add_change(into, json_object_array_get_idx(changes, i));
}
