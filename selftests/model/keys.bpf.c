// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the open files of one task are to the kernel: by that the agent's maps know them.
 * One record (struct model_key_record) for each descriptor.
 */
#include "compat.bpf.h"
#include "keys.h"

struct socket___model {
	struct sock *sk;
} __attribute__((preserve_access_index));

struct file___model {
	void *private_data;
} __attribute__((preserve_access_index));

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define S_IFSOCK 0140000

SEC("iter/task_file")
int model_keys(struct bpf_iter__task_file *ctx)
{
	struct model_key_record record = {};
	struct file *file = ctx->file;
	struct inode *inode;

	if (!ctx->task || !file)
		return 0;
	inode = file->f_inode;
	record.fd = ctx->fd;
	record.sb = (__u64)inode->i_sb;
	record.inode = inode->i_ino;
	record.generation = inode->i_generation;
	if ((inode->i_mode & S_IFMT) == S_IFSOCK) {
		struct socket___model *socket =
			BPF_CORE_READ((struct file___model *)file, private_data);

		record.sock = (__u64)BPF_CORE_READ(socket, sk);
	}
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
