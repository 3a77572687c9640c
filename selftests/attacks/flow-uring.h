/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks in which the approved program writes by io_uring. */
#ifndef PHIWARD_ATTACK_FLOW_URING_H
#define PHIWARD_ATTACK_FLOW_URING_H

#include "flow.h"
#include "uring.h"

static struct ring ring;

AT_UNUSED static int before_ring(void)
{
	return ring_open(&ring, 0) ? -errno : 0;
}

/* put: the request @sqe. */
AT_UNUSED static int ring_put(const struct io_uring_sqe *sqe)
{
	int r = ring_do(&ring, sqe);

	return r < 0 ? r : 0;
}

/* put: the secret into @fd by @opcode, a write or a send. */
AT_UNUSED static int ring_put_text(int fd, unsigned char opcode, unsigned char flags)
{
	struct io_uring_sqe sqe = sqe_read(fd, flow.text, (unsigned int)flow.len);

	sqe.opcode = opcode;
	sqe.flags = flags;
	return ring_put(&sqe);
}

#endif /* PHIWARD_ATTACK_FLOW_URING_H */
