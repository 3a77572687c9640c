// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The hook table: each program says where it sits and calls one function. What the hooks
 * ask is in file.bpf.h, name.bpf.h, xattr.bpf.h, mapping.bpf.h, socket.bpf.h and
 * program.bpf.h, what a holder writes in write.bpf.h, what is known of objects in known.bpf.h,
 * how labels are found in label.bpf.h and step.bpf.h, who acts in who.bpf.h, who holds what in
 * lineage.bpf.h, the answer in judge.bpf.h, the event in report.bpf.h, all state in
 * state.bpf.h.
 *
 * Each returns what another program on the hook refused (ret) before anything else, and
 * from separate branches only 0, -EPERM or -EXDEV: from 6.12 on the verifier wants to see
 * that. "?": the agent loads it when the kernel has the hook.
 */
#include "inspect.bpf.h"
#include "mapping.bpf.h"
#include "name.bpf.h"
#include "program.bpf.h"
#include "xattr.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PW_REPLY(answer)                            \
	do {                                        \
		int reply_ = (answer);              \
		if (reply_ == PW_ANSWER_EPERM)      \
			return -EPERM;              \
		if (reply_ == PW_ANSWER_EXDEV)      \
			return -EXDEV;              \
		return 0;                           \
	} while (0)

/* ---- By descriptor ---- */

SEC("?lsm/file_open")
int BPF_PROG(pw_file_open, struct file *file, int ret)
{
	__u64 spreads, carries = 0;
	int answer;

	if (ret)
		return ret;
	if (pw_n_awaited) {
		answer = pw_on_awaited(file);
		if (answer != PW_ANSWER_ALLOW)
			PW_REPLY(answer);
	}
	if (!pw_file_is_clear(file)) {
		__u64 found = 0;

		answer = pw_on_file_open(file, &found);
		carries = found;
		if (answer != PW_ANSWER_ALLOW)
			PW_REPLY(answer);
		if (pw_is_queue(file->f_inode)) /* and never known to be clear */
			PW_REPLY(pw_on_queue(file, PW_HOOK_FILE_OPEN));
	}
	if (!pw_holders || !(file->f_mode & FMODE_WRITE))
		return 0;
	spreads = pw_open_spreads(file) & ~carries;
	if (!spreads)
		return 0;
	PW_REPLY(pw_on_spread(file, spreads, PW_HOOK_FILE_OPEN, pw_places_of(file)));
}

SEC("?lsm/file_permission")
int BPF_PROG(pw_file_perm, struct file *file, int mask, int ret)
{
	int answer;
	__u64 spreads;

	if (ret)
		return ret;
	if (pw_clear_known(pw_address(file->f_inode), pw_now)) {
		if (!(mask & MAY_WRITE))
			return 0;
		if (pw_splices_refused && pw_splice_is_refused(file->f_inode))
			return -EPERM;
		spreads = pw_held_by_writer();
		if (!spreads)
			return 0;
	} else {
		__u64 left = 0;

		if (pw_splices_refused && mask & MAY_WRITE && pw_splice_is_refused(file->f_inode))
			return -EPERM;
		answer = pw_on_file_permission(file, mask, &left);
		if (!left)
			PW_REPLY(answer);
		spreads = left;
	}
	if ((file->f_inode->i_mode & S_IFMT) == S_IFSOCK)
		PW_REPLY(pw_on_socket_write(pw_sk_of(pw_address(file->f_inode)), spreads));
	PW_REPLY(pw_on_spread(file, spreads, PW_HOOK_FILE_PERMISSION, pw_places_of(file)));
}

SEC("?lsm/mmap_file")
int BPF_PROG(pw_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	__u64 spreads, address = 0;
	int answer;

	if (ret)
		return ret;
	/*
	 * Not by the pointer: 6.12 takes it for one that is never NULL, and cuts away what is
	 * done where it is.
	 */
	bpf_probe_read_kernel(&address, sizeof(address), ctx);
	if (!address) {
		if (pw_maps_shared(flags))
			pw_on_map_anonymous();
		return 0;
	}
	if (!file) /* 7.x wants to see it */
		return 0;
	if (prot & PROT_EXEC)
		pw_on_mmap_exec(file);
	answer = pw_on_mmap_file(file, prot, flags);
	if (answer == PW_ANSWER_ALLOW && pw_maps_shared(flags) && pw_on_map_shared(file)) {
		spreads = pw_held_by_writer();
		if (spreads)
			answer = pw_on_spread(file, spreads, PW_HOOK_MMAP_FILE,
					      pw_places_of(file));
	}
	PW_REPLY(answer);
}

SEC("?lsm/file_mprotect")
int BPF_PROG(pw_mprotect, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot,
	     int ret)
{
	struct file *file;

	if (ret)
		return ret;
	file = vma->vm_file;
	if (!file || !prot)
		return 0;
	PW_REPLY(pw_on_mprotect(file, prot, vma->vm_flags));
}

SEC("?lsm/file_receive")
int BPF_PROG(pw_file_receive, struct file *file, int ret)
{
	__u64 spreads;
	int answer;

	if (ret)
		return ret;
	answer = pw_on_file_receive(file);
	if (answer != PW_ANSWER_ALLOW)
		PW_REPLY(answer);
	if (pw_is_queue(file->f_inode))
		PW_REPLY(pw_on_queue(file, PW_HOOK_FILE_RECEIVE));
	if (pw_holders && file->f_mode & FMODE_WRITE &&
	    (file->f_inode->i_mode & S_IFMT) == S_IFIFO) {
		spreads = pw_held_by_writer();
		if (spreads)
			answer = pw_on_spread(file, spreads, PW_HOOK_FILE_RECEIVE, 0);
	}
	PW_REPLY(answer);
}

SEC("?lsm/file_ioctl")
int BPF_PROG(pw_file_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_file_ioctl(file, cmd, arg));
}

SEC("?lsm/file_ioctl_compat")
int BPF_PROG(pw_ioctl_compat, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_file_ioctl(file, cmd, arg));
}

/* ---- By name: making, linking, moving, removing ---- */

SEC("?lsm/inode_create")
int BPF_PROG(pw_create, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_create(dentry, false, PW_HOOK_INODE_CREATE));
}

SEC("?lsm/inode_symlink")
int BPF_PROG(pw_symlink, struct inode *dir, struct dentry *dentry, const char *name, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_create(dentry, false, PW_HOOK_INODE_SYMLINK));
}

SEC("?lsm/inode_mkdir")
int BPF_PROG(pw_mkdir, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_create(dentry, true, PW_HOOK_INODE_MKDIR));
}

SEC("?lsm/inode_mknod")
int BPF_PROG(pw_mknod, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_create(dentry, false, PW_HOOK_INODE_MKNOD));
}

SEC("?lsm/inode_link")
int BPF_PROG(pw_link, struct dentry *old_dentry, struct inode *dir, struct dentry *new_dentry,
	     int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_link(old_dentry, new_dentry));
}

SEC("?lsm/inode_unlink")
int BPF_PROG(pw_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_DELETE, PW_HOOK_INODE_UNLINK));
}

SEC("?lsm/inode_rmdir")
int BPF_PROG(pw_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	pw_path_changes++;
	PW_REPLY(pw_on_object(dentry, PW_OP_DELETE, PW_HOOK_INODE_RMDIR));
}

SEC("?lsm/inode_rename")
int BPF_PROG(pw_rename, struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
	     struct dentry *new_dentry, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_rename(old_dentry, new_dentry));
}

/* ---- By name: attributes ---- */

SEC("?lsm/inode_getattr")
int BPF_PROG(pw_getattr, const struct path *path, int ret)
{
	if (ret)
		return ret;
	if (pw_path_is_clear(path))
		return 0;
	PW_REPLY(pw_on_getattr(path));
}

SEC("?lsm/inode_readlink")
int BPF_PROG(pw_readlink, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_STAT, PW_HOOK_INODE_READLINK));
}

SEC("?lsm/inode_getxattr")
int BPF_PROG(pw_getxattr, struct dentry *dentry, const char *name, int ret)
{
	int answer;

	if (ret)
		return ret;
	answer = pw_on_getxattr(dentry);
	if (answer == PW_ANSWER_ALLOW && pw_n_marks && pw_xattr_is_data(name))
		answer = pw_on_getxattr_marked(dentry);
	PW_REPLY(answer);
}

SEC("?lsm/inode_listxattr")
int BPF_PROG(pw_listxattr, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_STAT, PW_HOOK_INODE_LISTXATTR));
}

SEC("?lsm/path_notify")
int BPF_PROG(pw_notify, const struct path *path, __u64 mask, unsigned int obj_type, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_notify(path, obj_type));
}

/* Until 6.2 the first argument is the dentry, since then the mount's id map. */
SEC("?lsm/inode_setattr")
int BPF_PROG(pw_setattr, struct dentry *dentry, struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_SETATTR));
}

SEC("?lsm/inode_setattr")
int BPF_PROG(pw_setattr_map, void *idmap, struct dentry *dentry, struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_SETATTR));
}

SEC("?lsm/inode_setxattr")
int BPF_PROG(pw_setxattr, void *idmap, struct dentry *dentry, const char *name, const void *value,
	     unsigned long size, int flags, int ret)
{
	int answer;

	if (ret)
		return ret;
	if (pw_now && pw_xattr_is_labels(name) && !pw_may_label())
		return -EPERM;
	answer = pw_on_setxattr(dentry);
	if (answer == PW_ANSWER_ALLOW && pw_holders && pw_xattr_is_data(name))
		answer = pw_on_xattr_spread(dentry);
	PW_REPLY(answer);
}

SEC("?lsm/inode_removexattr")
int BPF_PROG(pw_removexattr, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret)
		return ret;
	if (pw_now && pw_xattr_is_labels(name) && !pw_may_label())
		return -EPERM;
	PW_REPLY(pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_REMOVEXATTR));
}

/* Nothing to decide in these two: labels came with the object, or were taken out of its xattr. */
SEC("?lsm/inode_post_setxattr")
int BPF_PROG(pw_setxattr_ok, struct dentry *dentry, const char *name, const void *value,
	     unsigned long size, int flags)
{
	if (pw_xattr_is_labels(name))
		pw_on_labels_xattr(dentry, pw_xattr_value(ctx), size);
	return 0;
}

SEC("?fexit/__vfs_removexattr_locked")
int BPF_PROG(pw_rmxattr_ok, void *idmap, struct dentry *dentry, const char *name,
	     void *delegated, int ret)
{
	if (!ret && pw_xattr_is_labels(name))
		pw_on_labels_xattr(dentry, 0, 0);
	return 0;
}

/* Since 6.2; before that, ACLs pass through the hooks of xattrs. */
SEC("?lsm/inode_set_acl")
int BPF_PROG(pw_set_acl, void *idmap, struct dentry *dentry, const char *name, void *acl, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_SET_ACL));
}

SEC("?lsm/inode_get_acl")
int BPF_PROG(pw_get_acl, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_STAT, PW_HOOK_INODE_GET_ACL));
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(pw_remove_acl, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_object(dentry, PW_OP_WRITE, PW_HOOK_INODE_REMOVE_ACL));
}

/* Nothing to decide: what is known of an inode ends with it. */
SEC("?lsm/inode_free_security")
int BPF_PROG(pw_inode_free, struct inode *inode)
{
	pw_mark_forget(inode);
	pw_known_forget(pw_address(inode));
	return 0;
}

/* Only with hide-names. */
SEC("?lsm/inode_permission")
int BPF_PROG(pw_permission, struct inode *inode, int mask, int ret)
{
	if (ret)
		return ret;
	PW_REPLY(pw_on_permission(inode, mask));
}

/* ---- Programs ---- */

SEC("?lsm/bprm_check_security")
int BPF_PROG(pw_bprm_check, struct linux_binprm *bprm, int ret)
{
	if (ret)
		return ret;
	/* A program that the policy trusts does not take LD_PRELOAD and its like from anyone. */
	if (pw_exec_check(bprm))
		bpf_bprm_opts_set(bprm, BPF_F_BPRM_SECUREEXEC);
	return 0;
}

SEC("?lsm/bprm_committed_creds")
int BPF_PROG(pw_bprm_commit, struct linux_binprm *bprm)
{
	pw_on_exec();
	return 0;
}

SEC("?lsm/task_alloc")
int BPF_PROG(pw_task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	if (ret)
		return ret;
	if (pw_domain_fork(task, clone_flags))
		return -EPERM;
	return 0;
}

/* Nothing to decide: the ways of a domain end with its memory. */
SEC("?fentry/wake_up_new_task")
int BPF_PROG(pw_task_new, struct task_struct *task)
{
	if (pw_n_ways)
		pw_memory_forked(task);
	return 0;
}

SEC("?fentry/exit_mmap")
int BPF_PROG(pw_exit_mmap, struct mm_struct *mm)
{
	if (pw_n_ways)
		pw_memory_ended(pw_address(mm));
	return 0;
}

SEC("?lsm/ptrace_access_check")
int BPF_PROG(pw_ptrace, struct task_struct *child, unsigned int mode, int ret)
{
	int answer;

	if (ret)
		return ret;
	answer = pw_on_ptrace(child, mode);
	if (answer == PW_ANSWER_ALLOW && pw_holders && mode & PTRACE_MODE_ATTACH)
		answer = pw_on_ptrace_held(child);
	PW_REPLY(answer);
}

SEC("?lsm/ptrace_traceme")
int BPF_PROG(pw_traceme, struct task_struct *parent, int ret)
{
	if (ret)
		return ret;
	pw_on_traceme();
	return 0;
}

/* ---- Sockets and queues ---- */

/* Only while somebody holds labels is there anything to ask, but for the canary's turn. */

SEC("?lsm/socket_create")
int BPF_PROG(pw_sock_create, int family, int type, int protocol, int kern, int ret)
{
	if (ret)
		return ret;
	if (pw_canary && !kern && family == AF_UNIX && type == SOCK_SEQPACKET &&
	    pw_on_canary_socket(0, PW_HOOK_SOCKET_CREATE) != PW_ANSWER_ALLOW)
		return -EPERM;
	if (!pw_holders || kern)
		return 0;
	PW_REPLY(pw_on_socket_create(family, protocol));
}

SEC("?lsm/socket_connect")
int BPF_PROG(pw_sock_connect, struct socket *sock, struct sockaddr *address, int len, int ret)
{
	if (ret)
		return ret;
	if (pw_canary && pw_on_canary_socket(pw_address(sock->sk), PW_HOOK_SOCKET_CONNECT) !=
				 PW_ANSWER_ALLOW)
		return -EPERM;
	if (!pw_holders)
		return 0;
	PW_REPLY(pw_on_connect(sock, address, len));
}

SEC("?lsm/socket_sendmsg")
int BPF_PROG(pw_sock_sendmsg, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	if (ret)
		return ret;
	if (pw_canary && pw_on_canary_socket(pw_address(sock->sk), PW_HOOK_SOCKET_SENDMSG) !=
				 PW_ANSWER_ALLOW)
		return -EPERM;
	if (!pw_holders)
		return 0;
	PW_REPLY(pw_on_send(sock, msg));
}

SEC("?lsm/socket_recvmsg")
int BPF_PROG(pw_sock_recvmsg, struct socket *sock, struct msghdr *msg, int size, int flags, int ret)
{
	__u64 sk;

	if (ret)
		return ret;
	if (!pw_n_ends && !pw_canary)
		return 0;
	sk = pw_address(sock->sk);
	if (pw_canary && pw_on_canary_socket(sk, PW_HOOK_SOCKET_RECVMSG) != PW_ANSWER_ALLOW)
		return -EPERM;
	PW_REPLY(pw_on_receive(sk, pw_inode_of_sk(sk), PW_HOOK_SOCKET_RECVMSG));
}

/* A connection of its own passes nothing: asked when it is used. For the canary only. */
SEC("?lsm/unix_stream_connect")
int BPF_PROG(pw_unix_stream, struct sock *sock, struct sock *other, struct sock *newsk, int ret)
{
	if (ret)
		return ret;
	if (!pw_canary)
		return 0;
	PW_REPLY(pw_on_canary_socket(pw_address(other), PW_HOOK_UNIX_STREAM));
}

SEC("?lsm/unix_may_send")
int BPF_PROG(pw_unix_dgram, struct socket *sock, struct socket *other, int ret)
{
	if (ret)
		return ret;
	if (pw_canary && pw_on_canary_socket(pw_address(other->sk), PW_HOOK_UNIX_DGRAM) !=
				 PW_ANSWER_ALLOW)
		return -EPERM;
	if (!pw_holders)
		return 0;
	PW_REPLY(pw_on_unix_send(sock, other));
}

/* Nothing to decide: what waited at the socket ends with it. */
SEC("?lsm/sk_free_security")
int BPF_PROG(pw_sk_free, struct sock *sk)
{
	pw_end_forget(pw_address(sk));
	return 0;
}

SEC("?lsm/key_alloc")
int BPF_PROG(pw_key_alloc, struct key *key, const struct cred *cred, unsigned long flags, int ret)
{
	if (ret)
		return ret;
	if (!pw_holders)
		return 0;
	PW_REPLY(pw_on_key(pw_address(key), PW_HOOK_KEY_ALLOC));
}

/* Written anew. @ref: no pointer that the verifier takes, so it is read from where it is. */
SEC("?lsm/key_permission")
int BPF_PROG(pw_key_perm, void *ref, const struct cred *cred, unsigned int need, int ret)
{
	__u64 key = 0;

	if (ret)
		return ret;
	if (!pw_holders || need != KEY_NEED_WRITE)
		return 0;
	bpf_probe_read_kernel(&key, sizeof(key), ctx);
	PW_REPLY(pw_on_key(key & ~PW_KEY_POSSESSED, PW_HOOK_KEY_PERMISSION));
}

SEC("?lsm/msg_queue_msgsnd")
int BPF_PROG(pw_msg_send, struct kern_ipc_perm *queue, struct msg_msg *msg, int flags, int ret)
{
	if (ret)
		return ret;
	if (!pw_holders)
		return 0;
	PW_REPLY(pw_on_queue_send(queue));
}

SEC("?lsm/msg_queue_msgrcv")
int BPF_PROG(pw_msg_receive, struct kern_ipc_perm *queue, struct msg_msg *msg,
	     struct task_struct *target, long type, int mode, int ret)
{
	if (ret)
		return ret;
	if (!pw_n_ends)
		return 0;
	PW_REPLY(pw_on_queue_receive(queue, target));
}

SEC("?lsm/msg_queue_free_security")
int BPF_PROG(pw_msg_free, struct kern_ipc_perm *queue)
{
	pw_end_forget(pw_address(queue));
	return 0;
}

/* ---- What was read, after all ---- */

SEC("?fexit/pipe_read")
int BPF_PROG(pw_pipe_read, struct kiocb *iocb, struct iov_iter *to, long ret)
{
	if (ret > 0)
		pw_after_read_file(iocb->ki_filp);
	return 0;
}

/* Since 6.15 it is two functions. */
SEC("?fexit/anon_pipe_read")
int BPF_PROG(pw_anon_read, struct kiocb *iocb, struct iov_iter *to, long ret)
{
	if (ret > 0)
		pw_after_read_file(iocb->ki_filp);
	return 0;
}

SEC("?fexit/fifo_pipe_read")
int BPF_PROG(pw_fifo_read, struct kiocb *iocb, struct iov_iter *to, long ret)
{
	if (ret > 0)
		pw_after_read_file(iocb->ki_filp);
	return 0;
}

SEC("?fexit/tty_read")
int BPF_PROG(pw_tty_read, struct kiocb *iocb, struct iov_iter *to, long ret)
{
	struct file *file = iocb->ki_filp;
	__u64 link;

	if (ret > 0 && pw_n_ends)
		pw_after_receive(pw_tty_of(file, &link), pw_address(file->f_inode),
				 PW_HOOK_TTY_READ);
	return 0;
}

/* Its last reader leaves: what waited there ends with it. */
SEC("?fentry/tty_release")
int BPF_PROG(pw_tty_release, struct inode *inode, struct file *file)
{
	struct tty_struct *tty;
	__u64 link;

	if (!pw_n_ends)
		return 0;
	tty = (struct tty_struct *)pw_tty_of(file, &link);
	if (BPF_CORE_READ(tty, count) <= 1)
		pw_end_forget((__u64)tty);
	return 0;
}

/*
 * A new one. At its address, one may have stood whose last reader was not its last user: the
 * master of a pseudo terminal counts for the other side, which may be left before.
 */
SEC("?fexit/tty_init_dev")
int BPF_PROG(pw_tty_init, void *driver, int index, struct tty_struct *tty)
{
	if (!pw_n_ends)
		return 0;
	pw_end_forget(pw_address(tty));
	pw_end_forget((__u64)BPF_CORE_READ(tty, link));
	return 0;
}

SEC("?fexit/unix_stream_recvmsg")
int BPF_PROG(pw_stream_recv, struct socket *sock, struct msghdr *msg, unsigned long size,
	     int flags, int ret)
{
	__u64 sk = pw_address(sock->sk);

	if (ret > 0 && pw_n_ends)
		pw_after_receive(sk, pw_inode_of_sk(sk), PW_HOOK_UNIX_STREAM_READ);
	return 0;
}

SEC("?fexit/unix_dgram_recvmsg")
int BPF_PROG(pw_dgram_recv, struct socket *sock, struct msghdr *msg, unsigned long size,
	     int flags, int ret)
{
	__u64 sk = pw_address(sock->sk);

	if (ret > 0 && pw_n_ends)
		pw_after_receive(sk, pw_inode_of_sk(sk), PW_HOOK_UNIX_DGRAM_READ);
	return 0;
}

/* From a pipe it is read, before it is written to what the hooks ask about. */
SEC("?fentry/do_splice")
int BPF_PROG(pw_splice_in, struct file *in, long long *off_in, struct file *out)
{
	struct inode *inode = in->f_inode;

	if (pw_splices_refused)
		pw_splice_forget();
	if (!pw_n_marks || (inode->i_mode & S_IFMT) != S_IFIFO)
		return 0;
	if ((out->f_inode->i_mode & S_IFMT) == S_IFIFO)
		pw_after_read(inode);
	else
		pw_splice_from(inode, out->f_inode);
	return 0;
}

/* Into a pipe it is written behind what the hooks ask about. */
SEC("?fexit/do_splice")
int BPF_PROG(pw_splice_out, struct file *in, long long *off_in, struct file *out,
	     long long *off_out, unsigned long len, unsigned int flags, long ret)
{
	if (pw_splices_refused)
		pw_splice_forget();
	if (pw_holders && ret > 0)
		pw_pipe_to_pipe(in->f_inode, out->f_inode);
	return 0;
}

/* Its inner function is inlined; the 32-bit call is another one. */
SEC("?fentry/__x64_sys_vmsplice")
int BPF_PROG(pw_vmsplice, struct pt_regs___pw *regs)
{
	if (pw_holders)
		pw_pipe_by_fd(BPF_CORE_READ(regs, di));
	if (pw_n_marks)
		pw_pipe_read_by_fd(BPF_CORE_READ(regs, di));
	return 0;
}

/* It may have waited for what it read. */
SEC("?fexit/__x64_sys_vmsplice")
int BPF_PROG(pw_vmspliced, struct pt_regs___pw *regs, long ret)
{
	if (pw_n_marks && ret > 0)
		pw_pipe_read_by_fd(BPF_CORE_READ(regs, di));
	return 0;
}

SEC("?fentry/do_sendfile")
int BPF_PROG(pw_sendfile, int out_fd)
{
	if (pw_holders)
		pw_pipe_by_fd(out_fd);
	return 0;
}

SEC("?fentry/do_tee")
int BPF_PROG(pw_tee, struct file *in, struct file *out)
{
	if (pw_n_marks)
		pw_pipe_to_pipe(in->f_inode, out->f_inode);
	return 0;
}

/* ---- Mounts ---- */

SEC("?lsm/sb_mount")
int BPF_PROG(pw_sb_mount, const char *dev, const struct path *path, const char *type,
	     unsigned long flags, void *data, int ret)
{
	if (ret)
		return ret;
	return pw_on_mount(path);
}

SEC("?lsm/move_mount")
int BPF_PROG(pw_move_mount, const struct path *from, const struct path *to, int ret)
{
	if (ret)
		return ret;
	return pw_on_mount(to);
}

/*
 * The one that every way of mounting passes, whatever the mount namespace, when the file
 * system has read its superblock and before anybody can open anything on it. Nothing is
 * decided here.
 */
SEC("?lsm/sb_set_mnt_opts")
int BPF_PROG(pw_superblock, struct super_block *sb, void *options, unsigned long flags,
	     unsigned long *set_flags, int ret)
{
	struct pw_access access = { .sb = pw_address(sb) };

	if (ret)
		return ret;
	if (pw_now && sb->s_bdev) {
		pw_await(pw_address(sb));
		pw_tell_superblock(&access);
	}
	return 0;
}

SEC("?lsm/sb_free_security")
int BPF_PROG(pw_sb_free, struct super_block *sb)
{
	if (pw_n_marks)
		pw_sb_forget(pw_address(sb));
	if (pw_n_awaited)
		pw_await_end(pw_address(sb));
	return 0;
}

/* ---- What the agent asks about descriptors ---- */

/* For each descriptor of the agent that is in pw_registers: do as it says there. */
SEC("iter/task_file")
int pw_register_fd(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || task->tgid != pw_agent)
		return 0;
	pw_register_file(file, ctx->fd);
	return 0;
}

/* Labelled files that processes have open already. */
SEC("iter/task_file")
int pw_predates_fd(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || task->tgid == pw_agent)
		return 0;
	pw_tell_predating(ctx->meta->seq, task, file, ctx->fd, 0);
	return 0;
}

/* Labelled files that processes have mapped already: no hook will see those reads. */
SEC("iter/task_vma")
int pw_predates_map(struct bpf_iter__task_vma *ctx)
{
	struct task_struct *task = ctx->task;
	struct vm_area_struct *vma = ctx->vma;
	struct file *file;

	if (!task || !vma || task->tgid == pw_agent)
		return 0;
	file = vma->vm_file;
	if (!file)
		return 0;
	pw_tell_predating(ctx->meta->seq, task, file, PW_PREDATES_MAPPED, vma->vm_flags);
	return 0;
}

/* The domain of each task: those of no task have ended. */
SEC("iter/task")
int pw_live_domains(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task)
		pw_tell_domain(ctx->meta->seq, task);
	return 0;
}

/* Every process, and what it holds. */
SEC("iter/task")
int pw_processes(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task)
		pw_tell_process(ctx->meta->seq, task);
	return 0;
}

/* Hubs that run already when the policy comes to name them. */
SEC("iter/task")
int pw_find_hubs(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task)
		pw_find_hub(task);
	return 0;
}
