/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this kernel has: asked of its BTF, never of its version. */
#include "base/cleanup.h"
#include "kernel/hooks.h"
#include "kernel/kernel.h"

#include <bpf/libbpf.h>
#include <string.h>

#define NEEDED true
#define OPTIONAL false

const struct pw_hook_program pw_hook_programs[] = {
	{ "pw_file_open", "file_open", PW_HOOK_FILE_OPEN, NEEDED, 0 },
	{ "pw_file_perm", "file_permission", PW_HOOK_FILE_PERMISSION, NEEDED, 0 },
	{ "pw_mmap_file", "mmap_file", PW_HOOK_MMAP_FILE, NEEDED, 0 },
	{ "pw_mprotect", "file_mprotect", PW_HOOK_FILE_MPROTECT, NEEDED, 0 },
	{ "pw_file_receive", "file_receive", PW_HOOK_FILE_RECEIVE, NEEDED, 0 },
	{ "pw_file_ioctl", "file_ioctl", PW_HOOK_FILE_IOCTL, NEEDED, 0 },
	{ "pw_ioctl_compat", "file_ioctl_compat", PW_HOOK_FILE_IOCTL, OPTIONAL, 0 },
	{ "pw_create", "inode_create", PW_HOOK_INODE_CREATE, NEEDED, 0 },
	{ "pw_symlink", "inode_symlink", PW_HOOK_INODE_SYMLINK, NEEDED, 0 },
	{ "pw_mkdir", "inode_mkdir", PW_HOOK_INODE_MKDIR, NEEDED, 0 },
	{ "pw_mknod", "inode_mknod", PW_HOOK_INODE_MKNOD, NEEDED, 0 },
	{ "pw_link", "inode_link", PW_HOOK_INODE_LINK, NEEDED, 0 },
	{ "pw_unlink", "inode_unlink", PW_HOOK_INODE_UNLINK, NEEDED, 0 },
	{ "pw_rmdir", "inode_rmdir", PW_HOOK_INODE_RMDIR, NEEDED, 0 },
	{ "pw_rename", "inode_rename", PW_HOOK_INODE_RENAME, NEEDED, 0 },
	{ "pw_getattr", "inode_getattr", PW_HOOK_INODE_GETATTR, NEEDED, 0 },
	{ "pw_readlink", "inode_readlink", PW_HOOK_INODE_READLINK, NEEDED, 0 },
	{ "pw_getxattr", "inode_getxattr", PW_HOOK_INODE_GETXATTR, NEEDED, 0 },
	{ "pw_listxattr", "inode_listxattr", PW_HOOK_INODE_LISTXATTR, NEEDED, 0 },
	{ "pw_notify", "path_notify", PW_HOOK_PATH_NOTIFY, NEEDED, 0 },
	{ "pw_setattr", "inode_setattr", PW_HOOK_INODE_SETATTR, NEEDED, 2 },
	{ "pw_setattr_map", "inode_setattr", PW_HOOK_INODE_SETATTR, NEEDED, 3 },
	{ "pw_setxattr", "inode_setxattr", PW_HOOK_INODE_SETXATTR, NEEDED, 0 },
	{ "pw_setxattr_ok", "inode_post_setxattr", PW_HOOK_INODE_SETXATTR, OPTIONAL, 0 },
	{ "pw_removexattr", "inode_removexattr", PW_HOOK_INODE_REMOVEXATTR, NEEDED, 0 },
	{ "pw_set_acl", "inode_set_acl", PW_HOOK_INODE_SET_ACL, OPTIONAL, 0 },
	{ "pw_get_acl", "inode_get_acl", PW_HOOK_INODE_GET_ACL, OPTIONAL, 0 },
	{ "pw_remove_acl", "inode_remove_acl", PW_HOOK_INODE_REMOVE_ACL, OPTIONAL, 0 },
	{ "pw_inode_free", "inode_free_security", PW_HOOK_INODE_FREE, NEEDED, 0 },
	{ "pw_permission", "inode_permission", PW_HOOK_INODE_PERMISSION, OPTIONAL, 0 },
	{ "pw_bprm_check", "bprm_check_security", PW_HOOK_BPRM_CHECK, NEEDED, 0 },
	{ "pw_bprm_commit", "bprm_committed_creds", PW_HOOK_BPRM_COMMITTED, NEEDED, 0 },
	{ "pw_task_alloc", "task_alloc", PW_HOOK_TASK_ALLOC, NEEDED, 0 },
	{ "pw_ptrace", "ptrace_access_check", PW_HOOK_PTRACE_ACCESS, NEEDED, 0 },
	{ "pw_traceme", "ptrace_traceme", PW_HOOK_PTRACE_TRACEME, NEEDED, 0 },
	{ "pw_sb_mount", "sb_mount", PW_HOOK_SB_MOUNT, NEEDED, 0 },
	{ "pw_move_mount", "move_mount", PW_HOOK_MOVE_MOUNT, NEEDED, 0 },
	{ "pw_superblock", "sb_set_mnt_opts", PW_HOOK_SUPERBLOCK, OPTIONAL, 0 },
	{ "pw_sb_free", "sb_free_security", PW_HOOK_SB_FREE, OPTIONAL, 0 },
	{ "pw_sock_create", "socket_create", PW_HOOK_SOCKET_CREATE, NEEDED, 0 },
	{ "pw_sock_connect", "socket_connect", PW_HOOK_SOCKET_CONNECT, NEEDED, 0 },
	{ "pw_sock_sendmsg", "socket_sendmsg", PW_HOOK_SOCKET_SENDMSG, NEEDED, 0 },
	{ "pw_sock_recvmsg", "socket_recvmsg", PW_HOOK_SOCKET_RECVMSG, NEEDED, 0 },
	{ "pw_unix_stream", "unix_stream_connect", PW_HOOK_UNIX_STREAM, NEEDED, 0 },
	{ "pw_unix_dgram", "unix_may_send", PW_HOOK_UNIX_DGRAM, NEEDED, 0 },
	{ "pw_sk_free", "sk_free_security", PW_HOOK_SK_FREE, OPTIONAL, 0 },
	{ "pw_msg_send", "msg_queue_msgsnd", PW_HOOK_MSG_SEND, OPTIONAL, 0 },
	{ "pw_msg_receive", "msg_queue_msgrcv", PW_HOOK_MSG_RECEIVE, OPTIONAL, 0 },
	{ "pw_msg_free", "msg_queue_free_security", PW_HOOK_MSG_FREE, OPTIONAL, 0 },
	{ "pw_key_alloc", "key_alloc", PW_HOOK_KEY_ALLOC, OPTIONAL, 0 },
	{ "pw_key_perm", "key_permission", PW_HOOK_KEY_PERMISSION, OPTIONAL, 0 },
	{ "pw_pipe_read", "pipe_read", PW_HOOK_PIPE_READ, OPTIONAL, 0 },
	{ "pw_anon_read", "anon_pipe_read", PW_HOOK_PIPE_READ, OPTIONAL, 0 },
	{ "pw_fifo_read", "fifo_pipe_read", PW_HOOK_PIPE_READ, OPTIONAL, 0 },
	{ "pw_tty_read", "tty_read", PW_HOOK_TTY_READ, OPTIONAL, 0 },
	{ "pw_tty_release", "tty_release", PW_HOOK_TTY_READ, OPTIONAL, 0 },
	{ "pw_tty_init", "tty_init_dev", PW_HOOK_TTY_READ, OPTIONAL, 0 },
	{ "pw_stream_recv", "unix_stream_recvmsg", PW_HOOK_UNIX_STREAM_READ, OPTIONAL, 0 },
	{ "pw_dgram_recv", "unix_dgram_recvmsg", PW_HOOK_UNIX_DGRAM_READ, OPTIONAL, 0 },
	{ "pw_splice_in", "do_splice", PW_HOOK_SPLICE, OPTIONAL, 0 },
	{ "pw_splice_out", "do_splice", PW_HOOK_SPLICE, OPTIONAL, 0 },
	{ "pw_tee", "do_tee", PW_HOOK_TEE, OPTIONAL, 0 },
	{ "pw_vmsplice", "__x64_sys_vmsplice", PW_HOOK_VMSPLICE, OPTIONAL, 0 },
	{ "pw_vmspliced", "__x64_sys_vmsplice", PW_HOOK_VMSPLICE, OPTIONAL, 0 },
	{ "pw_sendfile", "do_sendfile", PW_HOOK_SENDFILE, OPTIONAL, 0 },
	{ "pw_rmxattr_ok", "__vfs_removexattr_locked", PW_HOOK_XATTR_REMOVED, OPTIONAL, 0 },
	{ "pw_task_new", "wake_up_new_task", PW_HOOK_TASK_NEW, OPTIONAL, 0 },
	{ "pw_exit_mmap", "exit_mmap", PW_HOOK_MEMORY_END, OPTIONAL, 0 },
};

const size_t pw_n_hook_programs = PW_ARRAY_SIZE(pw_hook_programs);

_Static_assert(PW_ARRAY_SIZE(pw_hook_programs) <= PW_KERNEL_HOOKS_MAX, "room for every hook");

int pw_hook_parameters(const struct btf *btf, const struct pw_hook_program *hook)
{
	const struct btf_type *type;
	char name[128];
	int id;

	if (snprintf(name, sizeof(name), "%s%s", 
		     pw_hook_is_function(hook->number) ? "" : "bpf_lsm_", hook->hook) >=
	    (int)sizeof(name))
		return -ENOENT;
	id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	if (id < 0)
		return -ENOENT;
	type = btf__type_by_id(btf, (__u32)id);
	type = type ? btf__type_by_id(btf, type->type) : NULL;
	return type ? btf_vlen(type) : -ENOENT;
}

int pw_kernel_probe(struct pw_probe *ret_probe)
{
	libbpf_print_fn_t said = libbpf_set_print(NULL); /* what it finds is the result */
	struct btf *btf = btf__load_vmlinux_btf();

	libbpf_set_print(said);
	*ret_probe = (struct pw_probe){ .btf = btf != NULL };
	for (size_t i = 0; i < pw_n_hook_programs; i++) {
		const struct pw_hook_program *program = &pw_hook_programs[i];
		struct pw_probe_hook *hook = &ret_probe->hook[ret_probe->n_hooks];
		bool exists = btf && pw_hook_parameters(btf, program) >= 0;

		if (i && strcmp(program->hook, pw_hook_programs[i - 1].hook) == 0)
			continue;
		*hook = (struct pw_probe_hook){ program->hook, exists, program->needed };
		ret_probe->n_hooks++;
		ret_probe->lsm |= exists && !pw_hook_is_function(program->number);
	}
	btf__free(btf);
	return 0;
}
