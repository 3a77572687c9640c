// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -luring */
/*
 * uring-read FILE: prints FILE, opened and read through io_uring, so by no system call that
 * is called open or read. For the demo. Exit 0: done, 1: refused or failed, 2: wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <string.h>

static int failed(const char *what, int error)
{
	fprintf(stderr, "uring-read: cannot %s: %s\n", what, strerror(error));
	return 1;
}

/* The result of the one request in the ring, or -errno. */
static int wait_for(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int r = io_uring_submit_and_wait(ring, 1);

	if (r >= 0)
		r = io_uring_wait_cqe(ring, &cqe);
	if (r < 0)
		return r;
	r = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return r;
}

int main(int argc, char **argv)
{
	struct io_uring ring;
	char buf[4096];
	__u64 at = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: uring-read FILE\n");
		return 2;
	}
	int r = io_uring_queue_init(1, &ring, 0);
	if (r < 0)
		return failed("set up io_uring", -r);
	io_uring_prep_openat(io_uring_get_sqe(&ring), AT_FDCWD, argv[1], O_RDONLY, 0);
	int fd = wait_for(&ring);
	if (fd < 0)
		return failed("open", -fd);
	for (;;) {
		io_uring_prep_read(io_uring_get_sqe(&ring), fd, buf, sizeof(buf), at);
		r = wait_for(&ring);
		if (r <= 0)
			return r ? failed("read", -r) : 0;
		fwrite(buf, 1, (size_t)r, stdout);
		at += (__u64)r;
	}
}
