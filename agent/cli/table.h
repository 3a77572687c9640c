/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events as a table for people. On a terminal a row fits its width: people's and programs'
 * names and, in the middle, paths give way; verdict and rule never do. Elsewhere everything
 * stands whole. The columns are as wide as what was measured before.
 */
#ifndef PW_CLI_TABLE_H
#define PW_CLI_TABLE_H

#include "base/str.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum pw_column {
	PW_COLUMN_TIME,
	PW_COLUMN_VERDICT,
	PW_COLUMN_PERSON,
	PW_COLUMN_PROGRAM,
	PW_COLUMN_OP,
	PW_COLUMN_RULE,
	_PW_COLUMN_MAX, /* and the path behind them */
};

struct pw_table {
	bool colour;
	size_t terminal;               /* columns of it; 0: no terminal */
	size_t wanted[_PW_COLUMN_MAX]; /* by what was measured */
	size_t width[_PW_COLUMN_MAX];  /* as they are: no more than fits */
	bool has_head;
	char day[16]; /* of the row before, on a terminal: "2026-03-01" */
};

/* Columns of the terminal on stdout: COLUMNS, what it says itself, or 80; 0: none is there. */
size_t pw_terminal_width(void);

/* Empty; @now: on a terminal, the day of rows is only told where it is another. */
void pw_table_init(struct pw_table *table, bool colour, size_t terminal, time_t now);

/* Make the columns wide enough for @event. */
void pw_table_measure(struct pw_table *table, struct json_object *event);

/* Append @event as a row, behind the head if it is the first. */
void pw_table_add(struct pw_table *table, struct json_object *event, struct pw_str *into);

#endif /* PW_CLI_TABLE_H */
