// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved client writes its copy: who started it puts a pipe of eve's in place of the file. */
#include "flow-ways.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

#define LISTENER 100

static int filter_openat(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &prog);
}

/* Answers the one call with a descriptor of ours. */
static int answer(int listener)
{
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_addfd add = { .flags = SECCOMP_ADDFD_FLAG_SEND };
	struct pollfd p = { listener, POLLIN, 0 };

	if (poll(&p, 1, AT_DEADLINE_MS) != 1 ||
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return -EPERM; /* the client did not get so far */
	add.id = call.id;
	add.srcfd = (__u32)flow.fd[0];
	return flow_result(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
}

/*
 * Until it runs the client, the child has its descriptors in common with us; the client then
 * has none of the listener. (To take it out of the client is refused, and whoever holds the
 * only listener for itself waits for its own answer.)
 */
static int put(void)
{
	int status = 0, r = -ETIMEDOUT;
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0) {
		int listener = filter_openat();

		if (dup3(listener, LISTENER, O_CLOEXEC) < 0)
			_exit(errno);
		close(listener);
		execl("/opt/ehr/bin/ehr-client", "ehr-client", "copy", SECRET, own("copy"), NULL);
		_exit(errno);
	}
	for (int ms = 0; pid > 0 && r == -ETIMEDOUT && ms < AT_DEADLINE_MS; ms += 5) {
		if (fcntl(LISTENER, F_GETFD) >= 0)
			r = answer(LISTENER);
		else
			poll(NULL, 0, 5);
	}
	close(LISTENER); /* whatever still waits for an answer does so no more */
	waitpid(pid, &status, 0);
	return r;
}

FLOW_UNAPPROVED("attack: seccomp_addfd; threat: #41; op: read; door: ipc", .make = make_pipe,
		.put = put, .get = get_way, .reads_itself = true);
