/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward policy diff: what files would change in the policy in force. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/diff.h"
#include "control/control.h"
#include "control/policy-json.h"
#include "evidence/json.h"
#include "policy/compile.h"
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct compared {
	struct json_object *answer; /* of the agent: paths, policy */
	struct json_object *given;  /* the policy of the files */
	struct json_object *changes;
};

static void compared_free(struct compared *compared)
{
	json_object_put(compared->answer);
	json_object_put(compared->given);
	json_object_put(compared->changes);
}

static int no_memory(void)
{
	fprintf(stderr, "phiward: no memory\n");
	return PW_EXIT_FAILED;
}

/* Parse and check the files as the agent would: an exit status, with what is wrong told. */
static int load(const char *const *paths, size_t n, struct json_object **ret_policy)
{
	_cleanup_(pw_compiled_free) struct pw_compiled *compiled = NULL;
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	struct pw_compile_options options = { .now = time(NULL) };
	_cleanup_str_ struct pw_str text = { 0 };
	int r = pw_policy_load(paths, n, &findings, &policy);

	if (r == 0)
		r = pw_policy_compile(policy, &options, &findings, &compiled);
	if (r == -ENOMEM)
		return no_memory();
	if (r < 0) {
		pw_cli_findings(&findings);
		return PW_EXIT_POLICY;
	}
	pw_policy_json(policy, NULL, &text);
	*ret_policy = text.error ? NULL : json_tokener_parse(text.text);
	return *ret_policy ? PW_EXIT_FINE : no_memory();
}

/* The operands; without any, what the agent itself would read. Returns their number. */
static size_t choose_paths(const struct pw_cli *cli, struct json_object *answer,
			   const char *standard, const char *paths[static PW_CLI_GIVEN_MAX])
{
	struct json_object *own = NULL;
	size_t n;

	if (cli->n_operands) {
		memcpy(paths, cli->operand, cli->n_operands * sizeof(*paths));
		return cli->n_operands;
	}
	json_object_object_get_ex(answer, "paths", &own);
	n = json_object_is_type(own, json_type_array) ? json_object_array_length(own) : 0;
	paths[0] = standard;
	for (size_t i = 0; i < n && i < PW_CLI_GIVEN_MAX; i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(own, i));

		if (!path || path[0] != '/') /* it was started elsewhere */
			return 1;
		paths[i] = path;
	}
	return n && n <= PW_CLI_GIVEN_MAX ? n : 1;
}

static const char *id_of(struct json_object *policy)
{
	struct json_object *id = NULL;
	const char *text;

	if (json_object_is_type(policy, json_type_object))
		json_object_object_get_ex(policy, "id", &id);
	text = id ? json_object_get_string(id) : NULL;
	return text ? text : "?";
}

static void add_json(const struct compared *compared, struct json_object *in_force,
		     const char *const *paths, size_t n, struct pw_str *text)
{
	const char *changes = json_object_to_json_string_ext(
		compared->changes, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	pw_json_open(text, NULL, '{');
	pw_json_bool(text, "same", !json_object_array_length(compared->changes));
	pw_json_text(text, "in_force", id_of(in_force));
	pw_json_text(text, "given", id_of(compared->given));
	pw_json_open(text, "paths", '[');
	for (size_t i = 0; i < n; i++)
		pw_json_text(text, NULL, paths[i]);
	pw_json_close(text, ']');
	pw_json_raw(text, "changes", changes, strlen(changes));
	pw_json_close(text, '}');
	pw_str_add(text, "\n");
}

static void add_text(const struct compared *compared, struct json_object *in_force,
		     struct pw_str *text)
{
	_cleanup_str_ struct pw_str old = { 0 }, new = { 0 };

	pw_str_add_escaped(&old, id_of(in_force), strlen(id_of(in_force)));
	pw_str_add_escaped(&new, id_of(compared->given), strlen(id_of(compared->given)));
	if (!json_object_array_length(compared->changes)) {
		pw_str_addf(text, "no difference: policy %.12s is in force, %s\n", old.text,
			    strcmp(old.text, new.text) == 0 ? "and the files are the same"
							    : "and the files say the same");
		return;
	}
	pw_str_addf(text, "policy %.12s is in force; loading the files (%.12s) would change:\n",
		    old.text, new.text);
	pw_diff_text(compared->changes, text);
}

int pw_cli_policy_diff(const struct pw_cli *cli)
{
	_cleanup_(compared_free) struct compared compared = { 0 };
	_cleanup_free_ char *standard = pw_rooted("/etc/phiward/policy.d");
	_cleanup_str_ struct pw_str text = { 0 };
	struct json_object *in_force = NULL;
	const char *paths[PW_CLI_GIVEN_MAX];
	size_t n;
	int r;

	if (!standard)
		return no_memory();
	r = pw_cli_ask("{\"command\":\"policy\"}", PW_CLI_TIMEOUT_MS, &compared.answer);
	if (r)
		return r;
	if (!json_object_object_get_ex(compared.answer, "policy", &in_force) ||
	    !json_object_is_type(in_force, json_type_object)) {
		fprintf(stderr, "phiward: the agent does not tell which policy is in force\n");
		return PW_EXIT_FAILED;
	}
	n = choose_paths(cli, compared.answer, standard, paths);
	r = load(paths, n, &compared.given);
	if (r)
		return r;
	compared.changes = pw_diff(in_force, compared.given);
	if (!compared.changes)
		return no_memory();
	if (pw_cli_has(cli, "json"))
		add_json(&compared, in_force, paths, n, &text);
	else
		add_text(&compared, in_force, &text);
	r = pw_cli_print(&text);
	return r ? r : json_object_array_length(compared.changes) ? PW_EXIT_FAILED : PW_EXIT_FINE;
}
