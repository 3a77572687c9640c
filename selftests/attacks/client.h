/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For attacks that let another program fetch the secret: the approved client, the approved
 * script, a shell. Its output is the loot; a refusal that it prints is the attack's.
 */
#ifndef PHIWARD_CLIENT_H
#define PHIWARD_CLIENT_H

#include "attack.h"
#include <grp.h>

#define CLIENT "/opt/ehr/bin/ehr-client"

/* The program that a process shall turn into, as execve() has it. */
struct command {
	const char *file;
	char *const *args, *const *env;
	void (*before)(void);      /* run in the new process first; may be NULL */
	void (*beside)(pid_t pid); /* run here once it has started; may be NULL */
};

/* Runs @command to its end; its output, cut to @size, as text. 0 or AT_BROKEN. */
AT_UNUSED static int run_captured(const struct command *command, char *ret_text, size_t size)
{
	int out[2], status = 0;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	ret_text[0] = '\0';
	fflush(NULL);
	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		if (command->before)
			command->before();
		execve(command->file, command->args, command->env);
		fprintf(stderr, "exec: %s", strerrorname_np(errno));
		_exit(126);
	}
	close(out[1]);
	if (command->beside)
		command->beside(pid);
	while (len < size - 1 && (got = read(out[0], ret_text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	ret_text[len] = '\0';
	close(out[0]);
	waitpid(pid, &status, 0);
	return 0;
}

/* What the output @text of @what comes to. */
AT_UNUSED static int judge_output(const char *what, const char *text)
{
	if (strstr(text, "PHI-SECRET:"))
		return loot(text, strlen(text));
	fprintf(stderr, "%s\n", text);
	return strstr(text, "EPERM") || strstr(text, "not permitted") ? refused_as(what, EPERM)
								      : broken(what);
}

/* Runs a script or another command, without a PATH. */
AT_UNUSED static int run_script(char *const args[], char *const env[])
{
	char text[4096];
	struct command command = { .file = args[0], .args = args, .env = env };

	return run_captured(&command, text, sizeof(text)) ?: judge_output("script", text);
}

/* The approved client, or what poses as it, reads the secret; @before runs in it before. */
AT_UNUSED static int run_client(const char *exe, void (*before)(void))
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)"ehr-client", (char *)"read", (char *)SECRET, NULL };
	struct command command = { exe, args, env, before, NULL };

	return run_captured(&command, text, sizeof(text)) ?: judge_output("client", text);
}

/* What a program may do that the policy lets read and nothing else. */
AT_UNUSED static int run_reader(const char *command, const char *operand)
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)"ehr-client", (char *)command, (char *)SECRET, (char *)operand,
			 NULL };
	struct command reader = { .file = "/opt/ehr/reader/ehr-client", .args = args, .env = env };
	int r = run_captured(&reader, text, sizeof(text));

	return r ?: *text ? judge_output(command, text) : works("%s", command);
}

/* Root turns into the clinician nina, but for the login. */
AT_UNUSED static void become_nina(void)
{
	gid_t groups[] = { 1000, 2000 };

	if (setgroups(2, groups) < 0 || setgid(1000) < 0 || setuid(1000) < 0)
		_exit(125);
}

#endif /* PHIWARD_CLIENT_H */
