/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How labels go along with the data: `spread`, `hubs`, `declassifiers`. */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/words.h"

#include <string.h>

static const struct pw_words spread_words = { pw_spread_names, _PW_SPREAD_MAX };

/* One word for all doors. */
static void spread_all(struct pw_parse *parse, const struct pw_given *given)
{
	unsigned int word, door;

	if (!pw_parse_word(parse, given, &spread_words, &word))
		return;
	for (door = PW_DOOR_NONE + 1; door < _PW_DOOR_MAX; door++)
		parse->policy->spread[door] = word;
}

/* Doors that always ask: whoever writes the word may believe that it matters. */
static void spread_useless(struct pw_parse *parse, const struct pw_given *given, unsigned int door)
{
	struct pw_place_in_file at = pw_parse_at(parse, given->key);

	if (door != PW_DOOR_IPC && door != PW_DOOR_UNIX && door != PW_DOOR_FILE)
		pw_parse_warning_at(
			parse, &at,
			"no label spreads through door '%s': the rules are always asked there\nremove it: ipc, unix and file are the doors where spread matters",
			pw_door_names[door]);
}

void pw_parse_spread(struct pw_parse *parse, const struct pw_given *given)
{
	/* "none" is no door that anybody could name */
	static const struct pw_keys keys = { "spread",
					     { pw_door_names + 1, _PW_DOOR_MAX - 1 },
					     { NULL, 0 } };
	struct pw_given doors[_PW_DOOR_MAX - 1];
	unsigned int word, i;

	if (!given->value)
		return;
	if (parse->spread_at.line) {
		pw_parse_error(parse, given->value,
			       "'spread' is given twice, first at %s\nkeep it in one file",
			       PW_WHERE(&parse->spread_at, parse->file));
		return;
	}
	parse->spread_at = pw_parse_at(parse, given->value);
	if (given->value->kind != PW_NODE_MAP) {
		spread_all(parse, given);
		return;
	}
	if (!pw_parse_keys(parse, given->value, &keys, doors))
		return;
	for (i = 0; i < _PW_DOOR_MAX - 1; i++) {
		if (!pw_parse_word(parse, &doors[i], &spread_words, &word))
			continue;
		parse->policy->spread[i + 1] = word;
		spread_useless(parse, &doors[i], i + 1);
	}
}

/* ---- Hubs ---- */

static void hub_name(struct pw_parse *parse, const struct pw_node *key, struct pw_hub *hub)
{
	size_t first, n = parse->policy->n_hubs;

	hub->name.at = pw_parse_at(parse, key);
	if (!pw_parse_name(parse, key, "a hub"))
		return;
	if (pw_index_find(&parse->hubs, key->text, key->len, &first)) {
		pw_parse_error(
			parse, key,
			"hub '%s' is defined twice, first at %s\nchoose another name, or merge the two",
			key->text, PW_WHERE(&parse->policy->hub[first].name.at, parse->file));
		return;
	}
	hub->name.text = pw_parse_copy(parse, key);
	if (hub->name.text && pw_index_add(&parse->hubs, hub->name.text, key->len, n - 1) < 0)
		parse->error = -ENOMEM;
}

static void hub_read(struct pw_parse *parse, const struct pw_node *map, struct pw_hub *hub)
{
	enum { PATHS, SOCKETS, N };
	static const char *const names[] = { "paths", "sockets" };
	static const struct pw_keys keys = { "a hub", { names, N }, { NULL, 0 } };
	struct pw_given given[N];

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[PATHS].key && !given[SOCKETS].key)
		pw_parse_error(
			parse, map,
			"a hub needs paths or sockets\nadd paths: [EXECUTABLE] or sockets: [SOCKET]");
	pw_parse_list(parse, &given[PATHS], pw_parse_path, &hub->paths);
	pw_parse_list(parse, &given[SOCKETS], pw_parse_socket, &hub->sockets);
}

void pw_parse_hubs(struct pw_parse *parse, const struct pw_given *given)
{
	struct pw_policy *policy = parse->policy;
	const struct pw_node *key;

	if (!pw_parse_is(parse, given, PW_NODE_MAP))
		return;
	for (key = given->value->first; key; key = key->next->next) {
		struct pw_hub *hub;

		if (pw_array_grow(&policy->hub, policy->n_hubs, sizeof(*policy->hub)) < 0) {
			parse->error = -ENOMEM;
			return;
		}
		hub = &policy->hub[policy->n_hubs++];
		*hub = (struct pw_hub){ 0 };
		hub_name(parse, key, hub);
		hub_read(parse, key->next, hub);
	}
}

/* ---- Declassifiers ---- */

static void declassifier_read(struct pw_parse *parse, const struct pw_node *map,
			      struct pw_declassifier *one)
{
	enum { PROGRAMS, LABELS, N };
	static const char *const names[] = { "programs", "labels" };
	static const struct pw_keys keys = { "a declassifier", { names, N }, { NULL, 0 } };
	struct pw_given given[N];

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[PROGRAMS].key)
		pw_parse_error(
			parse, map,
			"a declassifier needs programs\nadd programs: [NAME], defined under 'programs:'");
	if (!given[LABELS].key)
		pw_parse_error(
			parse, map,
			"a declassifier needs labels\nadd labels: [NAME], or labels: any for all of them");
	pw_parse_refs(parse, &given[PROGRAMS], &one->programs);
	pw_parse_refs(parse, &given[LABELS], &one->labels);
	if (given[PROGRAMS].value && one->programs.any)
		pw_parse_error(
			parse, given[PROGRAMS].value,
			"a declassifier cannot be any program: no label would hold\nname the programs that take out what identifies people");
}

void pw_parse_declassifiers(struct pw_parse *parse, const struct pw_given *given)
{
	struct pw_policy *policy = parse->policy;
	const struct pw_node *node;

	if (!pw_parse_is(parse, given, PW_NODE_LIST))
		return;
	for (node = given->value->first; node; node = node->next) {
		struct pw_declassifier *one;

		if (pw_array_grow(&policy->declassifier, policy->n_declassifiers,
				  sizeof(*policy->declassifier)) < 0) {
			parse->error = -ENOMEM;
			return;
		}
		one = &policy->declassifier[policy->n_declassifiers++];
		*one = (struct pw_declassifier){ .at = pw_parse_at(parse, node) };
		declassifier_read(parse, node, one);
	}
}
