// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Ordinary work with memory and with processes: what programs share, map, seal, queue and
 * trace. In the current directory, which is writable.
 */
#include "calls.h"
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/user.h>

#define PAGE 4096
static const char text[] = "ordinary text";

static char *shared_page(int fd)
{
	return must((char *)mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0));
}

/* A child writes the text into memory that it shares with its parent. */
static void child_writes(char *page)
{
	pid_t pid = child();

	if (pid == 0) {
		strcpy(page, text);
		_exit(0);
	}
	child_ends(pid);
	is_so(strcmp(page, text) == 0);
}

static void do_shared_anonymous(void)
{
	child_writes(shared_page(-1));
}

static void do_shm_posix(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/battery.%d", getpid());
	fd = must(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	must(ftruncate(fd, PAGE));
	child_writes(shared_page(fd));
	must(shm_unlink(name));
}

static void do_shm_sysv(void)
{
	int id = must(shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600));
	char *page = must((char *)shmat(id, NULL, 0));

	child_writes(page);
	must(shmdt(page));
	must(shmctl(id, IPC_RMID, NULL));
}

static void do_sem_sysv(void)
{
	int id = must(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
	struct sembuf up = { 0, 1, 0 }, down = { 0, -1, 0 };
	pid_t pid = child();

	if (pid == 0)
		_exit(semop(id, &up, 1) != 0);
	must(semop(id, &down, 1));
	child_ends(pid);
	must(semctl(id, 0, IPC_RMID));
}

static void do_sem_posix(void)
{
	char name[64];
	sem_t *sem;
	pid_t pid;

	snprintf(name, sizeof(name), "/battery.%d", getpid());
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	is_so(sem != SEM_FAILED);
	pid = child();
	if (pid == 0)
		_exit(sem_post(sem) != 0);
	must(sem_wait(sem));
	child_ends(pid);
	must(sem_unlink(name));
}

static void do_msg_sysv(void)
{
	struct {
		long type;
		char text[64];
	} message = { .type = 7 };
	int id = must(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
	pid_t pid = child();

	if (pid == 0) {
		strcpy(message.text, text);
		_exit(msgsnd(id, &message, sizeof(message.text), 0) != 0);
	}
	must(msgrcv(id, &message, sizeof(message.text), 7, 0));
	child_ends(pid);
	is_so(strcmp(message.text, text) == 0);
	must(msgctl(id, IPC_RMID, NULL));
}

static void do_mq_posix(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	char name[64], got[64];
	mqd_t queue;
	pid_t pid;

	snprintf(name, sizeof(name), "/battery.%d", getpid());
	queue = must(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	pid = child();
	if (pid == 0)
		_exit(mq_send(queue, text, sizeof(text), 3) != 0);
	is_so(mq_receive(queue, got, sizeof(got), NULL) == sizeof(text));
	child_ends(pid);
	is_so(strcmp(got, text) == 0);
	must(mq_unlink(name));
}

static void do_memfd(void)
{
	int fd = must(memfd_create("battery", MFD_ALLOW_SEALING | MFD_CLOEXEC));
	char got[sizeof(text)];

	must(ftruncate(fd, PAGE));
	child_writes(shared_page(fd));
	is_so(pread(fd, got, sizeof(got), 0) == sizeof(got) && strcmp(got, text) == 0);
}

static void do_memfd_sealed(void)
{
	int fd = must(memfd_create("battery", MFD_ALLOW_SEALING | MFD_CLOEXEC));

	is_so(write(fd, text, sizeof(text)) == sizeof(text));
	must(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	is_so(write(fd, text, 1) == -1);
	must((char *)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
}

static void do_memfd_exec(void)
{
	int from = must(open("/bin/true", O_RDONLY | O_CLOEXEC)), status;
	int fd = must(memfd_create("true", MFD_CLOEXEC));
	char *argv[] = { "true", NULL }, *envp[] = { NULL };
	pid_t pid;

	while (must(sendfile(fd, from, NULL, 1 << 20)) > 0)
		;
	pid = child();
	if (pid == 0) {
		fexecve(fd, argv, envp);
		_exit(127);
	}
	must(waitpid(pid, &status, 0));
	is_so(status == 0);
}

static void do_file_shared(void)
{
	int fd = must(open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600));
	char got[sizeof(text)], *page;

	must(ftruncate(fd, PAGE));
	page = shared_page(fd);
	child_writes(page);
	must(msync(page, PAGE, MS_SYNC));
	is_so(pread(fd, got, sizeof(got), 0) == sizeof(got) && strcmp(got, text) == 0);
	must(unlink("mapped"));
}

static void do_file_private(void)
{
	int fd = must(open("private", O_RDWR | O_CREAT | O_TRUNC, 0600));
	char *page;

	is_so(write(fd, "before", 6) == 6);
	page = must((char *)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	memcpy(page, "behind", 6);
	must(mprotect(page, PAGE, PROT_READ));
	page = must((char *)mremap(page, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	is_so(memcmp(page, "behind", 6) == 0);
	must(unlink("private"));
}

static void do_memory_kinds(void)
{
	char *page = must((char *)mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memset(page, 1, 64 * PAGE);
	must(mlock(page, PAGE));
	must(munlock(page, PAGE));
	must(madvise(page, 64 * PAGE, MADV_DONTNEED));
	is_so(page[PAGE] == 0 && page[63 * PAGE] == 0);
	must(mprotect(page, PAGE, PROT_READ | PROT_EXEC));
	must(munmap(page, 64 * PAGE));
}

static void do_eventfd(void)
{
	int fd = must(eventfd(0, EFD_CLOEXEC));
	eventfd_t value;
	pid_t pid = child();

	if (pid == 0)
		_exit(eventfd_write(fd, 5) != 0);
	must(eventfd_read(fd, &value));
	child_ends(pid);
	is_so(value == 5);
}

static void do_timerfd(void)
{
	struct itimerspec soon = { .it_value = { .tv_nsec = 1000000 } };
	int fd = must(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
	unsigned long long turns;

	must(timerfd_settime(fd, 0, &soon, NULL));
	is_so(read(fd, &turns, sizeof(turns)) == sizeof(turns) && turns >= 1);
}

static void do_signalfd(void)
{
	struct signalfd_siginfo info;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &set, NULL));
	fd = must(signalfd(-1, &set, SFD_CLOEXEC));
	must(kill(getpid(), SIGUSR1));
	is_so(read(fd, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGUSR1);
}

static void *add(void *sum)
{
	for (int i = 0; i < 1000; i++)
		__sync_fetch_and_add((int *)sum, 1);
	return NULL;
}

static void do_threads(void)
{
	pthread_t threads[8];
	int sum = 0;

	for (int i = 0; i < 8; i++)
		is_so(pthread_create(&threads[i], NULL, add, &sum) == 0);
	for (int i = 0; i < 8; i++)
		is_so(pthread_join(threads[i], NULL) == 0);
	is_so(sum == 8000);
}

static void do_spawn(void)
{
	char *argv[] = { "true", NULL }, *envp[] = { NULL };

	for (int i = 0; i < 20; i++) {
		pid_t pid;

		is_so(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, envp) == 0);
		child_ends(pid);
	}
}

static void do_vfork(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(127);
		}
		child_ends(must(pid));
	}
}

/* A child that waits to be looked at, and its memory. */
static char secret[] = "in the child";

static pid_t waiting_child(int *ret_end)
{
	int ends[2];
	char byte;
	pid_t pid;

	must(pipe(ends));
	pid = child();
	if (pid == 0) {
		close(ends[1]);
		strcpy(secret, "by the child");
		_exit(read(ends[0], &byte, 1) < 0);
	}
	close(ends[0]);
	*ret_end = ends[1];
	return pid;
}

static void do_process_vm(void)
{
	char got[sizeof(secret)] = "";
	struct iovec here = { got, sizeof(got) }, there = { secret, sizeof(secret) };
	int end;
	pid_t pid = waiting_child(&end);

	while (strcmp(got, "by the child") != 0)
		is_so(process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof(got));
	is_so(process_vm_writev(pid, &here, 1, &there, 1, 0) == sizeof(got));
	close(end);
	child_ends(pid);
}

static void do_ptrace(void)
{
	struct user_regs_struct regs;
	int end, status;
	pid_t pid = waiting_child(&end);
	long word;

	must(ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	must(waitpid(pid, &status, 0));
	is_so(WIFSTOPPED(status));
	must(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, secret, NULL);
	if (errno)
		failed("PTRACE_PEEKDATA", __LINE__);
	must(ptrace(PTRACE_POKEDATA, pid, secret, (void *)word));
	must(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	close(end);
	child_ends(pid);
}

static void do_proc_mem(void)
{
	char path[64], got[sizeof(secret)] = "";
	int end, fd;
	pid_t pid = waiting_child(&end);

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = must(open(path, O_RDWR | O_CLOEXEC));
	while (strcmp(got, "by the child") != 0)
		is_so(pread(fd, got, sizeof(got), (off_t)(size_t)secret) == sizeof(got));
	close(end);
	child_ends(pid);
}

static void do_pidfd_getfd(void)
{
	int end, pidfd, fd;
	pid_t pid = waiting_child(&end);

	pidfd = (int)must(syscall(SYS_pidfd_open, pid, 0));
	fd = (int)must(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
	close(fd);
	close(end);
	child_ends(pid);
}

static void do_seccomp(void) /* the filter of a browser's renderer, in short */
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };
	pid_t pid = child();

	if (pid == 0) {
		must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
		is_so(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1);
		_exit(0);
	}
	child_ends(pid);
}

static void do_dumpable(void)
{
	must(prctl(PR_SET_DUMPABLE, 0));
	is_so(prctl(PR_GET_DUMPABLE) == 0);
	must(prctl(PR_SET_NAME, "renamed"));
	must(prctl(PR_SET_PDEATHSIG, SIGTERM));
}

static void do_sandbox(void) /* user, pid, net and ipc namespaces at once, as browsers do */
{
	pid_t pid = child();

	if (pid == 0) {
		must(unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
			     CLONE_NEWNS));
		pid = must(fork());
		if (pid == 0) {
			is_so(getpid() == 1);
			child_writes(shared_page(-1));
			_exit(0);
		}
		child_ends(pid);
		_exit(0);
	}
	child_ends(pid);
}

static const struct piece pieces[] = {
	{ "shared-anonymous", do_shared_anonymous },
	{ "shm-posix", do_shm_posix },
	{ "shm-sysv", do_shm_sysv },
	{ "sem-sysv", do_sem_sysv },
	{ "sem-posix", do_sem_posix },
	{ "msg-sysv", do_msg_sysv },
	{ "mq-posix", do_mq_posix },
	{ "memfd", do_memfd },
	{ "memfd-sealed", do_memfd_sealed },
	{ "memfd-exec", do_memfd_exec },
	{ "file-shared", do_file_shared },
	{ "file-private", do_file_private },
	{ "memory-kinds", do_memory_kinds },
	{ "eventfd", do_eventfd },
	{ "timerfd", do_timerfd },
	{ "signalfd", do_signalfd },
	{ "threads", do_threads },
	{ "spawn", do_spawn },
	{ "vfork", do_vfork },
	{ "process-vm", do_process_vm },
	{ "ptrace", do_ptrace },
	{ "proc-mem", do_proc_mem },
	{ "pidfd-getfd", do_pidfd_getfd },
	{ "seccomp", do_seccomp },
	{ "dumpable", do_dumpable },
	{ "sandbox", do_sandbox },
};

int main(int argc, char **argv)
{
	return do_piece(pieces, sizeof(pieces) / sizeof(*pieces), argc, argv);
}
