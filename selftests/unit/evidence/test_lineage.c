/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains of lineage: pipes, copies of copies, forks, and nothing that comes later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "evidence/lineage.h"
#include "evidence/wire.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define RUN    0x6b0c5c0a8c8d1f27ull
#define RECORD 100
#define PIPE   200
#define COPY   300
#define OTHER  400

static char dir[64], path[128];
static struct pw_labels *store;

static int setup(void **state)
{
	_cleanup_str_ struct pw_str why = { 0 };

	snprintf(dir, sizeof(dir), "/tmp/phiward-lineage.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/labels.db", dir);
	return pw_labels_open(path, PW_LABELS_WRITE, &why, &store);
}

static int teardown(void **state)
{
	pw_labels_close(&store);
	unlink(path);
	return rmdir(dir);
}

static uint64_t add(uint32_t kind, uint64_t time_ns, uint64_t domain, uint64_t inode,
		    uint64_t labels)
{
	struct pw_step step = {
		.kind = kind,
		.time_ns = time_ns,
		.domain = domain,
		.run = RUN,
		.labels = labels,
		.fs = 1,
		.inode = inode,
		.generation = 1,
		.pid = (uint32_t)domain,
		.start_ns = 5,
		.uid = 1000,
		.auid = 1000,
		.comm = "cat",
		.mode = inode == PIPE ? S_IFIFO | 0600 : S_IFREG | 0600,
	};
	uint64_t id = 0;

	step.exe = strdup("/usr/bin/cat");
	step.path = strdup("/srv/phi/records/~0123456789abcdef");
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_lineage_add(store, &step, &id), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	pw_step_clear(&step);
	return id;
}

static void fork_domain(uint64_t id, uint64_t from)
{
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_lineage_add_domain(store, RUN, id, from, 1), 0);
	assert_int_equal(pw_labels_commit(store), 0);
}

static struct pw_chain chain_of(uint64_t inode, uint64_t labels)
{
	struct pw_label_row row = { .fs = 1, .inode = inode, .generation = 1, .labels = labels };
	struct pw_chain chain = { 0 };

	assert_int_equal(pw_chain_of_object(store, &row, &chain), 0);
	return chain;
}

/* The chain is just these steps, in this order. */
static void assert_steps(const struct pw_chain *chain, const uint64_t *id, size_t n)
{
	assert_int_equal(chain->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(chain->link[i].step.id, id[i]);
}

/* cat record | tee copy */
static void test_through_a_pipe(void **state)
{
	uint64_t took = add(PW_STEP_TOOK, 10, 1, RECORD, 1);
	uint64_t piped = add(PW_STEP_MARKED, 20, 1, PIPE, 1);
	uint64_t read = add(PW_STEP_TOOK, 30, 2, PIPE, 1);
	uint64_t wrote = add(PW_STEP_MARKED, 40, 2, COPY, 1);
	_cleanup_chain_ struct pw_chain chain = { 0 };

	add(PW_STEP_MARKED, 50, 2, OTHER, 1);
	add(PW_STEP_MARKED, 35, 3, PIPE, 1); /* after it was read from */
	chain = chain_of(COPY, 1);
	assert_steps(&chain, (uint64_t[]){ took, piped, read, wrote }, 4);
	assert_int_equal(chain.link[3].leads_to, 0);
	assert_int_equal(chain.link[2].leads_to, wrote);
	assert_int_equal(chain.link[1].leads_to, read);
	assert_int_equal(chain.link[0].leads_to, piped);
	assert_true(chain.link[0].origin);
	assert_false(chain.link[2].origin);
	assert_false(chain.cut);
	assert_string_equal(chain.link[0].step.exe, "/usr/bin/cat");
	assert_null(chain.link[0].step.script);
}

/* The reader took what the pipe would carry before anything was written to it. */
static void test_a_pipe_read_before_the_write(void **state)
{
	uint64_t took = add(PW_STEP_TOOK, 10, 1, RECORD, 1);
	uint64_t read = add(PW_STEP_TOOK, 20, 2, PIPE, 1);
	uint64_t piped = add(PW_STEP_MARKED, 30, 1, PIPE, 1);
	uint64_t wrote = add(PW_STEP_MARKED, 40, 2, COPY, 1);
	_cleanup_chain_ struct pw_chain chain = { 0 };

	add(PW_STEP_MARKED, 50, 3, PIPE, 1);
	chain = chain_of(COPY, 1);
	assert_steps(&chain, (uint64_t[]){ took, read, piped, wrote }, 4);
	assert_int_equal(chain.link[2].leads_to, read);
	assert_true(chain.link[0].origin);
	assert_false(chain.link[1].origin);
}

/* The shell read it; what it forked and executed wrote it. */
static void test_what_a_fork_brings_along(void **state)
{
	_cleanup_chain_ struct pw_chain chain = { 0 };
	uint64_t took = add(PW_STEP_TOOK, 10, 1, RECORD, 1);
	uint64_t took2 = add(PW_STEP_TOOK, 30, 3, OTHER, 2);

	fork_domain(2, 1);
	fork_domain(3, 2);
	add(PW_STEP_MARKED, 40, 3, COPY, 3);
	chain = chain_of(COPY, 3);
	assert_int_equal(chain.n, 3);
	assert_int_equal(chain.link[0].step.id, took);
	assert_int_equal(chain.link[1].step.id, took2);
	pw_chain_free(&chain);
	/* Of one label, only its own way. */
	chain = chain_of(COPY, 2);
	assert_int_equal(chain.n, 2);
	assert_int_equal(chain.link[0].step.id, took2);
	pw_chain_free(&chain);
	chain = chain_of(COPY, 4);
	assert_int_equal(chain.n, 0);
}

static void test_of_a_process(void **state)
{
	_cleanup_chain_ struct pw_chain chain = { 0 };

	add(PW_STEP_TOOK, 10, 1, RECORD, 1);
	fork_domain(2, 1);
	assert_int_equal(pw_chain_of_domain(store, RUN, 2, 1, &chain), 0);
	assert_int_equal(chain.n, 1);
	pw_chain_free(&chain);
	assert_int_equal(pw_chain_of_domain(store, RUN + 1, 2, 1, &chain), 0);
	assert_int_equal(chain.n, 0);
	assert_int_equal(pw_chain_of_process(store, RUN, 1, &chain), 0);
	assert_int_equal(chain.n, 1);
	pw_chain_free(&chain);
	assert_int_equal(pw_chain_of_process(store, RUN + 1, 1, &chain), -ENOENT);
}

/* Two programs that write back and forth must not keep us for ever. */
static void test_circles_end(void **state)
{
	_cleanup_chain_ struct pw_chain chain = { 0 };

	fork_domain(1, 2);
	fork_domain(2, 1);
	for (uint64_t t = 10; t < 3000; t += 4) {
		add(PW_STEP_TOOK, t, 1, COPY, 1);
		add(PW_STEP_MARKED, t + 1, 1, OTHER, 1);
		add(PW_STEP_TOOK, t + 2, 2, OTHER, 1);
		add(PW_STEP_MARKED, t + 3, 2, COPY, 1);
	}
	chain = chain_of(COPY, 1);
	assert_int_equal(chain.n, PW_CHAIN_STEPS_MAX);
	assert_true(chain.cut);
}

static void test_trim_keeps_the_last(void **state)
{
	_cleanup_chain_ struct pw_chain chain = { 0 };

	add(PW_STEP_TOOK, 10, 1, RECORD, 1);
	fork_domain(1, 9);
	for (uint64_t t = 20; t < 30; t++)
		add(PW_STEP_MARKED, t, 1, COPY, 1);
	assert_int_equal(pw_labels_begin(store), 0);
	assert_int_equal(pw_lineage_trim(store, 4), 0);
	assert_int_equal(pw_labels_commit(store), 0);
	chain = chain_of(COPY, 1);
	assert_int_equal(chain.n, 4);
	assert_int_equal(chain.link[0].step.time_ns, 26);
}

static struct pw_step step_of(struct unit_wire *wire, enum pw_event_kind kind)
{
	struct pw_naming *naming = NULL;
	struct pw_token_key key = { { 1, 2, 3 } };
	struct pw_render_context context = { .key = &key, .run = "6b0c5c0a8c8d1f27" };
	struct pw_event_view view;
	struct pw_step step = { 0 };

	assert_int_equal(pw_naming_new(&naming), 0);
	context.naming = naming;
	wire->event.kind = kind;
	assert_int_equal(pw_event_decode(&wire->event, wire->event.size, &view), 0);
	assert_int_equal(pw_step_of_event(&view, &context, 77, 66, &step), 0);
	wire->event.kind = PW_EVENT_ACCESS;
	assert_int_equal(pw_event_decode(&wire->event, wire->event.size, &view), 0);
	assert_int_equal(pw_step_of_event(&view, &context, 77, 66, &step), -EINVAL);
	pw_naming_free(&naming);
	return step;
}

/* No name below a home or a tree stands in the store. */
static void test_events_become_tokens(void **state)
{
	_cleanup_step_ struct pw_step step = { 0 };
	struct unit_wire wire;

	unit_wire_make(&wire);
	wire.event.domain = 12;
	unit_wire_strings(&wire, "/home/alice/anna-smith.txt", NULL, "/home/alice/bin/anna", NULL);
	step = step_of(&wire, PW_EVENT_MARKED);
	assert_int_equal(step.kind, PW_STEP_MARKED);
	assert_true(step.run == RUN);
	assert_int_equal(step.domain, 12);
	assert_int_equal(step.time_ns, 77);
	assert_int_equal(step.start_ns, 66);
	assert_int_equal(step.pid, 4242);
	assert_string_equal(step.comm, "cat");
	assert_null(strstr(step.path, "anna"));
	assert_null(strstr(step.exe, "anna"));
	assert_memory_equal(step.path, "/home/alice/~", 13);
}

static char *clear_path(void *ctx, const struct pw_step *step)
{
	return step->inode == RECORD ? strdup("/srv/phi/records/anna") : NULL;
}

static const char *text_at(struct json_object *object, const char *first, const char *second)
{
	struct json_object *inner = json_object_object_get(object, first);

	return json_object_get_string(second ? json_object_object_get(inner, second) : inner);
}

static void test_as_json(void **state)
{
	struct pw_label_names names = { .name = { "records" } };
	const struct pw_chain_telling telling = { .names = &names, .path = clear_path };
	_cleanup_chain_ struct pw_chain chain = { 0 };
	_cleanup_str_ struct pw_str text = { 0 };
	struct json_object *all, *one;

	add(PW_STEP_TOOK, 1770000000000000000ull, 1, RECORD, 3);
	add(PW_STEP_MARKED, 1770000001000000000ull, 1, COPY, 1);
	chain = chain_of(COPY, 3);
	pw_chain_json(&chain, &telling, NULL, &text);
	assert_int_equal(text.error, 0);
	all = json_tokener_parse(text.text);
	assert_non_null(all);
	assert_int_equal(json_object_array_length(all), 2);
	one = json_object_array_get_idx(all, 0);
	assert_string_equal(text_at(one, "step", NULL), "took");
	assert_string_equal(text_at(one, "time", NULL), "2026-02-02T02:40:00.000000000Z");
	assert_string_equal(text_at(one, "labels", NULL), "[ \"records\", \"#1\" ]");
	assert_string_equal(text_at(one, "object", "path"), "/srv/phi/records/anna");
	assert_string_equal(text_at(one, "origin", NULL), "true");
	assert_string_equal(text_at(one, "process", "exe"), "/usr/bin/cat");
	one = json_object_array_get_idx(all, 1);
	assert_null(text_at(one, "object", "path"));
	assert_memory_equal(text_at(one, "object", "path_token"), "/srv/phi/records/~", 18);
	json_object_put(all);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_through_a_pipe),
		TEST(test_a_pipe_read_before_the_write),
		TEST(test_what_a_fork_brings_along),
		TEST(test_of_a_process),
		TEST(test_circles_end),
		TEST(test_trim_keeps_the_last),
		TEST(test_events_become_tokens),
		TEST(test_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
