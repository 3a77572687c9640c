// SPDX-License-Identifier: GPL-3.0-or-later
/* A frame that is put into memory, and sent by a call that carries nothing. */
#include "packet.h"

static unsigned char *ring;

static int before(void)
{
	struct tpacket_req req = {
		.tp_block_size = 4096, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2
	};
	struct sockaddr_ll at = packet_to();

	at.sll_protocol = 0;
	net_out = socket(AF_PACKET, SOCK_RAW, 0);
	if (net_out < 0 || setsockopt(net_out, SOL_PACKET, PACKET_TX_RING, &req, sizeof(req)) < 0 ||
	    bind(net_out, (struct sockaddr *)&at, sizeof(at)) < 0)
		return -errno;
	ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, net_out, 0);
	return ring == MAP_FAILED ? -errno : 0;
}

static int put(void)
{
	struct tpacket_hdr *head = (struct tpacket_hdr *)ring;
	unsigned char *frame = ring + TPACKET_HDRLEN - sizeof(struct sockaddr_ll);

	head->tp_len = (unsigned int)packet_frame(frame);
	head->tp_status = TP_STATUS_SEND_REQUEST;
	return flow_result(send(net_out, NULL, 0, 0));
}

FLOW("attack: net_packet_ring; threat: #75; op: send; door: network; caps: cap_net_raw+ep",
     .make = make_udp, .before = before, .put = put, .get = get_net);
