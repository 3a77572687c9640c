/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward: which command is meant, its options, its help. The commands are files of their own. */
#include "cli/cli.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JSON                               \
	{                                  \
		"json", NULL, "print JSON" \
	}

static const struct pw_cli_command commands[] = {
	{
		.name = "status",
		.operands = "",
		.summary = "is this machine protected, and by what",
		.details = "Exit status 0 when the agent answered, whatever it said.",
		.option = { JSON },
		.run = pw_cli_status,
	},
	{
		.name = "doctor",
		.operands = "",
		.summary = "can this kernel protect, and what to change",
		.details = "Exit status 4 when it cannot.",
		.option = { JSON },
		.run = pw_cli_doctor,
	},
	{
		.name = "check",
		.operands = "[FILE|DIRECTORY]...",
		.summary = "check a policy without loading it",
		.details =
			"Without operands: /etc/phiward/policy.d. Several files are one policy, in the\n"
			"order given. Exit status 3 when there are errors.",
		.option = { JSON },
		.max_operands = PW_CLI_GIVEN_MAX,
		.run = pw_cli_check,
	},
	{
		.name = "explain",
		.operands = "--user USER --exe FILE --op OPERATION PATH\n"
			    "       phiward explain [OPTION]... --user USER --exe FILE --to DEST --holding LABELS",
		.summary = "what would be decided about an access, and why",
		.details =
			"OPERATION: list, stat, read, write, create, rename, link, delete or send.\n"
			"DEST: tcp:ADDRESS:PORT, udp:ADDRESS:PORT, unix:PATH, unix:@NAME, printer:QUEUE,\n"
			"usb:VENDOR:PRODUCT[:SERIAL], dir:PATH, or a place of the policy. A send, of what\n"
			"is held and, with PATH, of what that carries.\n"
			"Decides by names and the clock; what a process did before does not count.",
		.option = { { "user", "USER", "the person" },
			    { "exe", "FILE", "the program" },
			    { "script", "FILE", "the script that it interprets" },
			    { "op", "OPERATION", "what is tried" },
			    { "to", "DEST", "where it is sent" },
			    { "holding", "LABELS", "what the process holds: LABEL or LABEL,LABEL" },
			    { "policy", "FILE",
			      "this policy, not /etc/phiward/policy.d (may be repeated)" },
			    { "group", "GROUP",
			      "a group of the person, instead of those known here (may be repeated)" },
			    JSON },
		.max_operands = 1,
		.run = pw_cli_explain,
	},
	{
		.name = "policy load",
		.operands = "",
		.summary = "have the agent read its policy anew",
		.details =
			"A policy with errors is refused with exit status 3; the old one stays in force.",
		.option = { JSON },
		.run = pw_cli_policy_load,
	},
	{
		.name = "policy diff",
		.operands = "[FILE|DIRECTORY]...",
		.summary = "what files would change in the policy in force",
		.details =
			"Without operands: the files that the agent reads. Exit status 0 when nothing would\n"
			"change, 1 when something would, 3 when the files have errors.",
		.option = { JSON },
		.max_operands = PW_CLI_GIVEN_MAX,
		.run = pw_cli_policy_diff,
	},
	{
		.name = "events",
		.operands = "",
		.summary = "what was decided lately, and as it happens",
		.option = { { "follow", NULL, "go on with new events until interrupted" },
			    { "limit", "N", "at most N of the events that are there already" },
			    { "verdict", "VERDICT", "only allow, warn, would-deny or deny" },
			    { "user", "USER", "only of this person (name or uid)" },
			    JSON },
		.run = pw_cli_events,
	},
	{
		.name = "label",
		.operands = "PATH...",
		.summary = "what files carry, and changing it",
		.details =
			"Tells apart what a file carries by its name (trees and files of the policy) and by\n"
			"itself: what was written to it, or what --set gave it. Only the latter can be cleared.",
		.option = { { "set", "LABEL", "label these files (may be repeated)" },
			    { "clear", "LABEL", "take a label off these files (may be repeated)" },
			    { "reason", "TEXT", "why it is cleared: stands in the events" },
			    { "recall", NULL, "give them the labels that their xattr names" },
			    { "recursive", NULL, "also the files in directories", 'r' },
			    { "json", NULL, "print JSON, a line a file" } },
		.min_operands = 1,
		.max_operands = PW_CLI_OPERANDS_ANY,
		.run = pw_cli_label,
	},
	{
		.name = "lineage",
		.operands = "PATH|PID",
		.summary = "how a label came to a file or a process",
		.details =
			"By time: who read which record with which program, and what was written then,\n"
			"through pipes and other processes, down to the file or process that is asked for.",
		.option = { JSON },
		.min_operands = 1,
		.max_operands = 1,
		.run = pw_cli_lineage,
	},
	{
		.name = "export",
		.operands = "--format FORMAT [FILE]...",
		.summary = "events as ocsf, atna, fhir, cef, ecs or json",
		.details =
			"One record a line. Without operands: the log of the settings, with its rotated files;\n"
			"- is standard input. A line that is no event is told and left out: exit status 1.\n"
			"TIME: 2026-03-01, 2026-03-01T12:00 (local), 2026-03-01T12:00:00Z, or 90m, 12h, 7d ago.",
		.option = { { "format", "FORMAT", "ocsf, atna, fhir, cef, ecs or json" },
			    { "since", "TIME", "only events of this time or later" },
			    { "until", "TIME", "only events before this time" },
			    { "host", "NAME", "the host that they are of, not this one" },
			    { "site", "NAME", "the hospital or department" },
			    { "bare", NULL, "atna: XML without a syslog header" },
			    { "bom", NULL, "atna: a byte order mark before the XML" },
			    { "msgid", "MSGID", "atna: not IHE+RFC-3881 in the syslog header" } },
		.max_operands = PW_CLI_OPERANDS_ANY,
		.run = pw_cli_export,
	},
	{
		.name = "version",
		.operands = "",
		.summary = "print the version",
		.option = { JSON },
		.run = pw_cli_version,
	},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_overview(FILE *to)
{
	fprintf(to, "Usage: phiward COMMAND [OPTION]... [OPERAND]...\n\nCommands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
	fprintf(to, "\n'phiward COMMAND --help' tells more; so does phiward(1).\n");
}

static void print_help(const struct pw_cli_command *command)
{
	printf("Usage: phiward %s [OPTION]...%s%s\n\n%s.\n", command->name,
	       command->operands[0] ? " " : "", command->operands, command->summary);
	if (command->details)
		printf("%s\n", command->details);
	printf("\nOptions:\n");
	for (const struct pw_cli_option *option = command->option; option->name; option++) {
		_cleanup_str_ struct pw_str left = { 0 };

		pw_str_addf(&left, "--%s%s%s", option->name, option->arg ? " " : "",
			    option->arg ? option->arg : "");
		if (option->letter)
			pw_str_addf(&left, ", -%c", option->letter);
		printf("  %-22s %s\n", left.text ? left.text : "", option->help);
	}
	printf("  %-22s %s\n", "--help", "show this");
}

int pw_cli_usage(const struct pw_cli *cli, const char *format, ...)
{
	_cleanup_str_ struct pw_str message = { 0 };
	va_list args;

	va_start(args, format);
	pw_str_vaddf(&message, format, args);
	va_end(args);
	fprintf(stderr, "phiward: %s\n", message.text ? message.text : "no memory");
	if (cli && cli->command)
		fprintf(stderr, "Try 'phiward %s --help'.\n", cli->command->name);
	else
		fprintf(stderr, "Try 'phiward --help'.\n");
	return PW_EXIT_USAGE;
}

const char *pw_cli_value(const struct pw_cli *cli, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, name) == 0)
			value = cli->given[i].value;
	return value;
}

bool pw_cli_has(const struct pw_cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, name) == 0)
			return true;
	return false;
}

size_t pw_cli_values(const struct pw_cli *cli, const char *name, const char **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, name) == 0)
			ret[n++] = cli->given[i].value;
	return n;
}

/* Words of @argv that name @command: 0 when they do not. */
static int matches(const struct pw_cli_command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');
	size_t len = space ? (size_t)(space - command->name) : strlen(command->name);

	if (strncmp(argv[1], command->name, len) != 0 || argv[1][len])
		return 0;
	if (!space)
		return 1;
	return argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* Is @command the group of @name, as "policy" is of "policy load"? Its second word, or NULL. */
static const char *second_word(const char *name, const char *command)
{
	size_t len = strlen(command);

	return strncmp(name, command, len) == 0 && name[len] == ' ' ? name + len + 1 : NULL;
}

/* The command that was meant by @given, or NULL. */
static const char *nearest(const char *given)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (pw_str_similar(given, commands[i].name))
			return commands[i].name;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const char *space = strchr(commands[i].name, ' ');

		if (space && pw_str_similar(given, space + 1))
			return commands[i].name;
	}
	for (size_t i = 0; strlen(given) > 1 && i < N_COMMANDS; i++)
		if (strncmp(commands[i].name, given, strlen(given)) == 0)
			return commands[i].name;
	return NULL;
}

/* @group alone, or with a @second word that it does not have. -1: no group is called so. */
static int unknown_second(const char *group, const char *second)
{
	_cleanup_str_ struct pw_str given = { 0 }, choice = { 0 };

	for (size_t i = 0; i < N_COMMANDS; i++) {
		const char *word = second_word(commands[i].name, group);

		if (!word)
			continue;
		if (second && pw_str_similar(second, word))
			return pw_cli_usage(NULL, "unknown command: did you mean '%s'?",
					    commands[i].name);
		pw_str_addf(&choice, "%s'%s'", choice.len ? " or " : "", commands[i].name);
	}
	if (!choice.len)
		return -1;
	if (!second)
		return pw_cli_usage(NULL, "'%s' needs a second word: %s", group, choice.text);
	pw_str_add_escaped(&given, second, strlen(second));
	return pw_cli_usage(NULL, "'%s' does not know '%s': did you mean %s?", group,
			    given.text ? given.text : "", choice.text);
}

static int unknown_command(int argc, char **argv)
{
	_cleanup_str_ struct pw_str given = { 0 };
	const char *meant = nearest(argv[1]);
	int r = unknown_second(argv[1], argc > 2 ? argv[2] : NULL);

	if (r >= 0)
		return r;
	pw_str_add_escaped(&given, argv[1], strlen(argv[1]));
	if (argv[1][0] == '-')
		return pw_cli_usage(NULL, "unknown option '%s': options stand behind the command",
				    given.text ? given.text : "");
	if (meant)
		return pw_cli_usage(NULL, "unknown command '%s': did you mean '%s'?",
				    given.text ? given.text : "", meant);
	return pw_cli_usage(NULL, "unknown command '%s'", given.text ? given.text : "");
}

static int unknown_option(const struct pw_cli *cli, const char *name, size_t len)
{
	_cleanup_str_ struct pw_str given = { 0 }, plain = { 0 };

	pw_str_add_escaped(&given, name, len);
	pw_str_add_bytes(&plain, name, len);
	for (const struct pw_cli_option *option = cli->command->option; option->name; option++)
		if (plain.text && pw_str_similar(option->name, plain.text))
			return pw_cli_usage(cli, "unknown option '--%s': did you mean '--%s'?",
					    given.text, option->name);
	return pw_cli_usage(cli, "unknown option '--%s'", given.text ? given.text : "");
}

/* Understand the option at argv[*at]; 0, or an exit status. */
static int take_option(struct pw_cli *cli, char **argv, int argc, int *at)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '='), *value = NULL;
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct pw_cli_option *option = cli->command->option;

	while (option->name && (strncmp(option->name, name, len) != 0 || option->name[len]))
		option++;
	if (!option->name)
		return unknown_option(cli, name, len);
	if (!option->arg && equals)
		return pw_cli_usage(cli, "option '--%s' takes no value", option->name);
	if (option->arg) {
		value = equals ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
		if (!value)
			return pw_cli_usage(cli, "option '--%s' needs %s", option->name,
					    option->arg);
	}
	if (cli->n_given == PW_CLI_GIVEN_MAX)
		return pw_cli_usage(cli, "too many options");
	cli->given[cli->n_given].option = option;
	cli->given[cli->n_given++].value = value;
	return 0;
}

/* A flag that is given by its letter: 0, or an exit status. */
static int take_letter(struct pw_cli *cli, const char *given)
{
	_cleanup_str_ struct pw_str text = { 0 };
	const struct pw_cli_option *option = cli->command->option;

	while (option->name && (!option->letter || option->letter != given[1] || given[2]))
		option++;
	if (!option->name) {
		pw_str_add_escaped(&text, given, strlen(given));
		return pw_cli_usage(cli, "unknown option '%s'", text.text ? text.text : "");
	}
	if (cli->n_given == PW_CLI_GIVEN_MAX)
		return pw_cli_usage(cli, "too many options");
	cli->given[cli->n_given].option = option;
	cli->given[cli->n_given++].value = NULL;
	return 0;
}

/* Sort options from operands, in place. Returns 0, an exit status, or -1: help was asked for. */
static int parse(struct pw_cli *cli, int argc, char **argv, int at)
{
	int operands = at;
	bool only_operands = false;

	cli->operand = (const char *const *)&argv[operands];
	for (; at < argc; at++) {
		int r;

		if (!only_operands && strcmp(argv[at], "--") == 0) {
			only_operands = true;
		} else if (!only_operands &&
			   (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)) {
			return -1;
		} else if (!only_operands && strncmp(argv[at], "--", 2) == 0) {
			r = take_option(cli, argv, argc, &at);
			if (r)
				return r;
		} else if (!only_operands && argv[at][0] == '-' && argv[at][1]) {
			r = take_letter(cli, argv[at]);
			if (r)
				return r;
		} else {
			argv[operands++] = argv[at];
			cli->n_operands++;
		}
	}
	if (cli->n_operands < cli->command->min_operands)
		return pw_cli_usage(cli, "'%s' needs %s", cli->command->name,
				    cli->command->operands);
	if (cli->n_operands > cli->command->max_operands) {
		_cleanup_str_ struct pw_str given = { 0 };
		const char *extra = cli->operand[cli->command->max_operands];

		pw_str_add_escaped(&given, extra, strlen(extra));
		return pw_cli_usage(cli, "'%s' does not take '%s'", cli->command->name,
				    given.text ? given.text : "");
	}
	return 0;
}

static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "phiward: cannot write the output: %s\n", strerror(errno));
	return status ? status : PW_EXIT_FAILED;
}

static const struct pw_cli_command *find(int argc, char **argv, int *ret_words)
{
	*ret_words = 0;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		*ret_words = matches(&commands[i], argc, argv);
		if (*ret_words)
			return &commands[i];
	}
	return NULL;
}

/* phiward help [COMMAND]; argv[1] is "help". */
static int help(int argc, char **argv)
{
	const struct pw_cli_command *command;
	int words;

	if (argc < 3) {
		print_overview(stdout);
		return PW_EXIT_FINE;
	}
	command = find(argc - 1, argv + 1, &words);
	if (!command)
		return unknown_command(argc - 1, argv + 1);
	print_help(command);
	return PW_EXIT_FINE;
}

int main(int argc, char **argv)
{
	struct pw_cli cli = { 0 };
	int words, r;

	pw_log_setup("phiward", PW_LOG_INFO);
	if (argc < 2) {
		print_overview(stderr);
		return PW_EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0)
		return finish(help(argc, argv));
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_overview(stdout);
		return finish(PW_EXIT_FINE);
	}
	if (strcmp(argv[1], "--version") == 0)
		return finish(pw_cli_version(&cli));
	cli.command = find(argc, argv, &words);
	if (!cli.command)
		return unknown_command(argc, argv);
	r = parse(&cli, argc, argv, 1 + words);
	if (r < 0) {
		print_help(cli.command);
		return finish(PW_EXIT_FINE);
	}
	return r ? r : finish(cli.command->run(&cli));
}
