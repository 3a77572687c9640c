/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What labels flow by: their bits, hubs, declassifiers, spread, directories of places. */
#include "base/cleanup.h"
#include "policy/compile.h"
#include "policy/parsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char policy_text[] =
	"phiward: 1\n"
	"spread: {ipc: strict, unix: practical, file: strict}\n"
	"labels:\n"
	"  records: {class: care, trees: [/srv/phi], on-failure: closed}\n"
	"  genomes: {class: genetic, trees: [/srv/phi/genomes]}\n"
	"  letters: {class: identity, trees: [/srv/letters]}\n"
	"programs:\n"
	"  deid: {paths: [/usr/bin/deid]}\n"
	"  strip: {paths: [/usr/bin/python3], scripts: [/opt/strip.py]}\n"
	"  ehr: {paths: [/opt/ehr], sha256: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}\n"
	"places:\n"
	"  ward3: {printers: [ward3]}\n"
	"  out: {directories: [/srv/export, /srv/phi/out]}\n"
	"  both: {printers: [ward9], directories: [/srv/export/both]}\n"
	"hubs:\n"
	"  display: {paths: [/usr/lib/xorg/Xorg, /usr/bin/Xwayland], sockets: [\"/tmp/.X11-unix/X*\", \"@/tmp/.X11-unix/X0\", \"@b\"]}\n"
	"  bus: {sockets: [/run/dbus/system_bus_socket, \"@b\", \"@a\"]}\n"
	"  sound: {paths: [/usr/bin/pipewire]}\n"
	"declassifiers:\n"
	"  - {programs: [deid, strip], labels: [records]}\n"
	"  - {programs: [deid], labels: [letters]}\n"
	"rules:\n"
	"  - {id: ehr, allow: [read, send], labels: [records], programs: [ehr], to: [out]}\n"
	"  - {id: letters, allow: [send], labels: [letters], to: [ward3, both]}\n"
	"  - {id: rest, deny: all, labels: any}\n";

struct fixture {
	struct pw_parsed parsed;
	struct pw_compiled *compiled;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->parsed = pw_parse_one(policy_text);
	assert_int_equal(f->parsed.r, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_parsed_free(&f->parsed);
	free(f);
	return 0;
}

static const struct pw_compiled *compile(struct fixture *f)
{
	const struct pw_compile_options options = { .now = 1767225600 };

	pw_compiled_free(&f->compiled);
	assert_int_equal(pw_policy_compile(f->parsed.policy, &options, NULL, &f->compiled), 0);
	return f->compiled;
}

static void bits_are_indexes_at_first(void **state)
{
	struct fixture *f = *state;
	struct pw_policy *policy = f->parsed.policy;

	for (unsigned int i = 0; i < policy->n_labels; i++) {
		assert_int_equal(policy->label[i].bit, i);
		assert_ptr_equal(pw_policy_label(policy, i), &policy->label[i]);
	}
	assert_null(pw_policy_label(policy, 3));
	assert_int_equal(pw_policy_number_labels(policy, NULL, 0), 0);
	assert_int_equal(policy->label[2].bit, 2);
}

static void bits_are_remembered_by_name(void **state)
{
	static const struct pw_label_number known[] = { { "genomes", 0 },
							{ "gone", 1 },
							{ "letters", 63 } };
	struct fixture *f = *state;
	struct pw_policy *policy = f->parsed.policy;
	const struct pw_compiled *compiled;
	const struct pw_image *image;

	assert_int_equal(pw_policy_number_labels(policy, known, 3), 0);
	assert_int_equal(policy->label[0].bit, 2); /* records: 0 and 1 are somebody's */
	assert_int_equal(policy->label[1].bit, 0);
	assert_int_equal(policy->label[2].bit, 63);
	compiled = compile(f);
	image = &compiled->image;
	assert_int_equal(image->known, 1ULL | 1ULL << 2 | 1ULL << 63);
	assert_int_equal(image->n_labels, 3);
	assert_int_equal(image->fail_closed, 1ULL << 2);
	assert_int_equal(image->label[2].w[0], 1 | 4);
	assert_int_equal(image->label[0].w[0], 4);
	assert_int_equal(image->label[63].w[0], 2 | 4);
	assert_int_equal(image->label[1].w[0], 0);
	assert_int_equal(pw_trees_labels(&compiled->trees, "/srv/phi/genomes/1", false), 1 | 4);
	assert_int_equal(compiled->program[0].declassifies, 1ULL << 2 | 1ULL << 63);
}

static void there_are_only_so_many_bits(void **state)
{
	struct fixture *f = *state;
	struct pw_policy *policy = f->parsed.policy;
	struct pw_label_number known[PW_LABELS_MAX];
	char name[PW_LABELS_MAX][8];

	for (unsigned int i = 0; i < PW_LABELS_MAX; i++) {
		snprintf(name[i], sizeof(name[i]), "old%u", i);
		known[i] = (struct pw_label_number){ name[i], i };
	}
	assert_int_equal(pw_policy_number_labels(policy, known, PW_LABELS_MAX - 3), 0);
	assert_int_equal(policy->label[2].bit, 63);
	assert_int_equal(pw_policy_number_labels(policy, known, PW_LABELS_MAX - 2), -E2BIG);
	assert_int_equal(policy->label[0].bit, 61);
	known[PW_LABELS_MAX - 1].name = "records";
	known[PW_LABELS_MAX - 2].name = "letters";
	known[5].name = "genomes";
	assert_int_equal(pw_policy_number_labels(policy, known, PW_LABELS_MAX), 0);
	assert_int_equal(policy->label[1].bit, 5);
}

static void numbers_that_contradict_are_refused(void **state)
{
	static const struct pw_label_number bit_twice[] = { { "a", 3 }, { "b", 3 } };
	static const struct pw_label_number name_twice[] = { { "a", 3 }, { "a", 4 } };
	static const struct pw_label_number too_high[] = { { "a", 64 } };
	struct fixture *f = *state;

	assert_int_equal(pw_policy_number_labels(f->parsed.policy, bit_twice, 2), -EINVAL);
	assert_int_equal(pw_policy_number_labels(f->parsed.policy, name_twice, 2), -EINVAL);
	assert_int_equal(pw_policy_number_labels(f->parsed.policy, too_high, 1), -EINVAL);
	assert_int_equal(f->parsed.policy->label[1].bit, 1);
}

static void the_image_knows_doors(void **state)
{
	const struct pw_compiled *compiled = compile(*state);
	const struct pw_image *image = &compiled->image;

	assert_int_equal(image->version, PW_IMAGE_VERSION);
	assert_int_equal(image->lineage, 1);
	assert_int_equal(image->strict, 1 << PW_DOOR_IPC | 1 << PW_DOOR_FILE);
	assert_int_equal(image->printers, 1 | 4);
	assert_int_equal(image->place[0].w[0], 2);
	assert_int_equal(image->place[1].w[0], 1);
	assert_int_equal(image->place[2].w[0], 2);
	assert_int_equal(image->place[3].w[0], 0);
	assert_int_equal(image->any_place.w[0], 4);
}

static void hubs_are_programs_and_sockets(void **state)
{
	const struct pw_compiled *compiled = compile(*state);
	struct pw_trees_found found;
	struct pw_mask mask;

	assert_int_equal(compiled->n_programs, 5);
	assert_false(compiled->program[2].hub);
	assert_int_equal(compiled->program[2].sha256->n, 1);
	assert_true(compiled->program[3].hub && compiled->program[4].hub);
	assert_string_equal(compiled->program[3].name, "display");
	assert_string_equal(compiled->program[4].name, "sound");
	assert_null(compiled->program[3].sha256);
	assert_int_equal(compiled->n_exes, 7);
	assert_string_equal(compiled->exe[4].path, "/usr/lib/xorg/Xorg");
	assert_int_equal(compiled->exe[5].program, 3);
	assert_string_equal(compiled->exe[6].path, "/usr/bin/pipewire");
	assert_int_equal(compiled->exe[6].program, 4);
	/* being a hub satisfies no rule */
	pw_compiled_who(compiled, &(struct pw_who){ .exe = "/usr/bin/pipewire" }, &mask);
	assert_int_equal(mask.w[0], 2 | 4);
	assert_int_equal(compiled->n_hub_names, 3);
	assert_string_equal(compiled->hub_name[0], "/tmp/.X11-unix/X0");
	assert_string_equal(compiled->hub_name[1], "a");
	assert_string_equal(compiled->hub_name[2], "b");
	pw_trees_find(&compiled->trees, "/tmp/.X11-unix/X12", false, &found);
	assert_true(found.hub);
	assert_true(compiled->trees.state[found.state].flags & PW_STATE_HUB);
	pw_trees_find(&compiled->trees, "/tmp/.X11-unix/X12", true, &found);
	assert_false(found.hub);
	pw_trees_find(&compiled->trees, "/tmp/.X11-unix/Y", false, &found);
	assert_false(found.hub);
	pw_trees_find(&compiled->trees, "/run/dbus", true, &found);
	assert_true(compiled->trees.state[found.state].flags & PW_STATE_NAMES_FILES);
	pw_trees_find(&compiled->trees, "/run/dbus/system_bus_socket", false, &found);
	assert_true(found.hub);
}

static void declassifiers_are_programs(void **state)
{
	const struct pw_compiled *compiled = compile(*state);

	assert_int_equal(compiled->program[0].declassifies, 1 | 4);
	assert_int_equal(compiled->program[1].declassifies, 1);
	assert_true(compiled->program[1].needs_exe && compiled->program[1].needs_script);
	assert_int_equal(compiled->program[2].declassifies, 0);
	assert_int_equal(compiled->program[3].declassifies, 0);
}

static uint64_t places(const struct pw_compiled *compiled, const char *path)
{
	struct pw_trees_found found;

	pw_trees_find(&compiled->trees, path, false, &found);
	assert_true(!found.places || found.state != PW_STATE_DEAD);
	return found.places;
}

static const struct pw_anchor *anchor(const struct pw_compiled *compiled, const char *path)
{
	for (size_t i = 0; i < compiled->trees.n_anchors; i++)
		if (!strcmp(compiled->trees.anchor[i].path, path))
			return &compiled->trees.anchor[i];
	return NULL;
}

static void directories_of_places_have_no_end(void **state)
{
	const struct pw_compiled *compiled = compile(*state);

	assert_int_equal(places(compiled, "/srv/export"), 2);
	assert_int_equal(places(compiled, "/srv/export/a/b/c/d/e/f"), 2);
	assert_int_equal(places(compiled, "/srv/export/both"), 2 | 4);
	assert_int_equal(places(compiled, "/srv/export/both/a/b"), 2 | 4);
	assert_int_equal(places(compiled, "/srv/phi/out/x/y"), 2);
	assert_int_equal(places(compiled, "/srv/phi/genomes"), 0);
	assert_int_equal(places(compiled, "/srv"), 0);
	assert_int_equal(places(compiled, "/srv/export2"), 0);
	assert_int_equal(pw_trees_labels(&compiled->trees, "/srv/phi/out/x/y", false), 1);
	assert_non_null(anchor(compiled, "/srv/export"));
	assert_non_null(anchor(compiled, "/srv/export/both"));
	assert_false(anchor(compiled, "/srv/export")->is_root);
	assert_int_equal(
		compiled->trees.state[anchor(compiled, "/srv/export/both")->state].tree_places,
		2 | 4);
	assert_non_null(anchor(compiled, "/run/dbus"));
	assert_null(anchor(compiled, "/run/dbus/system_bus_socket"));
	assert_non_null(anchor(compiled, "/tmp/.X11-unix"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(bits_are_indexes_at_first),   TEST(bits_are_remembered_by_name),
		TEST(there_are_only_so_many_bits), TEST(numbers_that_contradict_are_refused),
		TEST(the_image_knows_doors),       TEST(hubs_are_programs_and_sockets),
		TEST(declassifiers_are_programs),  TEST(directories_of_places_have_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
