/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Talking to the agent, and telling what it answered. Shared by the commands. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "control/control.h"
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>

bool pw_cli_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) &&
	       !(term && strcmp(term, "dumb") == 0);
}

int pw_cli_print(const struct pw_str *text)
{
	if (text->error) {
		fprintf(stderr, "phiward: no memory\n");
		return PW_EXIT_FAILED;
	}
	if (text->len)
		fwrite(text->text, 1, text->len, stdout); /* main() looks at the outcome */
	return PW_EXIT_FINE;
}

int pw_cli_unreachable(int error)
{
	if (error == -EACCES || error == -EPERM) {
		fprintf(stderr, "phiward: not permitted to ask the agent: be root "
				"(for 'status' a member of the socket's group will do)\n");
		return PW_EXIT_NOT_PERMITTED;
	}
	if (error == -ENOENT || error == -ECONNREFUSED)
		fprintf(stderr, "phiward: the agent is not running (systemctl start phiwardd)\n");
	else if (error == -ENODATA)
		fprintf(stderr, "phiward: the agent closed the connection without an answer\n");
	else if (error == -ETIMEDOUT)
		fprintf(stderr, "phiward: the agent is running, but does not answer in time "
				"(journalctl -u phiwardd tells what it does)\n");
	else
		fprintf(stderr, "phiward: the agent does not answer: %s\n", strerror(-error));
	return PW_EXIT_NO_AGENT;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value) || !value)
		return "?";
	return json_object_get_string(value);
}

/* The same lines as pw_cli_findings(), from the agent's JSON. */
static void tell_findings(struct json_object *findings)
{
	size_t n = json_object_is_type(findings, json_type_array)
			   ? json_object_array_length(findings)
			   : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(findings, i);
		_cleanup_str_ struct pw_str line = { 0 };
		static const char *const key[] = { "file", "line", "column", "severity",
						   "message" };

		if (!json_object_is_type(one, json_type_object))
			continue;
		for (size_t k = 0; k < sizeof(key) / sizeof(key[0]); k++) {
			const char *text = text_of(one, key[k]);

			if (k)
				pw_str_add(&line, k < 3 ? ":" : ": ");
			pw_str_add_escaped(&line, text, strlen(text));
		}
		pw_str_add(&line, "\n  remedy: ");
		pw_str_add_escaped(&line, text_of(one, "remedy"), strlen(text_of(one, "remedy")));
		fprintf(stderr, "%s\n", line.text ? line.text : "");
	}
}

int pw_cli_error_of(struct json_object *answer)
{
	_cleanup_str_ struct pw_str message = { 0 };
	struct json_object *error = NULL, *status = NULL, *findings = NULL;
	int exit_status;

	if (!json_object_is_type(answer, json_type_object)) {
		fprintf(stderr, "phiward: the agent answered something that is no JSON object\n");
		return PW_EXIT_FAILED;
	}
	if (!json_object_object_get_ex(answer, "error", &error) ||
	    !json_object_is_type(error, json_type_object))
		return -1;
	if (json_object_object_get_ex(error, "findings", &findings))
		tell_findings(findings);
	pw_str_add_escaped(&message, text_of(error, "message"), strlen(text_of(error, "message")));
	fprintf(stderr, "phiward: %s\n", message.text ? message.text : "?");
	json_object_object_get_ex(error, "exit", &status);
	exit_status = status ? json_object_get_int(status) : PW_EXIT_FAILED;
	return exit_status > 0 && exit_status <= PW_EXIT_NOT_PERMITTED ? exit_status
								       : PW_EXIT_FAILED;
}

int pw_cli_ask(const char *request, unsigned int timeout_ms, struct json_object **ret_answer)
{
	_cleanup_(pw_client_close) struct pw_client client = { .fd = -EBADF };
	_cleanup_free_ char *path = pw_rooted(PW_CONTROL_SOCKET);
	struct json_object *answer, *findings = NULL;
	const char *line = NULL;
	int r;

	if (!path)
		return pw_cli_unreachable(-ENOMEM);
	r = pw_client_open(path, timeout_ms, &client);
	if (r == 0)
		r = pw_client_send(&client, request);
	if (r == 0 || r == -EPIPE)
		r = pw_client_line(&client, false, &line);
	if (r < 0)
		return pw_cli_unreachable(r);
	answer = json_tokener_parse(line);
	r = pw_cli_error_of(answer);
	if (r >= 0) {
		json_object_put(answer);
		return r;
	}
	if (json_object_object_get_ex(answer, "findings", &findings))
		tell_findings(findings);
	*ret_answer = answer;
	return PW_EXIT_FINE;
}

void pw_cli_findings(const struct pw_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct pw_finding *finding = &findings->item[i];
		_cleanup_str_ struct pw_str file = { 0 };

		/* Messages come escaped already; the name of a file is anybody's. */
		pw_str_add_escaped(&file, finding->at.file ? finding->at.file : "?",
				   strlen(finding->at.file ? finding->at.file : "?"));
		fprintf(stderr, "%s:%u:%u: %s: %s\n", file.text ? file.text : "?", finding->at.line,
			finding->at.column, finding->error ? "error" : "warning", finding->message);
		if (finding->remedy && finding->remedy[0])
			fprintf(stderr, "  remedy: %s\n", finding->remedy);
	}
}
