/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Destinations: random places and addresses, the table against going through every entry;
 * and single cases. PW_SEED= repeats a run, PW_ROUNDS= sets the number of random policies.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "policy/compile.h"
#include "policy/parsed.h"
#include "policy/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#define DESTINATIONS 200
#define NAMES        3

/* Few different addresses, so that they meet: bytes of few values, IPv4 half of the time. */
static void random_address(uint8_t addr[16])
{
	static const uint8_t bytes[] = { 0, 10, 10, 20, 128, 255, 0xfd };

	memset(addr, 0, 16);
	if (one_in(2)) {
		memset(addr + 10, 0xff, 2);
		for (size_t i = 12; i < 16; i++)
			addr[i] = bytes[below(sizeof(bytes))];
		return;
	}
	for (size_t i = 0; i < 16; i += 1 + below(6))
		addr[i] = bytes[below(sizeof(bytes))];
}

static uint16_t random_port(void)
{
	static const uint16_t ports[] = { 1, 104, 443, 631, 11112, 65535 };

	return one_in(3) ? 0 : ports[below(PW_ARRAY_SIZE(ports))];
}

static uint8_t random_protocol(void)
{
	static const uint8_t protocols[] = { 0, 0, IPPROTO_TCP, IPPROTO_UDP };

	return protocols[below(PW_ARRAY_SIZE(protocols))];
}

static void random_prefix(struct pw_net_entry *entry)
{
	static const uint8_t lengths[] = { 0, 1, 7, 8, 96, 97, 100, 104, 112, 120, 127, 128, 128 };

	random_address(entry->addr);
	entry->prefix_len = one_in(3) ? below(129) : lengths[below(sizeof(lengths))];
	for (size_t bit = entry->prefix_len; bit < 128; bit++)
		entry->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

/* What pw_policy_compile() would make, by hand: entries, names, and what these are now. */
struct world {
	struct pw_compiled compiled;
	struct pw_net_entry net[40];
	struct pw_net_host host[NAMES];
	struct pw_net_address address[12];
	size_t n_addresses;
};

static void random_world(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->compiled.net = w->net;
	w->compiled.host = w->host;
	w->compiled.n_nets = below(PW_ARRAY_SIZE(w->net));
	w->compiled.n_hosts = below(NAMES + 1);
	for (size_t i = 0; i < w->compiled.n_nets; i++) {
		random_prefix(&w->net[i]);
		w->net[i].place = one_in(4) ? below(64) : below(4);
		w->net[i].port = random_port();
		w->net[i].protocol = random_protocol();
	}
	for (size_t i = 0; i < w->compiled.n_hosts; i++)
		w->host[i] = (struct pw_net_host){
			.place = below(4),
			.port = random_port(),
			.protocol = random_protocol(),
		};
	w->n_addresses = w->compiled.n_hosts ? below(PW_ARRAY_SIZE(w->address)) : 0;
	for (size_t i = 0; i < w->n_addresses; i++) {
		w->address[i].host = below(w->compiled.n_hosts);
		random_address(w->address[i].addr);
	}
}

static bool covers(const uint8_t *prefix, uint32_t len, const uint8_t *addr)
{
	for (uint32_t bit = 0; bit < len; bit++)
		if ((prefix[bit / 8] ^ addr[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

/* Is a destination of @protocol and @port one of an entry that says @p and @number? */
static bool fits(uint8_t p, uint16_t number, uint8_t protocol, uint16_t port)
{
	bool has_ports = protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;

	return (!p || p == protocol) && (!number || (has_ports && number == port));
}

static uint64_t naive_places(const struct world *w, const uint8_t addr[16], uint8_t protocol,
			     uint16_t port)
{
	uint64_t places = 0;

	for (size_t i = 0; i < w->compiled.n_nets; i++) {
		const struct pw_net_entry *one = &w->net[i];

		if (covers(one->addr, one->prefix_len, addr) &&
		    fits(one->protocol, one->port, protocol, port))
			places |= 1ULL << one->place;
	}
	for (size_t i = 0; i < w->n_addresses; i++) {
		const struct pw_net_host *host = &w->host[w->address[i].host];

		if (!memcmp(w->address[i].addr, addr, 16) &&
		    fits(host->protocol, host->port, protocol, port))
			places |= 1ULL << host->place;
	}
	return places;
}

/* An address that some entry is about, more often than not. */
static void random_destination(const struct world *w, uint8_t addr[16])
{
	random_address(addr);
	if (w->compiled.n_nets && one_in(2)) {
		const struct pw_net_entry *near = &w->net[below(w->compiled.n_nets)];

		for (uint32_t bit = 0; bit < near->prefix_len; bit++) {
			uint8_t one = (uint8_t)(0x80 >> bit % 8);

			addr[bit / 8] =
				(uint8_t)((addr[bit / 8] & ~one) | (near->addr[bit / 8] & one));
		}
	}
	if (w->n_addresses && one_in(3))
		memcpy(addr, w->address[below(w->n_addresses)].addr, 16);
}

/* Sorted, each once, with places: what publishing and looking up rely on. */
static void check_shape(const struct pw_network *network)
{
	for (size_t i = 1; i < network->n_prefixes; i++) {
		const struct pw_net_prefix *a = &network->prefix[i - 1], *b = &network->prefix[i];
		int r = memcmp(a->addr, b->addr, 16);

		assert_true(r < 0 || (r == 0 && a->prefix_len < b->prefix_len));
	}
	for (size_t i = 0; i < network->n_ports; i++) {
		const struct pw_net_port *a = &network->port[i], *b = a + 1;

		assert_true(a->places != 0 && a->node < network->n_prefixes);
		if (i + 1 == network->n_ports)
			break;
		assert_true(a->node != b->node           ? a->node < b->node
			    : a->protocol != b->protocol ? a->protocol < b->protocol
							 : a->port < b->port);
	}
}

static void the_table_agrees_with_every_entry(void **state)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP,
					     IPPROTO_ICMP };
	unsigned long n = rounds(), hits = 0;

	for (unsigned long round = 0; round < n; round++) {
		struct pw_network network;
		struct world w;

		random_world(&w);
		assert_int_equal(pw_network_build(&w.compiled, w.address, w.n_addresses, &network),
				 0);
		check_shape(&network);
		for (size_t i = 0; i < DESTINATIONS; i++) {
			uint8_t addr[16], protocol = protocols[below(sizeof(protocols))];
			uint16_t port = random_port();
			uint64_t got, expected;

			random_destination(&w, addr);
			got = pw_network_places(&network, addr, protocol, port);
			expected = naive_places(&w, addr, protocol, port);
			hits += expected != 0;
			if (got != expected)
				fail_msg("PW_SEED=%llu: %llx, expected %llx",
					 (unsigned long long)seed, (unsigned long long)got,
					 (unsigned long long)expected);
		}
		pw_network_free(&network);
	}
	print_message("%lu destinations, %lu of them in places\n", n * DESTINATIONS, hits);
	assert_true(hits > n * DESTINATIONS / 4);
}

/* ---- Single cases ---- */

#define HEAD                                                            \
	"phiward: 1\nlabels: {records: {class: care, trees: [/srv]}}\n" \
	"rules: [{id: rest, deny: all, labels: any}]\nplaces:\n"

struct fixture {
	struct pw_parsed parsed;
	struct pw_compiled *compiled;
};

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_parsed_free(&f->parsed);
	free(f);
	return 0;
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state ? 0 : -1;
}

static int compile(struct fixture *f, const char *text)
{
	const struct pw_compile_options options = { .now = 1767225600 };

	f->parsed = pw_parse_one(text);
	assert_int_equal(f->parsed.r, 0);
	return pw_policy_compile(f->parsed.policy, &options, &f->parsed.findings, &f->compiled);
}

static uint64_t to(const struct pw_network *network, const char *text, uint8_t protocol,
		   uint16_t port)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };

	if (strchr(text, ':'))
		assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	else
		assert_int_equal(inet_pton(AF_INET, text, addr + 12), 1);
	return pw_network_places(network, addr, protocol, port);
}

static void text_becomes_destinations(void **state)
{
	struct fixture *f = *state;
	const struct pw_network *network;

	assert_int_equal(
		compile(f, HEAD
			"  pacs: {network: [\"10.20.0.0/16:104\", \"[fd00:20::]/64:11112\"], protocol: tcp}\n"
			"  lan: {network: [10.0.0.0/8]}\n"
			"  world: {network: [\"[::]/0\"], protocol: udp}\n"
			"  one: {network: [\"[::ffff:10.20.0.1]:104\", 192.0.2.1]}\n"
			"  names: {network: [\"pacs.example:11112\", mirror.example]}\n"),
		0);
	network = &f->compiled->network;
	assert_int_equal(to(network, "10.20.3.4", IPPROTO_TCP, 104), 1 | 2);
	assert_int_equal(to(network, "10.20.3.4", IPPROTO_TCP, 105), 2);
	assert_int_equal(to(network, "10.20.3.4", IPPROTO_UDP, 104), 2 | 4);
	assert_int_equal(to(network, "10.20.0.1", IPPROTO_TCP, 104), 1 | 2 | 8);
	assert_int_equal(to(network, "10.20.0.1", IPPROTO_UDP, 104), 2 | 4 | 8);
	assert_int_equal(to(network, "10.20.0.1", IPPROTO_ICMP, 0), 2);
	assert_int_equal(to(network, "10.21.0.0", IPPROTO_SCTP, 104), 2);
	assert_int_equal(to(network, "192.0.2.1", IPPROTO_TCP, 1), 8);
	assert_int_equal(to(network, "192.0.2.2", IPPROTO_TCP, 1), 0);
	assert_int_equal(to(network, "192.0.2.2", IPPROTO_UDP, 1), 4);
	assert_int_equal(to(network, "fd00:20::9", IPPROTO_TCP, 11112), 1);
	assert_int_equal(to(network, "fd00:21::9", IPPROTO_TCP, 11112), 0);
	assert_int_equal(f->compiled->n_hosts, 2);
	assert_string_equal(f->compiled->host[0].name, "pacs.example");
	assert_int_equal(f->compiled->host[0].port, 11112);
	assert_int_equal(f->compiled->host[0].place, 4);
	assert_int_equal(f->compiled->host[0].at.line, 9);
	assert_string_equal(f->compiled->host[1].name, "mirror.example");
	assert_int_equal(f->compiled->host[1].port, 0);
}

static void names_are_resolved_anew(void **state)
{
	struct fixture *f = *state;
	struct pw_net_address address[] = { { .host = 0,
					      .addr = { [10] = 0xff, 0xff, 10, 0, 0, 1 } },
					    { .host = 0, .addr = { 0xfd, [15] = 1 } } };
	struct pw_network network;

	assert_int_equal(compile(f,
				 HEAD "  pacs: {network: [\"pacs.example:104\"], protocol: tcp}\n"
				      "  lan: {network: [10.0.0.0/24]}\n"),
			 0);
	assert_int_equal(to(&f->compiled->network, "10.0.0.1", IPPROTO_TCP, 104), 2);
	assert_int_equal(pw_network_build(f->compiled, address, 2, &network), 0);
	assert_int_equal(to(&network, "10.0.0.1", IPPROTO_TCP, 104), 1 | 2);
	assert_int_equal(to(&network, "10.0.0.1", IPPROTO_TCP, 105), 2);
	assert_int_equal(to(&network, "10.0.0.2", IPPROTO_TCP, 104), 2);
	assert_int_equal(to(&network, "fd00::1", IPPROTO_TCP, 104), 1);
	pw_network_free(&network);
	address[0].addr[15] = 2;
	assert_int_equal(pw_network_build(f->compiled, address, 1, &network), 0);
	assert_int_equal(to(&network, "10.0.0.1", IPPROTO_TCP, 104), 2);
	assert_int_equal(to(&network, "10.0.0.2", IPPROTO_TCP, 104), 1 | 2);
	pw_network_free(&network);
}

/* What every port has is not told again for one: the table stays small. */
static void what_is_covered_takes_no_room(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		compile(f, HEAD
			"  a: {network: [10.0.0.0/8, \"10.1.0.0/16:1\", \"10.1.0.0/16:2\", \"10.1.0.0/16:3\"]}\n"),
		0);
	assert_int_equal(f->compiled->network.n_prefixes, 2);
	assert_int_equal(f->compiled->network.n_ports, 2);
}

static void too_many_are_refused(void **state)
{
	struct fixture *f = *state;
	_cleanup_str_ struct pw_str text = { 0 };

	pw_str_add(&text, HEAD "  a: {network: [0.0.0.0/0");
	for (int i = 0; i < PW_NET_PREFIXES_MAX; i++)
		pw_str_addf(&text, ",\n    10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
	pw_str_add(&text, "]}\n");
	assert_int_equal(compile(f, text.text), -E2BIG);
	assert_int_equal(f->parsed.findings.n_errors, 1);
	assert_non_null(
		strstr(f->parsed.findings.item[f->parsed.findings.n - 1].message, "are too many"));
	assert_int_equal(f->parsed.findings.item[f->parsed.findings.n - 1].at.line,
			 5 + PW_NET_PREFIXES_MAX);
}

static void too_many_ports_are_refused(void **state)
{
	struct fixture *f = *state;
	_cleanup_str_ struct pw_str text = { 0 };

	pw_str_add(&text, HEAD "  a: {network: [\"0.0.0.0/0:1\"");
	for (int i = 2; i < 300; i++)
		pw_str_addf(&text, ", \"0.0.0.0/0:%d\"", i);
	for (int i = 0; i < 300; i++)
		pw_str_addf(&text, ", \"10.0.%d.%d:443\"", i >> 8 & 255, i & 255);
	pw_str_add(&text, "]}\n");
	assert_int_equal(compile(f, text.text), -E2BIG);
	assert_non_null(
		strstr(f->parsed.findings.item[f->parsed.findings.n - 1].message, "are too many"));
}

static void media_are_told_by_what_is_given(void **state)
{
	struct fixture *f = *state;
	struct pw_removable stick = { .vendor.text = "0951",
				      .product.text = "16ab",
				      .serial.text = "X1" };
	bool read_only;

	assert_int_equal(
		compile(f, HEAD
			"  kingston: {removable: [{vendor: \"0951\", access: read}]}\n"
			"  ours: {removable: [{vendor: \"0951\", product: \"16AB\", serial: X1}, {serial: Y2, access: write}]}\n"),
		0);
	assert_int_equal(pw_policy_medium(f->parsed.policy, &stick, &read_only), 1 | 2);
	assert_true(read_only);
	stick.vendor.text = "0781";
	assert_int_equal(pw_policy_medium(f->parsed.policy, &stick, &read_only), 0);
	assert_false(read_only);
	stick.serial.text = "Y2";
	assert_int_equal(pw_policy_medium(f->parsed.policy, &stick, &read_only), 2);
	assert_false(read_only);
	stick.serial.text = "y2";
	stick.vendor.text = NULL;
	assert_int_equal(pw_policy_medium(f->parsed.policy, &stick, &read_only), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_table_agrees_with_every_entry, setup_random),
		TEST(text_becomes_destinations),
		TEST(names_are_resolved_anew),
		TEST(what_is_covered_takes_no_room),
		TEST(too_many_are_refused),
		TEST(too_many_ports_are_refused),
		TEST(media_are_told_by_what_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
