// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by messages between rings of io_uring, which no
 * hook sees.
 */
#include "flow-net.h"
#include "uring.h"

static struct ring mine, other;

static int ways(void)
{
	if (ring_open(&mine, 0) || ring_open(&other, 0))
		return -1;
	flow.way[0] = other.fd;
	return fcntl(other.fd, F_SETFD, 0) < 0;
}

/* Twelve bytes a message: eight of user data, four of the result. */
static int put(void)
{
	for (int i = 0; i < 4; i++) {
		struct io_uring_sqe sqe = { .opcode = IORING_OP_MSG_RING, .fd = other.fd };
		int r;

		memcpy(&sqe.off, flow.text + 12 * i, 8);
		memcpy(&sqe.len, flow.text + 12 * i + 8, 4);
		r = ring_do(&mine, &sqe);
		if (r < 0)
			return r;
	}
	return 0;
}

static int relay(void)
{
	struct io_uring_params p = { 0 };
	char *cq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, flow.way[0],
			IORING_OFF_CQ_RING);
	struct io_uring_cqe *cqe = NULL;

	(void)p;
	if (cq == MAP_FAILED)
		return -errno;
	for (size_t i = 0; i + sizeof(*cqe) <= 4096 && !cqe; i += 8)
		if (memcmp(cq + i, "PHI-SECR", 8) == 0)
			cqe = (struct io_uring_cqe *)(cq + i);
	if (!cqe)
		return flow_relayed(0);
	for (int i = 0; i < 4; i++) {
		memcpy(flow.text + 12 * i, &cqe[i].user_data, 8);
		memcpy(flow.text + 12 * i + 8, &cqe[i].res, 4);
	}
	return flow_relayed(48) ?: relay_out();
}

FLOW("attack: chain_msg_ring; threat: #51; op: send; door: network; expect: open; event: may",
     .make = make_udp, .ways = ways, .put = put, .relay = relay, .get = get_net);
