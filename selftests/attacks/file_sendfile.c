// SPDX-License-Identifier: GPL-3.0-or-later
/* Copied by sendfile(2), past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	return flow_sendfile(open(own("copy"), O_WRONLY | O_CREAT, 0666));
}

FLOW("attack: file_sendfile; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
