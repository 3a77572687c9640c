/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types, as far as we read them: libbpf relocates each field by name on the
 * running kernel, so order and size here mean nothing. Instead of a vmlinux.h, which would
 * tie the build to one kernel's.
 */
#ifndef PW_KERNEL_BPF_H
#define PW_KERNEL_BPF_H

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef unsigned short umode_t;
typedef unsigned int fmode_t;
typedef unsigned int dev_t;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
#define size_t unsigned long

/* The map and update constants of linux/bpf.h that the programs use. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
#define BPF_ANY 0
#define BPF_NOEXIST 1
#define BPF_F_NO_PREALLOC (1U << 0)
#define BPF_RB_NO_WAKEUP (1ULL << 0)
#define BPF_RB_FORCE_WAKEUP (1ULL << 1)
#define BPF_LOCAL_STORAGE_GET_F_CREATE (1ULL << 0)
#define BPF_F_BPRM_SECUREEXEC (1ULL << 0)

#ifndef PW_NO_CORE
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

typedef struct {
	unsigned int val;
} kuid_t;

typedef struct {
	unsigned int val;
} kgid_t;

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct list_head {
	struct list_head *next, *prev;
};

struct timespec64 {
	long long tv_sec;
	long tv_nsec;
};

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
		__u64 hash_len;
	};
	const unsigned char *name;
};

struct dentry {
	unsigned int d_flags;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
	union {
		struct hlist_node d_alias;
	} d_u;
};

struct wait_queue_head {
	struct list_head head;
};

struct wait_queue_entry {
	void *private;
	struct list_head entry;
};

struct pipe_inode_info {
	struct wait_queue_head rd_wait;
};

struct uuid {
	__u8 b[16];
};

struct super_block {
	dev_t s_dev;
	unsigned long s_magic;
	struct block_device *s_bdev;
	struct uuid s_uuid;
	struct dentry *s_root;
	struct list_head s_mounts;
};

struct inode {
	umode_t i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	dev_t i_rdev;
	long long i_size;
	__u32 i_generation;
	struct hlist_head i_dentry;
	struct pipe_inode_info *i_pipe;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_instance;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	fmode_t f_mode;
	void *private_data;
};

struct group_info {
	int ngroups;
	kgid_t gid[0];
};

struct kernel_caps { /* one number since 6.3, two halves of it before */
	__u64 val;
};

struct user_namespace {
	int level;
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	struct kernel_caps cap_effective;
	struct user_namespace *user_ns;
	struct group_info *group_info;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct mm_struct {
	struct file *exe_file;
};

struct upid {
	int nr;
};

struct pid {
	struct upid numbers[1];
};

struct signal_struct {
	struct pid *pids[4];
};

struct task_struct {
	unsigned int flags;
	struct mm_struct *mm;
	struct files_struct *files;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 start_boottime;
	__u64 self_exec_id;
	const struct cred *real_cred;
	const struct cred *cred;
	struct signal_struct *signal;
	kuid_t loginuid;
	unsigned int sessionid;
	char comm[16];
};

struct linux_binprm {
	struct file *file;
	int unsafe;
	const char *filename;
	const char *interp;
};

struct iattr {
	unsigned int ia_valid;
};

struct vm_area_struct {
	struct file *vm_file;
	unsigned long vm_flags;
};

/* ---- Sockets and terminals ---- */

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	union {
		struct {
			__be32 skc_daddr;
			__be32 skc_rcv_saddr;
		};
	};
	union {
		struct {
			__be16 skc_dport;
			__u16 skc_num;
		};
	};
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr;
};

struct sock {
	struct sock_common __sk_common;
	kuid_t sk_uid;
	__u16 sk_type;
	__u16 sk_protocol;
	struct socket *sk_socket;
	const struct cred *sk_peer_cred;
};

struct socket {
	short type;
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
};

struct msghdr {
	void *msg_name;
	int msg_namelen;
	unsigned int msg_flags;
};

struct sockaddr {
	__u16 sa_family;
};

struct tty_struct {
	struct tty_struct *link;
	int count;
};

struct tty_file_private {
	struct tty_struct *tty;
};

struct kern_ipc_perm {
	int id;
};

struct msg_msg;

struct key_type {
	const char *name;
};

struct key {
	struct key_type *type;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct kiocb {
	struct file *ki_filp;
};

struct iov_iter;

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct pt_regs___pw { /* libbpf's headers know another by the plain name */
	unsigned long di;
};

#ifndef PW_NO_CORE
#pragma clang attribute pop
#endif

/* Not in BTF: numbers of include/linux/{fs,sched,ptrace,binfmts,dcache}.h, stable since 5.x. */
#define FMODE_READ 0x1u
#define FMODE_WRITE 0x2u
#define FMODE_EXEC 0x20u  /* in f_flags: __FMODE_EXEC */
#define FMODE_CREATED 0x100000u
#define O_TMPFILE_BIT 020000000u /* __O_TMPFILE on x86 and arm64 */
#define MAY_WRITE 0x2
#define MAY_READ 0x4
#define MAY_ACCESS 0x10
#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define S_IFSOCK 0140000
#define PIDTYPE_SID 3
#define CAP_SYS_ADMIN 21
#define DCACHE_DISCONNECTED 0x20u
#define PF_KTHREAD 0x00200000u
#define PF_DUMPCORE 0x00000200u
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define VM_SHARED 0x8u
#define MAP_TYPE 0x0f
#define MAP_SHARED 0x01
#define MAP_SHARED_VALIDATE 0x03
#define PTRACE_MODE_ATTACH 0x02
#define LSM_UNSAFE_PTRACE 2
#define PW_MQUEUE_MAGIC 0x19800202 /* include/uapi/linux/magic.h has no name for it */
#define EPERM 1
#define E2BIG 7
#define EXDEV 18

#endif /* PW_KERNEL_BPF_H */
