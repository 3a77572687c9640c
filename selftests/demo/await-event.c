// SPDX-License-Identifier: GPL-3.0-or-later
/* CFLAGS: -I/usr/include/json-c */
/* LDLIBS: -ljson-c */
/*
 * await-event FILE OFFSET SECONDS KEY=VALUE...: waits until FILE, to which `phiward events
 * --json --follow` writes, holds an event behind byte OFFSET in which every KEY ("rule",
 * "actor.user") has its VALUE, and prints it as one line. For the demo. Exit 0: it is there,
 * 1: it is not, after so many seconds; the events that are there go to stderr. 2: wrong usage.
 */
#include <json.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *text_at(struct json_object *event, const char *key)
{
	char part[64];
	const char *dot;

	while ((dot = strchr(key, '.')) && (size_t)(dot - key) < sizeof(part)) {
		memcpy(part, key, (size_t)(dot - key));
		part[dot - key] = '\0';
		event = json_object_object_get(event, part);
		key = dot + 1;
	}
	return json_object_get_string(json_object_object_get(event, key)) ?: "null";
}

static bool fits(struct json_object *event, char **want)
{
	for (; *want; want++) {
		const char *equals = strchr(*want, '=');
		char key[64];

		snprintf(key, sizeof(key), "%.*s", (int)(equals - *want), *want);
		if (strcmp(text_at(event, key), equals + 1) != 0)
			return false;
	}
	return true;
}

static void tell(FILE *to, struct json_object *event)
{
	const char *person = text_at(event, "actor.user"), *uid = text_at(event, "actor.uid_name");

	fprintf(to, "%s %s: %s%s%s, %s, %s, rule %s\n", text_at(event, "verdict"),
		text_at(event, "operation"), person, strcmp(person, uid) ? " as " : "",
		strcmp(person, uid) ? uid : "", text_at(event, "process.exe"),
		text_at(event, "path"), text_at(event, "rule"));
}

/* Look through what is there from @offset on; true when the event is among it. */
static bool look(FILE *file, long offset, char **want, bool tell_all)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	fseek(file, offset, SEEK_SET);
	while (!found && getline(&line, &size, file) > 0 && strchr(line, '\n')) {
		struct json_object *event = json_tokener_parse(line);

		found = event && fits(event, want);
		if (event && (found || tell_all))
			tell(found ? stdout : stderr, event);
		json_object_put(event);
	}
	free(line);
	clearerr(file);
	return found;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	bool usage = argc < 5;

	for (int i = 4; i < argc; i++)
		usage |= !strchr(argv[i], '=');
	if (usage) {
		fprintf(stderr, "usage: await-event FILE OFFSET SECONDS KEY=VALUE...\n");
		return 2;
	}
	FILE *file = fopen(argv[1], "re");
	if (!file) {
		perror("await-event: cannot read the events");
		return 1;
	}
	long offset = strtol(argv[2], NULL, 10);
	long end = now_ms() + strtol(argv[3], NULL, 10) * 1000;
	while (!look(file, offset, argv + 4, false)) {
		if (now_ms() >= end) {
			look(file, offset, argv + 4, true);
			return 1;
		}
		poll(NULL, 0, 50);
	}
	return 0;
}
