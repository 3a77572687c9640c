/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning and escaping for the formats. What a format means is none of this file's business. */
#include "ship/text.h"

#include "evidence/event.h"
#include "evidence/json.h"

#include <errno.h>
#include <string.h>

static bool is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* U+FFFE and U+FFFF are no characters, and XML refuses them. */
static bool is_noncharacter(const char *p)
{
	return strncmp(p, "\xef\xbf\xbe", 3) == 0 || strncmp(p, "\xef\xbf\xbf", 3) == 0;
}

/* Where to end a text that is longer than @max bytes: not within a character. */
static size_t cut_at(const char *text, size_t len, size_t max)
{
	size_t n = max - 3;

	if (len <= max)
		return len;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

bool pw_ship_clean(struct pw_str *into, const char *text, size_t max)
{
	size_t before = into->len, len;
	bool cut;

	for (const char *p = text; *p;) {
		size_t n = 0;

		while (is_plain(p[n])) /* a backslash, too */
			n++;
		pw_str_add_bytes(into, p, n);
		p += n;
		for (n = 0; p[n] && !is_plain(p[n]) && !is_noncharacter(p + n);)
			n++;
		pw_str_add_escaped(into, p, n);
		p += n;
		if (*p && !is_plain(*p)) {
			pw_str_addf(into, "\\xef\\xbf\\x%02x", (unsigned char)p[2]);
			p += 3;
		}
	}
	len = into->len - before;
	cut = len > max;
	if (cut) {
		into->len = before + cut_at(into->text + before, len, max);
		into->text[into->len] = '\0';
		pw_str_add(into, "...");
	}
	return cut;
}

/*
 * Append @text cleaned, with each character of @special replaced by its text in @by; at most
 * @max bytes of the result, never a part of a replacement or of a character.
 */
static bool add_replaced(struct pw_str *into, const char *text, size_t max, const char *special,
			 const char *const *by)
{
	_cleanup_str_ struct pw_str clean = { 0 };
	size_t before = into->len, room = max == PW_SHIP_WHOLE ? max : max - 3;

	pw_ship_clean(&clean, text, PW_SHIP_WHOLE);
	if (clean.error)
		into->error = clean.error;
	for (const char *p = clean.text ? clean.text : ""; *p;) {
		const char *at = strchr(special, *p);
		size_t n = at ? strlen(by[at - special]) : strcspn(p, special);

		if (into->len - before + n > room && at) {
			pw_str_add(into, "...");
			return true;
		}
		if (into->len - before + n > room) {
			size_t left = room - (into->len - before);

			while (left > 0 && ((unsigned char)p[left] & 0xc0) == 0x80)
				left--;
			pw_str_add_bytes(into, p, left);
			pw_str_add(into, "...");
			return true;
		}
		pw_str_add_bytes(into, at ? by[at - special] : p, n);
		p += at ? 1 : n;
	}
	return false;
}

static void add_json(struct pw_str *into, const char *text)
{
	static const char *const by[] = { "\\\"", "\\\\" };

	pw_str_add(into, "\"");
	add_replaced(into, text, PW_SHIP_WHOLE, "\"\\", by);
	pw_str_add(into, "\"");
}

void pw_ship_json_text(struct pw_str *s, const char *key, const char *text)
{
	if (!text)
		return;
	pw_json_raw(s, key, "", 0);
	add_json(s, text);
}

void pw_ship_json_number(struct pw_str *s, const char *key, struct pw_ship_number number)
{
	if (number.given)
		pw_json_u64(s, key, number.value);
}

void pw_ship_json_digits(struct pw_str *s, const char *key, struct pw_ship_number number)
{
	if (!number.given)
		return;
	pw_json_raw(s, key, "", 0);
	pw_str_addf(s, "\"%llu\"", (unsigned long long)number.value);
}

void pw_ship_json_list(struct pw_str *s, const char *key, struct json_object *list)
{
	size_t n = pw_ship_list_count(list);

	if (!n)
		return;
	pw_json_open(s, key, '[');
	for (size_t i = 0; i < n; i++)
		pw_ship_json_text(s, NULL, pw_ship_list_text(list, i));
	pw_json_close(s, ']');
}

void pw_ship_json_time(struct pw_str *s, const char *key, uint64_t utc_ns)
{
	if (!utc_ns)
		return;
	pw_json_raw(s, key, "\"", 1);
	pw_time_add(s, utc_ns);
	pw_str_add(s, "\"");
}

bool pw_ship_xml(struct pw_str *into, const char *text, size_t max)
{
	static const char *const by[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };

	return add_replaced(into, text, max, "&<>\"'", by);
}

bool pw_ship_base64(struct pw_str *into, const char *text, size_t max)
{
	_cleanup_str_ struct pw_str clean = { 0 }, quoted = { 0 };
	bool cut = pw_ship_clean(&clean, text, max);

	pw_json_base64(&quoted, NULL, clean.text ? clean.text : "", clean.len);
	if (clean.error || quoted.error || quoted.len < 2)
		into->error = -ENOMEM;
	else
		pw_str_add_bytes(into, quoted.text + 1, quoted.len - 2);
	return cut;
}

void pw_ship_cef_header(struct pw_str *into, const char *text, size_t max)
{
	static const char *const by[] = { "\\|", "\\\\" };

	add_replaced(into, text, max, "|\\", by);
}

void pw_ship_cef_value(struct pw_str *into, const char *text, size_t max)
{
	static const char *const by[] = { "\\=", "\\\\" };

	add_replaced(into, text, max, "=\\", by);
}

bool pw_ship_file_uri(struct pw_str *into, const char *path, size_t max)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	size_t before = into->len;

	pw_str_add(into, path[0] == '/' ? "file://" : "file:");
	for (; *path; path++) {
		if (into->len - before + 3 > max)
			return true;
		if (strchr(plain, *path))
			pw_str_add_bytes(into, path, 1);
		else
			pw_str_addf(into, "%%%02X", (unsigned char)*path);
	}
	return false;
}

void pw_ship_join(struct pw_str *into, struct json_object *list)
{
	size_t n = pw_ship_list_count(list), written = 0;

	for (size_t i = 0; i < n; i++) {
		const char *text = pw_ship_list_text(list, i);

		if (text)
			pw_str_addf(into, "%s%s", written++ ? ", " : "", text);
	}
}

const char *pw_ship_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}
