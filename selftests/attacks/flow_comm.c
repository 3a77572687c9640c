// SPDX-License-Identifier: GPL-3.0-or-later
/* Fifteen bytes at a time by the program's own name. */
#include "flow-ways.h"

static int put(void)
{
	char pid[16];

	/* where, by the name of a directory: a file would be labelled */
	snprintf(pid, sizeof(pid), "pid-%d", getpid());
	return flow_result(mkdir(own("%s", pid), 0777))
		       ?: flow_result(prctl(PR_SET_NAME, flow.text));
}

static int get(void)
{
	char text[64] = "";
	DIR *dir = opendir(at_dir("OWN_DIR"));
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, "pid-", 4) == 0)
			get_file(at_join("/proc", "%s/comm", entry->d_name + 4), text,
				 sizeof(text));
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: flow_comm; threat: #62; op: *; expect: open; event: may", .put = put, .get = get);
