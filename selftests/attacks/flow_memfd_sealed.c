// SPDX-License-Identifier: GPL-3.0-or-later
/* Memory that is sealed once it is written. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write(flow.fd[0]) ?: flow_result(fcntl(flow.fd[0], F_ADD_SEALS, F_SEAL_WRITE));
}

FLOW("attack: flow_memfd_sealed; threat: #58; op: read; door: ipc", .make = make_memfd, .put = put,
     .get = get_file_held);
