/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *log_program = "phiward";
static enum pw_log_level log_max = PW_LOG_INFO;
static int log_journal;

void pw_log_setup(const char *program, enum pw_log_level max_level)
{
	log_program = program;
	log_max = max_level;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

static void log_line(enum pw_log_level level, const char *message, int error)
{
	_cleanup_str_ struct pw_str line = { 0 };

	if (log_journal)
		pw_str_addf(&line, "<%d>", level);
	else
		pw_str_addf(&line, "%s: ", log_program);
	pw_str_add(&line, message);
	if (error)
		pw_str_addf(&line, ": %s", strerror(error));
	pw_str_add(&line, "\n");
	/* One write a line: lines of several processes do not mix. Nobody to tell if it fails. */
	if (!line.error && write(STDERR_FILENO, line.text, line.len) < 0)
		return;
}

void pw_log(enum pw_log_level level, const char *format, ...)
{
	_cleanup_str_ struct pw_str message = { 0 };
	va_list args;

	if (level > log_max)
		return;
	va_start(args, format);
	pw_str_vaddf(&message, format, args);
	va_end(args);
	if (message.text)
		log_line(level, message.text, 0);
}

int pw_err(int r, const char *format, ...)
{
	_cleanup_str_ struct pw_str message = { 0 };
	va_list args;

	va_start(args, format);
	pw_str_vaddf(&message, format, args);
	va_end(args);
	if (message.text)
		log_line(PW_LOG_ERR, message.text, r < 0 ? -r : r);
	return r;
}
