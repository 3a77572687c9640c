/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as policy files: a byte 0xff ends one file and begins the next. What parses is
 * compiled, too. Beyond memory errors: findings are ordered and have places and remedies,
 * and a policy comes out exactly when there is no error.
 */
#include "policy/compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static size_t split(const uint8_t *data, size_t size, struct pw_source *sources)
{
	static const char *const names[FILES_MAX] = { "a.yaml", "b.yaml", "c.yaml", "d.yaml" };
	const char *p = (const char *)data;
	size_t n = 0;

	for (;;) {
		const char *end = n + 1 < FILES_MAX && size ? memchr(p, 0xff, size) : NULL;
		size_t len = end ? (size_t)(end - p) : size;

		sources[n] = (struct pw_source){ names[n], p, len };
		n++;
		if (!end)
			return n;
		p += len + 1;
		size -= len + 1;
	}
}

static void check_findings(const struct pw_findings *findings)
{
	size_t i, n_errors = 0;

	for (i = 0; i < findings->n; i++) {
		const struct pw_finding *f = &findings->item[i], *before = f - 1;

		require(f->at.line && f->at.column && *f->message && *f->remedy);
		require(!strchr(f->message, '\n') && !strchr(f->remedy, '\n'));
		n_errors += f->error;
		if (!i || before->at.file != f->at.file)
			continue;
		require(before->at.line < f->at.line ||
			(before->at.line == f->at.line && before->at.column <= f->at.column));
	}
	require(findings->n_more || n_errors == findings->n_errors);
}

/* Labels have other bits than their indexes after some years. */
static void number(struct pw_policy *policy)
{
	static const struct pw_label_number known[] = { { "records", 63 }, { "gone", 0 } };
	int r = pw_policy_number_labels(policy, known, 2);

	require(r == 0 || r == -E2BIG);
}

static void compile(struct pw_policy *policy, struct pw_findings *findings)
{
	const struct pw_compile_options options = { .now = 1800000000 };
	struct pw_compiled *compiled = NULL;
	struct pw_who who = { .user = "carol", .exe = "/opt/ehr/bin/ehr-client" };
	static const uint8_t address[16] = { [10] = 0xff, 0xff, 10, 20, 0, 1 };
	struct pw_trees_found found;
	struct pw_mask mask;
	int r;

	number(policy);
	r = pw_policy_compile(policy, &options, findings, &compiled);
	require(r == 0 || r == -E2BIG);
	require((r == 0) == (compiled != NULL));
	if (compiled) {
		pw_compiled_who(compiled, &who, &mask);
		pw_trees_find(&compiled->trees, "/srv/phi/records/a", false, &found);
		require(!found.places || found.state != PW_STATE_DEAD);
		require(!(found.labels & ~compiled->image.known));
		(void)pw_network_places(&compiled->network, address, 6, 104);
	}
	pw_compiled_free(&compiled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pw_source sources[FILES_MAX];
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	size_t n = split(data, size, sources);
	int r;

	r = pw_policy_parse(sources, n, &findings, &policy);
	require(r == 0 || r == -EINVAL);
	require((r == 0) == (findings.n_errors == 0) && (r == 0) == (policy != NULL));
	check_findings(&findings);
	if (policy)
		compile(policy, &findings);
	pw_policy_free(&policy);
	pw_findings_free(&findings);
	return 0;
}
