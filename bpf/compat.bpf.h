/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Differences between kernels, all here, told apart by the fields that exist, never by the
 * version number. Each entry says since when, and when it can go.
 */
#ifndef PW_COMPAT_BPF_H
#define PW_COMPAT_BPF_H

#include "kernel.bpf.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* inode times: i_ctime until 6.5; __i_ctime 6.6..6.10; i_ctime_sec/nsec since 6.11. */
struct inode___ctime61 {
	struct timespec64 i_ctime;
};

struct inode___ctime66 {
	struct timespec64 __i_ctime;
};

struct inode___ctime611 {
	long long i_ctime_sec;
	__u32 i_ctime_nsec;
};

/* Mounts of a superblock: a list of mnt_instance until 6.17, then a chain of pointers. */
struct mount___chain {
	struct mount *mnt_next_for_sb; /* the newest first; the list has the oldest first */
};

struct super_block___chain {
	struct mount *s_mounts;
};

/* The union with d_alias in it has had no name since 7.0. */
struct dentry___anonymous {
	struct hlist_node d_alias;
};

#pragma clang attribute pop

/* The dentry of which @alias is the d_alias, as a plain number. */
static __always_inline __u64 pw_dentry_of_alias(__u64 alias)
{
	if (bpf_core_field_exists(((struct dentry___anonymous *)0)->d_alias))
		return alias - bpf_core_field_offset(struct dentry___anonymous, d_alias);
	return alias - bpf_core_field_offset(struct dentry, d_u.d_alias);
}

/* When the inode last changed in any way, in one number: only ever compared for equality. */
static __always_inline __u64 pw_inode_changed(const struct inode *inode)
{
	if (bpf_core_field_exists(((struct inode___ctime611 *)0)->i_ctime_sec)) {
		const struct inode___ctime611 *i = (const void *)inode;

		return (__u64)BPF_CORE_READ(i, i_ctime_sec) * 1000000000ULL +
		       BPF_CORE_READ(i, i_ctime_nsec);
	}
	if (bpf_core_field_exists(((struct inode___ctime66 *)0)->__i_ctime)) {
		const struct inode___ctime66 *i = (const void *)inode;

		return (__u64)BPF_CORE_READ(i, __i_ctime.tv_sec) * 1000000000ULL +
		       BPF_CORE_READ(i, __i_ctime.tv_nsec);
	}
	const struct inode___ctime61 *i = (const void *)inode;

	return (__u64)BPF_CORE_READ(i, i_ctime.tv_sec) * 1000000000ULL +
	       BPF_CORE_READ(i, i_ctime.tv_nsec);
}

/* Mounts of a superblock, one after the other, as plain numbers; 0: no more. */
static __always_inline __u64 pw_first_mount(__u64 sb)
{
	const struct super_block *s = (const void *)sb;
	__u64 first;

	if (bpf_core_field_exists(((struct mount___chain *)0)->mnt_next_for_sb)) {
		const struct super_block___chain *chain = (const void *)sb;

		return (__u64)BPF_CORE_READ(chain, s_mounts);
	}
	first = (__u64)BPF_CORE_READ(s, s_mounts.next);
	if (!first || first == sb + bpf_core_field_offset(struct super_block, s_mounts))
		return 0;
	return first - bpf_core_field_offset(struct mount, mnt_instance);
}

static __always_inline __u64 pw_next_mount(__u64 sb, __u64 mount)
{
	const struct mount *m = (const void *)mount;
	__u64 next;

	if (bpf_core_field_exists(((struct mount___chain *)0)->mnt_next_for_sb)) {
		const struct mount___chain *chain = (const void *)mount;

		return (__u64)BPF_CORE_READ(chain, mnt_next_for_sb);
	}
	next = (__u64)BPF_CORE_READ(m, mnt_instance.next);
	if (!next || next == sb + bpf_core_field_offset(struct super_block, s_mounts))
		return 0;
	return next - bpf_core_field_offset(struct mount, mnt_instance);
}

#endif /* PW_COMPAT_BPF_H */
