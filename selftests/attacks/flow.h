/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For attacks in which the data is already where it may be: an approved program of nina's
 * has read the secret and hands it to eve, who may not. One file holds both sides. Eve's is
 * what the battery runs; a copy of the same program in /opt/ehr/flow, which the policy
 * approves, is started beside it as nina. In this order:
 *
 *   make   eve       makes the way; flow_give() hands a descriptor of it to nina
 *   ways   nina      what the approved program and its relay share; flow.way
 *   before approved  what it opens, maps, connects before it reads
 *   meet   eve       what she does in between (connects to what was opened)
 *          approved  reads the secret: flow.text, flow.secret
 *   put    approved  brings it out: 0 or -errno
 *   relay  nina      a program that is not approved goes on: takes it from flow.way
 *   get    eve       takes it: loot, or FLOW_NOTHING
 *
 * The two talk over a socket that no process holds which has read the secret: what the
 * reader comes to is told by its end or its stop, which carries no data.
 */
#ifndef PHIWARD_ATTACK_FLOW_H
#define PHIWARD_ATTACK_FLOW_H

#define AT_OWN_MAIN
#include "attack.h"

#define FLOW_NOTHING 4   /* of get: nothing came */
#define FLOW_UNREAD  128 /* a sender's status, plus errno: it could not even read */
#define FLOW_FDS_MAX 4
#define FLOW_MEET_MS 20000
#define FLOW_PORT    7777

struct flow_steps {
	int (*setup)(void); /* of the phase before the agent starts, as ever */
	int (*make)(void), (*ways)(void), (*before)(void), (*meet)(void), (*put)(void);
	int (*relay)(void), (*get)(void);
	bool reads_itself; /* put calls flow_read() when it likes */
	bool relay_first;  /* the relay is there before the secret is read */
	bool relay_waits;  /* so it is, and waits for the data, in this system call: */
	long relay_call;
};

static const struct flow_steps flow_steps;

static struct {
	int fd[FLOW_FDS_MAX], n_fd; /* given by eve: hers and nina's */
	int way[2];                 /* between the approved program and its relay */
	int sync;                   /* to whoever started this process, until the secret is read */
	int secret;                 /* the open file */
	pid_t relay;
	char *relay_text; /* where the relay wants it, in the relay */
	int status;       /* eve's: of the sender, 0 or errno */
	size_t len;
	char text[4096];
} flow = { .fd = { -1, -1, -1, -1 }, .way = { -1, -1 }, .sync = -1, .secret = -1 };

/* The description of such an attack, and its steps. */
#define FLOW(text_, ...) FLOW_BY(text_, "/opt/ehr/flow/$NAME send", __VA_ARGS__)
/* The same with another program beside it. */
#define FLOW_BY(text_, helper_, ...)                              \
	static const char *at_info(void)                          \
	{                                                         \
		return text_ "; who: eve|nina; helper: " helper_; \
	}                                                         \
	static const struct flow_steps flow_steps = { __VA_ARGS__ }
#define FLOW_UNAPPROVED(text_, ...) \
	FLOW_BY(text_, "/opt/phiward-tests/attacks/$NAME send", __VA_ARGS__)

static const char *at_info(void);

/* ---- for the steps --------------------------------------------------------- */

AT_UNUSED static int flow_give(int fd)
{
	if (fd < 0)
		return broken("flow_give");
	flow.fd[flow.n_fd++] = fd;
	return 0;
}

/* Reads the secret as the approved program: its first line is what is brought out. */
AT_UNUSED static int flow_read(void)
{
	ssize_t len;

	flow.secret = open(SECRET, O_RDONLY);
	if (flow.secret < 0 || (len = pread(flow.secret, flow.text, sizeof(flow.text) - 1, 0)) < 0)
		_exit(FLOW_UNREAD + errno);
	flow.text[len] = '\0';
	flow.len = strcspn(flow.text, "\n") + 1;
	flow.text[flow.len] = '\0';
	return 0;
}

AT_UNUSED static int flow_result(long long r)
{
	return r < 0 ? -errno : 0;
}

AT_UNUSED static int flow_write(int fd)
{
	return flow_result(fd < 0 ? -1 : write(fd, flow.text, flow.len));
}

AT_UNUSED static int flow_write_path(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | flags, 0666), r = flow_write(fd);

	if (fd >= 0)
		close(fd);
	return r;
}

/* The file goes past the program's memory: at once, or by a pipe. */
AT_UNUSED static int flow_sendfile(int to)
{
	off_t from = 0;

	return flow_result(sendfile(to, flow.secret, &from, flow.len));
}

AT_UNUSED static int flow_splice(int to)
{
	int between[2], r = flow_result(pipe(between));
	loff_t from = 0;

	r = r ?: flow_result(splice(flow.secret, &from, between[1], NULL, flow.len, 0));
	return r ?: flow_result(splice(between[0], NULL, to, NULL, flow.len, 0));
}

/* put: into the first descriptor that eve gave. */
AT_UNUSED static int flow_put_given(void)
{
	return flow_write(flow.fd[0]);
}

/* What eve finds in a stream within a second, or at once if the sender was refused. */
AT_UNUSED static int flow_take(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char buf[65536];
	ssize_t len;

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	len = read(fd, buf, sizeof(buf));
	if (len < 0)
		return refused("read");
	return memmem(buf, (size_t)len, "PHI-SECRET:", 11) ? loot(buf, (size_t)len) : FLOW_NOTHING;
}

/* What eve finds in a file that is there. */
AT_UNUSED static int flow_take_fd(int fd)
{
	char buf[4096];
	ssize_t len = pread(fd, buf, sizeof(buf), 0);

	if (len < 0)
		return refused("pread");
	return memmem(buf, (size_t)len, "PHI-SECRET:", 11) ? loot(buf, (size_t)len) : FLOW_NOTHING;
}

AT_UNUSED static int flow_take_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? FLOW_NOTHING : refused("open");
	return flow_take_fd(fd);
}

AT_UNUSED static int flow_take_memory(const char *text, size_t size)
{
	return memmem(text, size, "PHI-SECRET:", 11) ? loot(text, size) : FLOW_NOTHING;
}

/* The relay has got @len bytes in flow.text. */
AT_UNUSED static int flow_relayed(ssize_t len)
{
	if (len < 0)
		_exit(FLOW_UNREAD + errno);
	flow.len = (size_t)len;
	if (!memmem(flow.text, flow.len, "PHI-SECRET:", 11))
		_exit(FLOW_UNREAD + ENODATA);
	return 0;
}

AT_UNUSED static int flow_relay_read(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	if (poll(&p, 1, 2000) != 1) {
		errno = ETIMEDOUT;
		return flow_relayed(-1);
	}
	return flow_relayed(read(fd, flow.text, sizeof(flow.text) - 1));
}

/* Runs a line of shell, which has $OWN_DIR. */
AT_UNUSED static int flow_tool(const char *line)
{
	return system(line) ? broken(line) : 0;
}

/* ---- between the processes -------------------------------------------------- */

/* One byte from @fd in time, or -1. */
static int flow_byte(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	unsigned char byte;

	return poll(&p, 1, FLOW_MEET_MS) == 1 && read(fd, &byte, 1) == 1 ? byte : -1;
}

static int flow_tell(int fd, int byte)
{
	unsigned char c = (unsigned char)byte;

	return send(fd, &c, 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static struct sockaddr_un flow_control(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", own("control"));
	return at;
}

union flow_rights {
	char buf[CMSG_SPACE(sizeof(int) * FLOW_FDS_MAX)];
	struct cmsghdr align;
};

static int flow_send_rights(int to)
{
	union flow_rights ctl = { 0 };
	char byte = 'm';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (flow.n_fd) {
		size_t size = sizeof(int) * (size_t)flow.n_fd;

		msg.msg_control = ctl.buf;
		msg.msg_controllen = CMSG_SPACE(size);
		ctl.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(size),
					      .cmsg_level = SOL_SOCKET,
					      .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&ctl.align), flow.fd, size);
	}
	return sendmsg(to, &msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int flow_receive_rights(int from)
{
	union flow_rights ctl = { 0 };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = ctl.buf,
			      .msg_controllen = sizeof(ctl) };
	struct cmsghdr *c;

	if (recvmsg(from, &msg, 0) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&msg);
	flow.n_fd = c ? (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0;
	if (c)
		memcpy(flow.fd, CMSG_DATA(c), sizeof(int) * (size_t)flow.n_fd);
	return 0;
}

/* ---- nina's side ------------------------------------------------------------- */

static void flow_mute(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
}

/* The process that reads. Stopped: brought out; ended: errno. */
static void flow_reader(int sync)
{
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	flow_mute();
	r = flow_steps.before ? flow_steps.before() : 0;
	if (r)
		_exit(-r);
	if (flow_tell(sync, 'r') < 0 || flow_byte(sync) != 'g')
		_exit(EPROTO);
	close(sync);
	if (!flow_steps.reads_itself)
		flow_read();
	r = flow_steps.put();
	if (r)
		_exit(-r);
	raise(SIGSTOP);
	_exit(0);
}

/* A relay: told to go on when there is something to take. */
static int flow_relay_main(char **arg)
{
	char *where = flow.text;

	flow.way[0] = (int)strtol(arg[0], NULL, 10);
	flow.way[1] = (int)strtol(arg[1], NULL, 10);
	flow.sync = (int)strtol(arg[2], NULL, 10);
	for (int i = 0; i < FLOW_FDS_MAX; i++)
		flow.fd[i] = (int)strtol(arg[3 + i], NULL, 10);
	if (write(flow.sync, &where, sizeof(where)) != sizeof(where))
		return EPROTO;
	if (!flow_steps.relay_waits && flow_byte(flow.sync) != 'g')
		return EPROTO;
	flow_mute();
	return -flow_steps.relay();
}

static int flow_start_relay(void)
{
	char text[3 + FLOW_FDS_MAX][16], *arg[5 + FLOW_FDS_MAX + 1] = { NULL };
	int sync[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) < 0 ||
	    (flow.relay = fork()) < 0)
		return -1;
	if (flow.relay == 0) {
		const char *tests = getenv("PHIWARD_TESTS") ?: "/opt/phiward-tests";
		int numbers[3 + FLOW_FDS_MAX] = { flow.way[0], flow.way[1], sync[1] };
		const char *exe = at_join(tests, "attacks/%s", program_invocation_short_name);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fcntl(sync[1], F_SETFD, 0);
		memcpy(numbers + 3, flow.fd, sizeof(flow.fd));
		arg[0] = (char *)exe;
		arg[1] = (char *)"relay";
		for (int i = 0; i < 3 + FLOW_FDS_MAX; i++) {
			snprintf(text[i], sizeof(text[i]), "%d", numbers[i]);
			arg[2 + i] = text[i];
		}
		execv(exe, arg);
		_exit(errno);
	}
	close(sync[1]);
	flow.sync = sync[0];
	return read(sync[0], &flow.relay_text, sizeof(char *)) == sizeof(char *) ? 0 : -1;
}

/* Its status; stopped is as good as ended well. */
static int flow_outcome(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, WUNTRACED) != pid)
		return ECHILD;
	if (WIFSTOPPED(status))
		return 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int flow_connect_control(void)
{
	struct sockaddr_un at = flow_control();
	int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	for (int ms = 0; connect(control, (struct sockaddr *)&at, sizeof(at)) < 0; ms += 10) {
		if (ms > AT_DEADLINE_MS)
			return -1;
		poll(NULL, 0, 10);
	}
	return control;
}

/* Waits until a process of the same person is in the call that it shall wait in. */
AT_UNUSED static int flow_await_call(pid_t pid, long call)
{
	char text[256];

	for (int ms = 0; ms < AT_DEADLINE_MS; ms += 5) {
		if (get_file(at_join("/proc", "%d/syscall", pid), text, sizeof(text)) > 0 &&
		    *text >= '0' && *text <= '9' && strtol(text, NULL, 10) == call)
			return 0;
		poll(NULL, 0, 5);
	}
	return -1;
}

/* The reader, and the relay before or after it. Its end is what main() hears of it. */
static int flow_stage(int control, int ready)
{
	int sync[2], status;
	pid_t pid;

	close(control);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (flow_steps.ways && flow_steps.ways())
		return EPROTO;
	if ((flow_steps.relay_first || flow_steps.relay_waits) && flow_start_relay() < 0)
		return EPROTO;
	if (flow_steps.relay_waits && flow_await_call(flow.relay, flow_steps.relay_call) < 0)
		return EPROTO;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) < 0 || (pid = fork()) < 0)
		return EPROTO;
	if (pid == 0) {
		close(sync[0]);
		close(ready);
		flow_reader(sync[1]);
	}
	close(sync[1]);
	if (flow_byte(sync[0]) == 'r' && /* else it ended: with its status, below */
	    (flow_tell(ready, 'r') < 0 || flow_byte(ready) != 'g' || flow_tell(sync[0], 'g') < 0))
		return EPROTO;
	close(ready);
	status = flow_outcome(pid);
	if (!status && flow_steps.relay) {
		if (!flow.relay && flow_start_relay() < 0)
			return EPROTO;
		if (!flow_steps.relay_waits)
			flow_tell(flow.sync, 'g');
		status = flow_outcome(flow.relay);
	}
	if (!status)
		raise(SIGSTOP); /* what it has brought out stays until eve is done */
	return status;
}

static int flow_sender(void)
{
	int control = flow_connect_control(), ready[2], status;
	pid_t pid;

	if (control < 0 || flow_receive_rights(control) < 0)
		return broken("control");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ready) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		close(ready[0]);
		_exit(flow_stage(control, ready[1]));
	}
	close(ready[1]);
	if (flow_byte(ready[0]) == 'r' &&
	    (flow_tell(control, 'r') < 0 || flow_byte(control) != 'g' ||
	     flow_tell(ready[0], 'g') < 0))
		return broken("eve");
	status = flow_outcome(pid);
	flow_tell(control, 's');
	flow_tell(control, status);
	flow_byte(control); /* until eve is done */
	kill(pid, SIGKILL);
	return 0;
}

/* ---- eve's side -------------------------------------------------------------- */

static int flow_accept_control(void)
{
	struct sockaddr_un at = flow_control();
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), control;
	struct pollfd p = { sock, POLLIN, 0 };

	unlink(at.sun_path);
	if (bind(sock, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(sock, 1) < 0 ||
	    poll(&p, 1, AT_DEADLINE_MS) != 1 ||
	    (control = accept4(sock, NULL, NULL, SOCK_CLOEXEC)) < 0)
		return -1;
	close(sock);
	return control;
}

/* What became of it, if eve got nothing: the sender's refusal, or a broken test. */
static int flow_judge(int r)
{
	int error = flow.status;

	if (r == AT_WORKS || r == AT_REFUSED || r == AT_NOT_HERE)
		return r;
	if (error == EPERM || error == EACCES || error == EXDEV)
		return refused_as("by the approved side", error);
	if (error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == ENOSYS ||
	    error == ESOCKTNOSUPPORT || error == EOPNOTSUPP)
		return not_here(strerrorname_np(error));
	if (error > FLOW_UNREAD)
		fprintf(stderr, "broken: what it should take could not be read: %s\n",
			strerrorname_np(error - FLOW_UNREAD) ?: "?");
	else
		fprintf(stderr, "broken: the sender's status is %s, and nothing came\n",
			error ? strerrorname_np(error) ?: "?" : "fine");
	return AT_BROKEN;
}

static int flow_attack(void)
{
	int r, control, byte;

	control = flow_accept_control();
	if (control < 0)
		return broken("nobody came");
	r = flow_steps.make ? flow_steps.make() : 0;
	if (r)
		return r;
	if (flow_send_rights(control) < 0)
		return broken("control");
	byte = flow_byte(control);
	if (byte == 'r') {
		r = flow_steps.meet ? flow_steps.meet() : 0;
		if (r)
			return r;
		flow_tell(control, 'g');
		byte = flow_byte(control);
	}
	if (byte != 's' || (flow.status = flow_byte(control)) < 0)
		return broken("the sender died");
	return flow_judge(flow_steps.get());
}

int main(int argc, char **argv)
{
	const char *phase = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGPIPE, SIG_IGN);
	umask(0);
	if (strcmp(phase, "info") == 0)
		return puts(at_info()) < 0;
	if (strcmp(phase, "setup") == 0)
		return flow_steps.setup ? flow_steps.setup() : 0;
	if (strcmp(phase, "attack") == 0)
		return flow_attack();
	if (strcmp(phase, "send") == 0)
		return flow_sender();
	if (strcmp(phase, "relay") == 0 && argc >= 5 + FLOW_FDS_MAX)
		return flow_relay_main(argv + 2);
	fprintf(stderr, "usage: %s info|setup|attack\n", argv[0]);
	return 2;
}

#endif /* PHIWARD_ATTACK_FLOW_H */
