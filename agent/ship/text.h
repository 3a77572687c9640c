/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Foreign text on its way into a format. First cleaned (what no format can hold, or what
 * fools a terminal, becomes \xNN), then escaped as the format has it. A backslash stays:
 * the event has escaped once already. Errors stay in the string, as in evidence/json.h.
 */
#ifndef PW_SHIP_TEXT_H
#define PW_SHIP_TEXT_H

#include "base/str.h"
#include "ship/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PW_SHIP_WHOLE SIZE_MAX /* as @max: do not cut */

/*
 * Append @text cleaned, at most @max bytes of it (at least 4): what is longer ends, at a
 * whole character, in "...". Returns whether it was cut.
 */
bool pw_ship_clean(struct pw_str *into, const char *text, size_t max);

/* A member of a JSON object; @text NULL, a number not given, an empty list: nothing is written. */
void pw_ship_json_text(struct pw_str *s, const char *key, const char *text);
void pw_ship_json_number(struct pw_str *s, const char *key, struct pw_ship_number number);
void pw_ship_json_list(struct pw_str *s, const char *key, struct json_object *list);
/* The number as text: several formats have identifiers as text. */
void pw_ship_json_digits(struct pw_str *s, const char *key, struct pw_ship_number number);
void pw_ship_json_time(struct pw_str *s, const char *key, uint64_t utc_ns);

/*
 * Escaped for a format, at most @max bytes of the result (what is longer ends in "..."):
 * the content of an XML attribute or element. Returns whether it was cut.
 */
bool pw_ship_xml(struct pw_str *into, const char *text, size_t max);
/* Base64 of the cleaned @text. */
bool pw_ship_base64(struct pw_str *into, const char *text, size_t max);
/* CEF: of the header ('|' and '\'), and of the value of an extension ('=' and '\'). */
void pw_ship_cef_header(struct pw_str *into, const char *text, size_t max);
void pw_ship_cef_value(struct pw_str *into, const char *text, size_t max);
/* A path as "file:" URI: all but unreserved characters and '/' in percents. */
bool pw_ship_file_uri(struct pw_str *into, const char *path, size_t max);

/* "a, b" of a list, into @into as it is (not cleaned). */
void pw_ship_join(struct pw_str *into, struct json_object *list);

/* What stands behind the last '/' of @path; @path itself when it ends in one or has none. */
const char *pw_ship_last(const char *path);

#endif /* PW_SHIP_TEXT_H */
