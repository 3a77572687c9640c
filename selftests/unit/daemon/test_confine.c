/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A confined process: what the agent still does it can, what it never does it cannot. Each
 * attempt is made in a child of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/confine.c" /* no archive holds it */

#include <fcntl.h>
#include <linux/openat2.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0, or the errno that @attempt left behind in a confined child; -1: it died. */
static int confined(int (*attempt)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (pw_confine_privileges() < 0 || pw_confine_calls() < 0)
			_exit(255);
		_exit(attempt() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int is_marked(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "re");
	_cleanup_free_ char *line = NULL;
	unsigned long long effective = ~0ull, allowed = 0;
	unsigned int no_new_privs = 0, mode = 0;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		sscanf(line, "CapEff: %llx", &effective);
		sscanf(line, "NoNewPrivs: %u", &no_new_privs);
		sscanf(line, "Seccomp: %u", &mode);
	}
	for (size_t i = 0; i < PW_ARRAY_SIZE(capabilities); i++)
		allowed |= 1ull << capabilities[i];
	errno = ENOANO;
	return no_new_privs == 1 && mode == 2 && !(effective & ~allowed) ? 0 : -1;
}

static void *in_thread(void *arg)
{
	*(int *)arg = is_marked();
	return NULL;
}

static int does_threads(void)
{
	pthread_t thread;
	int marked = -1;

	errno = pthread_create(&thread, NULL, in_thread, &marked);
	if (errno)
		return -1;
	pthread_join(thread, NULL);
	return marked;
}

static int does_children(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, &status, 0) != pid ? -1 : status;
}

static int does_files(void)
{
	struct stat st;
	int fd = open("/etc/passwd", O_PATH | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	fd = inotify_init1(IN_CLOEXEC);
	return fd < 0 ? -1 : inotify_add_watch(fd, "/etc", IN_CREATE);
}

static int does_names(void)
{
	struct passwd *entry = getpwnam("root");

	getpwuid(3999999999u);
	errno = ENOENT;
	return entry && entry->pw_uid == 0 ? 0 : -1;
}

static int does_sockets(void)
{
	int pair[2], fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };

	if (fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	if (epoll_ctl(fd, EPOLL_CTL_ADD, pair[0], &event) < 0 || write(pair[1], "x", 1) != 1)
		return -1;
	return epoll_wait(fd, &event, 1, 1000) == 1 ? 0 : -1;
}

static int does_memory(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? -1 : mprotect(map, 4096, PROT_READ);
}

/* The kernel looks at it: without the privilege it is EPERM, never ENOSYS. */
static int does_maps(void)
{
	union bpf_attr attr = { .map_fd = ~0u };

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 && errno == ENOSYS
		       ? -1
		       : 0;
}

static void test_goes_on(void **state)
{
	assert_int_equal(confined(is_marked), 0);
	assert_int_equal(confined(does_threads), 0);
	assert_int_equal(confined(does_children), 0);
	assert_int_equal(confined(does_files), 0);
	assert_int_equal(confined(does_names), 0);
	assert_int_equal(confined(does_sockets), 0);
	assert_int_equal(confined(does_memory), 0);
	assert_int_equal(confined(does_maps), 0);
}

static int tries_exec(void)
{
	return execl("/bin/true", "true", NULL);
}

static int tries_network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int tries_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int tries_programs(void)
{
	union bpf_attr attr = { 0 };

	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int tries_pins(void)
{
	union bpf_attr attr = { 0 };

	return (int)syscall(SYS_bpf, BPF_OBJ_PIN, &attr, sizeof(attr));
}

static int tries_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int tries_child_in_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}

static int tries_written_code(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? -1 : 0;
}

static int tries_code_later(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? 0 : mprotect(map, 4096, PROT_READ | PROT_EXEC);
}

static int tries_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int tries_terminal(void)
{
	return ioctl(0, TIOCSTI, "x");
}

static int tries_limits(void)
{
	struct {
		uint64_t now, most;
	} limit = { 16, 16 };

	return (int)syscall(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, &limit, NULL);
}

static int tries_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static void test_cannot(void **state)
{
	assert_int_equal(confined(tries_exec), ENOSYS);
	assert_int_equal(confined(tries_network), ENOSYS);
	assert_int_equal(confined(tries_netlink), ENOSYS);
	assert_int_equal(confined(tries_programs), ENOSYS);
	assert_int_equal(confined(tries_pins), ENOSYS);
	assert_int_equal(confined(tries_namespace), ENOSYS);
	assert_int_equal(confined(tries_child_in_namespace), ENOSYS);
	assert_int_equal(confined(tries_written_code), ENOSYS);
	assert_int_equal(confined(tries_code_later), ENOSYS);
	assert_int_equal(confined(tries_ptrace), ENOSYS);
	assert_int_equal(confined(tries_terminal), ENOSYS);
	assert_int_equal(confined(tries_limits), ENOSYS);
	assert_int_equal(confined(tries_uring), ENOSYS);
}

/* The same for the resolver. */
static int as_resolver(int (*attempt)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (pw_confine_resolver() < 0)
			_exit(255);
		_exit(attempt() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int does_ask(void)
{
	struct addrinfo *found = NULL;
	int r = getaddrinfo("localhost", NULL, NULL, &found);

	errno = ENOENT;
	return r == 0 && found ? 0 : -1;
}

static int does_udp(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0);
}

static int does_limit_itself(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(1);
		for (;;)
			poll(NULL, 0, -1);
	}
	errno = ENOTRECOVERABLE;
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
			       WTERMSIG(status) == SIGALRM
		       ? 0
		       : -1;
}

static int tries_to_make(void)
{
	return open("/tmp/phiward-unit-confine", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static int tries_to_write(void)
{
	return open("/etc/hostname", O_RDWR | O_CLOEXEC);
}

static int tries_to_make_otherwise(void)
{
	const struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0600 };

	return (int)syscall(SYS_openat2, AT_FDCWD, "/tmp/phiward-unit-confine", &how, sizeof(how));
}

static int tries_to_kill(void)
{
	return kill(getppid(), 0);
}

static int tries_packets(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int has_privilege(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "re");
	_cleanup_free_ char *line = NULL;
	unsigned long long caps, any = 0;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0)
		if (sscanf(line, "CapEff: %llx", &caps) == 1 ||
		    sscanf(line, "CapPrm: %llx", &caps) == 1)
			any |= caps;
	errno = ENOANO;
	return file && !any ? 0 : -1;
}

static void test_the_resolver_asks_and_no_more(void **state)
{
	assert_int_equal(as_resolver(does_ask), 0);
	assert_int_equal(as_resolver(does_udp), 0);
	assert_int_equal(as_resolver(does_children), 0);
	assert_int_equal(as_resolver(does_limit_itself), 0);
	assert_int_equal(as_resolver(has_privilege), 0);
	assert_int_equal(as_resolver(tries_to_make), ENOSYS);
	assert_int_equal(as_resolver(tries_to_make_otherwise), ENOSYS);
	assert_int_equal(as_resolver(tries_to_write), ENOSYS);
	assert_int_equal(as_resolver(tries_to_kill), ENOSYS);
	assert_int_equal(as_resolver(tries_packets), ENOSYS);
	assert_int_equal(as_resolver(tries_exec), ENOSYS);
	assert_int_equal(as_resolver(tries_programs), ENOSYS);
	assert_int_equal(as_resolver(tries_ptrace), ENOSYS);
	assert_int_equal(as_resolver(tries_child_in_namespace), ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_cannot),
		cmocka_unit_test(test_the_resolver_asks_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
