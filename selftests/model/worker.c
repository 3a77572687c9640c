// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -static -luring */
/*
 * worker PID
 *
 * One process of a program that `run` (process PID) has executed step by step: it waits for a
 * command, makes the call that is asked for and answers with what came of it. It remembers
 * nothing: descriptors and addresses come with the command. Static, and without threads of
 * the C library, so that its children can share its memory in every way.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <liburing.h>
#include <mqueue.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "model.h"
#include "wire.h"

static pid_t driver;
static char driver_text[16];

static void answer(uint32_t kind, int result)
{
	union sigval value = { .sival_ptr = (void *)((uint64_t)kind << 32 | (uint32_t)result) };

	if (sigqueue(driver, WIRE_ANSWER, value) < 0)
		_exit(3); /* one at a time: there is room */
}

static int result_of(long r)
{
	return r < 0 ? -errno : 0;
}

/* Put what was opened at the place that was asked for. */
static int place(int fd, int at)
{
	int r;

	if (fd < 0)
		return -errno;
	r = dup2(fd, at + WIRE_FD) < 0 ? -errno : 0;
	if (fd != at + WIRE_FD)
		close(fd);
	return r;
}

static void *memory(int at)
{
	return (void *)(WIRE_MEMORY + (uint64_t)at * WIRE_MEMORY_EACH);
}

static char *path_of(int name, char path[WIRE_PATH_MAX])
{
	static const char *const places[MODEL_PLACES] = {
		"/srv/model/plain", "/srv/model/records", "/srv/model/genomes",
		"/srv/model/notes", "/dev/shm/model",
	};

	snprintf(path, WIRE_PATH_MAX, "%s/%d", places[name / MODEL_NAMES_EACH],
		 name % MODEL_NAMES_EACH);
	return path;
}

static int open_flags(unsigned int mode)
{
	return mode == MODE_READ ? O_RDONLY : mode == MODE_WRITE ? O_WRONLY : O_RDWR;
}

/* ---- Files by name ---- */

static int by_name(struct wire_command w)
{
	char path[WIRE_PATH_MAX], other[WIRE_PATH_MAX];

	path_of(w.a, path);
	switch (w.op) {
	case OP_OPEN:
		return place(open(path, open_flags(w.b)), w.c);
	case OP_CREATE:
		return place(open(path, open_flags(w.b) | O_CREAT | O_EXCL, 0666), w.c);
	case OP_RENAME:
		return result_of(rename(path, path_of(w.b, other)));
	case OP_LINK:
		return result_of(link(path, path_of(w.b, other)));
	default:
		return result_of(unlink(path));
	}
}

/* The file that is open gets a name. */
static int link_fd(struct wire_command w)
{
	char from[WIRE_PATH_MAX], path[WIRE_PATH_MAX];

	snprintf(from, sizeof(from), "/proc/thread-self/fd/%d", w.a + WIRE_FD);
	return result_of(linkat(AT_FDCWD, from, AT_FDCWD, path_of(w.b, path), AT_SYMLINK_FOLLOW));
}

static int make_tmpfile(struct wire_command w)
{
	char path[WIRE_PATH_MAX];

	*strrchr(path_of(w.a, path), '/') = '\0';
	return place(open(path, O_TMPFILE | open_flags(w.b), 0666), w.c);
}

static int open_fifo(struct wire_command w)
{
	char path[WIRE_PATH_MAX];

	snprintf(path, sizeof(path), "/srv/model/plain/fifo%d", w.a);
	return place(open(path, O_RDWR | O_NONBLOCK), w.c);
}

/* ---- Bytes ---- */

static int one_byte(ssize_t n, int kind)
{
	if (n < 0)
		return -errno;
	return n == 1 || kind == WIRE_FILE ? 0 : -EIO;
}

/* By a worker thread of io_uring. */
static ssize_t ring_one(struct wire_command w, char *byte)
{
	int fd = w.a + WIRE_FD, r, result;
	uint64_t at = w.c == WIRE_FILE ? 0 : (uint64_t)-1;
	struct io_uring ring;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	r = io_uring_queue_init(1, &ring, 0);
	if (r < 0) {
		errno = -r;
		return -1;
	}
	sqe = io_uring_get_sqe(&ring);
	if (w.op == OP_READ)
		io_uring_prep_read(sqe, fd, byte, 1, at);
	else
		io_uring_prep_write(sqe, fd, byte, 1, at);
	sqe->flags |= IOSQE_ASYNC;
	io_uring_submit_and_wait(&ring, 1);
	do {
		r = io_uring_wait_cqe(&ring, &cqe);
	} while (r == -EINTR);
	result = r < 0 ? r : cqe->res;
	io_uring_queue_exit(&ring);
	errno = result < 0 ? -result : 0;
	return result < 0 ? -1 : result;
}

static int read_one(struct wire_command w)
{
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd = w.a + WIRE_FD;
	ssize_t n;

	if (w.b == 3)
		n = ring_one(w, &byte);
	else if (w.c == WIRE_SOCKET && w.b)
		n = w.b == 1 ? recv(fd, &byte, 1, 0) : recvmsg(fd, &msg, 0);
	else if (w.b == 1)
		n = readv(fd, &iov, 1);
	else
		n = w.b == 2 && w.c == WIRE_FILE ? pread(fd, &byte, 1, 0) : read(fd, &byte, 1);
	return one_byte(n, w.c);
}

static int write_one(struct wire_command w)
{
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd = w.a + WIRE_FD;
	ssize_t n;

	if (w.b == 3)
		n = ring_one(w, &byte);
	else if (w.c == WIRE_SOCKET && w.b)
		n = w.b == 1 ? send(fd, &byte, 1, 0) : sendmsg(fd, &msg, 0);
	else if (w.b == 1)
		n = writev(fd, &iov, 1);
	else
		n = w.b == 2 && w.c == WIRE_FILE ? pwrite(fd, &byte, 1, 0) : write(fd, &byte, 1);
	return one_byte(n, WIRE_STREAM);
}

/* .c: the source is a file, and read from its beginning. */
static int move_one(struct wire_command w)
{
	int from = w.a + WIRE_FD, to = w.b + WIRE_FD;
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	off_t zero = 0;
	ssize_t n;

	switch (w.op) {
	case OP_COPY:
		n = copy_file_range(from, &zero, to, NULL, 1, 0);
		break;
	case OP_SENDFILE:
	case OP_SENDPIPE:
		n = sendfile(to, from, &zero, 1);
		break;
	case OP_TEE:
		n = tee(from, to, 1, SPLICE_F_NONBLOCK);
		break;
	case OP_VMSPLICE:
	case OP_VMREAD:
		n = vmsplice(from, &iov, 1, SPLICE_F_NONBLOCK);
		break;
	default:
		n = splice(from, w.c ? &zero : NULL, to, NULL, 1, SPLICE_F_NONBLOCK);
	}
	return one_byte(n, WIRE_STREAM);
}

/* ---- Pipes, sockets ---- */

static int make_two(struct wire_command w)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	int fd[2], r, r2;

	if (w.op == OP_PIPE)
		r = pipe2(fd, O_NONBLOCK);
	else
		r = socketpair(AF_UNIX, types[w.c % 3] | SOCK_NONBLOCK, 0, fd);
	if (r < 0)
		return -errno;
	r = place(fd[0], w.a);
	r2 = place(fd[1], w.b);
	return r ? r : r2;
}

/* .more: the number of the name, which is never used again. */
static int named_socket(struct wire_command w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				    (size_t)snprintf(at.sun_path + 1, 64, "model-%u", w.more));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), r;

	if (fd < 0)
		return -errno;
	if (w.op == OP_CONNECT)
		r = connect(fd, (struct sockaddr *)&at, len);
	else
		r = bind(fd, (struct sockaddr *)&at, len) ?: listen(fd, 16);
	if (r < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return place(fd, w.b);
}

static int pass(struct wire_command w)
{
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.space,
			      .msg_controllen = sizeof(control.space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fd = w.b + WIRE_FD;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return one_byte(sendmsg(w.a + WIRE_FD, &msg, 0), WIRE_STREAM);
}

/* A descriptor that is refused does not come along, which is all that is told of it. */
static int receive(struct wire_command w)
{
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.space,
			      .msg_controllen = sizeof(control.space) };
	struct cmsghdr *c;
	int fd, r = one_byte(recvmsg(w.a + WIRE_FD, &msg, 0), WIRE_STREAM);

	if (r < 0)
		return r;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(sizeof(int)))
		return msg.msg_flags & MSG_CTRUNC ? -EPERM : -EIO;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return place(fd, w.b);
}

/* ---- Memory, queues ---- */

static int map(struct wire_command w)
{
	int prot = PROT_READ | (w.b & MODE_WRITE ? PROT_WRITE : 0);
	void *at = memory(w.c);

	if (w.op == OP_ATTACH)
		return result_of((long)shmat((int)w.more, at, w.b & MODE_WRITE ? 0 : SHM_RDONLY));
	if (w.op == OP_SHARE)
		at = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
			  -1, 0);
	else
		at = mmap(at, 4096, prot, (w.op == OP_MAP ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED,
			  w.a + WIRE_FD, 0);
	return at == MAP_FAILED ? -errno : 0;
}

static int touch(struct wire_command w)
{
	volatile char *at = memory(w.c);
	char byte = *at;

	if (w.b & MODE_WRITE)
		*at = (char)(byte + 1);
	return 0;
}

static int queue(struct wire_command w)
{
	struct {
		long type;
		char byte;
	} msg = { .type = 1 };
	static char text[8192]; /* as long as a message may be */
	char name[16];

	switch (w.op) {
	case OP_MQ_OPEN:
		snprintf(name, sizeof(name), "/model%d", w.a);
		return place(mq_open(name, O_RDWR | O_NONBLOCK), w.b);
	case OP_MQ_SEND:
		return result_of(mq_send(w.a + WIRE_FD, text, 1, 0));
	case OP_MQ_RECEIVE:
		return result_of(mq_receive(w.a + WIRE_FD, text, sizeof(text), NULL));
	case OP_MSG_SEND:
		return result_of(msgsnd((int)w.more, &msg, 1, IPC_NOWAIT));
	default:
		/* what is refused counts as not there, and the kernel looks for another one */
		if (msgrcv((int)w.more, &msg, 1, 0, IPC_NOWAIT) >= 0)
			return 0;
		return errno == ENOMSG ? -EPERM : -errno;
	}
}

/* ---- Processes ---- */

static int start(int image)
{
	static const char *const paths[MODEL_IMAGES] = {
		[PLAIN] = WIRE_DIR "/plain",
		[APPROVED] = WIRE_DIR "/approved",
		[CLEANER] = WIRE_DIR "/cleaner",
		[HUB] = WIRE_DIR "/hub",
	};
	const char *path = paths[image % MODEL_IMAGES];
	char *argv[] = { (char *)path, driver_text, NULL }, *envp[] = { NULL };

	execve(path, argv, envp);
	return -errno;
}

static void serve(void);

static int child_serves(void *arg)
{
	serve();
	return 0;
}

static int child_starts(void *arg)
{
	start((int)(intptr_t)arg);
	_exit(127);
}

#define STACK 65536
/* A child's pid, or minus the errno. Its stack stays behind when it ends. */
static int make_child(struct wire_command w)
{
	int flags = SIGCHLD, pid;
	char *stack;

	if (w.op == OP_FORK) { /* past the C library, which believes that this is its thread */
		pid = (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		if (pid == 0) {
			serve();
			_exit(0);
		}
		return pid < 0 ? -errno : pid;
	}
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED)
		return -errno;
	if (w.op == OP_THREAD)
		flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			CLONE_SYSVSEM;
	else if (w.op == OP_CLONE_VM)
		flags |= CLONE_VM;
	else
		flags |= CLONE_VM | CLONE_VFORK;
	pid = clone(w.op == OP_SPAWN ? child_starts : child_serves, stack + STACK, flags,
		    (void *)(intptr_t)w.b);
	return pid < 0 ? -errno : pid;
}

static int reach(struct wire_command w)
{
	char byte;
	struct iovec here = { .iov_base = &byte, .iov_len = 1 };
	struct iovec there = { .iov_base = (void *)WIRE_PAGE, .iov_len = 1 };
	pid_t pid = (pid_t)w.more;

	return one_byte(w.b ? process_vm_writev(pid, &here, 1, &there, 1, 0)
			    : process_vm_readv(pid, &here, 1, &there, 1, 0),
			WIRE_STREAM);
}

static int by_fd(struct wire_command w)
{
	switch (w.op) {
	case OP_CLOSE:
		return result_of(close(w.a + WIRE_FD));
	case OP_DUP:
		return result_of(dup2(w.a + WIRE_FD, w.b + WIRE_FD));
	case OP_ACCEPT:
		return place(accept4(w.a + WIRE_FD, NULL, NULL, SOCK_NONBLOCK), w.b);
	case OP_MEMFD:
		return place(memfd_create("model", 0), w.a);
	default:
		return start(w.b);
	}
}

static int (*const calls[MODEL_OPS])(struct wire_command w) = {
	[OP_OPEN] = by_name,
	[OP_CREATE] = by_name,
	[OP_RENAME] = by_name,
	[OP_LINK] = by_name,
	[OP_UNLINK] = by_name,
	[OP_FIFO] = open_fifo,
	[OP_TMPFILE] = make_tmpfile,
	[OP_LINK_FD] = link_fd,
	[OP_CLOSE] = by_fd,
	[OP_DUP] = by_fd,
	[OP_ACCEPT] = by_fd,
	[OP_MEMFD] = by_fd,
	[OP_EXEC] = by_fd,
	[OP_READ] = read_one,
	[OP_WRITE] = write_one,
	[OP_COPY] = move_one,
	[OP_SPLICE] = move_one,
	[OP_SENDFILE] = move_one,
	[OP_SENDPIPE] = move_one,
	[OP_TEE] = move_one,
	[OP_VMSPLICE] = move_one,
	[OP_VMREAD] = move_one,
	[OP_PIPE] = make_two,
	[OP_PAIR] = make_two,
	[OP_LISTEN] = named_socket,
	[OP_CONNECT] = named_socket,
	[OP_PASS] = pass,
	[OP_RECEIVE] = receive,
	[OP_MAP] = map,
	[OP_MAP_OWN] = map,
	[OP_SHARE] = map,
	[OP_ATTACH] = map,
	[OP_TOUCH] = touch,
	[OP_MQ_OPEN] = queue,
	[OP_MQ_SEND] = queue,
	[OP_MQ_RECEIVE] = queue,
	[OP_MSG_SEND] = queue,
	[OP_MSG_RECEIVE] = queue,
	[OP_FORK] = make_child,
	[OP_THREAD] = make_child,
	[OP_CLONE_VM] = make_child,
	[OP_SPAWN] = make_child,
	[OP_VM] = reach,
};

static int obey(struct wire_command w)
{
	return w.op < MODEL_OPS && calls[w.op] ? calls[w.op](w) : -ENOSYS;
}

static void serve(void)
{
	sigset_t commands;
	siginfo_t info;

	sigemptyset(&commands);
	sigaddset(&commands, WIRE_COMMAND);
	for (;;) {
		struct wire_command w;

		if (sigwaitinfo(&commands, &info) < 0)
			continue;
		w = wire_unpack((uint64_t)info.si_value.sival_ptr);
		if (w.op == OP_EXIT) {
			answer(WIRE_RESULT, 0);
			syscall(SYS_exit, 0);
		}
		answer(WIRE_RESULT, obey(w));
	}
}

/* 0: @text is none. */
static pid_t pid_of(const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	return errno || end == text || *end || pid <= 0 || pid > INT_MAX ? 0 : (pid_t)pid;
}

int main(int argc, char **argv)
{
	sigset_t all;

	if (argc != 2)
		return 2;
	driver = pid_of(argv[1]);
	if (driver <= 0)
		return 2;
	snprintf(driver_text, sizeof(driver_text), "%d", driver);
	umask(0);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* children leave nothing behind */
	if (mmap((void *)WIRE_PAGE, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return 1;
	answer(WIRE_READY, getpid());
	serve();
}
