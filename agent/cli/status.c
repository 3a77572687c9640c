/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward status: what the agent says of itself. */
#include "control/status.h"

#include "cli/cli.h"

int pw_cli_status(const struct pw_cli *cli)
{
	_cleanup_str_ struct pw_str text = { 0 };
	struct json_object *answer = NULL;
	int r = pw_cli_ask("{\"command\":\"status\"}", PW_CLI_TIMEOUT_MS, &answer);

	if (r != PW_EXIT_FINE)
		return r;
	if (pw_cli_has(cli, "json"))
		pw_str_addf(&text, "%s\n",
			    json_object_to_json_string_ext(answer,
							   JSON_C_TO_STRING_PLAIN |
								   JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		pw_status_text(answer, time(NULL), pw_cli_colour(), &text);
	json_object_put(answer);
	return pw_cli_print(&text);
}
