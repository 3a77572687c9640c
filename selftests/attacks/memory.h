/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on the memory and the descriptors of the approved client at "serve". */
#ifndef PHIWARD_MEMORY_H
#define PHIWARD_MEMORY_H

#include "attack.h"

/* What the client holds and where. */
struct helper {
	int pid, fd;
	unsigned long addr, map;
	size_t len;
};

AT_UNUSED static int find_helper(struct helper *ret)
{
	char text[256];
	ssize_t n = -1;

	for (int ms = 0; ms < AT_DEADLINE_MS && n < 0; ms += 10) {
		n = readlink(own("helper"), text, sizeof(text) - 1);
		if (n < 0)
			poll(NULL, 0, 10);
	}
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%d %d %lx %zu %lx", &ret->pid, &ret->fd, &ret->addr, &ret->len,
		   &ret->map) != 5)
		return broken("helper");
	return 0;
}

AT_UNUSED static int loot_proc_mem(void)
{
	struct helper h;
	char buf[4096];
	int r = find_helper(&h), fd;

	if (r)
		return r;
	fd = open(at_join("/proc", "%d/mem", h.pid), O_RDONLY);
	if (fd < 0)
		return refused("open");
	return pread(fd, buf, h.len, (off_t)h.addr) < 0 ? refused("pread") : loot(buf, h.len);
}

AT_UNUSED static int loot_vm_readv(void)
{
	struct helper h;
	char buf[4096];
	int r = find_helper(&h);

	if (r)
		return r;
	struct iovec to = { buf, h.len }, from = { (void *)h.addr, h.len };
	return process_vm_readv(h.pid, &to, 1, &from, 1, 0) < 0 ? refused("process_vm_readv")
								: loot(buf, h.len);
}

AT_UNUSED static int loot_pidfd(void)
{
	struct helper h;
	int r = find_helper(&h), pidfd, fd;

	if (r)
		return r;
	pidfd = (int)syscall(SYS_pidfd_open, h.pid, 0);
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, h.fd, 0);
	return fd < 0 ? refused("pidfd_getfd") : loot_fd(fd);
}

#endif /* PHIWARD_MEMORY_H */
