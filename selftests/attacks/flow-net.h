/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks that bring the secret out by a network socket: eve listens on this machine. */
#ifndef PHIWARD_ATTACK_FLOW_NET_H
#define PHIWARD_ATTACK_FLOW_NET_H

#include "flow.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

struct net_addr {
	struct sockaddr_storage at;
	socklen_t len;
};

static struct net_addr net_at(const char *ip, int port)
{
	struct net_addr a = { 0 };
	struct sockaddr_in *four = (struct sockaddr_in *)&a.at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&a.at;

	if (strchr(ip, ':')) {
		*six = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					      .sin6_port = htons((uint16_t)port) };
		inet_pton(AF_INET6, ip, &six->sin6_addr);
		a.len = sizeof(*six);
	} else {
		*four = (struct sockaddr_in){ .sin_family = AF_INET,
					      .sin_port = htons((uint16_t)port) };
		inet_pton(AF_INET, ip, &four->sin_addr);
		a.len = sizeof(*four);
	}
	return a;
}

/* A socket of eve's at @ip; streams listen. -1: said why. */
AT_UNUSED static int net_serve(const char *ip, int port, int type, int protocol)
{
	struct net_addr a = net_at(ip, port);
	int on = 1, fd = socket(a.at.ss_family, type, protocol);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a.at, a.len) < 0 ||
	    (type != SOCK_DGRAM && type != SOCK_RAW && listen(fd, 4) < 0)) {
		broken("serve");
		close(fd);
		return -1;
	}
	return fd;
}

/* A socket of the sender's that is connected to @ip, or -1. */
AT_UNUSED static int net_connect(const char *ip, int port, int type, int protocol)
{
	struct net_addr a = net_at(ip, port);
	int fd = socket(a.at.ss_family, type, protocol);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a.at, a.len) < 0)
		return -1;
	return fd;
}

AT_UNUSED static int net_send(int fd, int flags)
{
	return flow_result(fd < 0 ? -1 : send(fd, flow.text, flow.len, flags));
}

AT_UNUSED static int net_sendto(int fd, const char *ip, int port, int flags)
{
	struct net_addr a = net_at(ip, port);

	return flow_result(
		fd < 0 ? -1
		       : sendto(fd, flow.text, flow.len, flags, (struct sockaddr *)&a.at, a.len));
}

/* ---- the usual steps ---------------------------------------------------------- */

static int net_fd = -1;  /* eve's */
static int net_out = -1; /* the sender's */

#define NET_EVE_IP "127.0.0.1"

AT_UNUSED static int make_tcp(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("tcp") : 0;
}

AT_UNUSED static int make_udp(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, 0);
	return net_fd < 0 ? broken("udp") : 0;
}

/* The sender connects before it reads. */
AT_UNUSED static int before_tcp(void)
{
	net_out = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return flow_result(net_out);
}

AT_UNUSED static int before_udp(void)
{
	net_out = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, 0);
	return flow_result(net_out);
}

AT_UNUSED static int put_net_out(void)
{
	return net_send(net_out, MSG_NOSIGNAL);
}

/* before: the approved program serves; meet: eve connects to it. */
AT_UNUSED static int before_serve(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return flow_result(net_fd);
}

AT_UNUSED static int meet_served(void)
{
	net_fd = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("connect") : 0;
}

/* What came to a listening stream of eve's. */
AT_UNUSED static int get_stream(void)
{
	struct pollfd p = { net_fd, POLLIN, 0 };
	int fd;

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	fd = accept(net_fd, NULL, NULL);
	return fd < 0 ? refused("accept") : flow_take(fd);
}

AT_UNUSED static int get_net(void)
{
	return flow_take(net_fd);
}

/* relay: by a datagram, which no rule allows to what is not approved. */
AT_UNUSED static int relay_out(void)
{
	return net_sendto(socket(AF_INET, SOCK_DGRAM, 0), NET_EVE_IP, FLOW_PORT, 0);
}

#endif /* PHIWARD_ATTACK_FLOW_NET_H */
