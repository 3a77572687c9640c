// SPDX-License-Identifier: GPL-3.0-or-later
/* Copied by a pipe and splice(2), past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	int between[2], r = flow_result(pipe(between));
	loff_t from = 0;
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	r = r ?: flow_result(splice(flow.secret, &from, between[1], NULL, flow.len, 0));
	return r ?: flow_result(splice(between[0], NULL, fd, NULL, flow.len, 0));
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: file_splice; threat: #59; op: read; path: $OWN_DIR/copy", .put = put, .get = get);
