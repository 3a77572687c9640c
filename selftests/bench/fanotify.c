// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fanotify MOUNT...: a listener that is asked about every open on these mounts and always
 * says yes: the least that an agent can cost which decides in userspace. Says "ready".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

static char events[65536] __attribute__((aligned(8)));

int main(int argc, char **argv)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_LARGEFILE | O_CLOEXEC);

	if (fd < 0) {
		perror("fanotify: fanotify_init");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		if (fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD,
				  argv[i]) < 0) {
			fprintf(stderr, "fanotify: %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		ssize_t len = read(fd, events, sizeof(events));
		struct fanotify_event_metadata *event = (void *)events;

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0) {
			perror("fanotify: read");
			return 1;
		}
		for (; FAN_EVENT_OK(event, len); event = FAN_EVENT_NEXT(event, len)) {
			struct fanotify_response answer = { .fd = event->fd,
							    .response = FAN_ALLOW };

			if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
				perror("fanotify: write");
			close(event->fd);
		}
	}
}
