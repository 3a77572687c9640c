/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that runs out at each allocation of the parser in turn: -ENOMEM, nothing lost,
 * nothing half made. The sources are compiled into this test, with allocators of its own.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <yaml.h>

static long oom_left; /* allocations until one fails; below 0: none does */
static bool oom_hit;

static bool oom_now(void)
{
	if (oom_left < 0 || oom_left-- > 0)
		return false;
	oom_hit = true;
	return true;
}

static void *oom_malloc(size_t size)
{
	return oom_now() ? NULL : malloc(size);
}

static void *oom_calloc(size_t n, size_t size)
{
	return oom_now() ? NULL : calloc(n, size);
}

static void *oom_realloc(void *p, size_t size)
{
	return oom_now() ? NULL : realloc(p, size);
}

static void *oom_reallocarray(void *p, size_t n, size_t size)
{
	return oom_now() ? NULL : reallocarray(p, n, size);
}

static char *oom_strdup(const char *text)
{
	return oom_now() ? NULL : strdup(text);
}

static char *oom_strndup(const char *text, size_t n)
{
	return oom_now() ? NULL : strndup(text, n);
}

#undef strdup
#undef strndup
#define malloc       oom_malloc
#define calloc       oom_calloc
#define realloc      oom_realloc
#define reallocarray oom_reallocarray
#define strdup       oom_strdup
#define strndup      oom_strndup

#include "../../../agent/base/str.c"
#include "../../../agent/policy/finding.c"
#include "../../../agent/policy/yaml.c"
#include "../../../agent/policy/parse.c"
#include "../../../agent/policy/parse_bytes.c"
#include "../../../agent/policy/parse_flow.c"
#include "../../../agent/policy/parse_index.c"
#include "../../../agent/policy/parse_network.c"
#include "../../../agent/policy/parse_path.c"
#include "../../../agent/policy/parse_place.c"
#include "../../../agent/policy/parse_rule.c"
#include "../../../agent/policy/parse_say.c"
#include "../../../agent/policy/parse_section.c"
#include "../../../agent/policy/parse_time.c"
#include "../../../agent/policy/parse_value.c"
#include "../../../agent/policy/check.c"
#include "../../../agent/policy/check_places.c"
#include "../../../agent/policy/check_shadow.c"
#include "../../../agent/policy/check_trees.c"
#include "../../../agent/policy/policy.c"

static const char good[] =
	"phiward: 1\nmode: enforce\nlabels:\n"
	"  records: {class: care, trees: [/srv/phi, /srv/phi/a, \"/home/*/x\"], files: [/a/d*]}\n"
	"actors:\n  staff: {users: [carol], groups: [staff], hours: \"08:00-18:00 Mon-Fri\"}\n"
	"programs:\n  ehr: {paths: [/opt/ehr], scripts: [/opt/x.py], sha256: [\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"]}\n"
	"sessions:\n  bedside: {local: true}\n"
	"places:\n  pacs: {network: [10.0.0.0/8], protocol: tcp, removable: [{vendor: \"0951\", serial: x}], printers: [p], directories: [/srv/out]}\n"
	"  lan: {network: [pacs.example, 10.0.0.0/8]}\n"
	"spread: {ipc: strict}\n"
	"hubs:\n  bus: {paths: [/usr/bin/dbus-daemon], sockets: [/run/bus, \"@bus\"]}\n"
	"declassifiers:\n  - {programs: [ehr], labels: [records]}\n"
	"rules:\n"
	"  - {id: a, allow: [read, send], labels: [records], actors: [staff], programs: [ehr], sessions: [bedside], to: [pacs], tell: x, purpose: y, approved-by: z, until: 2099-01-01}\n"
	"  - {id: rest, deny: all, labels: any}\n";

static const char bad[] =
	"phiward: 2\nmod: x\nlog: x\nmode: x\nmode: y\nlabels:\n"
	"  records: {trees: [srv, /srv/a, /srv/a, /srv/a/../b, \"/**\"], files: /a}\n  records: {}\n  Bad: &x [y]\n"
	"actors:\n  staff: {users: [1], hours: 8-18}\nplaces:\n  p: {network: [10.0.0.1/8, x y]}\n"
	"spread: {ipx: strict, ipc: maybe}\nhubs:\n  h: {sockets: [\"@\", /proc/x]}\n  h: {}\n"
	"declassifiers:\n  - {programs: any}\n  - {programs: [dieid], labels: [recods]}\n"
	"rules:\n  - {id: a, allow: [reed], deny: [all], label: [any]}\n"
	"  - {id: b, deny: all, labels: any}\n  - {id: c, deny: all, labels: any}\n"
	"  - {id: d, deny: [read], labels: [recods], until: 2020-01-01, to: []}\n  - text\n";

/* Parse with the @n-th allocation failing: true when it came to that. */
static bool parse_failing(const char *text, long n, int expected)
{
	const struct pw_source sources[] = { { "a.yaml", text, strlen(text) },
					     { "b.yaml", "", 0 } };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	int r;

	oom_hit = false;
	oom_left = n;
	r = pw_policy_parse(sources, expected ? 2 : 1, &findings, &policy);
	oom_left = -1;
	/* Quoting a text in a message does without. */
	assert_true(r == expected || (oom_hit && r == -ENOMEM));
	assert_true((r == 0) == (policy != NULL));
	pw_policy_free(&policy);
	pw_findings_free(&findings);
	return oom_hit;
}

static void a_good_policy(void **state)
{
	long n = 0;

	while (parse_failing(good, n, 0))
		n++;
	assert_true(n > 100);
}

static void a_bad_policy(void **state)
{
	long n = 0;

	while (parse_failing(bad, n, -EINVAL))
		n++;
	assert_true(n > 100);
}

static void files(void **state)
{
	const char *paths[] = { "/nonexistent/a.yaml", "/dev/null", "/etc/hostname", "/proc/self" };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	long n = 0;
	int r;

	do {
		oom_hit = false;
		oom_left = n++;
		r = pw_policy_load(paths, PW_ARRAY_SIZE(paths), &findings, &policy);
		oom_left = -1;
		assert_true(r == (oom_hit ? -ENOMEM : -EINVAL) || r == -EINVAL);
		assert_null(policy);
		pw_findings_free(&findings);
	} while (oom_hit);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_policy),
		cmocka_unit_test(a_bad_policy),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
