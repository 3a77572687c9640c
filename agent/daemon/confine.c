/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the process gives up: whoever takes it over shall get little by it. Capabilities go
 * before the first thread is made, for each thread has its own; system calls go last, for
 * all threads, when everything is loaded.
 *
 * A call that is not on the list fails with ENOSYS and a line in the audit log; it does not
 * kill. Calls that nobody has thought of come from libc and NSS modules, which take ENOSYS
 * for an older kernel and go another way, whereas an agent that is gone protects nothing.
 * Not EPERM either, which the canary's helper must get from the hooks alone.
 */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "host/identity.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* CLONE_NEWNS, ..CGROUP, ..UTS, ..IPC, ..USER, ..PID, ..NET */
#define CLONE_NAMESPACES 0x7e020000

static const unsigned int capabilities[] = {
	CAP_BPF,             /* maps and iterators, */
	CAP_PERFMON,         /* of programs that trace; */
	CAP_SYS_ADMIN,       /* a mount of one's own, and both of these on kernels that say so */
	CAP_SYS_PTRACE,      /* /proc of others */
	CAP_DAC_READ_SEARCH, /* trees and programs, wherever they are */
	CAP_CHOWN,           /* the control socket's group */
};

int pw_confine_privileges(void)
{
	capng_select_t sets = CAPNG_SELECT_CAPS;

	if (capng_get_caps_process() < 0)
		return pw_err(-EIO, "cannot read the capabilities of this process");
	/* The bounding set is out of reach under a service manager that has cut it already. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		sets = CAPNG_SELECT_BOTH;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		bool keep = false;

		for (size_t i = 0; i < PW_ARRAY_SIZE(capabilities); i++)
			keep |= capabilities[i] == cap;
		if (!keep)
			capng_update(CAPNG_DROP,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE |
					     CAPNG_BOUNDING_SET | CAPNG_AMBIENT,
				     cap);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return pw_err(-errno, "cannot give up gaining privileges");
	if (capng_apply(sets) < 0)
		return pw_err(-EPERM, "cannot drop capabilities");
	return 0;
}

/*
 * Without conditions. clone3 is not here, because its flags cannot be seen: libc goes on
 * with clone, and the audit log has a line for it. What ends in "at" and its elder are both
 * here: libc chooses.
 */
/* clang-format off */
static const int calls[] = {
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* threads, children, signals */
	SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(membarrier), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigpending), SCMP_SYS(sigaltstack), SCMP_SYS(getrlimit), SCMP_SYS(kill),
	SCMP_SYS(tgkill), SCMP_SYS(wait4), SCMP_SYS(waitid),
	/* time */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times),
	SCMP_SYS(getrusage),
	/* descriptors */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
	SCMP_SYS(pwrite64), SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(close),
	SCMP_SYS(close_range), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(fcntl),
	SCMP_SYS(lseek), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(fadvise64), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_create1), SCMP_SYS(eventfd2), SCMP_SYS(pipe2),
	SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch), SCMP_SYS(inotify_rm_watch),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(signalfd4),
	/* files */
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(link),
	SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown),
	SCMP_SYS(lchown), SCMP_SYS(fchown), SCMP_SYS(fchownat), SCMP_SYS(umask),
	SCMP_SYS(fgetxattr), SCMP_SYS(fsetxattr), SCMP_SYS(flistxattr), SCMP_SYS(fremovexattr),
	SCMP_SYS(open_tree),
	/* the labels of files: their xattr, and paths of what is known by its inode */
	SCMP_SYS(getxattr), SCMP_SYS(setxattr), SCMP_SYS(removexattr), SCMP_SYS(openat2),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(pidfd_open),
	/* sockets that are there */
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(shutdown),
	/* who and where we are */
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(getresuid), SCMP_SYS(getresgid), SCMP_SYS(getgroups), SCMP_SYS(capget),
	SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrandom),
};
/* clang-format on */

/* Where one argument decides: several of a call are alternatives. */
struct condition {
	int call;
	struct scmp_arg_cmp argument;
};

static const struct condition conditions[] = {
	/* memory is written or run, not both; what has been written is never run */
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0) },
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE) },
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) },
	{ SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
	{ SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_NAMESPACES, 0) },
	{ SCMP_SYS(prlimit64), SCMP_A2_64(SCMP_CMP_EQ, 0) }, /* asked, not set */
	/* no network of its own: NSS asks sssd's, nscd's or nslcd's socket */
	{ SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX) },
	{ SCMP_SYS(socketpair), SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, TCGETS) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, FS_IOC_GETFLAGS) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, FS_IOC_GETVERSION) },
	/* UUIDs of file systems */
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, PW_IDENTITY_GET_UUID) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, PW_IDENTITY_EXT4) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, PW_IDENTITY_XFS) },
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, PW_IDENTITY_BTRFS) },
	{ SCMP_SYS(prctl), SCMP_A0_64(SCMP_CMP_EQ, PR_SET_PDEATHSIG) },
	{ SCMP_SYS(prctl), SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME) },
	/* no further programs, no pins, no objects of others */
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_LE, BPF_MAP_GET_NEXT_KEY) }, /* and those before */
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_PROG_TEST_RUN) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_OBJ_GET_INFO_BY_FD) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_MAP_LOOKUP_AND_DELETE_ELEM) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_MAP_FREEZE) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_MAP_LOOKUP_BATCH) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_MAP_UPDATE_BATCH) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_MAP_DELETE_BATCH) },
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_LINK_CREATE) }, /* of iterators */
	{ SCMP_SYS(bpf), SCMP_A0_64(SCMP_CMP_EQ, BPF_ITER_CREATE) },
};

/* Who is nobody: owner of nothing. */
#define NOBODY 65534

/* Of @calls[], what the resolver has no use for: it makes nothing and removes nothing. */
static const int writing_calls[] = {
	SCMP_SYS(open),	     SCMP_SYS(openat),	  SCMP_SYS(rename),    SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(unlink),	  SCMP_SYS(unlinkat),  SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),   SCMP_SYS(rmdir),	  SCMP_SYS(link),      SCMP_SYS(linkat),
	SCMP_SYS(symlink),   SCMP_SYS(symlinkat), SCMP_SYS(mknod),     SCMP_SYS(mknodat),
	SCMP_SYS(chmod),     SCMP_SYS(fchmod),	  SCMP_SYS(fchmodat),  SCMP_SYS(chown),
	SCMP_SYS(lchown),    SCMP_SYS(fchown),	  SCMP_SYS(fchownat),  SCMP_SYS(fsetxattr),
	SCMP_SYS(fallocate), SCMP_SYS(ftruncate), SCMP_SYS(open_tree), SCMP_SYS(fremovexattr),
	SCMP_SYS(kill),	     SCMP_SYS(tgkill),	  SCMP_SYS(setxattr),  SCMP_SYS(removexattr),
	SCMP_SYS(openat2),   SCMP_SYS(pidfd_open), SCMP_SYS(open_by_handle_at),
};

/* Neither written nor made: of openat(2), and of open(2), whose flags stand one before. */
#define OPEN_WRITES (O_ACCMODE | O_CREAT | O_TRUNC)

static const struct condition resolver_conditions[] = {
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0) },
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE) },
	{ SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) },
	{ SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
	{ SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_NAMESPACES, 0) },
	{ SCMP_SYS(prlimit64), SCMP_A2_64(SCMP_CMP_EQ, 0) },
	{ SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, OPEN_WRITES, O_RDONLY) },
	{ SCMP_SYS(open), SCMP_A1_64(SCMP_CMP_MASKED_EQ, OPEN_WRITES, O_RDONLY) },
	{ SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX) },
	{ SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_EQ, AF_INET) },
	{ SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_EQ, AF_INET6) },
	{ SCMP_SYS(socket), SCMP_A0_64(SCMP_CMP_EQ, AF_NETLINK) }, /* which addresses we have */
	{ SCMP_SYS(ioctl), SCMP_A1_64(SCMP_CMP_EQ, FIONREAD) },
	{ SCMP_SYS(alarm), SCMP_A0_64(SCMP_CMP_GT, 0) },
};

static void cleanup_filter(scmp_filter_ctx *filter)
{
	seccomp_release(*filter);
}

struct filter {
	const int *without; /* of @calls */
	size_t n_without;
	const struct condition *condition;
	size_t n_conditions;
};

static bool is_left_out(const struct filter *wanted, int call)
{
	for (size_t i = 0; i < wanted->n_without; i++)
		if (wanted->without[i] == call)
			return true;
	return false;
}

static int load_filter(const struct filter *wanted)
{
	_cleanup_(cleanup_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM;

	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	if (r == 0) /* a search tree: the common calls pass by few comparisons */
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < PW_ARRAY_SIZE(calls) && r == 0; i++)
		if (!is_left_out(wanted, calls[i]))
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; i < wanted->n_conditions && r == 0; i++)
		r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, wanted->condition[i].call, 1,
					   &wanted->condition[i].argument);
	return r == 0 ? seccomp_load(filter) : r;
}

static bool has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 || errno != EINVAL;
}

int pw_confine_calls(void)
{
	const struct filter wanted = {
		.condition = conditions,
		.n_conditions = PW_ARRAY_SIZE(conditions),
	};
	int r;

	if (!has_seccomp()) {
		pw_warning("the kernel has no seccomp: going on without a list of system calls");
		return 0;
	}
	r = load_filter(&wanted);
	return r < 0 ? pw_err(r, "cannot restrict the system calls of this process") : 0;
}

int pw_confine_resolver(void)
{
	const struct filter wanted = {
		.without = writing_calls,
		.n_without = PW_ARRAY_SIZE(writing_calls),
		.condition = resolver_conditions,
		.n_conditions = PW_ARRAY_SIZE(resolver_conditions),
	};

	/* Nobody, where the service manager has left us the right to become so; else a root
	   without any privilege, whom the list of calls lets write nothing. */
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		pw_debug("the resolver stays root, without privileges");
	capng_clear(CAPNG_SELECT_BOTH);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return pw_err(-errno, "the resolver cannot give up gaining privileges");
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return pw_err(-EPERM, "the resolver cannot drop its capabilities");
	if (!has_seccomp())
		return 0;
	return load_filter(&wanted);
}
