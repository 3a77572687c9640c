/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phiward explain: the decision about one access, without doing it or anything else to what
 * it is asked about. Names are resolved as the agent resolves them: paths canonically,
 * programs by identity.
 */
#include "base/cleanup.h"
#include "base/words.h"
#include "cli/cli.h"
#include "cli/look.h"
#include "control/control.h"
#include "host/paths.h"
#include "host/users.h"
#include "host/worker.h"
#include "policy/compile.h"
#include "policy/explain.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct asked { /* what has to live while the question is answered */
	struct pw_findings findings;
	struct pw_policy *policy;
	struct pw_compiled *compiled;
	struct pw_worker *worker;
	struct pw_paths *paths;
	char **group; /* from NSS, or NULL */
	size_t n_groups;
	char *path;
};

static void asked_free(struct asked *asked)
{
	pw_compiled_free(&asked->compiled);
	pw_policy_free(&asked->policy);
	pw_findings_free(&asked->findings);
	pw_paths_free(&asked->paths);
	pw_worker_free(&asked->worker);
	pw_names_free(asked->group, asked->n_groups);
	free(asked->path);
}

static int load(const struct pw_cli *cli, struct asked *asked)
{
	const char *given[PW_CLI_GIVEN_MAX];
	size_t n = pw_cli_values(cli, "policy", given);
	_cleanup_free_ char *standard = pw_rooted("/etc/phiward/policy.d");
	struct pw_compile_options options = {
		.now = time(NULL),
		.canonical = pw_look_canonical,
		.ctx = asked->paths,
	};
	int r;

	if (!n)
		given[n++] = standard;
	r = standard ? pw_policy_load(given, n, &asked->findings, &asked->policy) : -ENOMEM;
	if (r == 0)
		r = pw_policy_compile(asked->policy, &options, &asked->findings, &asked->compiled);
	if (r == 0)
		return PW_EXIT_FINE;
	pw_cli_findings(&asked->findings);
	if (r == -ENOMEM)
		fprintf(stderr, "phiward: no memory\n");
	return r == -ENOMEM ? PW_EXIT_FAILED : PW_EXIT_POLICY;
}

/* The policy's own name for the file at @path: the same file may have several names. */
static const char *policy_name(const struct asked *asked, const char *path, bool script)
{
	for (size_t i = 0; path && i < asked->compiled->n_exes; i++) {
		const struct pw_exe_entry *exe = &asked->compiled->exe[i];

		if (exe->is_script == script && pw_look_same(asked->paths, path, exe->path))
			return exe->path;
	}
	return path;
}

static int find_groups(const struct pw_cli *cli, const char *user, struct asked *asked)
{
	int r;

	if (pw_cli_has(cli, "group"))
		return PW_EXIT_FINE;
	r = pw_users_groups(user, &asked->group, &asked->n_groups);
	if (r == -ENOENT)
		fprintf(stderr, "phiward: no user '%s' on this host: explained without groups\n",
			user);
	else if (r < 0)
		fprintf(stderr, "phiward: cannot look up the groups of '%s': %s\n", user,
			strerror(-r));
	return r < 0 && r != -ENOENT ? PW_EXIT_FAILED : PW_EXIT_FINE;
}

static int answer(const struct pw_cli *cli, struct asked *asked, enum pw_op op)
{
	const char *path = cli->operand[0], *groups[PW_CLI_GIVEN_MAX];
	size_t n_groups = pw_cli_values(cli, "group", groups), len = strlen(path);
	_cleanup_str_ struct pw_str text = { 0 };
	struct pw_question question = { .op = op, .now = time(NULL) };
	int r;

	question.who.user = pw_cli_value(cli, "user");
	question.who.groups = n_groups ? groups : (const char *const *)asked->group;
	question.who.n_groups = n_groups ? n_groups : asked->n_groups;
	question.who.exe = policy_name(asked, pw_cli_value(cli, "exe"), false);
	question.who.script = policy_name(asked, pw_cli_value(cli, "script"), true);
	question.is_directory = path[len - 1] == '/' || pw_look_is_directory(asked->paths, path);
	r = pw_look_canonical(asked->paths, path, &asked->path);
	if (r < 0) {
		fprintf(stderr, "phiward: cannot resolve the path, taken as it is: %s\n",
			strerror(-r));
		asked->path = strdup(path);
	}
	question.path = asked->path;
	if (!asked->path || pw_policy_explain(asked->policy, asked->compiled, &question,
					      pw_cli_has(cli, "json"), &text) < 0) {
		fprintf(stderr, "phiward: no memory\n");
		return PW_EXIT_FAILED;
	}
	if (text.len && text.text[text.len - 1] != '\n')
		pw_str_add(&text, "\n");
	return pw_cli_print(&text);
}

/* All that is wanting at once. Returns 0 or an exit status. */
static int check_usage(const struct pw_cli *cli)
{
	static const char *const needed[] = { "user", "exe", "op" }, *const path[] = { "exe",
										       "script" };
	_cleanup_str_ struct pw_str missing = { 0 };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!pw_cli_value(cli, needed[i]))
			pw_str_addf(&missing, "%s--%s", missing.len ? ", " : "", needed[i]);
	if (missing.len)
		return pw_cli_usage(cli, "'explain' needs %s", missing.text);
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++)
		if (pw_cli_value(cli, path[i]) && pw_cli_value(cli, path[i])[0] != '/')
			return pw_cli_usage(cli, "--%s must be an absolute path", path[i]);
	if (cli->operand[0][0] != '/')
		return pw_cli_usage(cli, "PATH must be absolute");
	return 0;
}

static int unknown_operation(const struct pw_cli *cli, const char *word)
{
	_cleanup_str_ struct pw_str given = { 0 }, all = { 0 };

	pw_str_add_escaped(&given, word, strlen(word));
	for (size_t i = 0; i < _PW_OP_MAX; i++) {
		if (pw_str_similar(word, pw_op_names[i]))
			return pw_cli_usage(cli, "unknown operation '%s': did you mean '%s'?",
					    given.text ? given.text : "", pw_op_names[i]);
		pw_str_addf(&all, "%s%s", i ? ", " : "", pw_op_names[i]);
	}
	return pw_cli_usage(cli, "unknown operation '%s': there are %s",
			    given.text ? given.text : "", all.text ? all.text : "");
}

int pw_cli_explain(const struct pw_cli *cli)
{
	_cleanup_(asked_free) struct asked asked = { 0 };
	const char *word = pw_cli_value(cli, "op");
	int op, r = check_usage(cli);

	if (r)
		return r;
	op = pw_table_find(pw_op_names, _PW_OP_MAX, word);
	if (op < 0)
		return unknown_operation(cli, word);
	if (pw_worker_new(&asked.worker) < 0 || pw_paths_new(asked.worker, 0, &asked.paths) < 0) {
		fprintf(stderr, "phiward: no memory\n");
		return PW_EXIT_FAILED;
	}
	r = load(cli, &asked);
	if (r == PW_EXIT_FINE)
		r = find_groups(cli, pw_cli_value(cli, "user"), &asked);
	return r ? r : answer(cli, &asked, (enum pw_op)op);
}
