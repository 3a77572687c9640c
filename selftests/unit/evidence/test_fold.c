/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding: nothing is lost, nothing is made up, denials come one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/fold.h"
#include "evidence/wire.h"

#include <stdlib.h>
#include <string.h>

struct sum {
	uint64_t events, records, dropped;
	uint64_t by_verdict[_PW_VERDICT_MAX];
	struct pw_fold_out last;
};

static struct unit_wire wire;

static void count(void *ctx, const struct pw_fold_out *out)
{
	struct sum *sum = ctx;

	assert_true(out->count >= 1);
	assert_true(out->first_ns <= out->last_ns);
	assert_true(out->view->event.verdict != PW_DENY || out->count == 1);
	sum->events += out->count;
	sum->by_verdict[out->view->event.verdict] += out->count;
	sum->dropped += out->dropped_before;
	sum->records++;
	sum->last = *out;
}

static struct pw_fold *make(struct sum *sum, size_t entries, size_t bytes)
{
	struct pw_fold_options options = {
		.max_entries = entries, .max_bytes = bytes, .emit = count, .ctx = sum
	};
	struct pw_fold *fold;

	*sum = (struct sum){ 0 };
	unit_wire_make(&wire);
	wire.event.verdict = PW_ALLOW;
	assert_int_equal(pw_fold_new(&options, &fold), 0);
	return fold;
}

static void add(struct pw_fold *fold, uint64_t now_ns)
{
	struct pw_event_view view;

	wire.event.time_ns = now_ns;
	assert_int_equal(pw_event_decode(&wire, wire.event.size, &view), 0);
	pw_fold_add(fold, now_ns, &view, 0);
}

static void test_folds_repeats_with_count_and_times(void **state)
{
	struct sum sum;
	struct pw_fold *fold = make(&sum, 0, 0);

	assert_true(pw_fold_deadline(fold) == UINT64_MAX);
	for (uint64_t i = 0; i < 10; i++)
		add(fold, 1000 + i);
	assert_int_equal(sum.records, 1);
	assert_int_equal(pw_fold_deadline(fold), 1000 + 5000000000u);
	pw_fold_flush(fold, 1000 + 4999999999u);
	assert_int_equal(sum.records, 1);
	pw_fold_flush(fold, 1000 + 5000000000u);
	assert_int_equal(sum.records, 2);
	assert_int_equal(sum.last.count, 9);
	assert_int_equal(sum.last.first_ns, 1001);
	assert_int_equal(sum.last.last_ns, 1009);
	assert_int_equal(pw_fold_folded(fold), 8);
	/* The next window begins at once: a steady stream is one record a window. */
	add(fold, 6000000000u);
	assert_int_equal(sum.records, 2);
	pw_fold_flush(fold, UINT64_MAX);
	assert_int_equal(sum.events, 11);
	assert_true(pw_fold_deadline(fold) == UINT64_MAX);
	pw_fold_free(&fold);
}

static void test_denials_and_notices_are_not_folded(void **state)
{
	struct sum sum;
	struct pw_fold *fold = make(&sum, 0, 0);

	wire.event.verdict = PW_DENY;
	add(fold, 1);
	add(fold, 2);
	assert_int_equal(sum.records, 2);
	wire.event.verdict = PW_ALLOW;
	wire.event.kind = PW_EVENT_PREDATES_FD;
	add(fold, 3);
	add(fold, 4);
	assert_int_equal(sum.records, 4);
	wire.event.kind = PW_EVENT_ACCESS;
	wire.event.verdict = PW_WOULD_DENY;
	add(fold, 5);
	add(fold, 6);
	assert_int_equal(sum.records, 5);
	pw_fold_free(&fold);
}

#define DIFFERS(field, value)                                         \
	do {                                                          \
		__typeof__(wire.event.field) keep = wire.event.field; \
		uint64_t before = sum.records;                        \
		wire.event.field = (value);                           \
		add(fold, 10);                                        \
		assert_int_equal(sum.records, before + 1);            \
		wire.event.field = keep;                              \
	} while (0)

static void test_what_differs_is_not_folded(void **state)
{
	struct sum sum;
	struct pw_fold *fold = make(&sum, 0, 0);

	add(fold, 1);
	DIFFERS(pid, 1);
	DIFFERS(start_ns, 1);
	DIFFERS(dev, 1);
	DIFFERS(inode, 1);
	DIFFERS(inode_generation, 1);
	DIFFERS(op, PW_OP_WRITE);
	DIFFERS(rule, 3);
	DIFFERS(verdict, PW_WARN);
	DIFFERS(labels, 3);
	DIFFERS(generation, 8);
	DIFFERS(flags, 1);
	DIFFERS(uid, 1);
	DIFFERS(auid, 1);
	DIFFERS(exe_inode, 1);
	DIFFERS(kind, PW_EVENT_MARKED);
	DIFFERS(door, PW_DOOR_NETWORK);
	DIFFERS(to_family, 2);
	DIFFERS(to_port, 443);
	DIFFERS(to_uid, 9);
	DIFFERS(to_protocol, 6);
	DIFFERS(to_addr[15], 6);
	DIFFERS(places, 1);
	DIFFERS(held, 1);
	DIFFERS(domain, 1);
	DIFFERS(domain_from, 1);
	DIFFERS(object_labels, 1);
	unit_wire_strings(&wire, "/srv/phi/records/alias", NULL, NULL, NULL);
	DIFFERS(cpu, 1); /* another path */
	pw_fold_free(&fold);
}

static void test_sum_is_exact_whatever_comes(void **state)
{
	uint64_t in = 0, by_verdict[_PW_VERDICT_MAX] = { 0 }, dropped = 0, now = 1;
	struct pw_event_view view;
	struct sum sum;
	struct pw_fold *fold;

	srand(4711);
	for (int round = 0; round < 20; round++) {
		fold = make(&sum, round % 2 ? 8 : 4096, round % 3 ? 0 : 4096);
		in = dropped = 0;
		memset(by_verdict, 0, sizeof(by_verdict));
		for (int i = 0; i < 5000; i++) {
			uint64_t lost = rand() % 50 ? 0 : (uint64_t)(rand() % 9);

			wire.event.pid = (__u32)(rand() % 5);
			wire.event.inode = (__u64)(rand() % 20);
			wire.event.verdict = (__u8)(rand() % _PW_VERDICT_MAX);
			wire.event.time_ns = now - (uint64_t)rand() % (now < 1000 ? now : 1000);
			assert_int_equal(pw_event_decode(&wire, wire.event.size, &view), 0);
			now += (uint64_t)(rand() % 100000000);
			pw_fold_add(fold, now, &view, lost);
			in++;
			dropped += lost;
			by_verdict[wire.event.verdict]++;
			if (rand() % 10 == 0)
				pw_fold_flush(fold, now);
			assert_true(sum.events <= in);
		}
		pw_fold_flush(fold, UINT64_MAX);
		assert_int_equal(sum.events, in);
		assert_int_equal(sum.dropped, dropped);
		assert_memory_equal(sum.by_verdict, by_verdict, sizeof(by_verdict));
		assert_int_equal(pw_fold_folded(fold), sum.events - sum.records);
		pw_fold_free(&fold);
	}
}

static void test_a_record_too_large_to_keep_passes(void **state)
{
	struct sum sum;
	struct pw_fold *fold = make(&sum, 0, 100);

	add(fold, 1);
	add(fold, 2);
	assert_int_equal(sum.records, 2);
	pw_fold_free(&fold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folds_repeats_with_count_and_times),
		cmocka_unit_test(test_denials_and_notices_are_not_folded),
		cmocka_unit_test(test_what_differs_is_not_folded),
		cmocka_unit_test(test_sum_is_exact_whatever_comes),
		cmocka_unit_test(test_a_record_too_large_to_keep_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
