// SPDX-License-Identifier: GPL-3.0-or-later
/* A new file on btrfs. */
#include "flow-ways.h"

FLOW("attack: file_btrfs; threat: #59; op: read; path: $OWN_DIR/copy; fs: btrfs", .put = put_copy,
     .get = get_copy);
