/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line: one row of a table a command, which parsing, help, completion and the
 * man page's test are made from. A command is one file and returns an enum pw_exit.
 */
#ifndef PW_CLI_CLI_H
#define PW_CLI_CLI_H

#include "base/exit.h"
#include "base/str.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PW_CLI_GIVEN_MAX       256
#define PW_CLI_OPERANDS_ANY    SIZE_MAX
#define PW_CLI_OPTIONS_MAX     12
#define PW_CLI_TIMEOUT_MS      5000
#define PW_CLI_LOAD_TIMEOUT_MS 120000 /* a large policy takes its time */

struct pw_cli_option {
	const char *name; /* without "--"; NULL ends the list */
	const char *arg;  /* what its value is called; NULL: a flag */
	const char *help;
	char letter; /* short form of a flag; 0: none */
};

struct pw_cli;

struct pw_cli_command {
	const char *name;     /* one word, or two: "policy load" */
	const char *operands; /* as usage shows them; "" for none */
	const char *summary;  /* one line */
	const char *details;  /* further lines of --help; NULL: none */
	struct pw_cli_option option[PW_CLI_OPTIONS_MAX];
	size_t min_operands, max_operands;
	int (*run)(const struct pw_cli *cli);
};

struct pw_cli { /* a command line that has been understood */
	const struct pw_cli_command *command;
	struct {
		const struct pw_cli_option *option;
		const char *value; /* NULL for a flag */
	} given[PW_CLI_GIVEN_MAX];
	size_t n_given;
	const char *const *operand;
	size_t n_operands;
};

/* Last value of --@name, or NULL. */
const char *pw_cli_value(const struct pw_cli *cli, const char *name);
bool pw_cli_has(const struct pw_cli *cli, const char *name);
/* All values of --@name into @ret (room for PW_CLI_GIVEN_MAX); their number. */
size_t pw_cli_values(const struct pw_cli *cli, const char *name, const char **ret);

/* Tell on stderr what was wrong with the usage; returns PW_EXIT_USAGE. */
int pw_cli_usage(const struct pw_cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Colours on stdout: a terminal, and NO_COLOR is not set. */
bool pw_cli_colour(void);

/* Write @text to stdout; returns PW_EXIT_FINE, or PW_EXIT_FAILED with a message. */
int pw_cli_print(const struct pw_str *text);

/*
 * Ask the agent @request (JSON) and read its one-line answer into *ret_answer
 * (json_object_put()). Tells on stderr what failed, also what the agent answered as an
 * error (findings of a policy included). Returns an enum pw_exit.
 */
int pw_cli_ask(const char *request, unsigned int timeout_ms, struct json_object **ret_answer);

/* Tell the error of an agent's answer; its exit status, or -1 when @answer is no error. */
int pw_cli_error_of(struct json_object *answer);

/* Tell why the agent could not be reached (negative errno); returns the exit status. */
int pw_cli_unreachable(int error);

struct pw_findings;

/* Findings to stderr: "file:line:column: error: message" and "  remedy: ...". */
void pw_cli_findings(const struct pw_findings *findings);

int pw_cli_status(const struct pw_cli *cli);
int pw_cli_events(const struct pw_cli *cli);
int pw_cli_check(const struct pw_cli *cli);
int pw_cli_explain(const struct pw_cli *cli);
int pw_cli_policy_load(const struct pw_cli *cli);
int pw_cli_policy_diff(const struct pw_cli *cli);
int pw_cli_label(const struct pw_cli *cli);
int pw_cli_lineage(const struct pw_cli *cli);
int pw_cli_export(const struct pw_cli *cli);
int pw_cli_doctor(const struct pw_cli *cli);
int pw_cli_version(const struct pw_cli *cli);

#endif /* PW_CLI_CLI_H */
