/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of io_uring that runs one request at a time, by system calls alone. */
#ifndef PHIWARD_ATTACK_URING_H
#define PHIWARD_ATTACK_URING_H

#include "attack.h"
#include <linux/io_uring.h>

struct ring {
	int fd;
	bool sqpoll;
	unsigned int *sq_head, *sq_tail, *sq_mask, *sq_array;
	unsigned int *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

AT_UNUSED static int ring_open(struct ring *ring, unsigned int flags)
{
	struct io_uring_params p = { .flags = flags, .sq_thread_idle = 1000 };
	char *sq, *cq;

	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &p);
	if (ring->fd < 0)
		return errno == ENOSYS || errno == EPERM ? not_here("no io_uring")
							 : broken("io_uring_setup");
	ring->sqpoll = flags & IORING_SETUP_SQPOLL;
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || ring->sqes == MAP_FAILED)
		return broken("io_uring mmap");
	ring->sq_head = (unsigned int *)(sq + p.sq_off.head);
	ring->sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	ring->sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	ring->sq_array = (unsigned int *)(sq + p.sq_off.array);
	ring->cq_head = (unsigned int *)(cq + p.cq_off.head);
	ring->cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	ring->cq_mask = (unsigned int *)(cq + p.cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return 0;
}

/* The request's result as the kernel gave it: -errno or not negative. */
AT_UNUSED static int ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	unsigned int tail = *ring->sq_tail, slot = tail & *ring->sq_mask;
	unsigned int flags = IORING_ENTER_GETEVENTS | (ring->sqpoll ? IORING_ENTER_SQ_WAKEUP : 0);

	ring->sqes[slot] = *sqe;
	ring->sq_array[slot] = slot;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0)
		if (errno != EINTR)
			return -errno;
	unsigned int head = *ring->cq_head;
	while (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE))
		sched_yield();
	int res = ring->cqes[head & *ring->cq_mask].res;
	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

AT_UNUSED static struct io_uring_sqe sqe_openat(const char *path, int oflags)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)path,
		.open_flags = (__u32)oflags,
	};
}

AT_UNUSED static struct io_uring_sqe sqe_read(int fd, void *buf, unsigned int len)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_READ,
		.fd = fd,
		.addr = (uintptr_t)buf,
		.len = len,
	};
}

/* Opens and reads the secret with requests that carry @sqe_flags. */
AT_UNUSED static int ring_loot(struct ring *ring, unsigned char sqe_flags)
{
	char buf[4096] = "";
	struct io_uring_sqe sqe = sqe_openat(SECRET, O_RDONLY);
	int fd, len;

	sqe.flags = sqe_flags;
	fd = ring_do(ring, &sqe);
	if (fd < 0)
		return refused_as("io_uring openat", -fd);
	sqe = sqe_read(fd, buf, sizeof(buf));
	sqe.flags = sqe_flags;
	len = ring_do(ring, &sqe);
	if (len < 0)
		return refused_as("io_uring read", -len);
	return loot(buf, (size_t)len);
}

/* Reads what is held: with @sqe_flags IOSQE_FIXED_FILE @fd is a number in the ring's table. */
AT_UNUSED static int ring_loot_fd(struct ring *ring, int fd, unsigned char sqe_flags)
{
	char buf[4096];
	struct io_uring_sqe sqe = sqe_read(fd, buf, sizeof(buf));
	int len;

	sqe.flags = sqe_flags;
	len = ring_do(ring, &sqe);
	return len < 0 ? refused_as("io_uring read", -len) : loot(buf, (size_t)len);
}

/* A ring that has the secret in its table of files, where it stays open once closed. */
AT_UNUSED static int ring_register_secret(struct ring *ring, unsigned int flags)
{
	int r = ring_open(ring, flags), fd = open(SECRET, O_RDONLY);

	if (r || fd < 0)
		return r ?: broken("open");
	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &fd, 1) < 0)
		return broken("register");
	close(fd);
	return 0;
}

/* One request whose success is the attack. */
AT_UNUSED static int ring_works(const char *what, struct io_uring_sqe sqe)
{
	struct ring ring = { 0 };
	int r = ring_open(&ring, 0);

	if (r)
		return r;
	r = ring_do(&ring, &sqe);
	if (r == -EINVAL)
		return not_here("this kernel's io_uring has no such request");
	return r < 0 ? refused_as(what, -r) : works("%s: %d", what, r);
}

/* prepare(): the secret and a ring are opened before the start, and held. */
#define HOLDS_SECRET_AND_RING(flags)                                    \
	static int held = -1;                                           \
	static struct ring ring;                                        \
	static int prepare(void)                                        \
	{                                                               \
		held = open(SECRET, flags);                             \
		return held < 0 ? broken("open") : ring_open(&ring, 0); \
	}

#endif /* PHIWARD_ATTACK_URING_H */
