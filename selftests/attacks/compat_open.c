// SPDX-License-Identifier: GPL-3.0-or-later
/* open(2) and read(2) of the 32-bit ABI (int 0x80). */
#include "attack.h"

ATTACK("attack: compat_open; threat: #9; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static long call32(long number, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static int attack(void)
{
	char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		return broken("mmap");
	snprintf(low, 4096, "%s", SECRET);
	long fd = call32(5, (long)low, O_RDONLY, 0);
	if (fd == -ENOSYS)
		return not_here("no 32-bit system calls");
	if (fd < 0)
		return refused_as("open", (int)-fd);
	long len = call32(3, fd, (long)(low + 4096), 4096);
	return len < 0 ? refused_as("read", (int)-len) : loot(low + 4096, (size_t)len);
}
