/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/canary.h"

#include "base/cleanup.h"
#include "phiward/event.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

struct pw_canary {
	char *dir;
	int dir_fd;
	int file_fd;	 /* readable, opened by the agent: for hooks behind open */
	int stream_fd;	 /* bound to "stream" in the directory, and listening */
	int own_fd;	 /* of datagrams, bound to "own" there: the helper has it, too */
	int socket;
	pid_t pid;
};

/* ---- In the helper ---- */

struct attempt {
	int dir;    /* of the canary, O_PATH */
	int file;
	int own;    /* a socket bound to a name in the directory */
	int inotify;
	int pair[2];
};

/* The socket @name in the directory @dir, which must be open. */
static struct sockaddr_un address_of(int dir, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", dir, name);
	return address;
}

static bool refused(long r)
{
	return r < 0 && errno == EPERM;
}

static bool try_open(const struct attempt *a)
{
	int fd = openat(a->dir, "file", O_RDONLY | O_CLOEXEC);
	bool was = refused(fd);

	pw_fd_close(fd);
	return was;
}

static bool try_read(const struct attempt *a)
{
	char byte;

	return refused(pread(a->file, &byte, 1, 0));
}

static bool try_mmap(const struct attempt *a)
{
	void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, a->file, 0);

	if (map == MAP_FAILED)
		return errno == EPERM;
	munmap(map, 4096);
	return false;
}

/* The descriptor is dropped on receipt, without an error. */
static bool try_receive(const struct attempt *a)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = -1;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &a->file, sizeof(int));
	if (sendmsg(a->pair[0], &message, 0) != 1)
		return false;
	memset(control, 0, sizeof(control));
	message.msg_controllen = sizeof(control);
	if (recvmsg(a->pair[1], &message, MSG_CMSG_CLOEXEC) != 1)
		return false;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_len < CMSG_LEN(sizeof(int)))
		return true;
	memcpy(&fd, CMSG_DATA(header), sizeof(int));
	pw_fd_close(fd);
	return false;
}

static bool try_create(const struct attempt *a)
{
	int fd = openat(a->dir, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool was = refused(fd);

	pw_fd_close(fd);
	return was;
}

static bool try_link(const struct attempt *a)
{
	return refused(linkat(a->dir, "file", a->dir, "link", 0));
}

static bool try_unlink(const struct attempt *a)
{
	return refused(unlinkat(a->dir, "file", 0));
}

static bool try_symlink(const struct attempt *a)
{
	return refused(symlinkat("nowhere", a->dir, "symlink2"));
}

static bool try_mkdir(const struct attempt *a)
{
	return refused(mkdirat(a->dir, "subdir2", 0700));
}

static bool try_rmdir(const struct attempt *a)
{
	return refused(unlinkat(a->dir, "subdir", AT_REMOVEDIR));
}

static bool try_mknod(const struct attempt *a)
{
	return refused(mknodat(a->dir, "fifo", S_IFIFO | 0600, 0));
}

static bool try_rename(const struct attempt *a)
{
	return refused(renameat(a->dir, "file", a->dir, "renamed"));
}

static bool try_readlink(const struct attempt *a)
{
	char target[16];

	return refused(readlinkat(a->dir, "symlink", target, sizeof(target)));
}

static bool try_setattr(const struct attempt *a)
{
	return refused(fchmodat(a->dir, "file", 0640, 0));
}

static bool try_getattr(const struct attempt *a)
{
	struct stat st;

	return refused(fstatat(a->dir, "file", &st, 0));
}

static bool try_setxattr(const struct attempt *a)
{
	return refused(fsetxattr(a->file, "user.phiward", "x", 1, 0));
}

static bool try_getxattr(const struct attempt *a)
{
	char value[8];

	return refused(fgetxattr(a->file, "user.phiward", value, sizeof(value)));
}

static bool try_listxattr(const struct attempt *a)
{
	char names[64];

	return refused(flistxattr(a->file, names, sizeof(names)));
}

static bool try_removexattr(const struct attempt *a)
{
	return refused(fremovexattr(a->file, "user.phiward"));
}

static bool try_notify(const struct attempt *a)
{
	char path[32];
	int watch;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", a->file);
	watch = inotify_add_watch(a->inotify, path, IN_OPEN);
	if (watch >= 0)
		inotify_rm_watch(a->inotify, watch);
	return refused(watch);
}

static bool try_ioctl(const struct attempt *a)
{
	int flags = 0;

	return refused(ioctl(a->file, FS_IOC_GETFLAGS, &flags));
}

static bool try_access(const struct attempt *a)
{
	return refused(faccessat(a->dir, "file", R_OK, 0));
}

/* A type of socket that the helper has no other use for. */
static bool try_socket(const struct attempt *a)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool was = refused(fd);

	pw_fd_close(fd);
	return was;
}

static bool try_connect_to(const struct attempt *a, int type, const char *name)
{
	_cleanup_close_ int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un to = address_of(a->dir, name);

	return fd >= 0 && refused(connect(fd, (const struct sockaddr *)&to, sizeof(to)));
}

static bool try_stream(const struct attempt *a)
{
	return try_connect_to(a, SOCK_STREAM, "stream");
}

static bool try_dgram(const struct attempt *a)
{
	return try_connect_to(a, SOCK_DGRAM, "own");
}

/* Of no use to anybody: it takes back a connection that there is not. */
static bool try_connect(const struct attempt *a)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return refused(connect(a->own, &none, sizeof(none)));
}

static bool try_send(const struct attempt *a)
{
	return refused(send(a->own, "c", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static bool try_receive_data(const struct attempt *a)
{
	char byte;

	return refused(recv(a->own, &byte, 1, MSG_DONTWAIT));
}

static const struct {
	enum pw_hook hook;
	bool (*attempt)(const struct attempt *a);
} attempts[] = {
	{ PW_HOOK_FILE_OPEN, try_open },
	{ PW_HOOK_FILE_PERMISSION, try_read },
	{ PW_HOOK_MMAP_FILE, try_mmap },
	{ PW_HOOK_FILE_RECEIVE, try_receive },
	{ PW_HOOK_INODE_CREATE, try_create },
	{ PW_HOOK_INODE_LINK, try_link },
	{ PW_HOOK_INODE_SYMLINK, try_symlink },
	{ PW_HOOK_INODE_MKDIR, try_mkdir },
	{ PW_HOOK_INODE_RMDIR, try_rmdir },
	{ PW_HOOK_INODE_MKNOD, try_mknod },
	{ PW_HOOK_INODE_RENAME, try_rename },
	{ PW_HOOK_INODE_READLINK, try_readlink },
	{ PW_HOOK_INODE_SETATTR, try_setattr },
	{ PW_HOOK_INODE_GETATTR, try_getattr },
	{ PW_HOOK_INODE_SETXATTR, try_setxattr },
	{ PW_HOOK_INODE_GETXATTR, try_getxattr },
	{ PW_HOOK_INODE_LISTXATTR, try_listxattr },
	{ PW_HOOK_INODE_REMOVEXATTR, try_removexattr },
	{ PW_HOOK_PATH_NOTIFY, try_notify },
	{ PW_HOOK_FILE_IOCTL, try_ioctl },
	{ PW_HOOK_INODE_PERMISSION, try_access },
	{ PW_HOOK_SOCKET_CREATE, try_socket },
	{ PW_HOOK_SOCKET_CONNECT, try_connect },
	{ PW_HOOK_SOCKET_SENDMSG, try_send },
	{ PW_HOOK_SOCKET_RECVMSG, try_receive_data },
	{ PW_HOOK_UNIX_STREAM, try_stream },
	{ PW_HOOK_UNIX_DGRAM, try_dgram },
	{ PW_HOOK_INODE_UNLINK, try_unlink }, /* last: the others need the file */
};

static void __attribute__((noreturn)) helper(int socket, const struct attempt *given)
{
	struct attempt attempt = *given;
	char go;

	attempt.inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, attempt.pair) < 0)
		_exit(1);
	while (read(socket, &go, 1) == 1) {
		struct pw_canary_result result = { 0 };

		for (size_t i = 0; i < PW_ARRAY_SIZE(attempts); i++) {
			uint64_t bit = 1ULL << attempts[i].hook;

			result.tried |= bit;
			if (attempts[i].attempt(&attempt))
				result.refused |= bit;
		}
		if (write(socket, &result, sizeof(result)) != sizeof(result))
			break;
	}
	_exit(0);
}

/* ---- In the agent ---- */

/* What the helper goes for, as it is when every attempt was refused. */
static int restore(struct pw_canary *canary)
{
	static const char *const strays[] = { "new", "link", "symlink2", "fifo", "renamed" };
	_cleanup_close_ int fd = -EBADF;
	int connection;

	/* were they to pile up, the next would not even be asked about */
	while ((connection = accept4(canary->stream_fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		pw_fd_close(connection);
	for (size_t i = 0; i < PW_ARRAY_SIZE(strays); i++)
		unlinkat(canary->dir_fd, strays[i], 0);
	unlinkat(canary->dir_fd, "subdir2", AT_REMOVEDIR);
	fd = openat(canary->dir_fd, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, "canary\n", 7) != 7)
		return -errno;
	if (mkdirat(canary->dir_fd, "subdir", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (symlinkat("file", canary->dir_fd, "symlink") < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static void remove_all(struct pw_canary *canary)
{
	if (canary->dir_fd < 0)
		return;
	restore(canary);
	unlinkat(canary->dir_fd, "file", 0);
	unlinkat(canary->dir_fd, "symlink", 0);
	unlinkat(canary->dir_fd, "stream", 0);
	unlinkat(canary->dir_fd, "own", 0);
	unlinkat(canary->dir_fd, "subdir", AT_REMOVEDIR);
	rmdir(canary->dir);
}

/* A socket of @type bound to @name in the directory, whatever stood there. */
static int make_socket(const struct pw_canary *canary, int type, const char *name, int *ret_fd)
{
	_cleanup_close_ int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address = address_of(canary->dir_fd, name);

	if (fd < 0)
		return -errno;
	unlinkat(canary->dir_fd, name, 0);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (type == SOCK_STREAM && listen(fd, 1) < 0)
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int pw_canary_new(const char *dir, struct pw_canary **ret_canary)
{
	struct pw_canary *canary = calloc(1, sizeof(*canary));
	int r;

	if (!canary)
		return -ENOMEM;
	canary->dir_fd = canary->file_fd = canary->socket = -EBADF;
	canary->stream_fd = canary->own_fd = -EBADF;
	canary->dir = strdup(dir);
	r = canary->dir ? 0 : -ENOMEM;
	if (r == 0 && mkdir(dir, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0) {
		canary->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = canary->dir_fd < 0 ? -errno : restore(canary);
	}
	if (r == 0)
		r = make_socket(canary, SOCK_STREAM, "stream", &canary->stream_fd);
	if (r == 0)
		r = make_socket(canary, SOCK_DGRAM, "own", &canary->own_fd);
	if (r < 0) {
		pw_canary_free(&canary);
		return r;
	}
	*ret_canary = canary;
	return 0;
}

static void stop(struct pw_canary *canary)
{
	canary->socket = pw_fd_close(canary->socket);
	canary->file_fd = pw_fd_close(canary->file_fd);
	if (canary->pid > 0) {
		kill(canary->pid, SIGKILL);
		waitpid(canary->pid, NULL, 0);
	}
	canary->pid = 0;
}

void pw_canary_free(struct pw_canary **canary_p)
{
	struct pw_canary *canary = *canary_p;

	if (!canary)
		return;
	stop(canary);
	remove_all(canary);
	pw_fd_close(canary->stream_fd);
	pw_fd_close(canary->own_fd);
	pw_fd_close(canary->dir_fd);
	free(canary->dir);
	free(canary);
	*canary_p = NULL;
}

int pw_canary_dir(const struct pw_canary *canary)
{
	return canary->dir_fd;
}

pid_t pw_canary_pid(const struct pw_canary *canary)
{
	return canary->pid;
}

int pw_canary_fd(const struct pw_canary *canary)
{
	return canary->socket;
}

/* In the child: with nothing open but what the helper needs. */
static void __attribute__((noreturn)) become_helper(const struct pw_canary *canary, int theirs)
{
	const int wanted[] = { canary->dir_fd, canary->file_fd, theirs, canary->own_fd };
	const struct attempt attempt = { .dir = 3, .file = 4, .own = 6 };
	int high[PW_ARRAY_SIZE(wanted)];
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "phiward-canary");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* above all that is open, then down again in their order, from 3 on */
	for (size_t i = 0; i < PW_ARRAY_SIZE(wanted); i++) {
		high[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, 100);
		if (high[i] < 0)
			_exit(1);
	}
	for (size_t i = 0; i < PW_ARRAY_SIZE(wanted); i++)
		dup2(high[i], 3 + (int)i);
	syscall(SYS_close_range, 3 + PW_ARRAY_SIZE(wanted), ~0U, 0);
	helper(5, &attempt);
}

/* Only what a child of a threaded process may call stands between fork and helper(). */
int pw_canary_spawn(struct pw_canary *canary)
{
	_cleanup_close_ int ours = -EBADF, theirs = -EBADF;
	int pair[2], r;
	pid_t pid;

	stop(canary);
	r = restore(canary);
	if (r < 0)
		return r;
	canary->file_fd = openat(canary->dir_fd, "file", O_RDWR | O_CLOEXEC);
	if (canary->file_fd < 0)
		return -errno;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_helper(canary, theirs);
	canary->pid = pid;
	canary->socket = TAKE_FD(ours);
	return 0;
}

int pw_canary_go(struct pw_canary *canary)
{
	int r = restore(canary);

	if (r < 0)
		return r;
	if (canary->socket < 0)
		return -EPIPE;
	if (send(canary->socket, "g", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
		return -errno;
	return 0;
}

int pw_canary_result(struct pw_canary *canary, struct pw_canary_result *ret_result)
{
	struct pw_canary_result result;
	ssize_t n = recv(canary->socket, &result, sizeof(result), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -EPIPE;
	if (n != sizeof(result))
		return -EPIPE;
	*ret_result = result;
	return 0;
}
