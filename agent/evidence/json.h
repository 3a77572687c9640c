/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing JSON into a pw_str. Commas look after themselves. Errors stay in the string
 * (pw_str.error), checked once at the end.
 */
#ifndef PW_EVIDENCE_JSON_H
#define PW_EVIDENCE_JSON_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* @key NULL: an element of an array, or the outermost value. */
void pw_json_open(struct pw_str *s, const char *key, char bracket); /* '{' or '[' */
void pw_json_close(struct pw_str *s, char bracket);                 /* '}' or ']' */
void pw_json_null(struct pw_str *s, const char *key);
void pw_json_bool(struct pw_str *s, const char *key, bool value);
void pw_json_u64(struct pw_str *s, const char *key, uint64_t value);
void pw_json_i64(struct pw_str *s, const char *key, int64_t value);
/* @text NULL: null. Bytes that are no printable UTF-8 are written as \xNN (text, escaped). */
void pw_json_text(struct pw_str *s, const char *key, const char *text);
void pw_json_bytes(struct pw_str *s, const char *key, const char *bytes, size_t len);
/* @json must be one JSON value already. */
void pw_json_raw(struct pw_str *s, const char *key, const char *json, size_t len);
void pw_json_base64(struct pw_str *s, const char *key, const void *bytes, size_t len);

/* Would pw_json_bytes() have to change something (so that the bytes must be given beside)? */
bool pw_json_is_plain(const char *bytes, size_t len);

#endif /* PW_EVIDENCE_JSON_H */
