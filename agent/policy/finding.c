/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Findings: kept up to a limit, sorted once at the end. Called by every part of the
 * policy room that judges what somebody wrote; prints nothing.
 */
#include "policy/finding.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

#define QUOTE_BYTES 60 /* of foreign text in a message: each may become four ("\xNN") */

int pw_array_grow(void *array, size_t n, size_t size)
{
	size_t room = n < 8 ? 8 : n * 2;
	void *items;

	if (n && (n < 8 || (n & (n - 1))))
		return 0;
	memcpy(&items, array, sizeof(items));
	items = reallocarray(items, room, size);
	if (!items)
		return -ENOMEM;
	memcpy(array, &items, sizeof(items));
	return 0;
}

const char *pw_quote(struct pw_quoted *into, const char *text, size_t len)
{
	_cleanup_str_ struct pw_str s = { 0 };
	size_t cut = len;

	if (cut > QUOTE_BYTES) {
		cut = QUOTE_BYTES;
		while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
			cut--;
	}
	pw_str_add(&s, "'");
	pw_str_add_escaped(&s, text, cut);
	pw_str_add(&s, cut < len ? "...'" : "'");
	if (s.error || s.len >= sizeof(into->text))
		return "(text)";
	memcpy(into->text, s.text, s.len + 1);
	return into->text;
}

/* The findings' own copy of @name, or NULL on -ENOMEM. */
static char *finding_file(struct pw_findings *findings, const char *name)
{
	size_t i;

	/* Most often it is one of the latest. */
	for (i = findings->n_files; i-- > 0;)
		if (strcmp(findings->file[i], name) == 0)
			return findings->file[i];
	if (pw_array_grow(&findings->file, findings->n_files, sizeof(*findings->file)) < 0)
		return NULL;
	findings->file[findings->n_files] = strdup(name);
	if (!findings->file[findings->n_files])
		return NULL;
	return findings->file[findings->n_files++];
}

int pw_findings_file(struct pw_findings *findings, const char *name)
{
	return finding_file(findings, name) ? 0 : -ENOMEM;
}

static int finding_append(struct pw_findings *findings, bool error,
			  const struct pw_place_in_file *at, const char *text)
{
	_cleanup_free_ char *message = NULL, *remedy = NULL;
	const char *end = strchrnul(text, '\n');
	char *file = finding_file(findings, at->file);

	message = strndup(text, (size_t)(end - text));
	remedy = strdup(*end ? end + 1 : "");
	if (!file || !message || !remedy)
		return -ENOMEM;
	if (pw_array_grow(&findings->item, findings->n, sizeof(*findings->item)) < 0)
		return -ENOMEM;
	findings->item[findings->n++] = (struct pw_finding){
		.error = error,
		.at = { file, at->line, at->column },
		.message = TAKE_PTR(message),
		.remedy = TAKE_PTR(remedy),
	};
	return 0;
}

int pw_findings_vadd(struct pw_findings *findings, bool error, const struct pw_place_in_file *at,
		     const char *format, va_list args)
{
	_cleanup_str_ struct pw_str text = { 0 };
	int r;

	findings->n_errors += error;
	if (pw_findings_full(findings)) {
		findings->n_more++;
		findings->more_errors |= error;
		return 0;
	}
	r = pw_str_vaddf(&text, format, args);
	if (r < 0)
		return r;
	return finding_append(findings, error, at, text.text);
}

int pw_findings_add(struct pw_findings *findings, bool error, const struct pw_place_in_file *at,
		    const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = pw_findings_vadd(findings, error, at, format, args);
	va_end(args);
	return r;
}

struct finding_ranked {
	struct pw_finding finding;
	size_t file, turn;
};

static int finding_compare(const void *left, const void *right)
{
	const struct finding_ranked *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->finding.at.line != b->finding.at.line)
		return a->finding.at.line < b->finding.at.line ? -1 : 1;
	if (a->finding.at.column != b->finding.at.column)
		return a->finding.at.column < b->finding.at.column ? -1 : 1;
	return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static int finding_sort(struct pw_findings *findings)
{
	_cleanup_free_ struct finding_ranked *ranked = NULL;
	size_t i, file = 0;

	if (findings->n < 2)
		return 0;
	ranked = calloc(findings->n, sizeof(*ranked));
	if (!ranked)
		return -ENOMEM;
	for (i = 0; i < findings->n; i++) {
		if (findings->file[file] != findings->item[i].at.file)
			for (file = 0; findings->file[file] != findings->item[i].at.file;)
				file++;
		ranked[i] = (struct finding_ranked){ findings->item[i], file, i };
	}
	qsort(ranked, findings->n, sizeof(*ranked), finding_compare);
	for (i = 0; i < findings->n; i++)
		findings->item[i] = ranked[i].finding;
	return 0;
}

int pw_findings_finish(struct pw_findings *findings)
{
	_cleanup_str_ struct pw_str text = { 0 };
	int r = finding_sort(findings);

	if (r < 0 || !findings->n_more || findings->n != PW_FINDINGS_MAX)
		return r;
	r = pw_str_addf(&text, "and %zu more\nmend the ones above first, then ask again",
			findings->n_more);
	if (r < 0)
		return r;
	return finding_append(findings, findings->more_errors, &findings->item[findings->n - 1].at,
			      text.text);
}

void pw_findings_free(struct pw_findings *findings)
{
	size_t i;

	for (i = 0; i < findings->n; i++) {
		free(findings->item[i].message);
		free(findings->item[i].remedy);
	}
	free(findings->item);
	for (i = 0; i < findings->n_files; i++)
		free(findings->file[i]);
	free(findings->file);
	*findings = (struct pw_findings){ 0 };
}
