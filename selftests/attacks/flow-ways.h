/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways between two processes of one machine that several attacks of flow.h share. */
#ifndef PHIWARD_ATTACK_FLOW_WAYS_H
#define PHIWARD_ATTACK_FLOW_WAYS_H

#include "flow.h"
#include <termios.h>

static int way_ends[2] = { -1, -1 }; /* eve's; the second is given */
static int way_out = -1;             /* the sender's */

AT_UNUSED static int get_way(void)
{
	return flow_take(way_ends[0]);
}

AT_UNUSED static int put_way_out(void)
{
	return flow_write(way_out);
}

/* ---- pipes, FIFOs, terminals -------------------------------------------------- */

AT_UNUSED static int make_pipe(void)
{
	return pipe(way_ends) < 0 ? broken("pipe") : flow_give(way_ends[1]);
}

AT_UNUSED static int make_fifo(void)
{
	if (mkfifo(own("fifo"), 0666) < 0)
		return broken("mkfifo");
	way_ends[0] = open(own("fifo"), O_RDWR | O_NONBLOCK);
	return way_ends[0] < 0 ? broken("open") : 0;
}

/* A terminal whose master is eve's; way_ends[1] is the other side. */
AT_UNUSED static int make_pty(void)
{
	struct termios raw;
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    tcgetattr(master, &raw) < 0)
		return broken("pty");
	cfmakeraw(&raw);
	tcsetattr(master, TCSANOW, &raw);
	chmod(ptsname(master), 0666);
	way_ends[0] = master;
	way_ends[1] = open(ptsname(master), O_RDWR | O_NOCTTY);
	return put_file(own("name"), ptsname(master), 0644) ?: flow_give(way_ends[1]);
}

/* ---- unix sockets -------------------------------------------------------------- */

AT_UNUSED static int make_socketpair(void)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, way_ends) < 0 ? broken("socketpair")
								 : flow_give(way_ends[1]);
}

AT_UNUSED static struct sockaddr_un way_at(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", own("sock"));
	return at;
}

/* A socket with a name, of whoever calls; 0 or -errno. */
AT_UNUSED static int way_bind(int type)
{
	struct sockaddr_un at = way_at();
	int fd = socket(AF_UNIX, type, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    (type != SOCK_DGRAM && listen(fd, 1) < 0) || chmod(at.sun_path, 0666) < 0)
		return -errno;
	way_ends[0] = fd;
	return 0;
}

AT_UNUSED static int way_connect(int type)
{
	struct sockaddr_un at = way_at();

	way_out = socket(AF_UNIX, type, 0);
	return flow_result(connect(way_out, (struct sockaddr *)&at, sizeof(at)));
}

AT_UNUSED static int make_unix_stream(void)
{
	return way_bind(SOCK_STREAM) ? broken("bind") : 0;
}

AT_UNUSED static int make_unix_dgram(void)
{
	return way_bind(SOCK_DGRAM) ? broken("bind") : 0;
}

/* put: a datagram to the socket that eve has bound. */
AT_UNUSED static int put_unix_dgram(void)
{
	struct sockaddr_un at = way_at();
	int out = socket(AF_UNIX, SOCK_DGRAM, 0);

	return flow_result(sendto(out, flow.text, flow.len, 0, (struct sockaddr *)&at, sizeof(at)));
}

/* meet: eve connects to the socket that the approved program has bound. */
AT_UNUSED static int meet_unix_stream(void)
{
	if (way_connect(SOCK_STREAM))
		return broken("connect");
	way_ends[0] = way_out;
	return 0;
}

/* put: the open file @fd itself, by the socket @to. */
AT_UNUSED static int way_give_rights(int to, int fd)
{
	flow.fd[0] = fd;
	flow.n_fd = 1;
	return flow_result(flow_send_rights(to));
}

/* get: what @take finds in the open file that came. */
AT_UNUSED static int way_take_rights(int (*take)(int fd))
{
	struct pollfd p = { way_ends[0], POLLIN, 0 };

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	if (flow_receive_rights(way_ends[0]) < 0)
		return refused("recvmsg");
	return flow.n_fd ? take(flow.fd[0]) : refused_silently("no descriptor came");
}

/* What came to a listening socket of eve's. */
AT_UNUSED static int get_accepted(void)
{
	struct pollfd p = { way_ends[0], POLLIN, 0 };

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	return flow_take(accept(way_ends[0], NULL, NULL));
}

/* ---- files ---------------------------------------------------------------------- */

AT_UNUSED static int put_copy(void)
{
	return flow_write_path(own("copy"), O_CREAT | O_EXCL);
}

AT_UNUSED static int get_copy(void)
{
	return flow_take_path(own("copy"));
}

/* ---- memory -------------------------------------------------------------------- */

AT_UNUSED static int make_memfd(void)
{
	way_ends[0] = memfd_create("way", MFD_ALLOW_SEALING);
	return ftruncate(way_ends[0], 4096) < 0 ? broken("memfd") : flow_give(way_ends[0]);
}

/* A file of eve's, which she keeps open. */
AT_UNUSED static int make_file_at(const char *path)
{
	static char page[4096];

	way_ends[0] = open(path, O_RDWR | O_CREAT, 0666);
	return way_ends[0] < 0 || pwrite(way_ends[0], page, sizeof(page), 0) < 0 ? broken(path) : 0;
}

AT_UNUSED static int get_file_held(void)
{
	return flow_take_fd(way_ends[0]);
}

static char *way_map; /* the sender's, or eve's */

AT_UNUSED static int way_map_fd(int fd)
{
	way_map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return way_map == MAP_FAILED ? -errno : 0;
}

AT_UNUSED static int before_map_given(void)
{
	return way_map_fd(flow.fd[0]);
}

AT_UNUSED static int meet_map(void)
{
	return way_map_fd(way_ends[0]) ? broken("mmap") : 0;
}

AT_UNUSED static int put_map(void)
{
	memcpy(way_map, flow.text, flow.len);
	return 0;
}

AT_UNUSED static int get_map(void)
{
	return flow_take_memory(way_map, 4096);
}

#endif /* PHIWARD_ATTACK_FLOW_WAYS_H */
