// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that was opened for writing before the secret was read. */
#include "flow-ways.h"

static int before(void)
{
	way_out = open(own("copy"), O_WRONLY | O_CREAT, 0666);
	return flow_result(way_out);
}

FLOW("attack: file_before; threat: #59; op: read; path: $OWN_DIR/copy", .before = before,
     .put = put_way_out, .get = get_copy);
