// SPDX-License-Identifier: GPL-3.0-or-later
/* Eight bytes at a time by event counters. */
#include "flow.h"
#include <sys/eventfd.h>

#define COUNTERS 2

static int make(void)
{
	for (int i = 0; i < COUNTERS; i++)
		if (flow_give(eventfd(0, EFD_NONBLOCK)))
			return AT_BROKEN;
	return 0;
}

static int put(void)
{
	uint64_t word[COUNTERS];

	memcpy(word, flow.text, sizeof(word));
	for (int i = 0; i < COUNTERS; i++)
		if (write(flow.fd[i], &word[i], sizeof(word[i])) < 0)
			return -errno;
	return 0;
}

static int get(void)
{
	uint64_t word[COUNTERS];

	for (int i = 0; i < COUNTERS; i++)
		if (read(flow.fd[i], &word[i], sizeof(word[i])) < 0)
			return errno == EAGAIN ? FLOW_NOTHING : refused("read");
	return memcmp(word, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%.16s", (char *)word);
}

FLOW("attack: flow_eventfd; threat: #53; op: read; door: ipc; expect: open; event: may",
     .make = make, .put = put, .get = get);
