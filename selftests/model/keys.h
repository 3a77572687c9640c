/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What keys.bpf.c writes, read by seen.c. */
#ifndef PW_MODEL_KEYS_H
#define PW_MODEL_KEYS_H

struct model_key_record {
	__u64 sb;
	__u64 inode;
	__u64 sock; /* of a socket */
	__u32 generation;
	__u32 fd;
};

#endif /* PW_MODEL_KEYS_H */
