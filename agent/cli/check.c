/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward check: is a policy sound? Reads files, asks nobody. */
#include "base/cleanup.h"
#include "base/words.h"
#include "cli/cli.h"
#include "control/control.h"
#include "control/status.h"
#include "evidence/json.h"
#include "policy/compile.h"
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void add_json(struct pw_str *text, const struct pw_policy *policy,
		     const struct pw_findings *findings)
{
	pw_json_open(text, NULL, '{');
	pw_json_bool(text, "ok", policy != NULL);
	if (policy) {
		pw_json_open(text, "policy", '{');
		pw_json_text(text, "id", policy->id);
		pw_json_text(text, "mode", pw_mode_names[policy->mode]);
		pw_json_u64(text, "rules", policy->n_rules);
		pw_json_u64(text, "labels", policy->n_labels);
		pw_json_close(text, '}');
	} else {
		pw_json_null(text, "policy");
	}
	pw_findings_json(findings, "findings", text);
	pw_json_close(text, '}');
	pw_str_add(text, "\n");
}

static void add_summary(struct pw_str *text, const struct pw_policy *policy,
			const struct pw_findings *findings)
{
	size_t warnings = findings->n - findings->n_errors;

	pw_str_addf(text, "policy %.12s is sound: ", policy->id);
	pw_str_add_count(text, policy->n_rules, "rule");
	pw_str_add(text, ", ");
	pw_str_add_count(text, policy->n_labels, "label");
	pw_str_addf(text, ", mode %s", pw_mode_names[policy->mode]);
	if (warnings) {
		pw_str_add(text, ", ");
		pw_str_add_count(text, warnings, "warning");
	}
	pw_str_add(text, "\n");
}

int pw_cli_check(const struct pw_cli *cli)
{
	_cleanup_(pw_compiled_free) struct pw_compiled *compiled = NULL;
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	_cleanup_free_ char *standard = pw_rooted("/etc/phiward/policy.d");
	_cleanup_str_ struct pw_str text = { 0 };
	const char *const usual[] = { standard };
	const char *const *paths = cli->n_operands ? cli->operand : usual;
	struct pw_compile_options options = { .now = time(NULL) };
	bool sound;
	int r;

	if (!standard)
		return PW_EXIT_FAILED;
	r = pw_policy_load(paths, cli->n_operands ? cli->n_operands : 1, &findings, &policy);
	if (r == 0)
		r = pw_policy_compile(policy, &options, &findings, &compiled);
	if (r == -ENOMEM) {
		fprintf(stderr, "phiward: no memory\n");
		return PW_EXIT_FAILED;
	}
	sound = r == 0 && findings.n_errors == 0;
	if (cli->command && pw_cli_has(cli, "json")) {
		add_json(&text, sound ? policy : NULL, &findings);
	} else {
		pw_cli_findings(&findings);
		if (sound)
			add_summary(&text, policy, &findings);
		else
			fprintf(stderr, "phiward: the policy has %zu error%s\n", findings.n_errors,
				findings.n_errors == 1 ? "" : "s");
	}
	r = pw_cli_print(&text);
	return r ? r : sound ? PW_EXIT_FINE : PW_EXIT_POLICY;
}
