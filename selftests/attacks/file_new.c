// SPDX-License-Identifier: GPL-3.0-or-later
/* A new file. */
#include "flow-ways.h"

FLOW("attack: file_new; threat: #59; op: read; path: $OWN_DIR/copy", .put = put_copy,
     .get = get_copy);
