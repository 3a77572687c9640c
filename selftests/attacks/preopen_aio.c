// SPDX-License-Identifier: GPL-3.0-or-later
/* Linux AIO on a descriptor from before the start. */
#include "attack.h"
#include <linux/aio_abi.h>

ATTACK("attack: preopen_aio; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	char buf[4096];
	aio_context_t ctx = 0;
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = (__u32)held,
		.aio_buf = (uintptr_t)buf,
		.aio_nbytes = sizeof(buf),
	};
	struct iocb *list[1] = { &cb };
	struct io_event done;

	if (syscall(SYS_io_setup, 1, &ctx) < 0)
		return broken("io_setup");
	if (syscall(SYS_io_submit, ctx, 1, list) < 0)
		return refused("io_submit");
	if (syscall(SYS_io_getevents, ctx, 1, 1, &done, NULL) < 0)
		return broken("io_getevents");
	return done.res < 0 ? refused_as("aio", (int)-done.res) : loot(buf, (size_t)done.res);
}

HELD(prepare, act)
