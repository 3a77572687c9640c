/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long an answer holds, and that the resolver gives one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/clock.h"
#include "host/resolve-private.h"

#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 30000

static struct pw_host host;

static int setup(void **state)
{
	host = (struct pw_host){ .name = "pacs.example.org" };
	return 0;
}

/* Good, with the addresses whose last bytes are those of @last. */
static bool take(const char *last, uint64_t now_ms)
{
	struct pw_host_answer answer = { .n = (uint32_t)strlen(last) };

	for (uint32_t i = 0; i < answer.n; i++)
		answer.addr[i][15] = (uint8_t)last[i];
	return pw_host_take(&host, &answer, now_ms);
}

static bool take_failure(uint64_t now_ms)
{
	const struct pw_host_answer answer = { .error = EAI_AGAIN };

	return pw_host_take(&host, &answer, now_ms);
}

static void test_only_another_address_is_a_change(void **state)
{
	assert_true(take("ab", 1000));
	assert_int_equal(host.n_addresses, 2);
	assert_false(take("ba", 2000));
	assert_true(take("c", 3000));
	assert_int_equal(host.n_addresses, 3);
	assert_int_equal(host.next_ms, 3000 + PW_HOSTS_REFRESH_MS);
}

static void test_what_a_name_no_longer_has_counts_for_a_while(void **state)
{
	uint64_t now_ms = 1000;

	take("ab", now_ms);
	now_ms += PW_HOSTS_STALE_MS - 1;
	assert_false(take("a", now_ms));
	assert_int_equal(host.n_addresses, 2);
	assert_true(take("a", now_ms + 1));
	assert_int_equal(host.n_addresses, 1);
	assert_int_equal(host.address[0].addr[15], 'a');
}

static void test_the_last_answer_is_kept_for_a_day(void **state)
{
	uint64_t now_ms = 1000;

	take("ab", now_ms);
	now_ms += PW_HOSTS_KEEP_MS - 1;
	assert_false(take_failure(now_ms));
	assert_int_equal(host.error, EAI_AGAIN);
	assert_int_equal(host.n_addresses, 2);
	assert_int_equal(host.next_ms, now_ms + PW_HOSTS_RETRY_MS);
	assert_false(pw_host_expire(&host, now_ms));
	assert_true(pw_host_expire(&host, now_ms + 1));
	assert_int_equal(host.n_addresses, 0);
	assert_false(pw_host_expire(&host, now_ms + 1));
}

static void test_an_answer_without_an_address_is_none(void **state)
{
	take("a", 1000);
	assert_false(take("", 2000));
	assert_int_equal(host.error, EAI_NODATA);
	assert_int_equal(host.n_addresses, 1);
	assert_int_equal(host.ok_ms, 1000);
}

static void test_of_many_the_last_seen_are_kept(void **state)
{
	char last[2] = { 0 };

	for (unsigned int i = 1; i <= 100; i++) {
		last[0] = (char)i;
		assert_true(take(last, 1000 + i));
	}
	assert_int_equal(host.n_addresses, PW_HOST_ADDRESSES_MAX);
	for (size_t i = 0; i < host.n_addresses; i++)
		assert_true(host.address[i].addr[15] > 100 - PW_HOST_ADDRESSES_MAX);
}

/* Until @n names are answered. */
static void wait_for_answers(struct pw_hosts *hosts, size_t n)
{
	uint64_t until_ms = pw_monotonic_ms() + WAIT_MS;

	for (;;) {
		struct pollfd fd = { .fd = pw_hosts_fd(hosts), .events = POLLIN };
		size_t answered = 0;

		for (size_t i = 0; i < pw_hosts_count(hosts); i++)
			answered += pw_hosts_at(hosts, i)->answered;
		if (answered == n)
			return;
		assert_true(pw_monotonic_ms() < until_ms);
		pw_hosts_tick(hosts, pw_monotonic_ms());
		if (poll(&fd, 1, 1000) == 1)
			pw_hosts_answer(hosts, pw_monotonic_ms());
	}
}

static void test_asks_and_hears(void **state)
{
	static const char *const name[] = { "localhost", "192.0.2.7", "fd00::9", "nowhere.invalid" };
	static const char v4[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\7";
	static const char v6[] = "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09";
	struct pw_hosts *hosts;
	const struct pw_host *found;

	assert_int_equal(pw_hosts_new(NULL, &hosts), 0);
	assert_int_equal(pw_hosts_want(hosts, name, 4), 0);
	wait_for_answers(hosts, 4);
	found = pw_hosts_find(hosts, "localhost");
	assert_true(found->n_addresses >= 1);
	assert_int_equal(found->error, 0);
	found = pw_hosts_find(hosts, "192.0.2.7");
	assert_int_equal(found->n_addresses, 1);
	assert_memory_equal(found->address[0].addr, v4, 16);
	assert_memory_equal(pw_hosts_find(hosts, "fd00::9")->address[0].addr, v6, 16);
	found = pw_hosts_find(hosts, "nowhere.invalid");
	assert_int_equal(found->n_addresses, 0);
	assert_int_not_equal(found->error, 0);
	/* What is still wanted is still known; the rest is forgotten. */
	assert_int_equal(pw_hosts_want(hosts, &name[1], 1), 0);
	assert_int_equal(pw_hosts_count(hosts), 1);
	assert_int_equal(pw_hosts_at(hosts, 0)->n_addresses, 1);
	assert_null(pw_hosts_find(hosts, "localhost"));
	pw_hosts_free(&hosts);
}

/* What a name means now is part of the table that is published. */
static void test_a_name_belongs_to_its_place(void **state)
{
	static const char text[] =
		"phiward: 1\nlabels: {a: {class: care, trees: [/a]}}\n"
		"places:\n"
		"  other: {network: [192.0.2.0/24]}\n"
		"  pacs: {network: [\"localhost:11112\"], protocol: tcp}\n"
		"rules: [{id: r, allow: [send], labels: any, to: [pacs]}]\n";
	static const uint8_t v4[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };
	static const uint8_t v6[16] = { [15] = 1 };
	struct pw_source source = { .name = "p", .text = text, .len = sizeof(text) - 1 };
	static const char *const name[] = { "localhost" };
	const struct pw_compile_options options = { .canonical = NULL };
	struct pw_resolver resolver = { .canary_fd = -1 };
	struct pw_resolved resolved = { 0 };
	struct pw_findings findings = { 0 };
	struct pw_compiled *compiled = NULL;
	struct pw_policy *policy = NULL;
	struct pw_hosts *hosts;

	assert_int_equal(pw_policy_parse(&source, 1, &findings, &policy), 0);
	assert_int_equal(pw_policy_compile(policy, &options, &findings, &compiled), 0);
	pw_findings_free(&findings);
	resolved.publication.compiled = compiled;
	/* Nothing is known of it yet. */
	assert_int_equal(pw_hosts_new(NULL, &hosts), 0);
	resolver.hosts = hosts;
	assert_int_equal(pw_resolve_doors(&resolver, policy, &resolved), 0);
	assert_int_equal(pw_network_places(&resolved.network, v4, 6, 11112), 0);
	pw_network_free(&resolved.network);
	free(resolved.publication.medium);
	assert_int_equal(pw_hosts_want(hosts, name, 1), 0);
	wait_for_answers(hosts, 1);
	assert_int_equal(pw_resolve_doors(&resolver, policy, &resolved), 0);
	assert_ptr_equal(resolved.publication.network, &resolved.network);
	assert_int_equal(pw_network_places(&resolved.network, v4, 6, 11112) |
				 pw_network_places(&resolved.network, v6, 6, 11112), 1 << 1);
	assert_int_equal(pw_network_places(&resolved.network, v4, 17, 11112), 0);
	assert_int_equal(pw_network_places(&resolved.network, v4, 6, 11113), 0);
	pw_network_free(&resolved.network);
	free(resolved.publication.medium);
	pw_hosts_free(&hosts);
	pw_compiled_free(&compiled);
	pw_policy_free(&policy);
}

static int refuse(void)
{
	return -1;
}

/* It could not be confined, or was killed: what was known stays, and nobody waits. */
static void test_goes_on_without_the_resolver(void **state)
{
	static const char *const name[] = { "localhost" };
	uint64_t until_ms = pw_monotonic_ms() + WAIT_MS;
	struct pw_hosts *hosts;

	assert_int_equal(pw_hosts_new(refuse, &hosts), 0);
	assert_int_equal(pw_hosts_want(hosts, name, 1), 0);
	while (pw_hosts_fd(hosts) >= 0) {
		assert_true(pw_monotonic_ms() < until_ms);
		assert_false(pw_hosts_tick(hosts, pw_monotonic_ms()));
		if (pw_hosts_fd(hosts) >= 0)
			pw_hosts_answer(hosts, pw_monotonic_ms());
	}
	assert_int_equal(pw_hosts_at(hosts, 0)->error, EAI_SYSTEM);
	assert_false(pw_hosts_tick(hosts, pw_monotonic_ms()));
	pw_hosts_free(&hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_only_another_address_is_a_change, setup),
		cmocka_unit_test_setup(test_what_a_name_no_longer_has_counts_for_a_while, setup),
		cmocka_unit_test_setup(test_the_last_answer_is_kept_for_a_day, setup),
		cmocka_unit_test_setup(test_an_answer_without_an_address_is_none, setup),
		cmocka_unit_test_setup(test_of_many_the_last_seen_are_kept, setup),
		cmocka_unit_test(test_asks_and_hears),
		cmocka_unit_test(test_a_name_belongs_to_its_place),
		cmocka_unit_test(test_goes_on_without_the_resolver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
