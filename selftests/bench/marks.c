// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -lbpf -lelf -lz */
/*
 * marks N: puts marks into the agent's map of them, of N objects of a file system that does
 * not exist: what finding the mark of another object costs then, the bench measures.
 */
#include <bpf/bpf.h>
#include <phiward/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 4096u

static int map_by_name(const char *name)
{
	__u32 id = 0;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = { 0 };
		__u32 len = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
		    strcmp(info.name, name) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

int main(int argc, char **argv)
{
	static struct pw_mark_key keys[BATCH];
	static struct pw_mark marks[BATCH];
	unsigned int n = argc == 2 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	int map = map_by_name("pw_marks");

	if (!n || map < 0) {
		fprintf(stderr, n ? "marks: no map pw_marks\n" : "usage: marks N\n");
		return n ? 1 : 2;
	}
	for (unsigned int i = 0; i < n;) {
		__u32 count = n - i < BATCH ? n - i : BATCH;

		for (__u32 k = 0; k < count; k++, i++) {
			keys[k] = (struct pw_mark_key){ .sb = 1, .inode = i + 1 };
			marks[k] = (struct pw_mark){ .labels = 1, .why = PW_MARK_FLOW };
		}
		if (bpf_map_update_batch(map, keys, marks, &count, NULL)) {
			perror("marks: bpf_map_update_batch");
			return 1;
		}
	}
	return 0;
}
