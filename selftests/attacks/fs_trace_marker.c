// SPDX-License-Identifier: GPL-3.0-or-later
/* The trace of the kernel. */
#include "flow-ways.h"

#define TRACING "/sys/kernel/tracing"

/* The trace is emptied, or it would tell what an earlier run brought there. */
static int setup(void)
{
	int fd;

	if (access(TRACING "/trace_marker", F_OK) < 0)
		return not_here("no trace_marker");
	fd = open(TRACING "/trace", O_WRONLY | O_TRUNC);
	if (fd < 0)
		return broken("trace");
	close(fd);
	return chmod(TRACING, 0755) < 0 || chmod(TRACING "/trace_marker", 0666) < 0
		       ? broken("chmod")
		       : 0;
}

static int put(void)
{
	return flow_write_path(TRACING "/trace_marker", 0);
}

static int get(void)
{
	char line[4096];
	FILE *trace = fopen(TRACING "/trace", "re");

	while (trace && fgets(line, sizeof(line), trace))
		if (strstr(line, "PHI-SECRET:fs_trace_marker"))
			return loot(line, strlen(line));
	return FLOW_NOTHING;
}

FLOW("attack: fs_trace_marker; threat: #64; user: root-as-eve; op: send; door: file; setup-user: root",
     .setup = setup, .put = put, .get = get);
