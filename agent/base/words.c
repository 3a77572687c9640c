/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/words.h"

#include <stddef.h>
#include <sys/stat.h>

const char *const pw_op_names[] = {
	[PW_OP_LIST] = "list",	   [PW_OP_STAT] = "stat",     [PW_OP_READ] = "read",
	[PW_OP_WRITE] = "write",   [PW_OP_CREATE] = "create", [PW_OP_RENAME] = "rename",
	[PW_OP_LINK] = "link",	   [PW_OP_DELETE] = "delete", [PW_OP_SEND] = "send",
};

const char *const pw_verdict_names[] = {
	[PW_ALLOW] = "allow",
	[PW_WARN] = "warn",
	[PW_WOULD_DENY] = "would-deny",
	[PW_DENY] = "deny",
};

const char *const pw_mode_names[] = {
	[PW_OBSERVE] = "observe",
	[PW_ENFORCE] = "enforce",
};

const char *const pw_severity_names[] = {
	[PW_SEVERITY_LOW] = "low",
	[PW_SEVERITY_MEDIUM] = "medium",
	[PW_SEVERITY_HIGH] = "high",
	[PW_SEVERITY_CRITICAL] = "critical",
};

const char *const pw_class_names[] = {
	[PW_CLASS_IDENTITY] = "identity",
	[PW_CLASS_HEALTH_STATUS] = "health-status",
	[PW_CLASS_CARE] = "care",
	[PW_CLASS_GENETIC] = "genetic",
};

const char *const pw_on_failure_names[] = {
	[PW_FAIL_OPEN] = "open",
	[PW_FAIL_CLOSED] = "closed",
};

const char *const pw_door_names[] = {
	[PW_DOOR_NONE] = "none",	   [PW_DOOR_NETWORK] = "network",
	[PW_DOOR_UNIX] = "unix",	   [PW_DOOR_REMOVABLE] = "removable",
	[PW_DOOR_PRINTER] = "printer",	   [PW_DOOR_FILE] = "file",
	[PW_DOOR_DEVICE] = "device",	   [PW_DOOR_IPC] = "ipc",
	[PW_DOOR_MEMORY] = "memory",
};

const char *const pw_spread_names[] = {
	[PW_SPREAD_PRACTICAL] = "practical",
	[PW_SPREAD_STRICT] = "strict",
};

const char *const pw_hook_names[] = {
	[PW_HOOK_NONE] = "none",
	[PW_HOOK_FILE_OPEN] = "file_open",
	[PW_HOOK_FILE_PERMISSION] = "file_permission",
	[PW_HOOK_MMAP_FILE] = "mmap_file",
	[PW_HOOK_FILE_RECEIVE] = "file_receive",
	[PW_HOOK_FILE_IOCTL] = "file_ioctl",
	[PW_HOOK_INODE_CREATE] = "inode_create",
	[PW_HOOK_INODE_LINK] = "inode_link",
	[PW_HOOK_INODE_UNLINK] = "inode_unlink",
	[PW_HOOK_INODE_SYMLINK] = "inode_symlink",
	[PW_HOOK_INODE_MKDIR] = "inode_mkdir",
	[PW_HOOK_INODE_RMDIR] = "inode_rmdir",
	[PW_HOOK_INODE_MKNOD] = "inode_mknod",
	[PW_HOOK_INODE_RENAME] = "inode_rename",
	[PW_HOOK_INODE_READLINK] = "inode_readlink",
	[PW_HOOK_INODE_SETATTR] = "inode_setattr",
	[PW_HOOK_INODE_GETATTR] = "inode_getattr",
	[PW_HOOK_INODE_SETXATTR] = "inode_setxattr",
	[PW_HOOK_INODE_GETXATTR] = "inode_getxattr",
	[PW_HOOK_INODE_LISTXATTR] = "inode_listxattr",
	[PW_HOOK_INODE_REMOVEXATTR] = "inode_removexattr",
	[PW_HOOK_INODE_SET_ACL] = "inode_set_acl",
	[PW_HOOK_INODE_GET_ACL] = "inode_get_acl",
	[PW_HOOK_INODE_REMOVE_ACL] = "inode_remove_acl",
	[PW_HOOK_PATH_NOTIFY] = "path_notify",
	[PW_HOOK_BPRM_CHECK] = "bprm_check_security",
	[PW_HOOK_BPRM_COMMITTED] = "bprm_committed_creds",
	[PW_HOOK_TASK_ALLOC] = "task_alloc",
	[PW_HOOK_PTRACE_ACCESS] = "ptrace_access_check",
	[PW_HOOK_PTRACE_TRACEME] = "ptrace_traceme",
	[PW_HOOK_SB_MOUNT] = "sb_mount",
	[PW_HOOK_MOVE_MOUNT] = "move_mount",
	[PW_HOOK_INODE_PERMISSION] = "inode_permission",
	[PW_HOOK_FILE_MPROTECT] = "file_mprotect",
	[PW_HOOK_INODE_FREE] = "inode_free_security",
	[PW_HOOK_SOCKET_CREATE] = "socket_create",
	[PW_HOOK_SOCKET_CONNECT] = "socket_connect",
	[PW_HOOK_SOCKET_SENDMSG] = "socket_sendmsg",
	[PW_HOOK_SOCKET_RECVMSG] = "socket_recvmsg",
	[PW_HOOK_UNIX_STREAM] = "unix_stream_connect",
	[PW_HOOK_UNIX_DGRAM] = "unix_may_send",
	[PW_HOOK_SK_FREE] = "sk_free_security",
	[PW_HOOK_MSG_SEND] = "msg_queue_msgsnd",
	[PW_HOOK_MSG_RECEIVE] = "msg_queue_msgrcv",
	[PW_HOOK_MSG_FREE] = "msg_queue_free_security",
	[PW_HOOK_KEY_ALLOC] = "key_alloc",
	[PW_HOOK_KEY_PERMISSION] = "key_permission",
	[PW_HOOK_SUPERBLOCK] = "sb_set_mnt_opts",
	[PW_HOOK_SB_FREE] = "sb_free_security",
	[PW_HOOK_PIPE_READ] = "pipe_read",
	[PW_HOOK_UNIX_STREAM_READ] = "unix_stream_recvmsg",
	[PW_HOOK_UNIX_DGRAM_READ] = "unix_dgram_recvmsg",
	[PW_HOOK_TTY_READ] = "tty_read",
	[PW_HOOK_SPLICE] = "do_splice",
	[PW_HOOK_TEE] = "do_tee",
	[PW_HOOK_VMSPLICE] = "vmsplice",
	[PW_HOOK_SENDFILE] = "do_sendfile",
	[PW_HOOK_XATTR_REMOVED] = "removexattr",
	[PW_HOOK_TASK_NEW] = "wake_up_new_task",
	[PW_HOOK_MEMORY_END] = "exit_mmap",
};

const char *const pw_event_kind_names[] = {
	[PW_EVENT_ACCESS] = "access",
	[PW_EVENT_CANARY] = "canary",
	[PW_EVENT_PREDATES_FD] = "open-before-start",
	[PW_EVENT_PREDATES_MAP] = "mapped-before-start",
	[PW_EVENT_IDENTITY] = "identity-lost",
	[PW_EVENT_MOUNT] = "mount-in-tree",
	[PW_EVENT_UNPROTECTED] = "not-protecting",
	[PW_EVENT_PROTECTED] = "protecting",
	[PW_EVENT_TOOK] = "took-label",
	[PW_EVENT_MARKED] = "labelled",
	[PW_EVENT_DECLASSIFIED] = "declassified",
	[PW_EVENT_SPREAD_LOST] = "label-lost",
	[PW_EVENT_SET] = "label-set",
	[PW_EVENT_CLEARED] = "label-cleared",
	[PW_EVENT_RECALLED] = "label-recalled",
	[PW_EVENT_SUPERBLOCK] = "superblock",
	[PW_EVENT_TAMPERED] = "label-tampered",
};

_Static_assert(sizeof(pw_op_names) / sizeof(char *) == _PW_OP_MAX, "a name for each operation");
_Static_assert(sizeof(pw_door_names) / sizeof(char *) == _PW_DOOR_MAX, "a name for each door");
_Static_assert(sizeof(pw_hook_names) / sizeof(char *) == _PW_HOOK_MAX, "a name for each hook");
_Static_assert(sizeof(pw_verdict_names) / sizeof(char *) == _PW_VERDICT_MAX, "each verdict");
_Static_assert(sizeof(pw_event_kind_names) / sizeof(char *) == _PW_EVENT_KIND_MAX, "each kind");

const char *pw_file_type_name(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFBLK:
		return "block-device";
	case S_IFCHR:
		return "character-device";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	default:
		return NULL;
	}
}
