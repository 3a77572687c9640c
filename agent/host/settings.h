/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings of the daemon: /etc/phiward/phiward.yaml. A file that is not there is all defaults. */
#ifndef PW_HOST_SETTINGS_H
#define PW_HOST_SETTINGS_H

#include "policy/policy.h"

#include <stdbool.h>
#include <stdint.h>

struct pw_settings {
	bool hide_names;             /* hide-names: false */
	char *log_file;              /* log.file: /var/log/phiward/events.jsonl */
	uint64_t log_max_bytes;      /* log.max-size: 64M (64K .. 64G; K or KiB, ...) */
	uint64_t log_keep;           /* log.keep: 10 (0 .. 1000) */
	uint64_t canary_interval_ms; /* canary-interval: 2s (500ms .. 60s; ms, s) */
	char *socket_group;          /* socket-group: phiward */
};

/*
 * Read @path into *ret_settings (pw_settings_free()). Every unknown key, wrong type and
 * value out of range is a finding with line and column.
 * Returns 0 (also when the file does not exist); -EINVAL: findings say why; -ENOMEM;
 * another -errno when it cannot be read (a finding, too).
 */
int pw_settings_load(const char *path, struct pw_findings *findings,
		     struct pw_settings *ret_settings);

/* The same from memory. @name: as messages show it. */
int pw_settings_parse(const char *name, const char *text, size_t len, struct pw_findings *findings,
		      struct pw_settings *ret_settings);
void pw_settings_free(struct pw_settings *settings);

#endif /* PW_HOST_SETTINGS_H */
