/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the parser and the checks say what is wrong: places, and "did you mean". */
#include "policy/parse.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define GUESSES_MAX 200000 /* comparisons a parse: a guess is a help, not worth seconds */

struct pw_place_in_file pw_parse_at(const struct pw_parse *parse, const struct pw_node *node)
{
	return (struct pw_place_in_file){ parse->file, node->line, node->column };
}

__attribute__((format(printf, 4, 0))) static void say(struct pw_parse *parse, bool error,
						      const struct pw_place_in_file *at,
						      const char *format, va_list args)
{
	int r = pw_findings_vadd(parse->findings, error, at, format, args);

	if (r < 0)
		parse->error = r;
}

void pw_parse_error(struct pw_parse *parse, const struct pw_node *node, const char *format, ...)
{
	struct pw_place_in_file at = pw_parse_at(parse, node);
	va_list args;

	va_start(args, format);
	say(parse, true, &at, format, args);
	va_end(args);
}

void pw_parse_error_at(struct pw_parse *parse, const struct pw_place_in_file *at,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(parse, true, at, format, args);
	va_end(args);
}

void pw_parse_warning_at(struct pw_parse *parse, const struct pw_place_in_file *at,
			 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(parse, false, at, format, args);
	va_end(args);
}

const char *pw_parse_where(struct pw_where *into, const struct pw_place_in_file *at,
			   const char *here)
{
	struct pw_quoted file;

	if (strcmp(at->file, here) == 0)
		snprintf(into->text, sizeof(into->text), "%u:%u", at->line, at->column);
	else
		snprintf(into->text, sizeof(into->text), "%s:%u:%u",
			 pw_quote(&file, at->file, strlen(at->file)), at->line, at->column);
	return into->text;
}

static bool guess_worth(const char *word, const char *candidate)
{
	size_t a = strlen(word), b = strlen(candidate);

	return (a > b ? a - b : b - a) <= 2;
}

const char *pw_parse_guess(struct pw_parse *parse, struct pw_guess *into, const char *word,
			   const struct pw_names *names)
{
	size_t i;

	into->text[0] = '\0';
	into->i = names->n;
	if (pw_findings_full(parse->findings))
		return into->text;
	for (i = 0; i < names->n && parse->guesses < GUESSES_MAX; i++) {
		const char *candidate = names->name(names->ctx, i);

		parse->guesses++;
		if (!guess_worth(word, candidate) || !pw_str_similar(word, candidate))
			continue;
		snprintf(into->text, sizeof(into->text), "did you mean '%s'? ", candidate);
		into->i = i;
		break;
	}
	return into->text;
}

static const char *guess_word(const void *ctx, size_t i)
{
	return ((const struct pw_words *)ctx)->word[i];
}

const char *pw_parse_guess_word(struct pw_parse *parse, struct pw_guess *into, const char *word,
				const struct pw_words *words)
{
	const struct pw_names names = { guess_word, words, words->n };

	return pw_parse_guess(parse, into, word, &names);
}
