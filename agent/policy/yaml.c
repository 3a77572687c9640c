/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * YAML to nodes, through the events of libyaml. Takes only what a policy needs: one
 * document of mappings, lists and text, without anchors, aliases and tags, so that nothing
 * can grow beyond the size of the file. Knows no word of the policy.
 */
#include "policy/yaml.h"

#include "base/cleanup.h"
#include "policy/parse.h"

#include <string.h>
#include <yaml.h>

#define YAML_DEPTH_MAX   16
#define YAML_NODES_MAX   (2u << 20)
#define YAML_BLOCK_BYTES (256u << 10)

struct pw_yaml_block {
	struct pw_yaml_block *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

struct yaml_reader {
	struct pw_parse *parse;
	struct pw_yaml *yaml;
	yaml_parser_t parser;
	struct pw_node *open[YAML_DEPTH_MAX]; /* lists and mappings not yet closed */
	struct pw_node *last[YAML_DEPTH_MAX]; /* their latest child */
	unsigned int depth;
	unsigned int n_documents;
	size_t n_nodes;
	bool done;
};

void pw_yaml_free(struct pw_yaml *yaml)
{
	while (yaml->block) {
		struct pw_yaml_block *block = yaml->block;

		yaml->block = block->next;
		free(block);
	}
	yaml->root = NULL;
}

static void *yaml_memory(struct pw_yaml *yaml, size_t len)
{
	struct pw_yaml_block *block = yaml->block;
	void *p;

	len = (len + 15) & ~(size_t)15;
	if (!block || block->size - block->used < len) {
		size_t size = len > YAML_BLOCK_BYTES ? len : YAML_BLOCK_BYTES;

		block = malloc(sizeof(*block) + size);
		if (!block)
			return NULL;
		*block = (struct pw_yaml_block){ .next = yaml->block, .size = size };
		yaml->block = block;
	}
	p = block->bytes + block->used;
	block->used += len;
	return p;
}

static struct pw_place_in_file yaml_at(const struct yaml_reader *reader, const yaml_mark_t *mark)
{
	return (struct pw_place_in_file){ reader->parse->file, (unsigned int)mark->line + 1,
					  (unsigned int)mark->column + 1 };
}

/* A new node, hung where it belongs; NULL: out of memory. */
static struct pw_node *yaml_add(struct yaml_reader *reader, enum pw_node_kind kind,
				const yaml_mark_t *mark)
{
	struct pw_node *node = yaml_memory(reader->yaml, sizeof(*node));

	if (!node)
		return NULL;
	*node = (struct pw_node){
		.kind = kind,
		.line = (uint32_t)mark->line + 1,
		.column = (uint32_t)mark->column + 1,
	};
	if (!reader->depth)
		reader->yaml->root = node;
	else if (reader->last[reader->depth - 1])
		reader->last[reader->depth - 1]->next = node;
	else
		reader->open[reader->depth - 1]->first = node;
	if (reader->depth)
		reader->last[reader->depth - 1] = node;
	reader->n_nodes++;
	return node;
}

static bool yaml_is_none(const yaml_event_t *event)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };
	size_t i;

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (i = 0; i < PW_ARRAY_SIZE(words); i++)
		if (strcmp((const char *)event->data.scalar.value, words[i]) == 0)
			return true;
	return false;
}

/* Anchors and tags: true when there was one (said). */
static bool yaml_decorated(struct yaml_reader *reader, const yaml_mark_t *mark,
			   const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct pw_place_in_file at = yaml_at(reader, mark);

	if (anchor)
		pw_parse_error_at(reader->parse, &at,
				  "anchors (&) are not used in a policy\nwrite the value out");
	if (tag)
		pw_parse_error_at(reader->parse, &at,
				  "tags (!) are not used in a policy\nremove the tag");
	return anchor || tag;
}

static int yaml_scalar(struct yaml_reader *reader, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct pw_place_in_file at = yaml_at(reader, &event->start_mark);
	struct pw_node *node;
	char *text;

	node = yaml_add(reader, PW_NODE_SCALAR, &event->start_mark);
	if (!node)
		return -ENOMEM;
	if (yaml_decorated(reader, &event->start_mark, event->data.scalar.anchor,
			   event->data.scalar.tag)) {
		node->kind = PW_NODE_BAD;
	} else if (len > PW_TEXT_MAX) {
		pw_parse_error_at(reader->parse, &at,
				  "text of %zu bytes: no value is longer than %d\nshorten it", len,
				  PW_TEXT_MAX);
		node->kind = PW_NODE_BAD;
	} else if (memchr(value, 0, len)) {
		pw_parse_error_at(reader->parse, &at,
				  "text holds a NUL character\nremove the \\0 from it");
		node->kind = PW_NODE_BAD;
	} else if (yaml_is_none(event)) {
		node->kind = PW_NODE_NONE;
	}
	if (node->kind == PW_NODE_BAD)
		return 0;
	text = yaml_memory(reader->yaml, len + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text, value, len + 1);
	node->text = text;
	node->len = (uint32_t)len;
	return 0;
}

/* A list or mapping begins. */
static int yaml_begin(struct yaml_reader *reader, enum pw_node_kind kind, const yaml_event_t *event)
{
	bool is_list = kind == PW_NODE_LIST;
	const yaml_char_t *anchor =
		is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
	const yaml_char_t *tag =
		is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
	struct pw_node *node;

	if (reader->depth == YAML_DEPTH_MAX) {
		struct pw_place_in_file at = yaml_at(reader, &event->start_mark);

		pw_parse_error_at(reader->parse, &at,
				  "nested deeper than %d levels\na policy needs 6 at most",
				  YAML_DEPTH_MAX);
		return -EINVAL;
	}
	node = yaml_add(reader, kind, &event->start_mark);
	if (!node)
		return -ENOMEM;
	yaml_decorated(reader, &event->start_mark, anchor, tag);
	reader->open[reader->depth] = node;
	reader->last[reader->depth] = NULL;
	reader->depth++;
	return 0;
}

static int yaml_event(struct yaml_reader *reader, const yaml_event_t *event)
{
	struct pw_place_in_file at = yaml_at(reader, &event->start_mark);

	if (reader->n_nodes >= YAML_NODES_MAX) {
		pw_parse_error_at(
			reader->parse, &at,
			"more than %u values in one file\nsplit the policy into several files",
			YAML_NODES_MAX);
		return -EINVAL;
	}
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (reader->n_documents++ == 0)
			return 0;
		pw_parse_error_at(reader->parse, &at,
				  "a second document begins\nput it into a file of its own");
		return -EINVAL;
	case YAML_ALIAS_EVENT:
		pw_parse_error_at(
			reader->parse, &at,
			"aliases (*) are not used in a policy\nwrite the value out, or put the text in quotes");
		return yaml_add(reader, PW_NODE_BAD, &event->start_mark) ? 0 : -ENOMEM;
	case YAML_SCALAR_EVENT:
		return yaml_scalar(reader, event);
	case YAML_SEQUENCE_START_EVENT:
		return yaml_begin(reader, PW_NODE_LIST, event);
	case YAML_MAPPING_START_EVENT:
		return yaml_begin(reader, PW_NODE_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		reader->depth--;
		return 0;
	case YAML_STREAM_END_EVENT:
		reader->done = true;
		return 0;
	default:
		return 0;
	}
}

/* A character that means something to YAML where a text begins. */
static bool yaml_special(const struct pw_source *source, size_t index)
{
	return index < source->len && source->text[index] &&
	       strchr("*&%@`!|>", source->text[index]);
}

/* What libyaml could not read. */
static int yaml_syntax(struct yaml_reader *reader, const struct pw_source *source)
{
	const yaml_parser_t *parser = &reader->parser;
	struct pw_place_in_file at = yaml_at(reader, &parser->problem_mark);
	const char *remedy = "mend the YAML: brackets, quotes, colons and indentation";
	const char *problem = parser->problem ? parser->problem : "cannot be read";
	size_t index = parser->problem_mark.index;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	/* Marks count characters: exact for ASCII, which is what the hint is about. */
	if (index < source->len && source->text[index] == '\t')
		remedy = "indent with blanks, not with tabs";
	else if (yaml_special(source, index) || (index && yaml_special(source, index - 1)))
		remedy = "put the text in quotes";
	if (parser->context && parser->context_mark.line + 1 != at.line)
		pw_parse_error_at(reader->parse, &at, "no YAML: %s (%s, begun in line %zu)\n%s",
				  problem, parser->context, parser->context_mark.line + 1, remedy);
	else if (parser->context)
		pw_parse_error_at(reader->parse, &at, "no YAML: %s (%s)\n%s", problem,
				  parser->context, remedy);
	else
		pw_parse_error_at(reader->parse, &at, "no YAML: %s\n%s", problem, remedy);
	return -EINVAL;
}

static int yaml_events(struct yaml_reader *reader, const struct pw_source *source)
{
	int r = 0;

	while (!reader->done && r == 0) {
		yaml_event_t event;

		if (!yaml_parser_parse(&reader->parser, &event)) {
			/* Half a tree would only bring up errors that are none. */
			reader->yaml->root = NULL;
			return yaml_syntax(reader, source);
		}
		r = yaml_event(reader, &event);
		yaml_event_delete(&event);
	}
	if (r < 0 && reader->depth)
		reader->yaml->root = NULL;
	return r;
}

int pw_yaml_read(struct pw_parse *parse, const struct pw_source *source, struct pw_yaml *yaml)
{
	struct yaml_reader reader = { .parse = parse, .yaml = yaml };
	struct pw_source body = *source;
	int r;

	r = pw_yaml_check_bytes(parse, source);
	if (r < 0)
		return r;
	if (body.len >= 3 && memcmp(body.text, "\xef\xbb\xbf", 3) == 0) {
		body.text += 3;
		body.len -= 3;
	}
	if (!yaml_parser_initialize(&reader.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)body.text, body.len);
	r = yaml_events(&reader, &body);
	yaml_parser_delete(&reader.parser);
	return r;
}
