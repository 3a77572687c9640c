// SPDX-License-Identifier: GPL-3.0-or-later
/* Written by aio. */
#include "flow-ways.h"
#include <linux/aio_abi.h>

static int put(void)
{
	aio_context_t aio = 0;
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE,
			   .aio_fildes = (__u32)fd,
			   .aio_buf = (uintptr_t)flow.text,
			   .aio_nbytes = flow.len },
		    *list[] = { &cb };
	struct io_event done;

	if (syscall(SYS_io_setup, 1, &aio) < 0 || syscall(SYS_io_submit, aio, 1, list) < 0 ||
	    syscall(SYS_io_getevents, aio, 1, 1, &done, NULL) < 0)
		return -errno;
	return done.res < 0 ? (int)done.res : 0;
}

FLOW("attack: file_aio; threat: #59; op: read; path: $OWN_DIR/copy", .put = put, .get = get_copy);
