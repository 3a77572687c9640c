/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each file under selftests/policy/{bad,good} tells in its comments what the parser finds:
 *   # expect: LINE:COLUMN: error|warning: MESSAGE
 *   # remedy: REMEDY
 * Exactly that must be found, in that order. Bad ones are refused, good ones are not. The
 * sources are under $PHIWARD_SRC, or here.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FILES_MAX     512
#define BAD_AT_LEAST  60
#define GOOD_AT_LEAST 20

struct corpus_file {
	char path[512];
	bool good;
};

static struct corpus_file files[FILES_MAX];
static struct CMUnitTest tests[FILES_MAX];
static size_t n_files;

/* The lines of the file that say what to expect. */
static void read_expected(const char *path, struct pw_str *into)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t len;

	assert_non_null(file);
	while ((len = getline(&line, &size, file)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		if (strncmp(line, "# expect: ", 10) != 0 && strncmp(line, "# remedy: ", 10) != 0)
			continue;
		pw_str_add_bytes(into, line, (size_t)len);
		pw_str_add(into, "\n");
	}
	assert_int_equal(into->error, 0);
}

static void write_found(const struct pw_findings *findings, struct pw_str *into)
{
	size_t i;

	for (i = 0; i < findings->n; i++) {
		const struct pw_finding *finding = &findings->item[i];

		pw_str_addf(into, "# expect: %u:%u: %s: %s\n# remedy: %s\n", finding->at.line,
			    finding->at.column, finding->error ? "error" : "warning",
			    finding->message, finding->remedy);
	}
	assert_int_equal(into->error, 0);
}

static void finds_what_it_says(void **state)
{
	const struct corpus_file *file = *state;
	const char *paths[] = { file->path };
	_cleanup_str_ struct pw_str expected = { 0 }, found = { 0 };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	size_t i;
	int r;

	read_expected(file->path, &expected);
	r = pw_policy_load(paths, 1, &findings, &policy);
	write_found(&findings, &found);
	assert_string_equal(found.text ? found.text : "", expected.text ? expected.text : "");
	for (i = 0; i < findings.n; i++) {
		assert_string_equal(findings.item[i].at.file, file->path);
		assert_true(*findings.item[i].remedy);
	}
	assert_int_equal(r, file->good ? 0 : -EINVAL);
	assert_true(file->good == (findings.n_errors == 0));
	assert_true(file->good == (policy != NULL));
	pw_policy_free(&policy);
	pw_findings_free(&findings);
}

static int is_yaml(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end && strcmp(end, ".yaml") == 0;
}

static size_t add_files(const char *source, const char *kind)
{
	_cleanup_free_ char *directory = NULL;
	struct dirent **entry = NULL;
	int i, n;

	if (asprintf(&directory, "%s/selftests/policy/%s", source, kind) < 0)
		return 0;
	n = scandir(directory, &entry, is_yaml, alphasort);
	for (i = 0; i < n; i++) {
		struct corpus_file *file = &files[n_files];

		if (n_files < FILES_MAX &&
		    snprintf(file->path, sizeof(file->path), "%s/%s", directory, entry[i]->d_name) <
			    (int)sizeof(file->path)) {
			file->good = strcmp(kind, "good") == 0;
			tests[n_files++] = (struct CMUnitTest){
				.name = file->path + strlen(source) + 1,
				.test_func = finds_what_it_says,
				.initial_state = file,
			};
		}
		free(entry[i]);
	}
	free(entry);
	return n < 0 ? 0 : (size_t)n;
}

int main(void)
{
	const char *source = getenv("PHIWARD_SRC");
	size_t bad, good;

	source = source ? source : ".";
	bad = add_files(source, "bad");
	good = add_files(source, "good");
	if (bad < BAD_AT_LEAST || good < GOOD_AT_LEAST) {
		printf("not ok - %zu bad and %zu good policies under %s\n", bad, good, source);
		return 1;
	}
	return _cmocka_run_group_tests("policy corpus", tests, n_files, NULL, NULL) != 0;
}
