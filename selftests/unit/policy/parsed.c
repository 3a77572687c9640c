/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/parsed.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct pw_parsed pw_parse_texts(const char *const *texts)
{
	static const char *const names[PW_TEST_FILES_MAX] = { "a.yaml", "b.yaml", "c.yaml",
							      "d.yaml", "e.yaml", "f.yaml",
							      "g.yaml", "h.yaml" };
	struct pw_source sources[PW_TEST_FILES_MAX];
	struct pw_parsed parsed = { 0 };
	size_t n;

	for (n = 0; n < PW_TEST_FILES_MAX && texts[n]; n++)
		sources[n] = (struct pw_source){ names[n], texts[n], strlen(texts[n]) };
	parsed.r = pw_policy_parse(sources, n, &parsed.findings, &parsed.policy);
	return parsed;
}

struct pw_parsed pw_parse_one(const char *text)
{
	const char *const texts[] = { text, NULL };

	return pw_parse_texts(texts);
}

void pw_parsed_free(struct pw_parsed *parsed)
{
	pw_policy_free(&parsed->policy);
	pw_findings_free(&parsed->findings);
}

bool pw_parsed_says(const struct pw_parsed *parsed, const char *line)
{
	bool found = false;
	size_t i;

	for (i = 0; i < parsed->findings.n && !found; i++) {
		const struct pw_finding *f = &parsed->findings.item[i];
		_cleanup_str_ struct pw_str text = { 0 };

		pw_str_addf(&text, "%s:%u:%u: %s: %s", f->at.file, f->at.line, f->at.column,
			    f->error ? "error" : "warning", f->message);
		found = !text.error && strcmp(text.text, line) == 0;
	}
	if (!found)
		for (i = 0; i < parsed->findings.n; i++)
			fprintf(stderr, "    found %s:%u:%u: %s\n",
				parsed->findings.item[i].at.file, parsed->findings.item[i].at.line,
				parsed->findings.item[i].at.column,
				parsed->findings.item[i].message);
	return found;
}
