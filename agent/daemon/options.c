/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/daemon.h"

#include "base/exit.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"usage: phiwardd [OPTION]...\n"
	"\n"
	"The phiward agent: loads the policy into the kernel and keeps the evidence.\n"
	"\n"
	"  --policy PATH     policy file, or directory of *.yaml (may be repeated;\n"
	"                    default /etc/phiward/policy.d)\n"
	"  --settings FILE   default /etc/phiward/phiward.yaml, which may be missing\n"
	"  --stdout          write events to standard output, too (names as tokens)\n"
	"  --no-log          do not write the log file\n"
	"  --version         print the version\n"
	"  --help            print this help\n"
	"\n"
	"Exit: 0 ended by a signal; 1 failed; 2 wrong usage; 3 bad policy; 4 this kernel\n"
	"cannot; 6 not permitted. See phiwardd(8).\n";

int pw_options_parse(int argc, char **argv, struct pw_options *ret_options)
{
	enum { POLICY = 256, SETTINGS, STDOUT, NO_LOG, VERSION, HELP };
	static const struct option known[] = {
		{ "policy", required_argument, NULL, POLICY },
		{ "settings", required_argument, NULL, SETTINGS },
		{ "stdout", no_argument, NULL, STDOUT },
		{ "no-log", no_argument, NULL, NO_LOG },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, HELP },
		{ 0 },
	};
	struct pw_options options = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (option) {
		case POLICY:
			if (options.n_policies == PW_POLICY_PATHS_MAX) {
				fprintf(stderr, "phiwardd: more than %d --policy: put the files "
						"into a directory\n", PW_POLICY_PATHS_MAX);
				return PW_EXIT_USAGE;
			}
			options.policy[options.n_policies++] = optarg;
			break;
		case SETTINGS:
			/* The usual file may be missing; one that is asked for may not. */
			if (access(optarg, R_OK) < 0) {
				fprintf(stderr, "phiwardd: cannot read the settings '%s': %s\n",
					optarg, strerror(errno));
				return PW_EXIT_USAGE;
			}
			options.settings = optarg;
			break;
		case STDOUT:
			options.to_stdout = true;
			break;
		case NO_LOG:
			options.no_log = true;
			break;
		case VERSION:
			printf("phiwardd %s\n", PW_VERSION);
			return PW_EXIT_FINE;
		case 'h':
		case HELP:
			fputs(help, stdout);
			return PW_EXIT_FINE;
		default:
			fputs("Try 'phiwardd --help'.\n", stderr);
			return PW_EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "phiwardd: unexpected argument '%s'\nTry 'phiwardd --help'.\n",
			argv[optind]);
		return PW_EXIT_USAGE;
	}
	*ret_options = options;
	return -1;
}
