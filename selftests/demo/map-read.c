// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * map-read FILE|-: prints FILE, or the file that is its standard input already, from a
 * mapping: without any read. For the demo. Exit 0: done, 1: refused or failed, 2: wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int failed(const char *what)
{
	fprintf(stderr, "map-read: cannot %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: map-read FILE|-\n");
		return 2;
	}
	int fd = strcmp(argv[1], "-") == 0 ? STDIN_FILENO : open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failed("open");
	/* a page is enough; its end is zeroes */
	const char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return failed("map");
	fwrite(map, 1, strnlen(map, 4096), stdout);
	return 0;
}
