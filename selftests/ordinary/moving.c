// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -luring */
/*
 * Ordinary work that moves data without reading and writing it: splicing, io_uring, and what
 * is done with files beyond that. In the current directory, which is writable.
 */
#include "calls.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <liburing.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static const char text[] = "ordinary text";

static void reads_it(int fd)
{
	char got[64] = "";

	is_so(read(fd, got, sizeof(got)) == sizeof(text) && strcmp(got, text) == 0);
}

/* Two ends of a new connection over the loopback. */
static void connected(int ends[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(listener, (struct sockaddr *)&at, len));
	must(getsockname(listener, (struct sockaddr *)&at, &len));
	must(listen(listener, 5));
	ends[0] = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	must(connect(ends[0], (struct sockaddr *)&at, len));
	ends[1] = must(accept(listener, NULL, NULL));
	close(listener);
}

static int file_with_text(const char *name)
{
	int fd = must(open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));

	is_so(write(fd, text, sizeof(text)) == sizeof(text));
	must(lseek(fd, 0, SEEK_SET));
	must(unlink(name));
	return fd;
}

static void do_sendfile(void)
{
	int ends[2];

	connected(ends);
	is_so(sendfile(ends[0], file_with_text("sent"), NULL, 100) == sizeof(text));
	reads_it(ends[1]);
}

static void do_splice(void) /* file, pipe, socket, pipe, file */
{
	int ends[2], there[2], back[2], to;

	connected(ends);
	must(pipe(there));
	must(pipe(back));
	is_so(splice(file_with_text("from"), NULL, there[1], NULL, 100, 0) == sizeof(text));
	is_so(splice(there[0], NULL, ends[0], NULL, 100, 0) == sizeof(text));
	is_so(splice(ends[1], NULL, back[1], NULL, 100, 0) == sizeof(text));
	to = must(open("to", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
	is_so(splice(back[0], NULL, to, NULL, 100, 0) == sizeof(text));
	must(lseek(to, 0, SEEK_SET));
	reads_it(to);
	must(unlink("to"));
}

static void do_tee(void)
{
	struct iovec iov = { (void *)text, sizeof(text) };
	int one[2], two[2];

	must(pipe(one));
	must(pipe(two));
	is_so(vmsplice(one[1], &iov, 1, 0) == sizeof(text));
	is_so(tee(one[0], two[1], 100, 0) == sizeof(text));
	reads_it(one[0]);
	reads_it(two[0]);
}

static void do_copy_range(void)
{
	int to = must(open("range", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));

	is_so(copy_file_range(file_with_text("from"), NULL, to, NULL, 100, 0) == sizeof(text));
	must(lseek(to, 0, SEEK_SET));
	reads_it(to);
	must(unlink("range"));
}

static void do_pipe_packets(void)
{
	int ends[2];

	must(pipe2(ends, O_DIRECT | O_CLOEXEC));
	must(fcntl(ends[1], F_SETPIPE_SZ, 1 << 16));
	is_so(write(ends[1], text, sizeof(text)) == sizeof(text));
	is_so(write(ends[1], text, sizeof(text)) == sizeof(text));
	reads_it(ends[0]);
	reads_it(ends[0]);
}

/* ---- io_uring ---- */

static int ring_does(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int r;

	is_so(io_uring_submit_and_wait(ring, 1) >= 1);
	is_so(io_uring_wait_cqe(ring, &cqe) == 0);
	r = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return r;
}

static void start_ring(struct io_uring *ring, unsigned int flags)
{
	int r = io_uring_queue_init(8, ring, flags);

	if (r < 0) {
		errno = -r;
		failed("io_uring_queue_init", __LINE__);
	}
}

static void do_uring_file(void)
{
	struct io_uring ring;
	char got[64] = "";
	int fd;

	start_ring(&ring, 0);
	io_uring_prep_openat(io_uring_get_sqe(&ring), AT_FDCWD, "ring", O_RDWR | O_CREAT | O_TRUNC,
			     0600);
	fd = ring_does(&ring);
	is_so(fd >= 0);
	io_uring_prep_write(io_uring_get_sqe(&ring), fd, text, sizeof(text), 0);
	is_so(ring_does(&ring) == sizeof(text));
	io_uring_prep_read(io_uring_get_sqe(&ring), fd, got, sizeof(got), 0);
	is_so(ring_does(&ring) == sizeof(text) && strcmp(got, text) == 0);
	io_uring_prep_unlinkat(io_uring_get_sqe(&ring), AT_FDCWD, "ring", 0);
	is_so(ring_does(&ring) == 0);
	io_uring_queue_exit(&ring);
}

static void ring_sends(unsigned int flags)
{
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	int ends[2];

	connected(ends);
	start_ring(&ring, flags);
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_send(sqe, ends[0], text, sizeof(text), 0);
	sqe->flags |= IOSQE_ASYNC; /* by a worker */
	is_so(ring_does(&ring) == sizeof(text));
	reads_it(ends[1]);
	io_uring_queue_exit(&ring);
}

static void do_uring_send(void)
{
	ring_sends(0);
}

static void do_uring_poll(void) /* a kernel thread submits */
{
	ring_sends(IORING_SETUP_SQPOLL);
}

/* ---- files ---- */

static void do_tmpfile(void)
{
	int fd = must(open(".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
	char path[64];

	is_so(write(fd, text, sizeof(text)) == sizeof(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	must(unlink("named"));
}

static void do_exchange(void)
{
	close(must(open("one", O_WRONLY | O_CREAT, 0600)));
	close(must(open("two", O_WRONLY | O_CREAT, 0600)));
	must(syscall(SYS_renameat2, AT_FDCWD, "one", AT_FDCWD, "two", 2));
	must(syscall(SYS_renameat2, AT_FDCWD, "one", AT_FDCWD, "three", 1));
	must(unlink("two"));
	must(unlink("three"));
}

static void do_inotify(void)
{
	char events[4096];
	int fd = must(inotify_init1(IN_CLOEXEC));

	must(inotify_add_watch(fd, ".", IN_CREATE | IN_DELETE));
	close(file_with_text("watched"));
	is_so(read(fd, events, sizeof(events)) > 0);
}

static void do_locks(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10 };
	int fd = file_with_text("locked");

	must(fcntl(fd, F_SETLK, &lock));
	lock.l_type = F_UNLCK;
	must(fcntl(fd, F_SETLK, &lock));
	lock.l_type = F_WRLCK;
	lock.l_pid = 0;
	must(fcntl(fd, F_OFD_SETLK, &lock));
}

static void do_vectors(void)
{
	char a[4] = "", b[64] = "";
	struct iovec parts[2] = { { a, 3 }, { b, sizeof(b) } };

	is_so(preadv2(file_with_text("vector"), parts, 2, 0, 0) == sizeof(text));
	is_so(strcmp(a, "ord") == 0 && strcmp(b, "inary text") == 0);
}

static const struct piece pieces[] = {
	{ "sendfile", do_sendfile },
	{ "splice", do_splice },
	{ "tee", do_tee },
	{ "copy-range", do_copy_range },
	{ "pipe-packets", do_pipe_packets },
	{ "uring-file", do_uring_file },
	{ "uring-send", do_uring_send },
	{ "uring-sqpoll", do_uring_poll },
	{ "tmpfile", do_tmpfile },
	{ "exchange", do_exchange },
	{ "inotify", do_inotify },
	{ "locks", do_locks },
	{ "vectors", do_vectors },
};

int main(int argc, char **argv)
{
	return do_piece(pieces, sizeof(pieces) / sizeof(*pieces), argc, argv);
}
