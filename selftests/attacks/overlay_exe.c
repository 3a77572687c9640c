// SPDX-License-Identifier: GPL-3.0-or-later
/* An overlay puts a changed program at the approved path. */
#include "attack.h"

ATTACK("attack: overlay_exe; threat: #98; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

/* Runs the approved client at "read"; its output is the loot, its refusal ours. */
static int run_client(const char *exe, char *const env[], void (*before)(void))
{
	int out[2], status = 0;
	char text[4096] = "";
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		char *args[] = { "ehr-client", "read", (char *)SECRET, NULL };

		dup2(out[1], 1);
		dup2(out[1], 2);
		if (before)
			before();
		execve(exe, args, env);
		fprintf(stderr, "exec: %s", strerrorname_np(errno));
		_exit(126);
	}
	close(out[1]);
	while (len < sizeof(text) - 1 &&
	       (got = read(out[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	waitpid(pid, &status, 0);
	if (memmem(text, len, "PHI-SECRET:", 11))
		return loot(text, len);
	fprintf(stderr, "%s\n", text);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken("client");
}

static char *no_env[] = { NULL };

/* An overlay whose lower layer is /opt gives the program the same path and another inode. */
NO_SETUP

static int attack(void)
{
	int r = enter_userns();
	char options[3 * PATH_MAX];

	if (r)
		return r;
	mkdir(own("upper"), 0755);
	mkdir(own("work"), 0755);
	snprintf(options, sizeof(options), "lowerdir=/opt/ehr,upperdir=%s,workdir=%s,userxattr",
		 own("upper"), own("work"));
	if (mount("overlay", "/opt/ehr", "overlay", 0, options) < 0)
		return errno == ENODEV || errno == EINVAL ? not_here("no overlay over this root")
							  : refused("mount");
	int fd = open("/opt/ehr/bin/ehr-client", O_WRONLY | O_APPEND);
	if (fd < 0 && copy_file("/opt/ehr/bin/ehr-client", "/opt/ehr/new", 0755))
		return AT_BROKEN;
	return run_client(fd < 0 ? "/opt/ehr/new" : "/opt/ehr/bin/ehr-client", no_env, NULL);
}
