/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The xattr in which labels travel with a file, security.phiward: who may change it, and that
 * the agent hears of it. What labels are called only the agent knows. Called by the hook table
 * (phiward.bpf.c) only.
 */
#ifndef PW_XATTR_BPF_H
#define PW_XATTR_BPF_H

#include "name.bpf.h"

static __noinline bool pw_xattr_is_labels(const char *name)
{
	struct {
		__u64 word[2];
		__u64 end; /* one byte of it is read */
	} text = {};

	bpf_probe_read_kernel(&text, 17, name);
	return text.word[0] == 0x7974697275636573ULL /* "security" */ &&
	       text.word[1] == 0x647261776968702eULL /* ".phiward" */ && !text.end;
}

/*
 * May the current process set it or take it off? Root of the host: with a BPF LSM, kernels
 * before 6.10 do not ask for the capability that others want for security.*. By what it acts
 * as, as the kernel asks: overlayfs copies a file with its xattrs as who has mounted it.
 */
static __noinline bool pw_may_label(void)
{
	struct task_struct *current = bpf_get_current_task_btf();
	const struct cred *cred = BPF_CORE_READ(current, cred);
	__u64 caps = 0;

	bpf_probe_read_kernel(&caps, sizeof(caps),
			      (void *)((__u64)cred +
				       bpf_core_field_offset(struct cred, cap_effective)));
	return caps >> CAP_SYS_ADMIN & 1 && !BPF_CORE_READ(cred, user_ns, level);
}

/* What inode_post_setxattr is called with; 6.1 does not know what a `const void *` may be. */
static __noinline __u64 pw_xattr_value(void *ctx)
{
	__u64 argument[3] = {};

	bpf_probe_read_kernel(argument, sizeof(argument), ctx);
	return argument[2];
}

/*
 * It was set, by whoever restores a backup, or taken off. The agent knows what labels are
 * called, and gives them to the mark that is made here; what the mark has it keeps.
 */
static __noinline int pw_on_labels_xattr(struct dentry *dentry, __u64 value, __u32 len)
{
	struct inode *inode = dentry->d_inode;
	struct pw_access access = {};
	struct pw_marking marking = { .why = PW_MARK_SET, .person = PW_UNSET };
	bool marked;

	if (!pw_now || !inode || (inode->i_mode & S_IFMT) != S_IFREG ||
	    bpf_get_current_task_btf()->tgid == pw_agent)
		return 0;
	marked = pw_is_marked(inode);
	if (!marked && !len)
		return 0;
	if (marked) {
		pw_mark_look(inode, &access.object);
	} else {
		marking.key = pw_mark_key_of(inode);
		marking.address = pw_address(inode);
		if (pw_mark_put(&marking) < 0)
			pw_count(PW_COUNT_SPREAD_LOST, 1);
	}
	access.object.labels = 0;
	pw_access_dentry(&access, dentry, PW_OP_WRITE, PW_HOOK_INODE_SETXATTR);
	pw_tell_xattr(&access, value, len);
	return 0;
}

#endif /* PW_XATTR_BPF_H */
