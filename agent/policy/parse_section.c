/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections that define names: labels, actors, programs and sessions (places: parse_place.c). */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/words.h"

#include <ctype.h>
#include <string.h>

static void section_label(struct pw_parse *parse, const struct pw_node *map, struct pw_label *label)
{
	enum { CLASS, TREES, FILES, ON_FAILURE, N };
	static const char *const names[] = { "class", "trees", "files", "on-failure" };
	static const struct pw_keys keys = { "a label", { names, N }, { NULL, 0 } };
	struct pw_given given[N];
	unsigned int word;
	size_t i, n;

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[CLASS].key)
		pw_parse_error(
			parse, map,
			"a label needs a class\nadd class: identity, health-status, care or genetic");
	if (pw_parse_word(parse, &given[CLASS], &(struct pw_words){ pw_class_names, _PW_CLASS_MAX },
			  &word))
		label->class = word;
	if (pw_parse_word(parse, &given[ON_FAILURE],
			  &(struct pw_words){ pw_on_failure_names, _PW_ON_FAILURE_MAX }, &word))
		label->on_failure = word;
	pw_parse_list(parse, &given[TREES], pw_parse_tree, &label->trees);
	pw_parse_list(parse, &given[FILES], pw_parse_file, &label->files);

	n = label->trees.n + label->files.n;
	if (parse->n_trees <= PW_TREES_MAX && parse->n_trees + n > PW_TREES_MAX) {
		i = PW_TREES_MAX - parse->n_trees;
		parse->too_many_trees = i < label->trees.n
						? label->trees.item[i].at
						: label->files.item[i - label->trees.n].at;
	}
	parse->n_trees += n;
}

/* A user or group by name, as NSS knows it; never a number. */
static char *section_person(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	if (strspn(node->text, "0123456789") == node->len)
		pw_parse_error(
			parse, node,
			"'%s' takes names, not the number %s\nwrite the name that id(1) shows", key,
			PW_Q(node->text));
	else if (node->len > 255)
		pw_parse_error(parse, node, "%s is no name: %u bytes, at most 255 fit\nshorten it",
			       PW_Q(node->text), node->len);
	else if (pw_find_control(node->text, node->len) || strpbrk(node->text, ":/,*?") ||
		 isspace((unsigned char)node->text[0]) ||
		 isspace((unsigned char)node->text[node->len - 1]))
		pw_parse_error(
			parse, node,
			"%s is no name for '%s'\nwrite one name an entry, without : / , * ? and blanks around it",
			PW_Q(node->text), key);
	else
		return pw_parse_copy(parse, node);
	return NULL;
}

static void section_actor(struct pw_parse *parse, const struct pw_node *map, struct pw_actor *actor)
{
	enum { USERS, GROUPS, HOURS, N };
	static const char *const names[] = { "users", "groups", "hours" };
	static const struct pw_keys keys = { "an actor", { names, N }, { NULL, 0 } };
	struct pw_given given[N];

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[USERS].key && !given[GROUPS].key)
		pw_parse_error(
			parse, map,
			"an actor needs users or groups\nadd users: [NAME] or groups: [NAME]");
	pw_parse_list(parse, &given[USERS], section_person, &actor->users);
	pw_parse_list(parse, &given[GROUPS], section_person, &actor->groups);
	pw_parse_hours(parse, &given[HOURS], &actor->hours);
}

static char *section_sha256(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	char *text, *p;

	(void)key;
	if (node->len != 64 || strspn(node->text, digits) != 64) {
		pw_parse_error(
			parse, node,
			"%s is no SHA-256: 64 hex digits\nwrite what sha256sum prints for the file",
			PW_Q(node->text));
		return NULL;
	}
	text = pw_parse_copy(parse, node);
	for (p = text; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

static void section_program(struct pw_parse *parse, const struct pw_node *map,
			    struct pw_program *program)
{
	enum { PATHS, SCRIPTS, SHA256, N };
	static const char *const names[] = { "paths", "scripts", "sha256" };
	static const struct pw_keys keys = { "a program", { names, N }, { NULL, 0 } };
	struct pw_given given[N];

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (given[SHA256].key && !given[PATHS].key)
		pw_parse_error(
			parse, given[SHA256].key,
			"'sha256' without 'paths'\nadd paths: with the executable that has this digest");
	else if (!given[PATHS].key && !given[SCRIPTS].key)
		pw_parse_error(
			parse, map,
			"a program needs paths or scripts\nadd paths: [EXECUTABLE] or scripts: [SCRIPT]");
	pw_parse_list(parse, &given[PATHS], pw_parse_path, &program->paths);
	pw_parse_list(parse, &given[SCRIPTS], pw_parse_path, &program->scripts);
	pw_parse_list(parse, &given[SHA256], section_sha256, &program->sha256);
}

static void section_session(struct pw_parse *parse, const struct pw_node *map,
			    struct pw_session *session)
{
	enum { LOCAL, LOCKED, N };
	static const char *const names[] = { "local", "locked" };
	static const char *const answers[] = { "false", "true" };
	static const struct pw_keys keys = { "a session", { names, N }, { NULL, 0 } };
	struct pw_given given[N];
	unsigned int answer;

	session->local = session->locked = -1;
	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[LOCAL].key && !given[LOCKED].key)
		pw_parse_error(
			parse, map,
			"a session needs local or locked\nadd local: true or false, or locked: true or false");
	if (pw_parse_word(parse, &given[LOCAL], &(struct pw_words){ answers, 2 }, &answer))
		session->local = (int)answer;
	if (pw_parse_word(parse, &given[LOCKED], &(struct pw_words){ answers, 2 }, &answer))
		session->locked = (int)answer;
}

/* Room for one more entry of the section: its name, or NULL. */
static struct pw_text *section_grow(struct pw_parse *parse, enum pw_section section)
{
	struct pw_policy *policy = parse->policy;
	int r;

#define GROW(array, count)                                                                \
	({                                                                                \
		r = pw_array_grow(&policy->array, policy->count, sizeof(*policy->array)); \
		if (r == 0) {                                                             \
			memset(&policy->array[policy->count], 0, sizeof(*policy->array)); \
			policy->count++;                                                  \
		}                                                                         \
		r == 0 ? &policy->array[policy->count - 1].name : NULL;                   \
	})
	switch (section) {
	case PW_SECTION_LABELS:
		return GROW(label, n_labels);
	case PW_SECTION_ACTORS:
		return GROW(actor, n_actors);
	case PW_SECTION_PROGRAMS:
		return GROW(program, n_programs);
	case PW_SECTION_SESSIONS:
		return GROW(session, n_sessions);
	default:
		return GROW(place, n_places);
	}
#undef GROW
}

/* The name of the entry that was just added. */
static void section_name(struct pw_parse *parse, const struct pw_node *key, enum pw_section section,
			 struct pw_text *name)
{
	static const char *const what[] = { "a label", "an actor", "a program", "a session",
					    "a place" };
	struct pw_index *index = &parse->names[section];
	size_t first, n = pw_section_size(parse->policy, section);
	size_t limit = section == PW_SECTION_LABELS   ? PW_LABELS_MAX
		       : section == PW_SECTION_PLACES ? PW_PLACES_MAX
						      : PW_DEFINITIONS_MAX;

	if (n == limit + 1)
		pw_parse_error(
			parse, key,
			"the policy has more than %zu %ss\nmerge some, or remove what is not needed",
			limit, pw_section_one[section]);
	name->at = pw_parse_at(parse, key);
	if (!pw_parse_name(parse, key, what[section]))
		return;
	if (pw_index_find(index, key->text, key->len, &first)) {
		pw_parse_error(
			parse, key,
			"%s '%s' is defined twice, first at %s\nchoose another name, or merge the two",
			pw_section_one[section], key->text,
			PW_WHERE(&pw_section_name(parse->policy, section, first)->at, parse->file));
		return;
	}
	name->text = pw_parse_copy(parse, key);
	if (name->text && pw_index_add(index, name->text, key->len, n - 1) < 0)
		parse->error = -ENOMEM;
}

void pw_parse_section(struct pw_parse *parse, const struct pw_given *given, enum pw_section section)
{
	struct pw_policy *policy = parse->policy;
	const struct pw_node *key;

	if (!pw_parse_is(parse, given, PW_NODE_MAP))
		return;
	for (key = given->value->first; key; key = key->next->next) {
		struct pw_text *name = section_grow(parse, section);

		if (!name) {
			parse->error = -ENOMEM;
			return;
		}
		section_name(parse, key, section, name);
		switch (section) {
		case PW_SECTION_LABELS:
			policy->label[policy->n_labels - 1].bit = policy->n_labels - 1;
			section_label(parse, key->next, &policy->label[policy->n_labels - 1]);
			break;
		case PW_SECTION_ACTORS:
			section_actor(parse, key->next, &policy->actor[policy->n_actors - 1]);
			break;
		case PW_SECTION_PROGRAMS:
			section_program(parse, key->next, &policy->program[policy->n_programs - 1]);
			break;
		case PW_SECTION_SESSIONS:
			section_session(parse, key->next, &policy->session[policy->n_sessions - 1]);
			break;
		default:
			pw_parse_place_entry(parse, key->next,
					     &policy->place[policy->n_places - 1]);
		}
	}
}
