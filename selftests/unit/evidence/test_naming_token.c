/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand in the clear, the tokens for the rest, and their key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/json.h"
#include "evidence/naming.h"
#include "evidence/token.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct pw_policy *parse(const char *trees)
{
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	struct pw_str text = { 0 };
	struct pw_source source = { .name = "t.yaml" };

	pw_str_addf(&text,
		    "phiward: 1\nlabels: {a: {class: care, trees: %s, files: "
		    "[/var/spool/cups/d*, /var/lib/x/db]}}\n"
		    "rules: [{id: r, deny: all, labels: any}]\n",
		    trees);
	source.text = text.text;
	source.len = text.len;
	if (pw_policy_parse(&source, 1, &findings, &policy) < 0)
		fail_msg("%s", findings.item[0].message);
	pw_findings_free(&findings);
	pw_str_free(&text);
	return policy;
}

static size_t clear(const struct pw_naming *naming, uint64_t generation, const char *path)
{
	return pw_naming_clear(pw_naming_find(naming, generation), path, strlen(path));
}

static void test_clear_is_the_deepest_root(void **state)
{
	struct pw_policy *policy = parse("[/srv/phi, /srv/phi/genomes, \"/home/*/.ehr\"]");
	struct pw_naming *naming;

	assert_int_equal(pw_naming_new(&naming), 0);
	assert_int_equal(pw_naming_add(naming, 1, policy, NULL), 0);
	assert_int_equal(clear(naming, 1, "/srv/phi/x/y"), 8);
	assert_int_equal(clear(naming, 1, "/srv/phi"), 8);
	assert_int_equal(clear(naming, 1, "/srv/phis/x"), 0);
	assert_int_equal(clear(naming, 1, "/srv"), 0);
	assert_int_equal(clear(naming, 1, "/srv/phi/genomes/a"), 16);
	assert_int_equal(clear(naming, 1, "/home/anna/.ehr/x/y"), 15);
	assert_int_equal(clear(naming, 1, "/home/anna/other"), 0);
	assert_int_equal(clear(naming, 1, "/var/spool/cups/d001"), 15);
	assert_int_equal(clear(naming, 1, "/var/lib/x/db"), 13);
	assert_int_equal(clear(naming, 1, ""), 0);
	assert_int_equal(clear(naming, 1, "relative"), 0);
	assert_int_equal(clear(naming, 2, "/srv/phi/x"), 0);
	pw_naming_free(&naming);
	pw_policy_free(&policy);
}

static void test_old_policies_are_forgotten_in_order(void **state)
{
	struct pw_naming *naming;
	char trees[64];

	assert_int_equal(pw_naming_new(&naming), 0);
	for (uint64_t i = 1; i <= 6; i++) {
		struct pw_policy *policy;

		snprintf(trees, sizeof(trees), "[/srv/%llu]", (unsigned long long)i);
		policy = parse(trees);
		assert_int_equal(pw_naming_add(naming, 2 * i, policy, NULL), 0);
		assert_int_equal(pw_naming_add(naming, 2 * i + 1, policy, NULL), 0);
		pw_policy_free(&policy);
	}
	assert_null(pw_naming_find(naming, 2));
	assert_null(pw_naming_find(naming, 5));
	assert_non_null(pw_naming_find(naming, 6));
	assert_int_equal(clear(naming, 13, "/srv/6/x"), 6);
	assert_ptr_equal(pw_naming_find(naming, 12), pw_naming_find(naming, 13));
	pw_naming_free(&naming);
}

static void test_tokens_are_keyed_and_stable(void **state)
{
	struct pw_token_key a = { .bytes = { 1 } }, b = { .bytes = { 2 } };
	char x[PW_TOKEN_LEN + 1], y[PW_TOKEN_LEN + 1];
	struct pw_str path = { 0 };

	assert_int_equal(pw_token(&a, "anna", 4, x), 0);
	assert_int_equal(pw_token(&a, "anna", 4, y), 0);
	assert_string_equal(x, y);
	assert_int_equal(pw_token(&b, "anna", 4, y), 0);
	assert_string_not_equal(x, y);
	assert_int_equal(pw_token_path(&a, "/srv/phi/anna", 13, 8, &path), 0);
	assert_int_equal(path.len, 9 + PW_TOKEN_LEN);
	assert_string_equal(path.text + 9, x);
	pw_str_reset(&path); /* in the middle of a component: rounded down */
	assert_int_equal(pw_token_path(&a, "/srv/anna", 9, 7, &path), 0);
	assert_string_equal(path.text + 5, x);
	pw_str_reset(&path);
	assert_int_equal(pw_token_path(&a, "anna", 4, 0, &path), 0);
	assert_string_equal(path.text, x);
	pw_str_free(&path);
}

static void test_known_answer(void **state)
{
	/* HMAC-SHA256, RFC 4231's second case with its key padded to 32 bytes by zeroes,
	 * which HMAC does, too. */
	struct pw_token_key key = { .bytes = "Jefe" };
	char token[PW_TOKEN_LEN + 1];

	assert_int_equal(pw_token(&key, "what do ya want for nothing?", 28, token), 0);
	assert_string_equal(token, "~5bdcc146bf60754e");
}

static void test_key_is_made_once_and_guarded(void **state)
{
	char dir[] = "/tmp/phiward-unit-XXXXXX", path[64];
	struct pw_token_key a, b;
	struct stat st;
	int fd;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/token.key", dir);
	assert_int_equal(pw_token_key_load(path, &a), 0);
	assert_int_equal(pw_token_key_load(path, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(pw_token_key_load(path, &b), -EPERM);
	assert_int_equal(unlink(path), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "short", 5), 5);
	close(fd);
	assert_int_equal(pw_token_key_load(path, &b), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(pw_token_key_load(path, &b), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(pw_token_key_load(path, &b), -ENOENT);
}

static void test_json_writer(void **state)
{
	struct pw_str s = { 0 };

	pw_json_open(&s, NULL, '{');
	pw_json_open(&s, "a", '[');
	pw_json_u64(&s, NULL, UINT64_MAX);
	pw_json_open(&s, NULL, '{');
	pw_json_close(&s, '}');
	pw_json_null(&s, NULL);
	pw_json_close(&s, ']');
	pw_json_text(&s, "b", "x\"[");
	pw_json_bool(&s, "c", true);
	pw_json_base64(&s, "d", "a", 1);
	pw_json_base64(&s, "e", "", 0);
	pw_json_close(&s, '}');
	assert_string_equal(s.text, "{\"a\":[18446744073709551615,{},null],\"b\":\"x\\\"[\","
				    "\"c\":true,\"d\":\"YQ==\",\"e\":\"\"}");
	pw_str_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear_is_the_deepest_root),
		cmocka_unit_test(test_old_policies_are_forgotten_in_order),
		cmocka_unit_test(test_tokens_are_keyed_and_stable),
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_key_is_made_once_and_guarded),
		cmocka_unit_test(test_json_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
