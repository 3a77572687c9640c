// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * runner LOGS SECONDS: runs the attacks that standard input names, one after the other,
 * each as its user, with its deadline; used by selftests/guest/attacks.sh, which knows what
 * the results mean. (Logging in and forking a shell an attack is ten times slower in an
 * emulated machine.) A line of input, tab-separated:
 *
 *   FILE PHASE USER PHI_DIR OWN_DIR [HELPER-ARGUMENTS]
 *
 * USER is eve, nina or root-as-eve. With helper arguments (separated by blanks) the approved
 * client runs beside it, as nina; or another program, if the first of them is its path. A line of output for each: NAME STATUS, where 128 + N is
 * signal N and 137 the deadline. What the attack prints goes to LOGS/NAME.PHASE.
 */
#define AT_OWN_MAIN
#include "attack.h"
#include <grp.h>
#include <pwd.h>

#define CLIENT "/opt/ehr/bin/ehr-client"

struct user {
	const char *name, *login;
	uid_t uid, auid;
	gid_t gid, groups[32];
	int n_groups;
};

static struct user users[] = {
	{ .name = "eve", .login = "eve" },
	{ .name = "nina", .login = "nina" },
	{ .name = "root-as-eve", .login = "root" },
};

static int know_users(void)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct user *u = &users[i];
		const struct passwd *pw = getpwnam(u->login);

		if (!pw)
			return -1;
		u->uid = pw->pw_uid;
		u->gid = pw->pw_gid;
		u->auid = u->uid ?: users[0].uid; /* root is root that eve became */
		u->n_groups = 32;
		if (getgrouplist(u->login, u->gid, u->groups, &u->n_groups) < 0)
			return -1;
	}
	return 0;
}

static const struct user *user_named(const char *name)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		if (strcmp(users[i].name, name) == 0)
			return &users[i];
	return NULL;
}

static void become(const struct user *u)
{
	char auid[16];
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	int len = snprintf(auid, sizeof(auid), "%u", u->auid);

	if (fd < 0 || write(fd, auid, (size_t)len) != len ||
	    setgroups((size_t)u->n_groups, u->groups) < 0 ||
	    setresgid(u->gid, u->gid, u->gid) < 0 || setresuid(u->uid, u->uid, u->uid) < 0) {
		broken("become");
		_exit(125);
	}
}

static pid_t start(const struct user *u, const char *log, char *const args[])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600), null = open("/dev/null", O_RDWR);

	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	close(out);
	close(null);
	if (chdir("/") < 0)
		_exit(125);
	become(u);
	prctl(PR_SET_DUMPABLE, 1);
	execv(args[0], args);
	broken(args[0]);
	_exit(126);
}

/* Waits for @pid until the deadline, then kills it. */
static int finish(pid_t pid, int seconds)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
	struct pollfd p = { pidfd, POLLIN, 0 };

	if (pidfd >= 0 && poll(&p, 1, seconds * 1000) == 0)
		kill(-pid, SIGKILL);
	if (pidfd >= 0)
		close(pidfd);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static char *next(char **line)
{
	char *field = strsep(line, "\t");

	return field ?: (char *)"";
}

static int run_line(char *line, const char *logs, int seconds)
{
	char *file = next(&line), *phase = next(&line);
	const struct user *u = user_named(next(&line));
	char log[PATH_MAX], *args[] = { file, phase, NULL }, *client[16] = { (char *)CLIENT };
	const char *name = strrchr(file, '/');
	pid_t helper = -1;
	int status;

	if (!u || !name++)
		return broken("bad line");
	setenv("PHI_DIR", next(&line), 1);
	setenv("OWN_DIR", next(&line), 1);
	if (line && *line) {
		for (int i = *line == '/' ? 0 : 1; i < 15 && (client[i] = strsep(&line, " ")); i++)
			;
		snprintf(log, sizeof(log), "%s/%s.helper", logs, name);
		helper = start(user_named("nina"), log, client);
	}
	snprintf(log, sizeof(log), "%s/%s.%s", logs, name, phase);
	status = finish(start(u, log, args), seconds);
	if (helper > 0) {
		kill(-helper, SIGTERM);
		finish(helper, 1);
	}
	printf("%s %d\n", name, status);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	char line[3 * PATH_MAX];
	int r = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: runner LOGS SECONDS <LIST\n");
		return 2;
	}
	umask(0);
	if (know_users() < 0)
		return broken("users");
	while (!r && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		r = run_line(line, argv[1], (int)at_number(argv[2]));
	}
	return r;
}
