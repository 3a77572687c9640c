/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LDLIBS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup,--wrap=strndup */
/*
 * Compile and explain with the first, the second, ... allocation failing: -ENOMEM each time,
 * nothing leaked (the sanitizer counts), and the same result once memory is back.
 */
#include "policy/build.h"
#include "policy/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long left = -1; /* allocations that succeed; negative: all */

static bool fails(void)
{
	if (left < 0)
		return false;
	if (left == 0)
		return true;
	left--;
	return false;
}

#define WRAP(type, name, parameters, arguments) \
	type __real_##name parameters;          \
	type __wrap_##name parameters;          \
	type __wrap_##name parameters           \
	{                                       \
		if (fails())                    \
			return NULL;            \
		return __real_##name arguments; \
	}

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, (void *p, size_t size), (p, size))
WRAP(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size))
WRAP(char *, strdup, (const char *s), (s))
WRAP(char *, strndup, (const char *s, size_t n), (s, n))

static struct pw_policy *build(void)
{
	static const char *const trees[] = { "/srv/phi", "/home/*/.ehr", "/home/b*/x",
					     "/home/bob" };
	struct pw_policy *policy = pw_build_policy(PW_ENFORCE);
	char path[64];
	size_t i, actor, program, label = pw_build_label(policy, "records");

	for (i = 0; i < sizeof(trees) / sizeof(trees[0]); i++)
		pw_build_text(policy, &policy->label[label].trees, trees[i]);
	for (i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/data/%zu/*/a%zu*", i, i);
		pw_build_text(policy, &policy->label[label].files, path);
	}
	actor = pw_build_actor(policy, "staff");
	pw_build_text(policy, &policy->actor[actor].users, "bob");
	pw_build_text(policy, &policy->actor[actor].groups, "staff");
	program = pw_build_program(policy, "ehr");
	pw_build_text(policy, &policy->program[program].paths, "/opt/ehr");
	pw_build_place(policy, "pacs");
	pw_build_hub(policy, "hub");
	for (i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), i & 1 ? "h%zu.example:1%zu" : "10.20.%zu.%zu", i, i);
		pw_build_text(policy, &policy->place[0].network, path);
	}
	pw_build_text(policy, &policy->place[0].directories, "/data/1/out");
	pw_build_text(policy, &policy->hub[0].sockets, "/run/*/bus");
	pw_build_text(policy, &policy->hub[0].sockets, "@name");
	pw_build_text(policy, &policy->hub[0].paths, "/usr/bin/hub");
	pw_build_ref(&pw_build_declassifier(policy)->programs, program);
	pw_build_ref(&pw_build_rule(policy, "r0", PW_ALLOW, 1 << PW_OP_READ)->actors, actor);
	pw_build_ref(&pw_build_rule(policy, "r1", PW_ALLOW, 1 << PW_OP_READ)->programs, program);
	return policy;
}

static int unresolvable(void *ctx, const char *path, char **ret)
{
	return -ELOOP;
}

static void compile_without_memory(void **state)
{
	const struct pw_compile_options options = { .canonical = unresolvable };
	struct pw_policy *policy = build();
	int r = -ENOMEM;
	long n;

	for (n = 0; r != 0; n++) {
		struct pw_compiled *compiled = NULL;
		struct pw_findings findings = { 0 };

		left = n;
		r = pw_policy_compile(policy, &options, &findings, &compiled);
		left = -1;
		assert_true(r == 0 || r == -ENOMEM);
		assert_true((r == 0) == (compiled != NULL));
		pw_compiled_free(&compiled);
		pw_findings_free(&findings);
	}
	print_message("%ld allocations\n", n);
	assert_true(n > 300);
	pw_built_free(&policy);
}

static void explain_without_memory(void **state)
{
	const struct pw_compile_options options = { .now = 0 };
	const struct pw_destination to = { .text = "pacs", .places = 1, .note = "so" };
	const struct pw_question question = { .path = "/srv/phi/x", .op = PW_OP_SEND, .to = &to };
	struct pw_policy *policy = build();
	struct pw_compiled *compiled = NULL;
	int json;

	assert_int_equal(pw_policy_compile(policy, &options, NULL, &compiled), 0);
	for (json = 0; json < 2; json++) {
		int r = -ENOMEM;
		long n;

		for (n = 0; r != 0; n++) {
			struct pw_str answer = { 0 };

			left = n;
			r = pw_policy_explain(policy, compiled, &question, json, &answer);
			left = -1;
			assert_true(r == 0 || r == -ENOMEM);
			pw_str_free(&answer);
		}
		assert_true(n > 3);
	}
	pw_compiled_free(&compiled);
	pw_built_free(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compile_without_memory),
		cmocka_unit_test(explain_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
