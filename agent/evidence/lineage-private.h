/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by lineage.c and chain.c alone. */
#ifndef PW_LINEAGE_PRIVATE_H
#define PW_LINEAGE_PRIVATE_H

#include "evidence/lineage.h"

#include <sqlite3.h>

/* A row with the columns of a step. Returns 0 (pw_step_clear()) or -ENOMEM. */
int pw_step_read(sqlite3_stmt *stmt, struct pw_step *ret_step);

#endif /* PW_LINEAGE_PRIVATE_H */
