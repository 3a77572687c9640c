// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * detach PID PROGRAM: has process PID close its link of the BPF program PROGRAM, the way an
 * attacker with root would: traced, at the end of the system call that it waits in.
 * Exit 1 with a message when that cannot be done, 77 when tracing it is refused.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_program(unsigned int id, const char *name)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { .prog_id = id };
	int fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	long r;

	if (fd < 0)
		return false;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (__u64)(unsigned long)&info;
	r = syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	close(fd);
	return r == 0 && strncmp(info.name, name, sizeof(info.name) - 1) == 0;
}

/* The descriptor of the link to the program, or -1. */
static int find_link(pid_t pid, const char *name)
{
	char path[64], line[128];
	struct dirent *entry;
	DIR *dir;
	int found = -1;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	dir = opendir(path);
	while (dir && found < 0 && (entry = readdir(dir))) {
		char file[320];
		unsigned int id;
		FILE *info;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		info = fopen(file, "r");
		bool link = false;

		while (info && fgets(line, sizeof(line), info)) {
			link |= strncmp(line, "link_type:", 10) == 0;
			if (link && sscanf(line, "prog_id: %u", &id) == 1 && is_program(id, name))
				found = atoi(entry->d_name);
		}
		if (info)
			fclose(info);
	}
	if (dir)
		closedir(dir);
	return found;
}

static int wait_stop(pid_t pid)
{
	int status;

	return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status) ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct user_regs_struct regs, call;
	pid_t pid = argc == 3 ? atoi(argv[1]) : 0;
	long code;
	int fd;

	if (pid <= 0)
		return 2;
	fd = find_link(pid, argv[2]);
	if (fd < 0) {
		fprintf(stderr, "detach: %d has no link to %s\n", pid, argv[2]);
		return 1;
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) {
		perror("detach: cannot trace");
		return errno == EPERM ? 77 : 1;
	}
	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 || wait_stop(pid) < 0 ||
	    ptrace(PTRACE_GETREGS, pid, 0, &regs) < 0) {
		perror("detach: cannot stop");
		return 1;
	}
	code = ptrace(PTRACE_PEEKTEXT, pid, regs.rip - 2, 0);
	if ((code & 0xffff) != 0x050f) {
		fprintf(stderr, "detach: not behind a system call\n");
		ptrace(PTRACE_DETACH, pid, 0, 0);
		return 3; /* try again */
	}
	call = regs;
	call.rip -= 2;
	call.rax = SYS_close;
	call.rdi = (unsigned long)fd;
	call.orig_rax = -1UL;
	if (ptrace(PTRACE_SETREGS, pid, 0, &call) < 0 || ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0 ||
	    wait_stop(pid) < 0 || ptrace(PTRACE_GETREGS, pid, 0, &call) < 0) {
		perror("detach: cannot call");
		return 1;
	}
	if ((long long)call.rax != 0) {
		fprintf(stderr, "detach: close(%d): %s\n", fd, strerror((int)-call.rax));
		return 1;
	}
	/* the wait that was interrupted: as a signal would have left it */
	regs.rax = (unsigned long)-EINTR;
	regs.orig_rax = -1UL;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return 0;
}
