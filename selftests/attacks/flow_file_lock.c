// SPDX-License-Identifier: GPL-3.0-or-later
/* A byte at a time by where a file is locked. */
#include "flow-ways.h"

#define BYTES 16

static int make(void)
{
	return put_file(own("locks"), "", 0666);
}

static int put(void)
{
	int fd = open(own("locks"), O_RDWR);

	for (int i = 0; i < BYTES; i++) {
		struct flock lock = { .l_type = F_WRLCK,
				      .l_start = 256 * i + (unsigned char)flow.text[i],
				      .l_len = 1 };

		if (fcntl(fd, F_SETLK, &lock) < 0)
			return -errno;
	}
	return 0;
}

static int get(void)
{
	char text[BYTES + 1] = "";
	int fd = open(own("locks"), O_RDWR);

	for (int i = 0; i < BYTES; i++) {
		struct flock lock = { .l_type = F_WRLCK, .l_start = 256 * i, .l_len = 256 };

		if (fcntl(fd, F_GETLK, &lock) < 0)
			return refused("F_GETLK");
		if (lock.l_type == F_UNLCK)
			return FLOW_NOTHING;
		text[i] = (char)(lock.l_start - 256 * i);
	}
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: flow_file_lock; threat: #61; op: *; expect: open; event: may", .make = make,
     .put = put, .get = get);
