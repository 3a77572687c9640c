// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system that is a program of eve's. */
#include "flow.h"
#include "fuse.h"

static char *seen; /* what the server was given to write */

static void answer(int dev, const struct fuse_in_header *in, const char *data)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = 65536 };
	struct fuse_entry_out entry = { .nodeid = 2, .attr = fuse_attr_of(2, 0) };
	struct fuse_attr_out attr = { .attr = fuse_attr_of(in->nodeid, 0) };
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };
	const struct fuse_write_in *write_in = (const void *)data;
	struct fuse_write_out written = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		fuse_reply(dev, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		fuse_reply(dev, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		fuse_reply(dev, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		fuse_reply(dev, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_WRITE:
		written.size = write_in->size;
		memcpy(seen, data + sizeof(*write_in),
		       write_in->size < 4095 ? write_in->size : 4095);
		fuse_reply(dev, in, 0, &written, sizeof(written));
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break; /* nobody waits */
	default:
		fuse_reply(dev, in, ENOSYS, NULL, 0);
	}
}

static int make(void)
{
	char options[128];
	int dev = open("/dev/fuse", O_RDWR);

	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40777,user_id=0,group_id=0,allow_other",
		 dev);
	if (dev < 0)
		return not_here("no FUSE");
	if (mkdir(own("fuse"), 0777) < 0 || mount("fuse", own("fuse"), "fuse", 0, options) < 0)
		return broken("mount");
	if (fork() == 0)
		fuse_serve(dev, answer, 20);
	return 0;
}

static int put(void)
{
	return flow_write_path(own("fuse/copy"), 0);
}

static int get(void)
{
	umount2(own("fuse"), MNT_DETACH);
	return flow_take_memory(seen, 4096);
}

FLOW("attack: fs_fuse; threat: #26; user: root-as-eve; op: send; door: file", .make = make,
     .put = put, .get = get);
