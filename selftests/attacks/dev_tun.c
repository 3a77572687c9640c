// SPDX-License-Identifier: GPL-3.0-or-later
/* A packet, as if it came from a network card that is none. */
#include "packet.h"
#include <linux/if_tun.h>

static int setup(void)
{
	return flow_tool(
		       "ip link del flow0 2>/dev/null; ip tuntap add dev flow0 mode tun user nina && "
		       "ip addr add 10.9.9.1/24 dev flow0 && ip link set flow0 up")
		       ? not_here("no tun")
		       : 0;
}

static int make(void)
{
	net_fd = net_serve("10.9.9.1", FLOW_PORT, SOCK_DGRAM, 0);
	return net_fd < 0 ? broken("udp") : 0;
}

static int before(void)
{
	struct ifreq req = { .ifr_name = "flow0", .ifr_flags = IFF_TUN | IFF_NO_PI };

	net_out = open("/dev/net/tun", O_RDWR);
	return flow_result(net_out < 0 ? -1 : ioctl(net_out, TUNSETIFF, &req));
}

static int put(void)
{
	unsigned char packet[PACKET_MAX];

	return flow_result(write(net_out, packet, packet_udp(packet, "10.9.9.2", "10.9.9.1")));
}

FLOW("attack: dev_tun; threat: #81; user: root-as-eve; op: send; door: device|network; setup-user: root",
     .setup = setup, .make = make, .before = before, .put = put, .get = get_net);
