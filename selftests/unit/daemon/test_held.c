/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What processes hold outlives the agent: what is written as it changes, and who holds what
 * again afterwards. The kernel half is played by this test; store and keeper are real.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/held.c" /* no archive holds it */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH_MS 20000
#define BOOT      "0b8d7e0c-0000-4000-8000-000000000000"
#define MAX       8

/* ---- The kernel half ---- */

static struct pw_process process[MAX]; /* those that there are */
static size_t n_processes;
static uint64_t epoch;

uint64_t pw_kernel_held_epoch(const struct pw_kernel *kernel)
{
	return epoch;
}

int pw_kernel_processes(struct pw_kernel *kernel, struct pw_str *into)
{
	return pw_str_add_bytes(into, (const char *)process, n_processes * sizeof(process[0]));
}

int pw_kernel_hold(struct pw_kernel *kernel, const struct pw_process *which)
{
	for (size_t i = 0; i < n_processes; i++) {
		if (process[i].domain != which->domain)
			continue;
		if (!(which->labels & ~process[i].labels))
			return 0;
		process[i].labels |= which->labels;
		process[i].since_ns = which->since_ns;
		return 1;
	}
	return -ESRCH;
}

/* ---- One agent after the other ---- */

static struct pw_daemon d;
static struct pw_keeping keeping;
static char dir[64], path[128];

static struct pw_labels *open_store(void)
{
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_labels *store = NULL;

	if (pw_labels_open(path, PW_LABELS_WRITE, &why, &store) < 0)
		fail_msg("%s", why.text);
	return store;
}

static void begin(void)
{
	static const struct pw_label_names names = { .name = { "records" } };
	struct pw_labels *store = open_store();

	keeping = (struct pw_keeping){ 0 };
	d = (struct pw_daemon){ .keeping = &keeping, .context.boot = BOOT };
	epoch++;
	assert_int_equal(pw_held_restore(&d, store), 0);
	assert_int_equal(pw_keeper_new(store, &names, &keeping.keeper), 0);
}

static void end(void)
{
	free(keeping.look.held);
	assert_int_equal(pw_keeper_free(&keeping.keeper, ENOUGH_MS), 0);
}

/* It has grown, and time has passed. */
static void tick(void)
{
	epoch++;
	keeping.looked_ms = 0;
	pw_held_tick(&d, false);
	assert_int_equal(keeping.look_epoch, epoch);
}

static struct pw_process *add(uint32_t pid, uint64_t start_ns, const struct pw_process *parent)
{
	struct pw_process *one = &process[n_processes++];

	assert_true(n_processes <= MAX);
	*one = (struct pw_process){
		.domain = PW_DOMAIN_OLD | pid,
		.start_ns = start_ns,
		.pid = pid,
		.session = parent ? parent->session : pid,
		.person = 1000,
		.parent = parent ? parent->pid : 1,
		.parent_start_ns = parent ? parent->start_ns : 1,
	};
	return one;
}

/* The kernel half is gone, and with it what anybody held. */
static void forget(void)
{
	for (size_t i = 0; i < n_processes; i++)
		process[i].labels = process[i].since_ns = 0;
}

/* An agent saw that @holder holds a label; it is gone, and the kernel half with it. */
static void held_before(struct pw_process *holder)
{
	begin();
	holder->labels = 1;
	holder->since_ns = 30;
	tick();
	end();
	forget();
}

static int setup(void **state)
{
	n_processes = 0;
	memset(process, 0, sizeof(process));
	snprintf(dir, sizeof(dir), "/tmp/phiward-held.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/labels.db", dir);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

/* ---- The tests ---- */

static void test_who_held_holds_again(void **state)
{
	struct pw_process *shell = add(100, 10, NULL), *holder = add(101, 20, shell);
	struct pw_process *other = add(102, 21, shell);

	begin();
	holder->labels = 5;
	holder->since_ns = 30;
	tick();
	holder->labels = 7;
	tick();
	end();
	forget();
	begin();
	assert_int_equal(holder->labels, 7);
	assert_int_equal(holder->since_ns, 30);
	assert_int_equal(shell->labels, 0);
	assert_int_equal(other->labels, 0);
	end();
}

static void test_a_number_that_is_anothers_now(void **state)
{
	struct pw_process *holder = add(101, 20, NULL);

	held_before(holder);
	holder->start_ns = 40;
	begin();
	assert_int_equal(holder->labels, 0);
	end();
}

static void test_another_boot(void **state)
{
	struct pw_process *holder = add(101, 20, NULL);
	struct pw_labels *store;

	held_before(holder);
	store = open_store();
	keeping = (struct pw_keeping){ 0 };
	memcpy(d.context.boot, "1b8d", 4);
	assert_int_equal(pw_held_restore(&d, store), 0);
	assert_int_equal(holder->labels, 0);
	pw_labels_close(&store);
}

static void test_who_has_ended_is_forgotten(void **state)
{
	struct pw_labels *store;
	uint64_t used = 0;

	add(101, 20, NULL)->labels = 1;
	add(102, 20, NULL)->labels = 2;
	add(103, 19, NULL)->labels = 4;
	begin();
	tick();
	n_processes = 2;
	keeping.looked_ms = 0;
	pw_held_tick(&d, true);
	process[0].labels = 9;
	tick();
	end();
	store = open_store();
	assert_int_equal(pw_labels_used(store, &used), 0);
	assert_int_equal(used, 9 | 2);
	pw_labels_close(&store);
}

/* Forked while no agent was there: after the last look, for who was there then held nothing. */
static void test_children_hold_what_their_parents_do(void **state)
{
	uint64_t long_after = pw_boottime_ns() + 3600000000000ull;
	struct pw_process *holder = add(101, 20, NULL), *before = add(102, 25, holder);
	struct pw_process *child, *grandchild, *orphan, *stranger;

	held_before(holder);
	child = add(110, long_after, holder);
	grandchild = add(109, long_after + 5, child);
	orphan = add(112, long_after + 6, holder);
	orphan->parent = 1;
	orphan->parent_start_ns = 1;
	stranger = add(113, long_after + 7, NULL);
	begin();
	assert_int_equal(holder->labels, 1);
	assert_int_equal(before->labels, 0);
	assert_int_equal(child->labels, 1);
	assert_int_equal(grandchild->labels, 1);
	assert_int_equal(orphan->labels, 1);
	assert_int_equal(stranger->labels, 0);
	end();
}

/* The agent itself is nobody's child, whoever has started it. */
static void test_not_the_agent(void **state)
{
	uint64_t long_after = pw_boottime_ns() + 3600000000000ull;
	struct pw_process *holder = add(2, 20, NULL), *agent;

	held_before(holder);
	agent = add((uint32_t)getpid(), long_after, holder);
	begin();
	assert_int_equal(holder->labels, 1);
	assert_int_equal(agent->labels, 0);
	end();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_held_holds_again),
		TEST(test_a_number_that_is_anothers_now),
		TEST(test_another_boot),
		TEST(test_who_has_ended_is_forgotten),
		TEST(test_children_hold_what_their_parents_do),
		TEST(test_not_the_agent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
