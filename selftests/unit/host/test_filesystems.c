/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which labels may stand on which file system: by the shape of a policy and what exists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/resolve-private.h"
#include "policy/build.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char mountinfo[] = "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
				"2 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n"
				"3 2 8:3 / /srv/last rw - ext4 /dev/sda3 rw\n"
				"4 1 8:4 / /home/nina rw - ext4 /dev/sda4 rw\n"
				"5 1 8:5 / /media rw - ext4 /dev/sda5 rw\n";

static struct pw_policy *policy;
static struct pw_compiled *compiled;
static struct pw_mounts mounts;
static struct pw_file_systems *systems;
static struct pw_kernel_root *root;
static ssize_t *root_of;

static size_t label(const char *name, bool files, const char *const *texts)
{
	size_t n = pw_build_label(policy, name);

	for (; *texts; texts++)
		pw_build_text(policy, files ? &policy->label[n].files : &policy->label[n].trees,
			      *texts);
	return n;
}
#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Every anchor exists but those that @absent (paths, NULL at the end) begin. */
static void resolve(const char *const *absent, const char *unknown)
{
	const struct pw_compile_options options = { .canonical = NULL };
	struct pw_findings findings = { 0 };
	_cleanup_fclose_ FILE *file = fmemopen((void *)mountinfo, strlen(mountinfo), "r");
	ssize_t n = 0;

	assert_int_equal(pw_policy_compile(policy, &options, &findings, &compiled), 0);
	pw_findings_free(&findings);
	assert_int_equal(pw_mounts_parse(file, &mounts), 0);
	assert_int_equal(pw_file_systems_new(&compiled->trees, &mounts, &systems), 0);
	root = calloc(compiled->trees.n_anchors, sizeof(*root));
	root_of = calloc(compiled->trees.n_anchors, sizeof(*root_of));
	assert_non_null(root);
	assert_non_null(root_of);
	for (size_t i = 0; i < compiled->trees.n_anchors; i++) {
		const char *path = compiled->trees.anchor[i].path;

		root_of[i] = n;
		for (size_t k = 0; absent[k]; k++)
			if (strncmp(path, absent[k], strlen(absent[k])) == 0)
				root_of[i] = PW_ANCHOR_ABSENT;
		if (unknown && strncmp(path, unknown, strlen(unknown)) == 0)
			root_of[i] = PW_ANCHOR_UNKNOWN;
		n += root_of[i] == n;
	}
	pw_file_systems_anchors(systems, root_of, root);
}

static uint64_t sb_labels(const char *path)
{
	for (size_t i = 0; i < compiled->trees.n_anchors; i++)
		if (strcmp(compiled->trees.anchor[i].path, path) == 0 && root_of[i] >= 0)
			return root[root_of[i]].sb_labels;
	fail_msg("'%s' is no anchor, or does not exist", path);
	return 0;
}

static uint64_t on_mount(size_t index)
{
	uint32_t state;

	pw_trees_at(&compiled->trees, mounts.item[index].point, true, &state);
	return state == PW_STATE_DEAD ? 0 : pw_file_systems_mount(systems, index, state);
}

static int setup(void **state)
{
	policy = pw_build_policy(PW_ENFORCE);
	return 0;
}

static int teardown(void **state)
{
	pw_file_systems_free(&systems);
	pw_mounts_free(&mounts);
	pw_compiled_free(&compiled);
	pw_built_free(&policy);
	free(root);
	free(root_of);
	root = NULL;
	root_of = NULL;
	return 0;
}

static void test_deepest_existing(void **state)
{
	uint64_t records =
		1u << label("records", false, TEXTS("/srv/phi/records", "/srv/phi/none/deep"));
	uint64_t spool = 1u << label("spool", true, TEXTS("/var/spool/d*", "/var/lone"));
	uint64_t hung = 1u << label("hung", false, TEXTS("/mnt/deaf/records"));

	resolve(TEXTS("/srv/phi/none"), "/mnt/deaf");
	assert_int_equal(sb_labels("/srv/phi/records"), records);
	assert_int_equal(sb_labels("/srv/phi"), records); /* none/deep would be made there */
	assert_int_equal(sb_labels("/srv"), 0);
	assert_int_equal(sb_labels("/var/spool"), spool);
	assert_int_equal(sb_labels("/var"), spool); /* lone */
	assert_int_equal(sb_labels("/mnt"), 0);     /* nobody knows what is there: not here */
	assert_int_equal(sb_labels("/"), 0);
	assert_int_equal(hung, 4);
}

static void test_wildcards(void **state)
{
	uint64_t cache = 1u << label("cache", false, TEXTS("/home/*/.ehr", "/home/nina/x"));
	uint64_t any = 1u << label("any", false, TEXTS("/media/*"));

	resolve(TEXTS("/nothing"), NULL);
	assert_int_equal(sb_labels("/home"), cache); /* of those without a mount of their own */
	assert_int_equal(sb_labels("/home/nina"), cache);
	assert_int_equal(sb_labels("/media"), any);
	assert_int_equal(on_mount(3), 0); /* an anchor, and so told already */
	assert_int_equal(on_mount(4), 0);
}

static void test_mount_reached_by_wildcard(void **state)
{
	uint64_t cache = 1u << label("cache", false, TEXTS("/home/*/.ehr"));

	resolve(TEXTS("/nothing"), NULL);
	assert_int_equal(sb_labels("/home"), cache);
	assert_int_equal(on_mount(3), cache);
	assert_int_equal(on_mount(1), 0);
}

/* A device that is gone from the labels is told once, with none. */
static void test_devices_are_forgotten(void **state)
{
	struct pw_kernel_device first[] = { { 8, 1, false, 1 }, { 8, 2, false, 3 } },
				second[] = { { 8, 2, false, 2 } };
	struct pw_resolved before = { .publication = { .device = first, .n_devices = 2 } },
			   after = { 0 }, later = { 0 };

	after.publication.device = malloc(sizeof(second));
	assert_non_null(after.publication.device);
	memcpy(after.publication.device, second, sizeof(second));
	after.publication.n_devices = 1;
	assert_int_equal(pw_resolved_forget_devices(&after, NULL), 0);
	assert_int_equal(after.publication.n_devices, 1);
	assert_int_equal(pw_resolved_forget_devices(&after, &before), 0);
	assert_int_equal(after.publication.n_devices, 2);
	assert_int_equal(after.publication.device[0].labels, 2);
	assert_int_equal(after.publication.device[1].minor, 1);
	assert_int_equal(after.publication.device[1].labels, 0);
	assert_int_equal(pw_resolved_forget_devices(&later, &after), 0);
	assert_int_equal(later.publication.n_devices, 1);
	assert_int_equal(later.publication.device[0].minor, 2);
	free(after.publication.device);
	free(later.publication.device);
}

#define MANY 100000

static void test_many(void **state)
{
	uint64_t bench = 1u << pw_build_label(policy, "bench"), last;
	struct timespec before, after;
	char path[64];

	for (size_t i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "/srv/%s/d%05zu", i < MANY / 2 ? "a" : "none", i);
		pw_build_text(policy, &policy->label[0].trees, path);
	}
	pw_build_text(policy, &policy->label[0].trees, "/srv/last/tree");
	last = 1u << label("last", false, TEXTS("/srv/last/tree"));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	resolve(TEXTS("/srv/none"), NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	assert_int_equal(sb_labels("/srv/a/d00000"), bench);
	assert_int_equal(sb_labels("/srv/a"), 0);
	assert_int_equal(sb_labels("/srv"), bench);
	assert_int_equal(sb_labels("/srv/last/tree"), bench | last);
	assert_int_equal(sb_labels("/srv/last"), 0);
	/* with sanitizers it takes half a second; anything quadratic, many minutes */
	assert_true(after.tv_sec - before.tv_sec < 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_deepest_existing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wildcards, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mount_reached_by_wildcard, setup, teardown),
		cmocka_unit_test(test_devices_are_forgotten),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
