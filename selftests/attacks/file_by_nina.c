// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, read by a program of nina's that is not approved. */
#include "flow-ways.h"

FLOW("attack: file_by_nina; threat: #59; user: nina; op: read; path: $OWN_DIR/copy",
     .put = put_copy, .get = get_copy);
