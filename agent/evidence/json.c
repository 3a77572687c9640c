/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A writer of JSON: what came last in the string tells whether a comma is due. Foreign
 * bytes never reach the output unescaped. Reads nothing back: json-c does that.
 */
#include "evidence/json.h"

#include <string.h>

static void json_key(struct pw_str *s, const char *key)
{
	char last = s->len ? s->text[s->len - 1] : '\n';

	if (last != '{' && last != '[' && last != '\n')
		pw_str_add(s, ",");
	if (key)
		pw_str_addf(s, "\"%s\":", key);
}

void pw_json_open(struct pw_str *s, const char *key, char bracket)
{
	json_key(s, key);
	pw_str_add_bytes(s, &bracket, 1);
}

void pw_json_close(struct pw_str *s, char bracket)
{
	pw_str_add_bytes(s, &bracket, 1);
}

void pw_json_null(struct pw_str *s, const char *key)
{
	json_key(s, key);
	pw_str_add(s, "null");
}

void pw_json_bool(struct pw_str *s, const char *key, bool value)
{
	json_key(s, key);
	pw_str_add(s, value ? "true" : "false");
}

void pw_json_u64(struct pw_str *s, const char *key, uint64_t value)
{
	json_key(s, key);
	pw_str_addf(s, "%llu", (unsigned long long)value);
}

void pw_json_i64(struct pw_str *s, const char *key, int64_t value)
{
	json_key(s, key);
	pw_str_addf(s, "%lld", (long long)value);
}

/* Printable ASCII without the two characters that JSON, and the one that escaping, needs. */
static bool is_simple(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] < 0x20 || bytes[i] > 0x7e || bytes[i] == '"' || bytes[i] == '\\')
			return false;
	return true;
}

bool pw_json_is_plain(const char *bytes, size_t len)
{
	_cleanup_str_ struct pw_str escaped = { 0 };

	if (is_simple(bytes, len))
		return true;
	return pw_str_add_escaped(&escaped, bytes, len) == 0 && escaped.len == len;
}

void pw_json_bytes(struct pw_str *s, const char *key, const char *bytes, size_t len)
{
	_cleanup_str_ struct pw_str escaped = { 0 };
	const char *p, *end;

	json_key(s, key);
	pw_str_add(s, "\"");
	if (is_simple(bytes, len)) {
		pw_str_add_bytes(s, bytes, len);
		pw_str_add(s, "\"");
		return;
	}
	if (pw_str_add_escaped(&escaped, bytes, len) < 0) {
		s->error = escaped.error;
		return;
	}
	end = escaped.text + escaped.len;
	for (p = escaped.text; p < end;) {
		size_t n = 0;

		while (p + n < end && p[n] != '"' && p[n] != '\\')
			n++;
		pw_str_add_bytes(s, p, n);
		p += n;
		if (p < end) {
			pw_str_add(s, *p == '"' ? "\\\"" : "\\\\");
			p++;
		}
	}
	pw_str_add(s, "\"");
}

void pw_json_text(struct pw_str *s, const char *key, const char *text)
{
	if (text)
		pw_json_bytes(s, key, text, strlen(text));
	else
		pw_json_null(s, key);
}

void pw_json_raw(struct pw_str *s, const char *key, const char *json, size_t len)
{
	json_key(s, key);
	pw_str_add_bytes(s, json, len);
}

void pw_json_base64(struct pw_str *s, const char *key, const void *bytes, size_t len)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = bytes;

	json_key(s, key);
	pw_str_add(s, "\"");
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t word = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
				(left > 2 ? p[i + 2] : 0);
		char four[4] = { digit[word >> 18], digit[word >> 12 & 63],
				 left > 1 ? digit[word >> 6 & 63] : '=',
				 left > 2 ? digit[word & 63] : '=' };

		pw_str_add_bytes(s, four, sizeof(four));
	}
	pw_str_add(s, "\"");
}
