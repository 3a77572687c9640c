/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the words of include/phiward/words.h, as YAML, JSON and the CLI spell them. */
#ifndef PW_BASE_WORDS_H
#define PW_BASE_WORDS_H

#include "phiward/event.h"
#include "phiward/words.h"

#include <stdint.h>

extern const char *const pw_op_names[_PW_OP_MAX];
extern const char *const pw_verdict_names[_PW_VERDICT_MAX];
extern const char *const pw_mode_names[_PW_MODE_MAX];
extern const char *const pw_severity_names[_PW_SEVERITY_MAX];
extern const char *const pw_class_names[_PW_CLASS_MAX];
extern const char *const pw_on_failure_names[_PW_ON_FAILURE_MAX];
extern const char *const pw_door_names[_PW_DOOR_MAX];
extern const char *const pw_spread_names[_PW_SPREAD_MAX];
extern const char *const pw_hook_names[_PW_HOOK_MAX];

/* What a mode (st_mode) says that an object is: "file", "fifo", ...; NULL: none of them. */
const char *pw_file_type_name(uint32_t mode);
extern const char *const pw_event_kind_names[_PW_EVENT_KIND_MAX];

#endif /* PW_BASE_WORDS_H */
