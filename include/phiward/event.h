/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The event as it crosses from the kernel to the agent: one record of a ring buffer.
 * Fixed-width fields in groups of 8 bytes; strings follow the record, each with its length
 * in it, in the order path, path2, exe, script; no NULs. PW_EVENT_VERSION changes with any change.
 * The reader checks every length against the record's size before use.
 */
#ifndef PHIWARD_EVENT_H
#define PHIWARD_EVENT_H

#include "words.h"

#define PW_EVENT_VERSION 2
#define PW_COMM_LEN 16
#define PW_ANCESTORS_MAX 8 /* a power of two: an index can be masked */

enum pw_event_kind {
	PW_EVENT_ACCESS = 0,  /* a decision about an access */
	PW_EVENT_CANARY,      /* the same, on the canary: proof of life, never shown as an access */
	PW_EVENT_PREDATES_FD,  /* at start: a labelled file was open already */
	PW_EVENT_PREDATES_MAP, /* at start: a labelled file was mapped already (no hook can stop it) */
	PW_EVENT_IDENTITY,    /* a program lost its identity: see flags */
	PW_EVENT_MOUNT,       /* something was mounted in a labelled tree */
	PW_EVENT_UNPROTECTED, /* this host stopped being protected; path2 says why */
	PW_EVENT_PROTECTED,   /* it is protected again */
	PW_EVENT_TOOK,	      /* a process holds labels that it did not hold before */
	PW_EVENT_MARKED,      /* an object carries labels that it did not carry before */
	PW_EVENT_DECLASSIFIED, /* a declassifier wrote without its label */
	PW_EVENT_SPREAD_LOST, /* a label could not be kept with the data */
	PW_EVENT_SET,	      /* somebody labelled an object, by command */
	PW_EVENT_CLEARED,     /* somebody took labels off it, by command; path2 says why */
	PW_EVENT_RECALLED,    /* its labels came with it, in its xattr, as from a backup. From the
			       * kernel half: the xattr was set or taken off; path2 is its value,
			       * places the address of the superblock */
	PW_EVENT_SUPERBLOCK,  /* never shown: a file system is about to be mounted; to_addr is its
			       * UUID, to_uid its magic number, places the superblock's address */
	PW_EVENT_TAMPERED,    /* somebody took labels out of its xattr; it carries them still */
	_PW_EVENT_KIND_MAX,
};

/* Which hook saw it. Names in agent: pw_hook_name(). */
enum pw_hook {
	PW_HOOK_NONE = 0,
	PW_HOOK_FILE_OPEN,
	PW_HOOK_FILE_PERMISSION,
	PW_HOOK_MMAP_FILE,
	PW_HOOK_FILE_RECEIVE,
	PW_HOOK_FILE_IOCTL,
	PW_HOOK_INODE_CREATE,
	PW_HOOK_INODE_LINK,
	PW_HOOK_INODE_UNLINK,
	PW_HOOK_INODE_SYMLINK,
	PW_HOOK_INODE_MKDIR,
	PW_HOOK_INODE_RMDIR,
	PW_HOOK_INODE_MKNOD,
	PW_HOOK_INODE_RENAME,
	PW_HOOK_INODE_READLINK,
	PW_HOOK_INODE_SETATTR,
	PW_HOOK_INODE_GETATTR,
	PW_HOOK_INODE_SETXATTR,
	PW_HOOK_INODE_GETXATTR,
	PW_HOOK_INODE_LISTXATTR,
	PW_HOOK_INODE_REMOVEXATTR,
	PW_HOOK_INODE_SET_ACL,
	PW_HOOK_INODE_GET_ACL,
	PW_HOOK_INODE_REMOVE_ACL,
	PW_HOOK_PATH_NOTIFY,
	PW_HOOK_BPRM_CHECK,
	PW_HOOK_BPRM_COMMITTED,
	PW_HOOK_TASK_ALLOC,
	PW_HOOK_PTRACE_ACCESS,
	PW_HOOK_PTRACE_TRACEME,
	PW_HOOK_SB_MOUNT,
	PW_HOOK_MOVE_MOUNT,
	PW_HOOK_INODE_PERMISSION, /* only with hide-names */
	PW_HOOK_FILE_MPROTECT,
	PW_HOOK_INODE_FREE, /* no decision: what is known of an inode ends with it */
	PW_HOOK_SOCKET_CREATE,
	PW_HOOK_SOCKET_CONNECT,
	PW_HOOK_SOCKET_SENDMSG,
	PW_HOOK_SOCKET_RECVMSG,
	PW_HOOK_UNIX_STREAM,
	PW_HOOK_UNIX_DGRAM,
	PW_HOOK_SK_FREE,
	PW_HOOK_MSG_SEND,
	PW_HOOK_MSG_RECEIVE,
	PW_HOOK_MSG_FREE,
	PW_HOOK_KEY_ALLOC,
	PW_HOOK_KEY_PERMISSION,
	PW_HOOK_SUPERBLOCK, /* no decision: the agent hears of it */
	PW_HOOK_SB_FREE,
	/* no hooks of the LSM: functions that are looked at as well */
	PW_HOOK_PIPE_READ,
	PW_HOOK_UNIX_STREAM_READ,
	PW_HOOK_UNIX_DGRAM_READ,
	PW_HOOK_TTY_READ,
	PW_HOOK_SPLICE,
	PW_HOOK_TEE,
	PW_HOOK_VMSPLICE,
	PW_HOOK_SENDFILE,
	PW_HOOK_XATTR_REMOVED,
	PW_HOOK_TASK_NEW,   /* no decision: memory that ways belong to begins */
	PW_HOOK_MEMORY_END, /* and ends */
	_PW_HOOK_MAX,
};

/* struct pw_event.flags: why, beside the rule. */
#define PW_WHY_CROSSES (1u << 0)        /* between different label sets: -EXDEV */
#define PW_WHY_UNKNOWN_OBJECT (1u << 1) /* no path to a root could be walked */
#define PW_WHY_RAW_DEVICE (1u << 2)     /* the block device under a labelled tree */
#define PW_WHY_NO_TASK_STATE (1u << 3)  /* identity of the task could not be kept */
#define PW_WHY_PROGRAM_PREDATES (1u << 4) /* process older than the agent: program unknown */
#define PW_WHY_PROGRAM_WRITABLE (1u << 5) /* the executable is writable by others than root */
#define PW_WHY_PROGRAM_CHANGED (1u << 6)  /* the executable changed since it was resolved */
#define PW_WHY_PROGRAM_TRACED (1u << 7)   /* traced when it was started, or traced now */
#define PW_WHY_PROGRAM_FOREIGN_CODE (1u << 8) /* mapped code that others than root can write */
#define PW_WHY_SNAPSHOT (1u << 9)       /* a snapshot or clone of a labelled subvolume */
#define PW_WHY_KERNEL_THREAD (1u << 10)
#define PW_WHY_CANARY (1u << 11)
#define PW_WHY_MEMORY (1u << 12)        /* ptrace-like access to a trusted program's memory */
#define PW_WHY_HELD (1u << 13)          /* decided for what the process holds, not for the object */
#define PW_WHY_NO_LABELS_KEPT (1u << 14) /* the file system cannot keep a label */
#define PW_WHY_AWAITED (1u << 15)       /* just mounted: its labels are not back yet */
#define PW_WHY_PATH_RACED (1u << 16)    /* path changed while it was read: may be inexact */
#define PW_WHY_PATH_LOST (1u << 17)     /* path could not be built: counted */
#define PW_WHY_PATH_DELETED (1u << 18)  /* the name is no longer linked */
#define PW_WHY_AUID_UNSET (1u << 19)    /* no login: the person is the uid */

struct pw_ancestor {
	__u64 start_ns; /* CLOCK_BOOTTIME */
	__u32 pid;
	__u32 reserved;
	char comm[PW_COMM_LEN]; /* for display only: anyone may set it */
};

struct pw_event {
	__u32 size; /* of the whole record, strings included */
	__u16 version;
	__u8 kind;    /* enum pw_event_kind */
	__u8 verdict; /* enum pw_verdict */
	__u64 seq;    /* per CPU and ring, from 1, without gaps unless records were dropped */
	__u64 dropped; /* records of this CPU and ring dropped so far */
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u64 generation; /* of the policy that decided */
	__u64 labels;
	__u16 rule;   /* index, or PW_RULE_NONE */
	__u8 op;      /* enum pw_op */
	__u8 hook;    /* enum pw_hook */
	__u8 severity; /* enum pw_severity */
	__u8 label;   /* the label that decided */
	__u16 cpu;
	__u32 flags;  /* PW_WHY_* */
	__u32 error;  /* errno given to the caller, positive; 0: the access went on */
	/* who */
	__u32 pid;    /* thread group, in the initial pid namespace */
	__u32 tid;
	__u64 start_ns; /* of the thread group, CLOCK_BOOTTIME */
	__u32 uid;    /* objective credentials */
	__u32 euid;
	__u32 gid;
	__u32 auid;   /* 0xffffffff: unset */
	__u32 session; /* audit session id; 0xffffffff: unset */
	__u32 n_ancestors;
	char comm[PW_COMM_LEN]; /* for display only */
	/* with what */
	__u64 exe_inode;  /* number, as recorded at exec; 0: unknown */
	__u32 exe_dev;    /* kernel encoding: major << 20 | minor */
	__u32 exe_generation;
	/* on what */
	__u64 inode;
	__u32 dev;
	__u32 inode_generation;
	__u32 mode;   /* i_mode */
	__u16 path_len;
	__u16 path2_len; /* destination of rename and link */
	__u16 exe_len;
	__u16 script_len;
	__u8 door;    /* enum pw_door */
	__u8 to_family; /* AF_*; 0: no address */
	__u16 to_port;  /* host order */
	/* lineage */
	__u64 held;	   /* labels that the process held */
	__u64 domain;	   /* whose labels those are; 0: it has never held one */
	__u64 domain_from; /* forked or executed from; 0: took its labels from an object */
	__u64 object_labels; /* carried by the object itself, by lineage */
	__u64 places;	   /* of the policy, that the destination belongs to */
	__u8 to_addr[16];  /* IPv6, or IPv4 mapped into it */
	__u32 to_uid;	   /* owner of the other end; 0xffffffff: unknown */
	__u16 to_protocol; /* IPPROTO_* */
	__u16 to_reserved;
	struct pw_ancestor ancestor[PW_ANCESTORS_MAX];
	/* path, path2, exe, script */
};

#ifndef __bpf__
_Static_assert(sizeof(struct pw_ancestor) == 32, "struct pw_ancestor is an ABI");
_Static_assert(sizeof(struct pw_event) == 232 + 32 * PW_ANCESTORS_MAX, "struct pw_event is an ABI");
#endif

#endif /* PHIWARD_EVENT_H */
