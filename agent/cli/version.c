/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward version. */
#include "cli/cli.h"

#include <stdio.h>

int pw_cli_version(const struct pw_cli *cli)
{
	if (pw_cli_has(cli, "json"))
		printf("{\"version\":\"%s\"}\n", PW_VERSION);
	else
		printf("phiward %s\n", PW_VERSION);
	return PW_EXIT_FINE;
}
