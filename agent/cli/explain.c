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
	struct pw_destination to;
	char *to_path;             /* canonical, or NULL */
	struct pw_network network; /* with what names are now; empty: not asked for */
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
	free(asked->to_path);
	pw_network_free(&asked->network);
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

static const struct pw_label *find_label(const struct pw_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->n_labels; i++)
		if (strcmp(policy->label[i].name.text, name) == 0)
			return &policy->label[i];
	return NULL;
}

/* @given is no @what ("label", "place") of the policy; @known is, if it looks like it. */
static int unknown(const struct pw_cli *cli, const char *what, const char *given, const char *known)
{
	_cleanup_str_ struct pw_str text = { 0 };

	pw_str_add_escaped(&text, given, strlen(given));
	if (known)
		return pw_cli_usage(cli, "unknown %s '%s': did you mean '%s'?", what,
				    text.text ? text.text : "", known);
	return pw_cli_usage(cli, "the policy has no %s '%s'", what, text.text ? text.text : "");
}

static int unknown_label(const struct pw_cli *cli, const struct pw_policy *policy, const char *name)
{
	const char *known = NULL;

	for (size_t i = 0; i < policy->n_labels && !known; i++)
		if (pw_str_similar(policy->label[i].name.text, name))
			known = policy->label[i].name.text;
	return unknown(cli, "label", name, known);
}

/* The labels of --holding as bits. Returns 0 or an exit status. */
static int find_labels(const struct pw_cli *cli, const struct asked *asked, uint64_t *ret_labels)
{
	const char *given[PW_CLI_GIVEN_MAX];
	size_t n = pw_cli_values(cli, "holding", given);

	*ret_labels = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = given[i];

		while (*at) {
			_cleanup_free_ char *name = strndup(at, strcspn(at, ","));
			const struct pw_label *label =
				name ? find_label(asked->policy, name) : NULL;

			if (!label)
				return unknown_label(cli, asked->policy, name ? name : "");
			*ret_labels |= 1ULL << label->bit;
			at += strlen(name);
			at += *at == ',';
		}
	}
	return 0;
}

/* Names of hosts in the policy as they are now, as far as they can be resolved. */
static int find_network(struct asked *asked)
{
	_cleanup_free_ struct pw_net_address *address = NULL;
	size_t n = 0;
	int r = pw_look_up_hosts(asked->worker, asked->compiled, &address, &n);

	if (r == 0)
		r = pw_network_build(asked->compiled, address, n, &asked->network);
	return r;
}

static int unknown_place(const struct pw_cli *cli, const struct pw_policy *policy, const char *name)
{
	const char *known = NULL;

	for (size_t i = 0; i < policy->n_places && !known; i++)
		if (pw_str_similar(policy->place[i].name.text, name))
			known = policy->place[i].name.text;
	return unknown(cli, "place", name, known);
}

/* What --to means on this host. Returns 0 or an exit status. */
static int find_destination(const struct pw_cli *cli, struct asked *asked)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_destination *to = &asked->to;
	int r = pw_destination_read(pw_cli_value(cli, "to"), to, &why);

	if (r == 0 && to->path && to->path[0] == '/' &&
	    pw_look_canonical(asked->paths, to->path, &asked->to_path) == 0)
		to->path = asked->to_path;
	if (r == 0 && to->kind == PW_TO_NETWORK && !*to->host)
		r = find_network(asked);
	if (r == 0)
		r = pw_destination_find(asked->policy, asked->compiled,
					asked->network.n_prefixes ? &asked->network : NULL, to);
	if (r == -ENOENT)
		return unknown_place(cli, asked->policy, to->name);
	if (r == -EINVAL)
		return pw_cli_usage(cli, "%s", why.text ? why.text : "");
	if (r < 0)
		fprintf(stderr, "phiward: %s\n", strerror(-r));
	return r < 0 ? PW_EXIT_FAILED : 0;
}

static int find_path(const struct pw_cli *cli, struct asked *asked, struct pw_question *question)
{
	const char *path = cli->n_operands ? cli->operand[0] : NULL;
	int r;

	if (!path)
		return 0;
	question->is_directory =
		path[strlen(path) - 1] == '/' || pw_look_is_directory(asked->paths, path);
	r = pw_look_canonical(asked->paths, path, &asked->path);
	if (r < 0) {
		fprintf(stderr, "phiward: cannot resolve the path, taken as it is: %s\n",
			strerror(-r));
		asked->path = strdup(path);
	}
	question->path = asked->path;
	return asked->path ? 0 : -ENOMEM;
}

static int answer(const struct pw_cli *cli, struct asked *asked, struct pw_question *question)
{
	const char *groups[PW_CLI_GIVEN_MAX];
	size_t n_groups = pw_cli_values(cli, "group", groups);
	_cleanup_str_ struct pw_str text = { 0 };

	question->who.user = pw_cli_value(cli, "user");
	question->who.groups = n_groups ? groups : (const char *const *)asked->group;
	question->who.n_groups = n_groups ? n_groups : asked->n_groups;
	question->who.exe = policy_name(asked, pw_cli_value(cli, "exe"), false);
	question->who.script = policy_name(asked, pw_cli_value(cli, "script"), true);
	if (find_path(cli, asked, question) < 0 ||
	    pw_policy_explain(asked->policy, asked->compiled, question, pw_cli_has(cli, "json"),
			      &text) < 0) {
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
	const char *to = pw_cli_value(cli, "to");

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!pw_cli_value(cli, needed[i]) && (!to || strcmp(needed[i], "op") != 0))
			pw_str_addf(&missing, "%s--%s", missing.len ? ", " : "", needed[i]);
	if (!cli->n_operands && !(to && pw_cli_has(cli, "holding")))
		pw_str_addf(&missing, "%s%s", missing.len ? ", " : "", to ? "--holding" : "PATH");
	if (missing.len)
		return pw_cli_usage(cli, "'explain' needs %s", missing.text);
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++)
		if (pw_cli_value(cli, path[i]) && pw_cli_value(cli, path[i])[0] != '/')
			return pw_cli_usage(cli, "--%s must be an absolute path", path[i]);
	if (cli->n_operands && cli->operand[0][0] != '/')
		return pw_cli_usage(cli, "PATH must be absolute");
	if (!to && pw_cli_has(cli, "holding"))
		return pw_cli_usage(cli, "--holding is about a send: say where --to");
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

/* The operation; with --to it is a send. Returns 0 or an exit status. */
static int find_op(const struct pw_cli *cli, enum pw_op *ret_op)
{
	const char *word = pw_cli_value(cli, "op");
	int op = word ? pw_table_find(pw_op_names, _PW_OP_MAX, word) : PW_OP_SEND;

	if (op < 0)
		return unknown_operation(cli, word);
	if (op != PW_OP_SEND && pw_cli_has(cli, "to"))
		return pw_cli_usage(cli, "--to is about a send, not '%s'", pw_op_names[op]);
	*ret_op = (enum pw_op)op;
	return 0;
}

int pw_cli_explain(const struct pw_cli *cli)
{
	_cleanup_(asked_free) struct asked asked = { 0 };
	struct pw_question question = { .now = time(NULL) };
	int r = check_usage(cli);

	if (r == 0)
		r = find_op(cli, &question.op);
	if (r)
		return r;
	if (pw_worker_new(&asked.worker) < 0 || pw_paths_new(asked.worker, 0, &asked.paths) < 0) {
		fprintf(stderr, "phiward: no memory\n");
		return PW_EXIT_FAILED;
	}
	r = load(cli, &asked);
	if (r == PW_EXIT_FINE)
		r = find_labels(cli, &asked, &question.holding);
	if (r == PW_EXIT_FINE && pw_cli_has(cli, "to")) {
		r = find_destination(cli, &asked);
		question.to = &asked.to;
	}
	if (r == PW_EXIT_FINE)
		r = find_groups(cli, pw_cli_value(cli, "user"), &asked);
	return r ? r : answer(cli, &asked, &question);
}
