// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The approved program of the battery, the ordinary-work tests and the demo: a records
 * client that does each operation by plain system calls. Run without arguments for its
 * commands. Exit 0: done, 1: refused or failed (says what and why), 2: wrong usage.
 */
#define AT_OWN_MAIN
#include "uring.h"
#include <sys/resource.h>

static int failed(const char *what, const char *path)
{
	fprintf(stderr, "ehr-client: %s '%s': %s\n", what, path, strerrorname_np(errno));
	return 1;
}

static int write_all(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0666);
	size_t len = strlen(text);

	if (fd < 0)
		return failed("cannot open", path);
	if (write(fd, text, len) != (ssize_t)len || fsync(fd) < 0)
		return failed("cannot write", path);
	close(fd);
	return 0;
}

static int slurp(const char *path, char *ret_text, size_t size)
{
	return get_file(path, ret_text, size) < 0 ? failed("cannot read", path) : 0;
}

static int done(const char *dir)
{
	return dir ? write_all(at_join(dir, "helped"), O_CREAT, "") : 0;
}

static int cmd_read(char **arg)
{
	char buf[65536];
	ssize_t len;
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return failed("cannot open", arg[0]);
	while ((len = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)len, stdout);
	return len < 0 ? failed("cannot read", arg[0]) : 0;
}

static int cmd_write(char **arg)
{
	return write_all(arg[0], O_CREAT | O_TRUNC, arg[1]);
}

static int cmd_append(char **arg)
{
	return write_all(arg[0], O_CREAT | O_APPEND, arg[1]);
}

static int cmd_save(char **arg)
{
	char temp[PATH_MAX];

	snprintf(temp, sizeof(temp), "%s.tmp", arg[0]);
	int r = write_all(temp, O_CREAT | O_EXCL, arg[1]);
	if (r)
		return r;
	return rename(temp, arg[0]) < 0 ? failed("cannot rename over", arg[0]) : 0;
}

static int cmd_ls(char **arg)
{
	DIR *dir = opendir(arg[0]);
	struct dirent *entry;

	if (!dir)
		return failed("cannot list", arg[0]);
	while (errno = 0, (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			puts(entry->d_name);
	return errno ? failed("cannot list", arg[0]) : 0;
}

static int cmd_stat(char **arg)
{
	struct stat st;

	if (stat(arg[0], &st) < 0)
		return failed("cannot stat", arg[0]);
	printf("%lld %o\n", (long long)st.st_size, st.st_mode & 07777);
	return 0;
}

static int cmd_rm(char **arg)
{
	return unlink(arg[0]) < 0 ? failed("cannot delete", arg[0]) : 0;
}

static int cmd_mkdir(char **arg)
{
	return mkdir(arg[0], 0777) < 0 ? failed("cannot make", arg[0]) : 0;
}

static int cmd_rmdir(char **arg)
{
	return rmdir(arg[0]) < 0 ? failed("cannot delete", arg[0]) : 0;
}

static int cmd_mv(char **arg)
{
	return rename(arg[0], arg[1]) < 0 ? failed("cannot rename", arg[0]) : 0;
}

static int cmd_ln(char **arg)
{
	return link(arg[0], arg[1]) < 0 ? failed("cannot link", arg[0]) : 0;
}

static int cmd_symlink(char **arg)
{
	return symlink(arg[0], arg[1]) < 0 ? failed("cannot link", arg[1]) : 0;
}

static int cmd_chmod(char **arg)
{
	return chmod(arg[1], (mode_t)strtol(arg[0], NULL, 8)) < 0 ? failed("cannot chmod", arg[1])
								  : 0;
}

static int cmd_truncate(char **arg)
{
	return truncate(arg[1], (off_t)at_number(arg[0])) < 0 ? failed("cannot truncate", arg[1])
							      : 0;
}

/* Reads what O_TRUNC of an open for reading leaves: nothing. */
static int cmd_empty(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return failed("cannot empty", arg[0]);
	close(fd);
	return 0;
}

static int cmd_xattr(char **arg)
{
	char text[256] = "";

	if (setxattr(arg[0], "user.note", arg[1], strlen(arg[1]), 0) < 0 ||
	    getxattr(arg[0], "user.note", text, sizeof(text) - 1) < 0 ||
	    listxattr(arg[0], NULL, 0) < 0 || removexattr(arg[0], "user.note") < 0)
		return failed("cannot keep attributes on", arg[0]);
	return strcmp(text, arg[1]) ? failed("wrong attribute on", arg[0]) : 0;
}

static int cmd_mmap(char **arg)
{
	int fd = open(arg[0], O_RDWR | O_CLOEXEC);
	char *map =
		fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return failed("cannot map", arg[0]);
	memcpy(map, arg[1], strlen(arg[1]));
	return msync(map, 4096, MS_SYNC) < 0 ? failed("cannot write back", arg[0]) : 0;
}

static int cmd_copy(char **arg)
{
	char text[65536];
	int r = slurp(arg[0], text, sizeof(text));

	return r ?: write_all(arg[1], O_CREAT | O_TRUNC, text);
}

static int cmd_uring_copy(char **arg)
{
	static char buf[65536];
	struct ring ring = { 0 };
	int r = ring_open(&ring, 0), in, out, len;
	struct io_uring_sqe sqe = sqe_openat(arg[0], O_RDONLY);

	if (r)
		return r;
	in = ring_do(&ring, &sqe);
	if (in < 0)
		return errno = -in, failed("cannot open", arg[0]);
	sqe = sqe_openat(arg[1], O_WRONLY | O_CREAT | O_TRUNC);
	sqe.len = 0666;
	sqe.flags = IOSQE_ASYNC;
	out = ring_do(&ring, &sqe);
	if (out < 0)
		return errno = -out, failed("cannot open", arg[1]);
	sqe = sqe_read(in, buf, sizeof(buf));
	len = ring_do(&ring, &sqe);
	if (len < 0)
		return errno = -len, failed("cannot read", arg[0]);
	sqe = sqe_read(out, buf, (unsigned int)len);
	sqe.opcode = IORING_OP_WRITE;
	sqe.flags = IOSQE_ASYNC;
	len = ring_do(&ring, &sqe);
	return len < 0 ? (errno = -len, failed("cannot write", arg[1])) : 0;
}

/* Goes @levels down, making directories "d", writes and reads back at the bottom. */
static int cmd_deep(char **arg)
{
	int dir = open(arg[0], O_PATH | O_DIRECTORY), levels = (int)at_number(arg[1]);
	char byte = 0;

	for (int i = 0; i < levels; i++) {
		int next;

		if (mkdirat(dir, "d", 0777) < 0 && errno != EEXIST)
			return failed("cannot make a directory below", arg[0]);
		next = openat(dir, "d", O_PATH | O_DIRECTORY);
		if (next < 0)
			return failed("cannot go below", arg[0]);
		close(dir);
		dir = next;
	}
	int fd = openat(dir, "leaf", O_RDWR | O_CREAT, 0666);
	if (fd < 0 || write(fd, "x", 1) != 1 || pread(fd, &byte, 1, 0) != 1 || byte != 'x')
		return failed("cannot write far below", arg[0]);
	return 0;
}

static int cmd_tmpfile(char **arg)
{
	int fd = open(arg[0], O_TMPFILE | O_RDWR, 0666);

	if (fd < 0 || write(fd, arg[2], strlen(arg[2])) < 0)
		return failed("cannot make a file without a name in", arg[0]);
	if (linkat(AT_FDCWD, at_join("/proc/self/fd", "%d", fd), AT_FDCWD, arg[1],
		   AT_SYMLINK_FOLLOW) < 0)
		return failed("cannot give it the name", arg[1]);
	return 0;
}

static int cmd_send_fd(char **arg)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char ctl[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof(ctl)
	};
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC),
	    sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return failed("cannot open", arg[0]);
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", arg[1]);
	for (int ms = 0; connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0; ms += 10) {
		if (ms > AT_DEADLINE_MS)
			return failed("cannot connect to", arg[1]);
		poll(NULL, 0, 10);
	}
	*CMSG_FIRSTHDR(&msg) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS,
						 .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(fd));
	if (sendmsg(sock, &msg, 0) < 0)
		return failed("cannot send to", arg[1]);
	/* until the other side is done, or it would see an end too early */
	return read(sock, &byte, 1) < 0;
}

static int cmd_exec(char **arg)
{
	int fd = open(arg[0], O_RDONLY);

	if (fd < 0)
		return failed("cannot open", arg[0]);
	dup2(fd, 0);
	execv(arg[1], arg + 1);
	return failed("cannot run", arg[1]);
}

/* Holds the file open, mapped and in memory; says where in STATE; waits to be told to end. */
static int cmd_serve(char **arg)
{
	static char text[4096];
	char state[256];
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC), r = slurp(arg[0], text, sizeof(text));

	if (r || fd < 0)
		return r ?: failed("cannot open", arg[0]);
	void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return failed("cannot map", arg[0]);
	snprintf(state, sizeof(state), "%d %d %lx %zu %lx", getpid(), fd, (unsigned long)text,
		 strlen(text), (unsigned long)map);
	if (symlink(state, arg[1]) < 0) /* a file would carry the label, and be refused to others */
		return failed("cannot make", arg[1]);
	alarm(60);
	for (;;)
		pause();
}

/* Holds the file in memory and dies with a core, in DIR. */
static int cmd_dump(char **arg)
{
	static char text[4096];
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int r = slurp(arg[0], text, sizeof(text)), status;
	pid_t pid = r ? -1 : fork();

	if (pid < 0)
		return 1;
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &all);
		if (chdir(arg[1]) < 0)
			_exit(1);
		raise(SIGQUIT);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return done(arg[1]);
}

static int cmd_recreate(char **arg)
{
	char text[4096];
	int r = slurp(arg[0], text, sizeof(text)) ?: cmd_rm(arg);

	return r ?: write_all(arg[0], O_CREAT | O_EXCL, text) ?: chmod(arg[0], 0666) < 0 ? 1 : done(getenv("OWN_DIR"));
}

static int cmd_redir(char **arg)
{
	char text[4096];
	char *into[] = { arg[1], (char *)at_join(arg[0], "secret") };

	if (slurp(arg[1], text, sizeof(text)) || cmd_rmdir(arg) || cmd_mkdir(arg))
		return 1;
	return cmd_copy(into) ?: done(getenv("OWN_DIR"));
}

static int cmd_resave(char **arg)
{
	char text[4096];
	char *save[] = { arg[0], text };

	return slurp(arg[0], text, sizeof(text)) ?: cmd_save(save) ?: done(getenv("OWN_DIR"));
}

static int cmd_new(char **arg)
{
	return cmd_copy(arg) ?: done(getenv("OWN_DIR"));
}

static int cmd_into_cache(char **arg)
{
	const char *home = at_join("/srv/home", "%s", arg[0]);
	const char *cache = at_join(home, ".ehr-cache");
	char *copy[] = { (char *)phi("secret"), (char *)at_join(cache, "secret") };

	/* what is mounted there is there */
	if ((mkdir(home, 0777) < 0 && errno != EEXIST) || mkdir(cache, 0777) < 0)
		return failed("cannot make", cache);
	return cmd_copy(copy) ?: done(getenv("OWN_DIR"));
}

static int cmd_rm_told(char **arg)
{
	return cmd_rm(arg) ?: done(getenv("OWN_DIR"));
}

/* What is mapped from elsewhere than the system's directories, then the file. */
static int cmd_maps_then_read(char **arg)
{
	char line[PATH_MAX];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "libc.so"))
			fputs(line, stdout);
	fflush(stdout);
	return cmd_read(arg);
}

static const struct {
	const char *name;
	int args; /* at least */
	int (*run)(char **arg);
	const char *usage;
} commands[] = {
	{ "read", 1, cmd_read, "FILE" },
	{ "write", 2, cmd_write, "FILE TEXT" },
	{ "append", 2, cmd_append, "FILE TEXT" },
	{ "save", 2, cmd_save, "FILE TEXT       (new file, renamed over FILE)" },
	{ "ls", 1, cmd_ls, "DIR" },
	{ "stat", 1, cmd_stat, "FILE" },
	{ "rm", 1, cmd_rm, "FILE" },
	{ "mkdir", 1, cmd_mkdir, "DIR" },
	{ "rmdir", 1, cmd_rmdir, "DIR" },
	{ "mv", 2, cmd_mv, "FROM TO" },
	{ "ln", 2, cmd_ln, "FROM TO" },
	{ "symlink", 2, cmd_symlink, "TARGET NAME" },
	{ "chmod", 2, cmd_chmod, "MODE FILE" },
	{ "truncate", 2, cmd_truncate, "SIZE FILE" },
	{ "empty", 1, cmd_empty, "FILE            (opened for reading, with O_TRUNC)" },
	{ "xattr", 2, cmd_xattr, "FILE TEXT      (set, get, list, remove)" },
	{ "mmap", 2, cmd_mmap, "FILE TEXT       (written through a shared mapping)" },
	{ "copy", 2, cmd_copy, "FROM TO" },
	{ "uring-copy", 2, cmd_uring_copy, "FROM TO (by io_uring)" },
	{ "deep", 2, cmd_deep, "DIR LEVELS      (directories below DIR, a file at the bottom)" },
	{ "tmpfile", 3, cmd_tmpfile, "DIR NAME TEXT (a file without a name, then named)" },
	{ "send-fd", 2, cmd_send_fd, "FILE SOCKET  (passes the open file)" },
	{ "exec", 2, cmd_exec, "FILE PROGRAM... (FILE as its standard input)" },
	{ "serve", 2, cmd_serve, "FILE STATE     (holds FILE open and in memory)" },
	/* what the battery asks for; they tell OWN_DIR/helped */
	{ "dump", 2, cmd_dump, "FILE DIR" },
	{ "recreate", 1, cmd_recreate, "FILE" },
	{ "redir", 2, cmd_redir, "DIR FILE" },
	{ "resave", 1, cmd_resave, "FILE" },
	{ "new", 2, cmd_new, "FROM TO" },
	{ "into-cache", 1, cmd_into_cache, "USER" },
	{ "rm-told", 1, cmd_rm_told, "FILE" },
	{ "maps-then-read", 1, cmd_maps_then_read, "FILE" },
};

int main(int argc, char **argv)
{
	umask(0);
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].args)
			return commands[i].run(argv + 2);
	fprintf(stderr, "usage: ehr-client COMMAND ARGUMENT...\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "  %s %s\n", commands[i].name, commands[i].usage);
	return 2;
}
