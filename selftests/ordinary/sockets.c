// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Ordinary work with sockets: unix and loopback, netlink, the kernel's ciphers, passing
 * descriptors. In the current directory, which is writable.
 */
#include "calls.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

static const char text[] = "ordinary text";

static void sends(int fd)
{
	is_so(send(fd, text, sizeof(text), 0) == sizeof(text));
}

static void gets_it(int fd)
{
	char got[64] = "";

	is_so(recv(fd, got, sizeof(got), 0) == sizeof(text) && strcmp(got, text) == 0);
}

static void reads_it(int fd)
{
	char got[64] = "";

	is_so(read(fd, got, sizeof(got)) == sizeof(text) && strcmp(got, text) == 0);
}

/* ---- unix ---- */

static void pair(int type)
{
	int ends[2];
	pid_t pid;

	must(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends));
	pid = child();
	if (pid == 0) {
		sends(ends[1]);
		gets_it(ends[1]);
		_exit(0);
	}
	gets_it(ends[0]);
	sends(ends[0]);
	child_ends(pid);
}

static void do_unix_pair(void)
{
	pair(SOCK_STREAM);
}

static void do_unix_pair_dgram(void)
{
	pair(SOCK_DGRAM);
}

static void do_unix_pair_seqpacket(void)
{
	pair(SOCK_SEQPACKET);
}

/* NAME "@..." is of the abstract namespace. */
static socklen_t unix_name(struct sockaddr_un *at, const char *name)
{
	at->sun_family = AF_UNIX;
	strncpy(at->sun_path, name, sizeof(at->sun_path) - 1);
	if (*name != '@')
		return sizeof(*at);
	at->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
}

/* A server answers its child; both name themselves by SO_PEERCRED. */
static void unix_server(const char *name)
{
	struct sockaddr_un at = { 0 };
	socklen_t len = unix_name(&at, name), size = sizeof(struct ucred);
	int listener = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), fd;
	struct ucred peer;
	pid_t pid;

	must(bind(listener, (struct sockaddr *)&at, len));
	must(listen(listener, 5));
	pid = child();
	if (pid == 0) {
		fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
		must(connect(fd, (struct sockaddr *)&at, len));
		sends(fd);
		gets_it(fd);
		_exit(0);
	}
	fd = must(accept(listener, NULL, NULL));
	must(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size));
	is_so(peer.pid == pid && peer.uid == geteuid());
	gets_it(fd);
	sends(fd);
	child_ends(pid);
}

static void do_unix_path(void)
{
	unlink("socket");
	unix_server("socket");
	must(unlink("socket"));
}

static void do_unix_abstract(void)
{
	char name[64];

	snprintf(name, sizeof(name), "@battery.%d", getpid());
	unix_server(name);
}

static void do_unix_dgram(void) /* as to a log daemon: no connect */
{
	struct sockaddr_un at = { 0 };
	socklen_t len = unix_name(&at, "log");
	int server = must(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	pid_t pid;

	unlink("log");
	must(bind(server, (struct sockaddr *)&at, len));
	pid = child();
	if (pid == 0) {
		int fd = must(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));

		_exit(sendto(fd, text, sizeof(text), 0, (struct sockaddr *)&at, len) !=
		      sizeof(text));
	}
	gets_it(server);
	child_ends(pid);
	must(unlink("log"));
}

static void pass_descriptor(int through, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = room,
				  .msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	must(sendmsg(through, &message, 0));
}

static int passed_descriptor(int through)
{
	char room[CMSG_SPACE(sizeof(int))] = "", byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = room,
				  .msg_controllen = sizeof(room) };
	int fd;

	must(recvmsg(through, &message, MSG_CMSG_CLOEXEC));
	is_so(CMSG_FIRSTHDR(&message) != NULL);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void passing(int fd)
{
	int ends[2];
	pid_t pid;

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	pid = child();
	if (pid == 0) {
		int got = passed_descriptor(ends[1]);

		must(lseek(got, 0, SEEK_SET));
		reads_it(got);
		_exit(0);
	}
	pass_descriptor(ends[0], fd);
	child_ends(pid);
}

static void do_pass_file(void)
{
	int fd = must(open("passed", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));

	is_so(write(fd, text, sizeof(text)) == sizeof(text));
	passing(fd);
	must(unlink("passed"));
}

static void do_pass_memfd(void) /* as to a display server */
{
	int fd = (int)must(syscall(SYS_memfd_create, "buffer", 1U));

	is_so(write(fd, text, sizeof(text)) == sizeof(text));
	passing(fd);
}

/* ---- the network ---- */

static socklen_t loopback(struct sockaddr_storage *at, int family)
{
	struct sockaddr_in *four = (struct sockaddr_in *)at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)at;

	memset(at, 0, sizeof(*at));
	at->ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		six->sin6_addr = in6addr_loopback;
		return sizeof(*six);
	}
	four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*four);
}

/* Two ends of a new connection. */
static void connected(int family, int ends[2])
{
	struct sockaddr_storage at;
	socklen_t len = loopback(&at, family);
	int listener = must(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));

	must(bind(listener, (struct sockaddr *)&at, len));
	must(getsockname(listener, (struct sockaddr *)&at, &len));
	must(listen(listener, 5));
	ends[0] = must(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
	must(connect(ends[0], (struct sockaddr *)&at, len));
	ends[1] = must(accept(listener, NULL, NULL));
	close(listener);
}

static void tcp(int family)
{
	int ends[2];

	connected(family, ends);
	sends(ends[0]);
	gets_it(ends[1]);
	sends(ends[1]);
	must(shutdown(ends[1], SHUT_WR));
	gets_it(ends[0]);
}

static void do_tcp4(void)
{
	tcp(AF_INET);
}

static void do_tcp6(void)
{
	tcp(AF_INET6);
}

static void udp(int family)
{
	struct sockaddr_storage at;
	socklen_t len = loopback(&at, family);
	int server = must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	int fd = must(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	must(bind(server, (struct sockaddr *)&at, len));
	must(getsockname(server, (struct sockaddr *)&at, &len));
	is_so(sendto(fd, text, sizeof(text), 0, (struct sockaddr *)&at, len) == sizeof(text));
	gets_it(server);
	must(connect(fd, (struct sockaddr *)&at, len));
	sends(fd);
	gets_it(server);
}

static void do_udp4(void)
{
	udp(AF_INET);
}

static void do_udp6(void)
{
	udp(AF_INET6);
}

static void do_sendmmsg(void)
{
	struct iovec iov = { (void *)text, sizeof(text) };
	struct mmsghdr messages[3] = { 0 };
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends));
	for (int i = 0; i < 3; i++) {
		messages[i].msg_hdr.msg_iov = &iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	is_so(sendmmsg(ends[0], messages, 3, 0) == 3);
	for (int i = 0; i < 3; i++)
		gets_it(ends[1]);
}

static void do_fast_open(void)
{
	struct sockaddr_storage at;
	socklen_t len = loopback(&at, AF_INET);
	int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), fd, room = 5;

	must(bind(listener, (struct sockaddr *)&at, len));
	must(getsockname(listener, (struct sockaddr *)&at, &len));
	setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &room, sizeof(room));
	must(listen(listener, 5));
	fd = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	is_so(sendto(fd, text, sizeof(text), MSG_FASTOPEN, (struct sockaddr *)&at, len) ==
	      sizeof(text));
	gets_it(must(accept(listener, NULL, NULL)));
}

static void do_zero_copy(void)
{
	int ends[2], one = 1;

	connected(AF_INET, ends);
	must(setsockopt(ends[0], SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	is_so(send(ends[0], text, sizeof(text), MSG_ZEROCOPY) == sizeof(text));
	gets_it(ends[1]);
}

static void do_netlink(void) /* the kernel's answer to `ip link` */
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg message;
	} ask = { { sizeof(ask), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { AF_UNSPEC } };
	char answer[8192];
	int fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));

	is_so(send(fd, &ask, sizeof(ask), 0) == sizeof(ask));
	is_so(recv(fd, answer, sizeof(answer), 0) > (ssize_t)sizeof(struct nlmsghdr));
}

static void do_uevents(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = must(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));

	must(bind(fd, (struct sockaddr *)&at, sizeof(at)));
}

static void do_alg(void) /* the kernel's own sha256, as some tools use it */
{
	struct sockaddr_alg at = { .salg_family = AF_ALG,
				   .salg_type = "hash",
				   .salg_name = "sha256" };
	unsigned char hash[32];
	int fd = must(socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), op;

	must(bind(fd, (struct sockaddr *)&at, sizeof(at)));
	op = must(accept(fd, NULL, NULL));
	is_so(send(op, "abc", 3, 0) == 3);
	is_so(read(op, hash, sizeof(hash)) == sizeof(hash) && hash[0] == 0xba && hash[31] == 0xad);
}

static void do_vsock(void)
{
	struct sockaddr_vm at = { .svm_family = AF_VSOCK,
				  .svm_cid = VMADDR_CID_LOCAL,
				  .svm_port = VMADDR_PORT_ANY };
	socklen_t len = sizeof(at);
	int listener = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0)), fd;

	must(bind(listener, (struct sockaddr *)&at, len));
	must(getsockname(listener, (struct sockaddr *)&at, &len));
	must(listen(listener, 1));
	fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
	must(connect(fd, (struct sockaddr *)&at, len));
	sends(fd);
	gets_it(must(accept(listener, NULL, NULL)));
}

static void do_packet(void) /* a sniffer hears the loopback; root only */
{
	int fd = must(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(0x0003)));
	char got[2048];

	udp(AF_INET);
	is_so(recv(fd, got, sizeof(got), 0) > 0);
}

static void do_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN }, got;
	int ends[2], fd = must(epoll_create1(EPOLL_CLOEXEC));

	connected(AF_INET, ends);
	event.data.fd = ends[1];
	must(epoll_ctl(fd, EPOLL_CTL_ADD, ends[1], &event));
	sends(ends[0]);
	is_so(epoll_wait(fd, &got, 1, 5000) == 1 && got.data.fd == ends[1]);
	gets_it(ends[1]);
}

static const struct piece pieces[] = {
	{ "unix-pair", do_unix_pair },
	{ "unix-pair-dgram", do_unix_pair_dgram },
	{ "unix-pair-seqpacket", do_unix_pair_seqpacket },
	{ "unix-path", do_unix_path },
	{ "unix-abstract", do_unix_abstract },
	{ "unix-dgram", do_unix_dgram },
	{ "pass-file", do_pass_file },
	{ "pass-memfd", do_pass_memfd },
	{ "tcp4", do_tcp4 },
	{ "tcp6", do_tcp6 },
	{ "udp4", do_udp4 },
	{ "udp6", do_udp6 },
	{ "sendmmsg", do_sendmmsg },
	{ "fast-open", do_fast_open },
	{ "zero-copy", do_zero_copy },
	{ "netlink", do_netlink },
	{ "uevents", do_uevents },
	{ "alg", do_alg },
	{ "vsock", do_vsock },
	{ "packet", do_packet },
	{ "epoll", do_epoll },
};

int main(int argc, char **argv)
{
	return do_piece(pieces, sizeof(pieces) / sizeof(*pieces), argc, argv);
}
