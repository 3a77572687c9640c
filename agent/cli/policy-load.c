/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward policy load: the agent reads its policy anew, or says why not. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* What the agent found on this machine: programs that are not there, and the like. */
static void tell_warnings(struct json_object *answer)
{
	struct json_object *warnings = NULL;
	size_t n;

	json_object_object_get_ex(answer, "warnings", &warnings);
	n = json_object_is_type(warnings, json_type_array) ? json_object_array_length(warnings) : 0;
	for (size_t i = 0; i < n; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(warnings, i));
		_cleanup_str_ struct pw_str safe = { 0 };

		pw_str_add_escaped(&safe, text ? text : "?", strlen(text ? text : "?"));
		fprintf(stderr, "phiward: warning: %s\n", safe.text ? safe.text : "?");
	}
}

int pw_cli_policy_load(const struct pw_cli *cli)
{
	_cleanup_str_ struct pw_str text = { 0 };
	struct json_object *answer = NULL, *policy = NULL, *id = NULL, *rules = NULL,
			   *labels = NULL;
	int r = pw_cli_ask("{\"command\":\"reload\"}", PW_CLI_LOAD_TIMEOUT_MS, &answer);

	if (r != PW_EXIT_FINE)
		return r;
	tell_warnings(answer);
	if (pw_cli_has(cli, "json")) {
		pw_str_addf(&text, "%s\n",
			    json_object_to_json_string_ext(answer,
							   JSON_C_TO_STRING_PLAIN |
								   JSON_C_TO_STRING_NOSLASHESCAPE));
	} else if (json_object_object_get_ex(answer, "policy", &policy) &&
		   json_object_object_get_ex(policy, "id", &id) &&
		   json_object_object_get_ex(policy, "rules", &rules) &&
		   json_object_object_get_ex(policy, "labels", &labels)) {
		const char *hex = id ? json_object_get_string(id) : "?";
		size_t len = strlen(hex);

		pw_str_add(&text, "policy ");
		pw_str_add_escaped(&text, hex, len < 12 ? len : 12);
		pw_str_add(&text, " is in force: ");
		pw_str_add_count(&text, json_object_get_uint64(rules), "rule");
		pw_str_add(&text, ", ");
		pw_str_add_count(&text, json_object_get_uint64(labels), "label");
		pw_str_add(&text, "\n");
	} else {
		pw_str_add(&text, "the policy is in force\n");
	}
	json_object_put(answer);
	return pw_cli_print(&text);
}
