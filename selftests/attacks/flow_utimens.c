// SPDX-License-Identifier: GPL-3.0-or-later
/* Four bytes at a time by the times of a file. */
#include "flow-ways.h"

#define FILES 3

static int make(void)
{
	for (int i = 0; i < FILES; i++)
		if (put_file(own("%d", i), "", 0666))
			return AT_BROKEN;
	return 0;
}

/* Times may be set by the owner alone, so the files are the sender's. */
static int put(void)
{
	for (int i = 0; i < FILES; i++) {
		uint32_t word;

		memcpy(&word, flow.text + 4 * i, sizeof(word));
		struct timespec times[2] = { { .tv_sec = word }, { .tv_sec = word } };
		unlink(own("%d", i));
		if (mkdir(own("%d", i), 0777) < 0 ||
		    utimensat(AT_FDCWD, own("%d", i), times, 0) < 0)
			return -errno;
	}
	return 0;
}

static int get(void)
{
	char text[4 * FILES + 1] = "";

	for (int i = 0; i < FILES; i++) {
		struct stat st;

		if (stat(own("%d", i), &st) < 0)
			return refused("stat");
		uint32_t word = (uint32_t)st.st_mtime;
		memcpy(text + 4 * i, &word, sizeof(word));
	}
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: flow_utimens; threat: #61; op: *; expect: open; event: may", .make = make, .put = put,
     .get = get);
