// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes another node for the block device elsewhere and reads that. */
#include "attack.h"
#include <linux/fiemap.h>
#include <linux/fs.h>

ATTACK("attack: raw_block_mknod; threat: #29; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: *; expect: refused");

/* Makes the node of the disk under the tree. */
static int disk_node(const char *path)
{
	struct stat st;

	if (stat("/srv", &st) < 0)
		return broken("stat");
	return mknod(path, S_IFBLK | 0600, st.st_dev) < 0 ? refused("mknod") : 0;
}

/* Where on the disk the secret lies, kept while that may still be asked. */
static int keep_offset(void)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent[1];
	} ask = { .map = {
			  .fm_length = 4096, .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 1 } };
	char text[32];
	int fd = open(SECRET, O_RDONLY);

	if (fsync(fd) < 0 || ioctl(fd, FS_IOC_FIEMAP, &ask) < 0 || ask.map.fm_mapped_extents != 1)
		return broken("fiemap");
	snprintf(text, sizeof(text), "%llu", (unsigned long long)ask.extent[0].fe_physical);
	return put_file(own("offset"), text, 0666);
}

static int loot_disk(int fd)
{
	char text[32];
	void *buf;

	if (get_file(own("offset"), text, sizeof(text)) < 0 || posix_memalign(&buf, 4096, 4096))
		return broken("offset");
	if (pread(fd, buf, 4096, strtoll(text, NULL, 10)) < 0)
		return refused("pread");
	return loot(buf, 4096);
}

static int setup(void)
{
	return keep_offset();
}

static int attack(void)
{
	int r = disk_node("/dev/shm/innocent-name");
	int fd = open("/dev/shm/innocent-name", O_RDONLY | O_DIRECT);

	if (r)
		return r;
	if (fd < 0 && errno == EACCES) {
		unlink("/dev/shm/innocent-name");
		disk_node("/run/innocent-name");
		fd = open("/run/innocent-name", O_RDONLY | O_DIRECT);
		unlink("/run/innocent-name");
	}
	if (fd < 0 && errno == EACCES) {
		disk_node("/root/innocent-name");
		fd = open("/root/innocent-name", O_RDONLY | O_DIRECT);
		unlink("/root/innocent-name");
	}
	return fd < 0 ? refused("open") : loot_disk(fd);
}
