/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact loss: from drop counters, from gaps, in order and out of order; and the recent ring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/loss.h"
#include "evidence/recent.h"
#include "evidence/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct pw_event_view view;

static uint64_t see(struct pw_loss *loss, unsigned int cpu, uint64_t seq, uint64_t dropped)
{
	view.event.cpu = (__u16)cpu;
	view.event.seq = seq;
	view.event.dropped = dropped;
	return pw_loss_see(loss, PW_RING_BULK, &view);
}

static void test_counts_drops_once(void **state)
{
	struct pw_loss *loss;

	assert_int_equal(pw_loss_new(&loss), 0);
	assert_int_equal(see(loss, 0, 1, 0), 0);
	assert_int_equal(see(loss, 0, 2, 0), 0);
	assert_int_equal(see(loss, 0, 6, 3), 3); /* 3..5 dropped */
	assert_int_equal(see(loss, 0, 7, 3), 0);
	assert_int_equal(see(loss, 5, 4, 3), 3); /* another CPU: its own count */
	assert_int_equal(pw_loss_counter(loss, PW_RING_BULK, 0, 10), 7);
	assert_int_equal(see(loss, 0, 15, 10), 0); /* told already */
	assert_int_equal(pw_loss_total(loss, PW_RING_BULK), 13);
	assert_int_equal(pw_loss_total(loss, PW_RING_DENIALS), 0);
	pw_loss_free(&loss);
}

static void test_gap_without_a_drop_is_loss_too(void **state)
{
	struct pw_loss *loss;
	uint64_t lost = 0;

	assert_int_equal(pw_loss_new(&loss), 0);
	see(loss, 0, 1, 0);
	for (uint64_t seq = 12; seq < 200; seq++) /* 2..11 vanished */
		lost += see(loss, 0, seq, 0);
	assert_int_equal(lost, 10);
	lost = see(loss, 0, 1000000, 0); /* a jump */
	assert_int_equal(lost, 1000000 - 64 - 199);
	pw_loss_free(&loss);
}

static void test_order_does_not_matter_within_the_window(void **state)
{
	struct pw_loss *loss;
	uint64_t seqs[3000], lost = 0;
	size_t n = 3000;

	srand(11);
	for (size_t i = 0; i < n; i++)
		seqs[i] = i + 1;
	for (size_t i = 0; i + 40 < n; i += 40) /* shuffle blocks of 40 */
		for (size_t k = 0; k < 40; k++) {
			size_t other = i + (size_t)rand() % 40;
			uint64_t keep = seqs[i + k];

			seqs[i + k] = seqs[other];
			seqs[other] = keep;
		}
	assert_int_equal(pw_loss_new(&loss), 0);
	for (size_t i = 0; i < n; i++)
		lost += see(loss, 2, seqs[i], 0);
	assert_int_equal(lost, 0);
	pw_loss_free(&loss);
}

static void test_random_drops_are_exact(void **state)
{
	uint64_t dropped[4] = { 0 }, seq[4] = { 0 }, told = 0, all = 0;
	struct pw_loss *loss;

	srand(12);
	assert_int_equal(pw_loss_new(&loss), 0);
	for (int i = 0; i < 100000; i++) {
		unsigned int cpu = (unsigned int)rand() % 4;

		seq[cpu]++;
		if (rand() % 7 == 0) {
			dropped[cpu]++;
			all++;
		} else {
			told += see(loss, cpu, seq[cpu], dropped[cpu]);
		}
	}
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		told += pw_loss_counter(loss, PW_RING_BULK, cpu, dropped[cpu]);
	assert_int_equal(told, all);
	pw_loss_free(&loss);
}

static void test_cpu_out_of_range_is_ignored(void **state)
{
	struct pw_loss *loss;

	assert_int_equal(pw_loss_new(&loss), 0);
	assert_int_equal(see(loss, 65535, 100, 5), 0);
	pw_loss_free(&loss);
}

static void test_recent_keeps_the_last(void **state)
{
	static struct unit_wire wire;
	struct pw_record record = { 0 }, got;
	struct pw_loss_report loss = { .seq = 51, .count = 3, .where = "kernel" }, got_loss;
	struct pw_recent *recent;
	uint64_t first, last;

	unit_wire_make(&wire);
	assert_int_equal(pw_event_decode(&wire, wire.event.size, &record.view), 0);
	assert_int_equal(pw_recent_new(10, 0, &recent), 0);
	assert_int_equal(pw_recent_next(recent, 0, &got, &got_loss), -ENOENT);
	for (record.seq = 1; record.seq <= 50; record.seq++)
		assert_int_equal(pw_recent_add(recent, &record), 0);
	assert_int_equal(pw_recent_add_loss(recent, &loss), 0);
	pw_recent_range(recent, &first, &last);
	assert_int_equal(first, 42);
	assert_int_equal(last, 51);
	assert_int_equal(pw_recent_next(recent, 0, &got, &got_loss), 0);
	assert_int_equal(got.seq, 42);
	assert_memory_equal(got.view.path.bytes, "/srv/phi/records/anna/1.hl7", 27);
	assert_int_equal(pw_recent_next(recent, 49, &got, &got_loss), 0);
	assert_int_equal(got.seq, 50);
	assert_int_equal(pw_recent_next(recent, 50, &got, &got_loss), 0);
	assert_int_equal(got.seq, 0);
	assert_int_equal(got_loss.count, 3);
	assert_int_equal(pw_recent_next(recent, 51, &got, &got_loss), -ENOENT);
	pw_recent_free(&recent);
	assert_int_equal(pw_recent_new(0, 4096, &recent), 0);
	for (record.seq = 1; record.seq <= 500; record.seq++)
		assert_int_equal(pw_recent_add(recent, &record), 0);
	assert_true(pw_recent_bytes(recent) <= 4096);
	assert_true(pw_recent_count(recent) >= 1);
	pw_recent_free(&recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_drops_once),
		cmocka_unit_test(test_gap_without_a_drop_is_loss_too),
		cmocka_unit_test(test_order_does_not_matter_within_the_window),
		cmocka_unit_test(test_random_drops_are_exact),
		cmocka_unit_test(test_cpu_out_of_range_is_ignored),
		cmocka_unit_test(test_recent_keeps_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
