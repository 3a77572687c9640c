/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readers of values that every section shares: keys of a mapping, words, lines, names and
 * lists. Each says what is wrong and returns without a value.
 */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

static const char *value_kind(const struct pw_node *node)
{
	switch (node->kind) {
	case PW_NODE_NONE:
		return "nothing";
	case PW_NODE_LIST:
		return "a list";
	case PW_NODE_MAP:
		return "a mapping";
	default:
		return "text";
	}
}

/* Say that @node is not what is @wanted; @key names it. */
static void value_mismatch(struct pw_parse *parse, const struct pw_node *node, const char *key,
			   enum pw_node_kind wanted)
{
	if (node->kind == PW_NODE_BAD || wanted == PW_NODE_BAD)
		return;
	if (node->kind == PW_NODE_NONE)
		pw_parse_error(parse, node, "'%s' has no value\ngive it one, or remove it", key);
	else if (wanted == PW_NODE_LIST && node->kind == PW_NODE_SCALAR)
		pw_parse_error(parse, node, "'%s' must be a list, not text\nwrite %s: [%s]", key,
			       key, PW_Q(node->text));
	else if (wanted == PW_NODE_LIST)
		pw_parse_error(
			parse, node,
			"'%s' must be a list, not %s\nwrite %s: [A, B], or one entry a line, each behind a -",
			key, value_kind(node), key);
	else if (wanted == PW_NODE_MAP)
		pw_parse_error(parse, node,
			       "'%s' must be a mapping, not %s\nwrite %s: {KEY: VALUE}", key,
			       value_kind(node), key);
	else
		pw_parse_error(parse, node, "'%s' must be one value, not %s\nwrite %s: VALUE", key,
			       value_kind(node), key);
}

bool pw_parse_is(struct pw_parse *parse, const struct pw_given *given, enum pw_node_kind kind)
{
	if (!given->value)
		return false;
	if (given->value->kind == kind)
		return true;
	value_mismatch(parse, given->value, given->key->text, kind);
	return false;
}

/* "a, b, c" for a remedy. */
static const char *value_known(struct pw_str *into, const struct pw_words *words)
{
	size_t i;

	for (i = 0; i < words->n; i++)
		pw_str_addf(into, "%s%s", i ? ", " : "", words->word[i]);
	return into->text ? into->text : "";
}

/* A key that is misspelled stands for the one that was meant, without a value. */
static void value_unknown_key(struct pw_parse *parse, const struct pw_node *key,
			      const struct pw_keys *keys, struct pw_given *given)
{
	_cleanup_str_ struct pw_str known = { 0 };
	struct pw_guess guess;

	if (pw_table_find(keys->elsewhere.word, keys->elsewhere.n, key->text) >= 0) {
		pw_parse_error(
			parse, key,
			"'%s' is a setting, not policy\nmove it to phiward.yaml, the settings of this machine",
			key->text);
		return;
	}
	if (!pw_findings_full(parse->findings))
		value_known(&known, &keys->known);
	if (known.error)
		parse->error = known.error;
	pw_parse_guess_word(parse, &guess, key->text, &keys->known);
	if (guess.i < keys->known.n && !given[guess.i].key)
		given[guess.i].key = key;
	pw_parse_error(parse, key, "%s has no key %s\n%sthe keys are: %s", keys->what,
		       PW_Q(key->text), guess.text, known.text ? known.text : "");
}

static void value_key(struct pw_parse *parse, const struct pw_node *key, const struct pw_keys *keys,
		      struct pw_given *given)
{
	struct pw_place_in_file first;
	int i;

	if (key->kind == PW_NODE_BAD)
		return;
	if (key->kind != PW_NODE_SCALAR) {
		pw_parse_error(parse, key, "a key must be a word, not %s\nwrite KEY: VALUE",
			       value_kind(key));
		return;
	}
	i = pw_table_find(keys->known.word, keys->known.n, key->text);
	if (i < 0) {
		value_unknown_key(parse, key, keys, given);
		return;
	}
	if (given[i].value) {
		first = pw_parse_at(parse, given[i].key);
		pw_parse_error(parse, key, "key '%s' is given twice, first at %s\nkeep one of them",
			       key->text, PW_WHERE(&first, parse->file));
		return;
	}
	given[i] = (struct pw_given){ key, key->next };
}

bool pw_parse_keys(struct pw_parse *parse, const struct pw_node *map, const struct pw_keys *keys,
		   struct pw_given *given)
{
	const struct pw_node *key;

	memset(given, 0, keys->known.n * sizeof(*given));
	if (map->kind == PW_NODE_BAD)
		return false;
	if (map->kind != PW_NODE_MAP) {
		pw_parse_error(parse, map, "%s must be a mapping, not %s\nwrite {KEY: VALUE, ...}",
			       keys->what, value_kind(map));
		return false;
	}
	for (key = map->first; key; key = key->next->next)
		value_key(parse, key, keys, given);
	return true;
}

char *pw_parse_copy(struct pw_parse *parse, const struct pw_node *node)
{
	char *text = strdup(node->text);

	if (!text)
		parse->error = -ENOMEM;
	return text;
}

void pw_parse_text(struct pw_parse *parse, const struct pw_node *node, struct pw_text *ret)
{
	ret->at = pw_parse_at(parse, node);
	ret->text = pw_parse_copy(parse, node);
}

const char *pw_find_control(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return text + i;
	return NULL;
}

void pw_parse_line(struct pw_parse *parse, const struct pw_given *given, size_t max,
		   struct pw_text *ret)
{
	const struct pw_node *node = given->value;

	if (!pw_parse_is(parse, given, PW_NODE_SCALAR))
		return;
	if (!node->len)
		pw_parse_error(parse, node, "'%s' is empty\ngive it text, or remove it",
			       given->key->text);
	else if (node->len > max)
		pw_parse_error(parse, node, "'%s' has %u bytes, at most %zu fit\nshorten it",
			       given->key->text, node->len, max);
	else if (pw_find_control(node->text, node->len))
		pw_parse_error(
			parse, node,
			"'%s' holds a control character (0x%02x)\nwrite it on one line, without tabs",
			given->key->text, (unsigned char)*pw_find_control(node->text, node->len));
	else
		pw_parse_text(parse, node, ret);
}

bool pw_parse_word(struct pw_parse *parse, const struct pw_given *given,
		   const struct pw_words *words, unsigned int *ret)
{
	_cleanup_str_ struct pw_str known = { 0 };
	struct pw_guess guess;
	int i;

	if (!pw_parse_is(parse, given, PW_NODE_SCALAR))
		return false;
	i = pw_table_find(words->word, words->n, given->value->text);
	if (i >= 0) {
		*ret = (unsigned int)i;
		return true;
	}
	value_known(&known, words);
	if (known.error)
		parse->error = known.error;
	pw_parse_error(parse, given->value, "'%s' cannot be %s\n%sit is one of: %s",
		       given->key->text, PW_Q(given->value->text),
		       pw_parse_guess_word(parse, &guess, given->value->text, words),
		       known.text ? known.text : "");
	return false;
}

/* One item of a list: a checked copy, or NULL. */
static char *value_item(struct pw_parse *parse, const struct pw_given *given,
			const struct pw_node *item, pw_item_check check)
{
	const char *key = given->key->text;

	if (item->kind == PW_NODE_SCALAR && item->len)
		return check(parse, item, key);
	if (item->kind == PW_NODE_SCALAR || item->kind == PW_NODE_NONE)
		pw_parse_error(parse, item, "an entry of '%s' is empty\nremove it", key);
	else if (item->kind != PW_NODE_BAD)
		pw_parse_error(
			parse, item,
			"an entry of '%s' must be text, not %s\nwrite one entry a line, or between commas",
			key, value_kind(item));
	return NULL;
}

/* Keep @text, unless it is there already. Takes it. */
static void value_keep(struct pw_parse *parse, const struct pw_text *text, struct pw_index *index,
		       struct pw_texts *ret)
{
	_cleanup_free_ char *taken = text->text;
	size_t len = strlen(taken), first;

	if (pw_index_find(index, taken, len, &first)) {
		pw_parse_error_at(parse, &text->at,
				  "%s is listed twice, first at %s\nremove one of them",
				  PW_Q(taken), PW_WHERE(&ret->item[first].at, parse->file));
		return;
	}
	if (pw_array_grow(&ret->item, ret->n, sizeof(*ret->item)) < 0 ||
	    pw_index_add(index, taken, len, ret->n) < 0) {
		parse->error = -ENOMEM;
		return;
	}
	ret->item[ret->n++] = (struct pw_text){ TAKE_PTR(taken), text->at };
}

void pw_parse_list(struct pw_parse *parse, const struct pw_given *given, pw_item_check check,
		   struct pw_texts *ret)
{
	_cleanup_index_ struct pw_index index = { 0 };
	const struct pw_node *item;

	if (!pw_parse_is(parse, given, PW_NODE_LIST))
		return;
	if (!given->value->first)
		pw_parse_error(parse, given->value, "'%s' is empty\nlist something, or remove it",
			       given->key->text);
	for (item = given->value->first; item; item = item->next) {
		struct pw_text text = { value_item(parse, given, item, check),
					pw_parse_at(parse, item) };

		if (text.text)
			value_keep(parse, &text, &index, ret);
	}
}

bool pw_parse_name(struct pw_parse *parse, const struct pw_node *node, const char *what)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (node->kind == PW_NODE_BAD)
		return false;
	if (node->kind != PW_NODE_SCALAR && node->kind != PW_NODE_NONE) {
		pw_parse_error(
			parse, node,
			"the name of %s must be a word, not %s\nwrite a name of a-z, 0-9 and -",
			what, value_kind(node));
		return false;
	}
	if (node->len > 63) {
		pw_parse_error(parse, node, "%s is no name: %u bytes, at most 63 fit\nshorten it",
			       PW_Q(node->text), node->len);
		return false;
	}
	if (node->kind == PW_NODE_NONE || !node->len || node->text[0] == '-' ||
	    strspn(node->text, allowed) != node->len) {
		pw_parse_error(
			parse, node,
			"%s is no name\na name is made of a-z, 0-9 and -, and does not begin with -",
			PW_Q(node->text));
		return false;
	}
	if (strcmp(node->text, "any") == 0 || strcmp(node->text, "all") == 0) {
		pw_parse_error(parse, node,
			       "'%s' is a word of the language and no name\nchoose another name",
			       node->text);
		return false;
	}
	return true;
}
