// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hang DIR [take]: mounts a FUSE file system on DIR that never answers. Without `take` its
 * requests are not even read (who waits can still be killed); with it they are read, and
 * who waits for the answer cannot be interrupted. Prints "mounted"; ends when killed, which
 * wakes everybody.
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <unistd.h>

static char request[1 << 17];

static int answer_init(int fd, const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_write = 4096,
		.max_background = 12,
	};
	struct fuse_out_header out = { .len = sizeof(out) + sizeof(init), .unique = in->unique };
	struct iovec iov[2] = { { &out, sizeof(out) }, { &init, sizeof(init) } };

	return writev(fd, iov, 2) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (argc < 2 || argc > 3)
		return 2;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd < 0 || mount("hang", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
		perror("hang");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	for (;;) {
		const struct fuse_in_header *in = (const void *)request;

		if (argc == 2) {
			pause();
			continue;
		}
		if (read(fd, request, sizeof(request)) < (ssize_t)sizeof(*in))
			return 0;
		if (in->opcode == FUSE_INIT && answer_init(fd, in) < 0)
			perror("hang: init");
	}
}
