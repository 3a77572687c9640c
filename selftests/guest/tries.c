// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tries N PATH [STOP]
 *
 * Opens PATH for reading N times (0: until the file STOP is there) and prints
 * "OPENED REFUSED OTHER": how often it was given, refused with EPERM, ended otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long n, opened = 0, refused = 0, other = 0;

	if (argc < 3 || argc > 4)
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
		if (!n && argc == 4 && access(argv[3], F_OK) == 0)
			break;
	}
	printf("%lu %lu %lu\n", opened, refused, other);
	return 0;
}
