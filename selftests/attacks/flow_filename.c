// SPDX-License-Identifier: GPL-3.0-or-later
/* The name of a directory. */
#include "flow-ways.h"

static int put(void)
{
	flow.text[flow.len - 1] = '\0';
	return flow_result(mkdir(own("%s", flow.text), 0777));
}

static int get(void)
{
	DIR *dir = opendir(at_dir("OWN_DIR"));
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, "PHI-SECRET:", 11) == 0)
			return works("%s", entry->d_name);
	return FLOW_NOTHING;
}

FLOW("attack: flow_filename; threat: #61; op: *; expect: open; event: may", .put = put, .get = get);
