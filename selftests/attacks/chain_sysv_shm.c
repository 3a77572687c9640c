// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by shared memory of System V. */
#include "flow-net.h"
#include <sys/shm.h>

static int ways(void)
{
	flow.way[0] = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600); /* a number, no descriptor */
	return flow.way[0] < 0;
}

static int put(void)
{
	char *at = shmat(flow.way[0], NULL, 0);

	if (at == (void *)-1)
		return -errno;
	memcpy(at, flow.text, flow.len);
	return 0;
}

static int relay(void)
{
	char *at = shmat(flow.way[0], NULL, SHM_RDONLY);

	if (at == (void *)-1)
		return flow_relayed(-1);
	shmctl(flow.way[0], IPC_RMID, NULL);
	memcpy(flow.text, at, 256);
	return flow_relayed(256) ?: relay_out();
}

FLOW("attack: chain_sysv_shm; threat: #55; op: send; door: network", .make = make_udp, .ways = ways,
     .put = put, .relay = relay, .get = get_net);
