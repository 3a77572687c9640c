// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system that is a program of eve's. */
#include "flow.h"
#include <linux/fuse.h>

static char *seen; /* what the server was given to write */

static void reply(int dev, const struct fuse_in_header *to, int error, const void *data, size_t len)
{
	struct fuse_out_header head = { (uint32_t)(sizeof(head) + len), -error, to->unique };
	struct iovec iov[] = { { &head, sizeof(head) }, { (void *)data, len } };

	if (writev(dev, iov, 2) < 0 && errno != ENOENT)
		broken("fuse");
}

/* The root directory is node 1, the file in it node 2. */
static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){ .ino = node,
				   .mode = node == 1 ? S_IFDIR | 0777 : S_IFREG | 0666,
				   .nlink = 1 };
}

static void answer(int dev, const struct fuse_in_header *in, const char *data)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = 65536 };
	struct fuse_entry_out entry = { .nodeid = 2, .attr = attr_of(2) };
	struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };
	const struct fuse_write_in *write_in = (const void *)data;
	struct fuse_write_out written = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		reply(dev, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		reply(dev, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		reply(dev, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		reply(dev, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_WRITE:
		written.size = write_in->size;
		memcpy(seen, data + sizeof(*write_in),
		       write_in->size < 4095 ? write_in->size : 4095);
		reply(dev, in, 0, &written, sizeof(written));
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break; /* nobody waits */
	default:
		reply(dev, in, ENOSYS, NULL, 0);
	}
}

static int make(void)
{
	static char request[1 << 17] __attribute__((aligned(8)));
	char options[128];
	int dev = open("/dev/fuse", O_RDWR);
	ssize_t len;

	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40777,user_id=0,group_id=0,allow_other",
		 dev);
	if (dev < 0)
		return not_here("no FUSE");
	if (mkdir(own("fuse"), 0777) < 0 || mount("fuse", own("fuse"), "fuse", 0, options) < 0)
		return broken("mount");
	if (fork())
		return 0;
	alarm(20);
	while ((len = read(dev, request, sizeof(request))) > 0)
		answer(dev, (const void *)request, request + sizeof(struct fuse_in_header));
	_exit(0);
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
