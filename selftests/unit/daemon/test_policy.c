/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LDLIBS: -Wl,--wrap=pw_naming_add */
/*
 * Putting a policy in force: once the kernel half stands on it nothing fails, and nothing
 * that was tried in vain is left behind. The kernel half is played by this test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "daemon/daemon.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static uint64_t generation; /* in force in the kernel half */
static unsigned int vain;   /* attempts to publish since */
static int publish_error;
static bool oom_after; /* naming fails once something was published */
static bool published;

int __real_pw_naming_add(struct pw_naming *naming, uint64_t generation,
			 const struct pw_policy *policy, const struct pw_compiled *compiled);
int __wrap_pw_naming_add(struct pw_naming *naming, uint64_t generation,
			 const struct pw_policy *policy, const struct pw_compiled *compiled);

int __wrap_pw_naming_add(struct pw_naming *naming, uint64_t number, const struct pw_policy *policy,
			 const struct pw_compiled *compiled)
{
	if (oom_after && published)
		return -ENOMEM;
	return __real_pw_naming_add(naming, number, policy, compiled);
}

int pw_kernel_open(const struct pw_kernel_options *options, struct pw_str *why,
		   struct pw_kernel **ret_kernel)
{
	static int kernel;

	*ret_kernel = (struct pw_kernel *)&kernel;
	return 0;
}

void pw_kernel_times(const struct pw_kernel *kernel, struct pw_kernel_times *ret_times)
{
	*ret_times = (struct pw_kernel_times){ 0 };
}

uint64_t pw_kernel_next_generation(const struct pw_kernel *kernel)
{
	return generation + 1 + 2 * vain;
}

int pw_kernel_publish(struct pw_kernel *kernel, const struct pw_publication *publication,
		      struct pw_str *why, uint64_t *ret_generation)
{
	if (publish_error) {
		vain++;
		return publish_error;
	}
	*ret_generation = generation = pw_kernel_next_generation(kernel);
	vain = 0;
	published = true;
	return 0;
}

int pw_kernel_mark(struct pw_kernel *kernel, const struct pw_kernel_marking *marking)
{
	return 0;
}

int pw_keeping_start(struct pw_daemon *daemon)
{
	return 0;
}

void pw_keeping_numbered(struct pw_daemon *daemon)
{
}

void pw_keeping_release(struct pw_daemon *daemon, const struct pw_policy *policy)
{
}

int pw_kernel_predating(struct pw_kernel *kernel,
			void (*found)(void *ctx, const struct pw_predating *predating), void *ctx)
{
	return 0;
}

int pw_canary_dir(const struct pw_canary *canary)
{
	return -1;
}

void pw_daemon_follow(struct pw_daemon *daemon, struct pw_in_force *next)
{
}

int pw_stop_begin(struct pw_daemon *daemon)
{
	return 0;
}

void pw_stop_end(void)
{
}

void pw_sink_own(struct pw_daemon *d, struct pw_event *event, const char *path, const char *path2)
{
}

#include "daemon/policy.c" /* no archive holds it */

/* ---- The tests ---- */

static struct pw_daemon d;
static char dir[] = "/tmp/phiward-unit-XXXXXX";
static char path[64];

static void write_policy(const char *label)
{
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fprintf(file,
			    "phiward: 1\nlabels:\n  %s: {class: care, trees: [%s]}\n"
			    "rules:\n  - {id: rest, deny: all, labels: any}\n",
			    label, dir) > 0);
}

static int load_it(void)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_findings findings = { 0 };
	int r = pw_daemon_load(&d, &findings, &why);

	pw_findings_free(&findings);
	return r;
}

static int setup(void **state)
{
	generation = vain = publish_error = 0;
	oom_after = published = false;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/policy.yaml", dir);
	d = (struct pw_daemon){ .options = { .policy = { path }, .n_policies = 1 } };
	return pw_worker_new(&d.paths_worker) || pw_worker_new(&d.users_worker) ||
	       pw_paths_new(d.paths_worker, 0, &d.paths) ||
	       pw_users_new(d.users_worker, &d.users) || pw_naming_new(&d.naming);
}

static int teardown(void **state)
{
	pw_in_force_clear(&d.now);
	pw_daemon_forget_numbers(&d);
	pw_naming_free(&d.naming);
	pw_users_free(&d.users);
	pw_paths_free(&d.paths);
	pw_worker_free(&d.users_worker);
	pw_worker_free(&d.paths_worker);
	unlink(path);
	rmdir(dir);
	return 0;
}

/* Descriptors on which the kernel half stands: all open. */
static void stands(void)
{
	const struct pw_publication *pub = &d.now.resolved->publication;

	assert_true(pub->n_roots > 0);
	for (size_t i = 0; i < pub->n_roots; i++)
		assert_true(fcntl(pub->root[i].fd, F_GETFD) >= 0);
}

static void test_nothing_fails_after_publish(void **state)
{
	_cleanup_str_ struct pw_str why = { 0 };

	write_policy("first");
	oom_after = true;
	assert_int_equal(load_it(), 0);
	assert_int_equal(d.now.generation, generation);
	stands();
	published = false;
	assert_int_equal(pw_daemon_refresh(&d, &why), 0);
	assert_int_equal(d.now.generation, generation);
	stands();
}

static void test_named_when_published(void **state)
{
	const struct pw_naming_policy *named;

	write_policy("first");
	publish_error = -ENOSPC;
	assert_int_equal(load_it(), -ENOSPC);
	publish_error = 0;
	assert_int_equal(load_it(), 0);
	assert_int_equal(d.now.generation, 3); /* 1 was used up */
	named = pw_naming_find(d.naming, d.now.generation);
	assert_non_null(named);
	assert_string_equal(named->label[0].name, "first");
}

static void test_attempts_in_vain_do_not_unname(void **state)
{
	_cleanup_str_ struct pw_str why = { 0 };
	const struct pw_naming_policy *named;
	char label[16];

	write_policy("first");
	assert_int_equal(load_it(), 0);
	publish_error = -ENOSPC;
	for (int i = 0; i < 2 * PW_NAMING_GENERATIONS; i++)
		assert_int_equal(pw_daemon_refresh(&d, &why), -ENOSPC);
	for (int i = 0; i < 2 * PW_NAMING_KEEP; i++) {
		snprintf(label, sizeof(label), "other%d", i);
		write_policy(label);
		assert_int_equal(load_it(), -ENOSPC);
	}
	assert_int_equal(d.now.generation, generation);
	named = pw_naming_find(d.naming, d.now.generation);
	assert_non_null(named);
	assert_string_equal(named->label[0].name, "first");
}

static unsigned int bit_of(const char *name)
{
	for (size_t i = 0; i < d.now.policy->n_labels; i++)
		if (strcmp(d.now.policy->label[i].name.text, name) == 0)
			return d.now.policy->label[i].bit;
	fail_msg("no label %s", name);
	return 0;
}

/* Something may carry the bit of a name that no policy has any more. */
static void test_a_label_keeps_its_bit(void **state)
{
	char label[16];

	write_policy("first");
	assert_int_equal(load_it(), 0);
	assert_int_equal(bit_of("first"), 0);
	write_policy("second");
	assert_int_equal(load_it(), 0);
	assert_int_equal(bit_of("second"), 1);
	write_policy("first");
	assert_int_equal(load_it(), 0);
	assert_int_equal(bit_of("first"), 0);
	publish_error = -ENOSPC; /* one that was never in force takes none away */
	write_policy("third");
	assert_int_equal(load_it(), -ENOSPC);
	publish_error = 0;
	for (int i = 2; i < PW_LABELS_MAX; i++) {
		snprintf(label, sizeof(label), "other%d", i);
		write_policy(label);
		assert_int_equal(load_it(), 0);
		assert_int_equal(bit_of(label), i);
	}
	write_policy("third");
	assert_int_equal(load_it(), -E2BIG);
	assert_int_equal(bit_of("other63"), 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_fails_after_publish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_named_when_published, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_label_keeps_its_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_attempts_in_vain_do_not_unname, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
