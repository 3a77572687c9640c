// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * notify SOCKET FILE: listens where NOTIFY_SOCKET points to, as a service manager does, and
 * appends each message to FILE, a line a variable. Ends with its parent.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char text[4097];
	int s, file;

	if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	strcpy(address.sun_path, argv[1]);
	unlink(argv[1]);
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (s < 0 || file < 0 || bind(s, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror("notify");
		return 1;
	}
	for (;;) {
		ssize_t n = recv(s, text, sizeof(text) - 1, 0);

		if (n < 0)
			return 1;
		text[n++] = '\n';
		if (write(file, text, (size_t)n) != n)
			return 1;
	}
}
