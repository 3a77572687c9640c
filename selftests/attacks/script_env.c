// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands of the user's own in the approved script, by BASH_ENV: an interpreter that takes code from its environment is not to be trusted with a script. */
#include "client.h"

ATTACK("attack: script_env; threat: #100; user: nina; op: read; errno: EPERM; fs: ext4; expect: open; event: may");

NO_SETUP

static int attack(void)
{
	char env_file[PATH_MAX + 16], *env[] = { env_file, NULL };
	char *args[] = { "/opt/ehr/bin/report.sh", "/dev/null", (char *)SECRET, NULL };

	snprintf(env_file, sizeof(env_file), "BASH_ENV=%s", own("foreign"));
	return put_file(own("foreign"), "read -r line <\"$2\"; echo \"$line\"\n", 0644)
		       ?: run_script(args, env);
}
