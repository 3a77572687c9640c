/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The words of phiward and its limits, as numbers. Included by the BPF programs, the
 * daemon, the CLI and the tests, so that none of them can disagree.
 * Whoever includes this from BPF has included kernel.bpf.h first (for __u64 and friends).
 */
#ifndef PHIWARD_WORDS_H
#define PHIWARD_WORDS_H

#ifndef __bpf__
#include <linux/types.h>
#include <stdbool.h>
#endif

#define PW_LABELS_MAX 64   /* labels in a policy: one bit each */
#define PW_RULES_MAX 512   /* rules in a policy: one bit each in a mask */
#define PW_PATH_MAX 4096   /* bytes of a path in a policy or an event, without the NUL */
#define PW_NAME_MAX 255    /* bytes of one path component, as the kernel's NAME_MAX */
#define PW_TREES_MAX 131072 /* trees and files of a policy together */
#define PW_PLACES_MAX 64   /* places in a policy: one bit each */

#define PW_MASK_WORDS (PW_RULES_MAX / 64)
#define PW_RULE_NONE 0xffff /* no rule matched: the implicit deny */

enum pw_op {
	PW_OP_LIST = 0,
	PW_OP_STAT,
	PW_OP_READ,
	PW_OP_WRITE,
	PW_OP_CREATE,
	PW_OP_RENAME,
	PW_OP_LINK,
	PW_OP_DELETE,
	PW_OP_SEND,
	_PW_OP_MAX,
};

/* A way out of a label's reach. */
enum pw_door {
	PW_DOOR_NONE = 0, /* no `send` */
	PW_DOOR_NETWORK,
	PW_DOOR_UNIX,	  /* sockets of other people's processes and of services */
	PW_DOOR_REMOVABLE,
	PW_DOOR_PRINTER,
	PW_DOOR_FILE,	  /* a file that cannot keep the label, or a directory of a place */
	PW_DOOR_DEVICE,
	PW_DOOR_IPC,	  /* pipes, shared memory, queues between processes */
	PW_DOOR_MEMORY,	  /* ptrace, process_vm_readv and _writev */
	_PW_DOOR_MAX,
};

/* How far a label goes along with the data by itself, for each door. */
enum pw_spread {
	PW_SPREAD_PRACTICAL = 0,
	PW_SPREAD_STRICT,
	_PW_SPREAD_MAX,
};

/* Ordered by weight: the heaviest verdict among an object's labels is the verdict. */
enum pw_verdict {
	PW_ALLOW = 0,
	PW_WARN,
	PW_WOULD_DENY, /* a deny whose rule, or whose policy, is in mode observe */
	PW_DENY,
	_PW_VERDICT_MAX,
};

enum pw_mode {
	PW_OBSERVE = 0,
	PW_ENFORCE,
	_PW_MODE_MAX,
};

enum pw_severity {
	PW_SEVERITY_LOW = 0,
	PW_SEVERITY_MEDIUM,
	PW_SEVERITY_HIGH,
	PW_SEVERITY_CRITICAL,
	_PW_SEVERITY_MAX,
};

enum pw_class {
	PW_CLASS_IDENTITY = 0,
	PW_CLASS_HEALTH_STATUS,
	PW_CLASS_CARE,
	PW_CLASS_GENETIC,
	_PW_CLASS_MAX,
};

/* What a label does when the kernel half cannot tell (full map, failed look-up). */
enum pw_on_failure {
	PW_FAIL_OPEN = 0,
	PW_FAIL_CLOSED,
	_PW_ON_FAILURE_MAX,
};

#endif /* PHIWARD_WORDS_H */
