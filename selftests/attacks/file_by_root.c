// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, read by root. */
#include "flow-ways.h"

FLOW("attack: file_by_root; threat: #59; user: root-as-eve; op: read; path: $OWN_DIR/copy",
     .put = put_copy, .get = get_copy);
