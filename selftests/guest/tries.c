// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tries N PATH [STOP [PAUSE_US]]
 *
 * Opens PATH for reading N times (0: until the file STOP is there), with pauses between, and
 * prints "OPENED REFUSED OTHER": how often it was given, refused with EPERM, ended otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long n, opened = 0, refused = 0, other = 0;
	useconds_t pause_us = argc == 5 ? (useconds_t)strtoul(argv[4], NULL, 10) : 0;

	if (argc < 3 || argc > 5)
		return 2;
	n = strtoul(argv[1], NULL, 10);
	for (unsigned long i = 0; !n || i < n; i++) {
		int fd = open(argv[2], O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			opened++;
			close(fd);
		} else if (errno == EPERM) {
			refused++;
		} else {
			other++;
		}
		if (!n && argc >= 4 && access(argv[3], F_OK) == 0)
			break;
		if (pause_us)
			usleep(pause_us);
	}
	printf("%lu %lu %lu\n", opened, refused, other);
	return 0;
}
