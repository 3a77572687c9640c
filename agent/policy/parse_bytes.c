/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that no policy holds, found before libyaml sees them: what is no UTF-8, and the
 * characters that YAML does not allow. One finding a line.
 */
#include "policy/parse.h"

#include <errno.h>
#include <string.h>

/* Length of the UTF-8 sequence at @p (1..4) and its code; 0: it is none. */
static size_t bytes_sequence(const unsigned char *p, size_t left, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t code = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	size_t i;

	if (!len || len > left || p[0] > 0xf4)
		return 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return len;
}

static bool bytes_allowed(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\r';
	return !((code >= 0x7f && code < 0xa0 && code != 0x85) || code == 0xfffe || code == 0xffff);
}

/* Say what is wrong with the character @code; its first byte is at @p. */
static void bytes_error(struct pw_parse *parse, const struct pw_place_in_file *at,
			const unsigned char *p, uint32_t code)
{
	if (!code && *p)
		pw_parse_error_at(parse, at, "byte 0x%02x is no UTF-8\nsave the file as UTF-8", *p);
	else if (!code)
		pw_parse_error_at(parse, at, "a NUL byte\nsave the file as UTF-8 text");
	else if (code == 0xfeff)
		pw_parse_error_at(parse, at,
				  "a byte order mark in the middle of the file\nremove it");
	else
		pw_parse_error_at(parse, at, "control character U+%04X\nremove it", code);
}

int pw_yaml_check_bytes(struct pw_parse *parse, const struct pw_source *source)
{
	const unsigned char *p = (const unsigned char *)source->text;
	struct pw_place_in_file at = { parse->file, 1, 1 };
	bool said = false; /* on this line */
	size_t i = 0;
	int r = 0;

	while (i < source->len) {
		uint32_t code = 0;
		size_t len = bytes_sequence(p + i, source->len - i, &code);

		if (!said && (!len || !bytes_allowed(code) || (code == 0xfeff && i))) {
			bytes_error(parse, &at, p + i, code);
			said = true;
			r = -EINVAL;
		}
		i += len ? len : 1;
		if (code != 0xfeff)
			at.column++;
		if (code == '\n' || (code == '\r' && (i == source->len || p[i] != '\n'))) {
			at.line++;
			at.column = 1;
			said = false;
		}
	}
	return r;
}
