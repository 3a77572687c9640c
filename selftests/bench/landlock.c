// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * landlock RULE... -- COMMAND...: confines itself with one Landlock rule for each RULE
 * ("ro:DIR" or "rw:DIR") and runs COMMAND.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READING \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ALL ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int add_rule(int ruleset, const char *rule)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = strncmp(rule, "rw:", 3) == 0 ? ALL : READING,
		.parent_fd = open(rule + 3, O_PATH | O_CLOEXEC),
	};

	if (beneath.parent_fd < 0)
		return -1;
	return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath,
			    0);
}

int main(int argc, char **argv)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ALL };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0), i = 1;

	if (ruleset < 0) {
		perror("landlock: landlock_create_ruleset");
		return 1;
	}
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strlen(argv[i]) < 4 || add_rule(ruleset, argv[i]) < 0) {
			fprintf(stderr, "landlock: %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	if (i + 1 >= argc) {
		fprintf(stderr, "usage: landlock RULE... -- COMMAND...\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) {
		perror("landlock: landlock_restrict_self");
		return 1;
	}
	close(ruleset);
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
