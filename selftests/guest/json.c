// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -ljson-c */
/*
 * json [-p KEY | -s KEY] [CONDITION]... <FILE
 *
 * Asks JSON lines (events, a status): prints the number of lines for which every CONDITION
 * holds; with -p the value of KEY in each of them, a line each; with -s its sum.
 * KEY: names with dots, "[name=value]" for that member of a list, a number for the nth:
 * hooks.[name=file_open].live. What is not there is "none".
 * CONDITION: KEY=VALUE, KEY!=VALUE, KEY~PART (holds PART). Exit 1 when no line fits.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct json_object *member(struct json_object *list, const char *part)
{
	char name[64], *value;
	size_t len = strlen(part);

	if (part[0] != '[')
		return json_object_array_get_idx(list, strtoul(part, NULL, 10));
	if (len < 3 || len - 1 > sizeof(name))
		return NULL;
	memcpy(name, part + 1, len - 2);
	name[len - 2] = '\0';
	value = strchr(name, '=');
	if (!value)
		return NULL;
	*value++ = '\0';
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i), *found;

		if (json_object_object_get_ex(item, name, &found) &&
		    strcmp(json_object_get_string(found), value) == 0)
			return item;
	}
	return NULL;
}

static const char *get(struct json_object *at, const char *key)
{
	char *copy = strdup(key), *rest = copy;

	for (char *part; (part = strsep(&rest, ".")) && at;) {
		struct json_object *next = NULL;

		if (json_object_is_type(at, json_type_array))
			next = member(at, part);
		else if (!json_object_object_get_ex(at, part, &next))
			goto none;
		else if (!next && !rest) {
			free(copy);
			return "null";
		}
		at = next;
	}
	free(copy);
	return at ? json_object_get_string(at) : "none";
none:
	free(copy);
	return "none";
}

static bool holds(struct json_object *line, const char *condition)
{
	size_t at = strcspn(condition, "=!~");
	char key[256];
	const char *value = condition + at, *found;

	/* "[name=value]" is a part of the key */
	for (const char *open = strchr(condition, '['); open && open < value;) {
		const char *close = strchr(open, ']');

		if (!close)
			break;
		at = (size_t)(close - condition) + strcspn(close, "=!~");
		value = condition + at;
		open = strchr(close, '[');
	}
	if (at >= sizeof(key) || !*value) {
		fprintf(stderr, "json: not a condition: %s\n", condition);
		exit(2);
	}
	memcpy(key, condition, at);
	key[at] = '\0';
	found = get(line, key);
	if (*value == '~')
		return strstr(found, value + 1) != NULL;
	if (*value == '!')
		return strcmp(found, value + 2) != 0;
	return strcmp(found, value + 1) == 0;
}

int main(int argc, char **argv)
{
	const char *print = NULL, *sum = NULL;
	long long fit = 0, total = 0;
	char *text = NULL;
	size_t size = 0;
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "-p") == 0)
		print = argv[2], first = 3;
	else if (argc > 2 && strcmp(argv[1], "-s") == 0)
		sum = argv[2], first = 3;
	while (getline(&text, &size, stdin) >= 0) {
		struct json_object *line = json_tokener_parse(text);
		bool all = line != NULL;

		if (!line)
			fprintf(stderr, "json: not JSON: %.100s\n", text);
		for (int i = first; i < argc && all; i++)
			all = holds(line, argv[i]);
		if (all) {
			fit++;
			if (print)
				puts(get(line, print));
			if (sum)
				total += strtoll(get(line, sum), NULL, 10);
		}
		json_object_put(line);
	}
	free(text);
	if (!print)
		printf("%lld\n", sum ? total : fit);
	return fit == 0;
}
