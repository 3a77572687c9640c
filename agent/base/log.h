/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of the programs (phiwardd, phiward) to stderr: one line each, with the
 * <N> priority prefix of sd-daemon(3) when stderr is the journal. Library rooms do not
 * log: they return errors with detail. Never log paths below a tree, contents or secrets.
 */
#ifndef PW_BASE_LOG_H
#define PW_BASE_LOG_H

enum pw_log_level { PW_LOG_ERR = 3, PW_LOG_WARNING = 4, PW_LOG_NOTICE = 5, PW_LOG_INFO = 6, PW_LOG_DEBUG = 7 };

void pw_log_setup(const char *program, enum pw_log_level max_level);
void pw_log(enum pw_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Log "MESSAGE: errno text" at error level and return @r (a negative errno). */
int pw_err(int r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define pw_info(...) pw_log(PW_LOG_INFO, __VA_ARGS__)
#define pw_notice(...) pw_log(PW_LOG_NOTICE, __VA_ARGS__)
#define pw_warning(...) pw_log(PW_LOG_WARNING, __VA_ARGS__)
#define pw_debug(...) pw_log(PW_LOG_DEBUG, __VA_ARGS__)

#endif /* PW_BASE_LOG_H */
