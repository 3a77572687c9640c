/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growing strings, escaping of foreign bytes, and numbers read from text. */
#ifndef PW_BASE_STR_H
#define PW_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A growing string. Zero-initialised it is empty and valid. After a failed allocation it
 * stays valid, holds what it held, and remembers the failure in @error.
 */
struct pw_str {
	char *text; /* NUL-terminated, or NULL while empty */
	size_t len;
	size_t size;
	int error; /* 0 or -ENOMEM: checked once, at the end */
};

void pw_str_free(struct pw_str *s);
#define _cleanup_str_ __attribute__((cleanup(pw_str_free)))

/* Forget the contents, keep the memory. */
void pw_str_reset(struct pw_str *s);

/* Each returns 0 or -ENOMEM, and sets s->error on failure. */
int pw_str_add(struct pw_str *s, const char *text);
int pw_str_add_bytes(struct pw_str *s, const void *bytes, size_t len);
int pw_str_addf(struct pw_str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
int pw_str_vaddf(struct pw_str *s, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/*
 * Append foreign bytes so that a terminal or a log line cannot be fooled: control
 * characters, backslash and bytes that are no valid UTF-8 become \xNN.
 */
int pw_str_add_escaped(struct pw_str *s, const char *bytes, size_t len);

/* Append "1 rule", "2 rules": @noun takes an "s". */
int pw_str_add_count(struct pw_str *s, uint64_t n, const char *noun);

/* Hand out the text (never NULL; caller frees), leaving @s empty; NULL on -ENOMEM. */
char *pw_str_take(struct pw_str *s);

/* Read a whole decimal number; 0, -EINVAL (not a number, trailing text) or -ERANGE. */
int pw_parse_u64(const char *text, uint64_t max, uint64_t *ret_value);

/* Edit distance is at most 2: "did you mean". */
bool pw_str_similar(const char *a, const char *b);

/* Constant string tables: index of @word in @table of @n entries, or -ENOENT. */
int pw_table_find(const char *const *table, size_t n, const char *word);

#endif /* PW_BASE_STR_H */
