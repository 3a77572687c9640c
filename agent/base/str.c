/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pw_str_free(struct pw_str *s)
{
	free(s->text);
	*s = (struct pw_str){ 0 };
}

void pw_str_reset(struct pw_str *s)
{
	s->len = 0;
	s->error = 0;
	if (s->text)
		s->text[0] = '\0';
}

static int str_reserve(struct pw_str *s, size_t more)
{
	size_t size = s->size ? s->size : 64;
	char *text;

	if (more > SIZE_MAX / 4 || s->len > SIZE_MAX / 4)
		return s->error = -ENOMEM;
	while (size < s->len + more + 1)
		size *= 2;
	if (size == s->size)
		return 0;
	text = realloc(s->text, size);
	if (!text)
		return s->error = -ENOMEM;
	s->text = text;
	s->size = size;
	return 0;
}

int pw_str_add_bytes(struct pw_str *s, const void *bytes, size_t len)
{
	int r = str_reserve(s, len);

	if (r < 0)
		return r;
	if (len)
		memcpy(s->text + s->len, bytes, len);
	s->len += len;
	s->text[s->len] = '\0';
	return 0;
}

int pw_str_add(struct pw_str *s, const char *text)
{
	return pw_str_add_bytes(s, text, strlen(text));
}

int pw_str_vaddf(struct pw_str *s, const char *format, va_list args)
{
	va_list again;
	int len, r;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return s->error = -ENOMEM;
	r = str_reserve(s, (size_t)len);
	if (r < 0)
		return r;
	vsnprintf(s->text + s->len, s->size - s->len, format, args);
	s->len += (size_t)len;
	return 0;
}

int pw_str_addf(struct pw_str *s, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = pw_str_vaddf(s, format, args);
	va_end(args);
	return r;
}

/* Length of the valid, printable UTF-8 sequence at @p, or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	size_t len, i;
	uint32_t code;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		len = 2;
		code = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		len = 3;
		code = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		len = 4;
		code = p[0] & 0x07;
	} else {
		return 0;
	}
	if (len > left)
		return 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if ((len == 3 && code < 0x800) || (len == 4 && (code < 0x10000 || code > 0x10ffff)))
		return 0;
	/* C1 controls, surrogates, and marks that reorder text on a terminal */
	if ((code >= 0x80 && code < 0xa0) || (code >= 0xd800 && code < 0xe000) ||
	    (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069) || code == 0xfeff)
		return 0;
	return len;
}

int pw_str_add_escaped(struct pw_str *s, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t i = 0;
	int r = 0;

	while (i < len && r == 0) {
		size_t n = p[i] == '\\' ? 0 : utf8_length(p + i, len - i);

		if (n) {
			r = pw_str_add_bytes(s, p + i, n);
			i += n;
		} else {
			r = pw_str_addf(s, "\\x%02x", p[i]);
			i++;
		}
	}
	return r;
}

int pw_str_add_count(struct pw_str *s, uint64_t n, const char *noun)
{
	return pw_str_addf(s, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
}

char *pw_str_take(struct pw_str *s)
{
	char *text;

	if (!s->text && pw_str_add(s, "") < 0)
		return NULL;
	if (s->error)
		return NULL;
	text = s->text;
	*s = (struct pw_str){ 0 };
	return text;
}

int pw_parse_u64(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (value > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		value = value * 10 + digit;
	}
	if (value > max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

bool pw_str_similar(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned int row[3][33];

	if (la > 32 || lb > 32 || la < 2 || lb < 2)
		return false;
	for (j = 0; j <= lb; j++)
		row[0][j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		unsigned int *now = row[i % 3], *before = row[(i + 2) % 3];
		unsigned int *two_before = row[(i + 1) % 3];

		now[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			unsigned int best = before[j - 1] + (a[i - 1] != b[j - 1]);

			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two_before[j - 2] + 1 < best)
				best = two_before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[la % 3][lb] <= (la < 5 || lb < 5 ? 1u : 2u);
}

int pw_table_find(const char *const *table, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (table[i] && strcmp(table[i], word) == 0)
			return (int)i;
	return -ENOENT;
}
