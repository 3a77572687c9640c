/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Destinations -> the table that three exact look-ups answer from (struct pw_network).
 * Prefixes are nested or apart, so going through them in their order with the covering ones
 * on a stack, each node starts from what the one above it has.
 */
#include "base/cleanup.h"
#include "policy/compile-private.h"
#include "policy/lookup.h"
#include "policy/network.h"

#include <netinet/in.h>
#include <string.h>

#define DEPTH_MAX 129 /* lengths of prefixes, 0 to 128 */

struct row { /* one port of one protocol: places beyond those of every port */
	uint16_t port;
	uint8_t protocol;
	uint64_t places;
};

struct level { /* a prefix that covers those behind it */
	const struct pw_net_entry *entry;
	uint64_t any, tcp, udp; /* places of every port: of any protocol; of TCP and any; ... */
	struct row *row;        /* sorted by protocol, port */
	size_t n, size;
};

struct build {
	struct pw_network *network;
	size_t prefixes_size, ports_size;
	struct level level[DEPTH_MAX];
	size_t depth;
};

static void build_free(struct build *b)
{
	for (size_t i = 0; i < DEPTH_MAX; i++)
		free(b->level[i].row);
}

void pw_network_free(struct pw_network *network)
{
	free(network->prefix);
	free(network->port);
	*network = (struct pw_network){ 0 };
}

static int compare_entries(const void *a, const void *b)
{
	const struct pw_net_entry *x = a, *y = b;
	int r = memcmp(x->addr, y->addr, sizeof(x->addr));

	return r ? r : (x->prefix_len > y->prefix_len) - (x->prefix_len < y->prefix_len);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static uint64_t any_port(const struct level *level, uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? level->tcp : level->udp;
}

static int add_row(struct level *level, const struct pw_net_entry *entry, uint8_t protocol)
{
	int r = pw_grow(&level->row, &level->size, level->n);

	if (r < 0)
		return r;
	level->row[level->n++] = (struct row){ entry->port, protocol, 1ULL << entry->place };
	return 0;
}

static int add_entry(struct level *level, const struct pw_net_entry *entry)
{
	uint64_t place = 1ULL << entry->place;
	bool tcp = entry->protocol != IPPROTO_UDP, udp = entry->protocol != IPPROTO_TCP;
	int r = 0;

	if (!entry->port) {
		level->any |= entry->protocol ? 0 : place;
		level->tcp |= tcp ? place : 0;
		level->udp |= udp ? place : 0;
		return 0;
	}
	if (tcp)
		r = add_row(level, entry, IPPROTO_TCP);
	if (r == 0 && udp)
		r = add_row(level, entry, IPPROTO_UDP);
	return r;
}

/* Each port once, and none that has no place of its own. */
static void tidy_rows(struct level *level)
{
	size_t i, n = 0;

	if (level->n > 1)
		qsort(level->row, level->n, sizeof(*level->row), compare_rows);
	for (i = 0; i < level->n; i++) {
		if (n && !compare_rows(&level->row[n - 1], &level->row[i]))
			level->row[n - 1].places |= level->row[i].places;
		else
			level->row[n++] = level->row[i];
	}
	level->n = n;
	for (i = 0, n = 0; i < level->n; i++)
		if (level->row[i].places & ~any_port(level, level->row[i].protocol))
			level->row[n++] = level->row[i];
	level->n = n;
}

/* A level for the @n entries of one prefix, on top of those that cover it. */
static int push_level(struct build *b, const struct pw_net_entry *entry, size_t n)
{
	struct level *level, *above;
	size_t i;
	int r = 0;

	while (b->depth) {
		const struct pw_net_entry *top = b->level[b->depth - 1].entry;

		if (top->prefix_len < entry->prefix_len &&
		    pw_network_same_bits(top->addr, entry->addr, top->prefix_len))
			break;
		b->depth--;
	}
	level = &b->level[b->depth];
	above = b->depth ? level - 1 : NULL;
	b->depth++;
	level->entry = entry;
	level->any = above ? above->any : 0;
	level->tcp = above ? above->tcp : 0;
	level->udp = above ? above->udp : 0;
	level->n = 0;
	for (i = 0; above && i < above->n && r == 0; i++) {
		r = pw_grow(&level->row, &level->size, level->n);
		if (r == 0)
			level->row[level->n++] = above->row[i];
	}
	for (i = 0; i < n && r == 0; i++)
		r = add_entry(level, &entry[i]);
	if (r == 0)
		tidy_rows(level);
	return r;
}

static int add_port(struct build *b, const struct row *row, uint64_t inherited)
{
	struct pw_network *network = b->network;
	int r;

	if (!(row->places & ~inherited))
		return 0;
	if (network->n_ports >= PW_NET_PORTS_MAX)
		return -E2BIG;
	r = pw_grow(&network->port, &b->ports_size, network->n_ports);
	if (r < 0)
		return r;
	network->port[network->n_ports++] = (struct pw_net_port){
		.node = network->n_prefixes,
		.port = row->port,
		.protocol = row->protocol,
		.places = row->places | inherited,
	};
	return 0;
}

/* What the top of the stack has, as a node of the table. */
static int add_node(struct build *b)
{
	const struct level *level = &b->level[b->depth - 1];
	struct pw_network *network = b->network;
	size_t i = 0;
	int r;

	if (network->n_prefixes >= PW_NET_PREFIXES_MAX)
		return -E2BIG;
	r = pw_grow(&network->prefix, &b->prefixes_size, network->n_prefixes);
	if (r == 0)
		r = add_port(b, &(struct row){ .places = level->any }, 0);
	if (r == 0)
		r = add_port(b, &(struct row){ .protocol = IPPROTO_TCP, .places = level->tcp },
			     level->any);
	for (; r == 0 && i < level->n && level->row[i].protocol == IPPROTO_TCP; i++)
		r = add_port(b, &level->row[i], level->tcp);
	if (r == 0)
		r = add_port(b, &(struct row){ .protocol = IPPROTO_UDP, .places = level->udp },
			     level->any);
	for (; r == 0 && i < level->n; i++)
		r = add_port(b, &level->row[i], level->udp);
	if (r < 0)
		return r;
	memcpy(network->prefix[network->n_prefixes].addr, level->entry->addr, 16);
	network->prefix[network->n_prefixes++].prefix_len = level->entry->prefix_len;
	return 0;
}

/* Literal entries and resolved names together, sorted. */
static struct pw_net_entry *all_entries(const struct pw_compiled *compiled,
					const struct pw_net_address *address, size_t n)
{
	struct pw_net_entry *entry = calloc(compiled->n_nets + n + 1, sizeof(*entry));
	size_t i;

	if (!entry)
		return NULL;
	if (compiled->n_nets)
		memcpy(entry, compiled->net, compiled->n_nets * sizeof(*entry));
	for (i = 0; i < n; i++) {
		const struct pw_net_host *host = &compiled->host[address[i].host];
		struct pw_net_entry *one = &entry[compiled->n_nets + i];

		*one = (struct pw_net_entry){
			.prefix_len = 128,
			.place = host->place,
			.port = host->port,
			.protocol = host->protocol,
		};
		memcpy(one->addr, address[i].addr, sizeof(one->addr));
	}
	qsort(entry, compiled->n_nets + n, sizeof(*entry), compare_entries);
	return entry;
}

int pw_network_build(const struct pw_compiled *compiled, const struct pw_net_address *address,
		     size_t n, struct pw_network *ret_network)
{
	_cleanup_(pw_network_free) struct pw_network network = { 0 };
	_cleanup_(build_free) struct build b = { .network = &network };
	_cleanup_free_ struct pw_net_entry *entry = all_entries(compiled, address, n);
	size_t i, end;
	int r;

	if (!entry)
		return -ENOMEM;
	for (i = 0; i < compiled->n_nets + n; i = end) {
		for (end = i + 1; end < compiled->n_nets + n; end++)
			if (compare_entries(&entry[i], &entry[end]))
				break;
		r = push_level(&b, &entry[i], end - i);
		if (r == 0)
			r = add_node(&b);
		if (r < 0)
			return r;
	}
	*ret_network = network;
	network = (struct pw_network){ 0 };
	return 0;
}

static const struct pw_net_port *find_port(const struct pw_network *network, uint32_t node,
					   uint8_t protocol, uint16_t port)
{
	size_t low = 0, high = network->n_ports;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pw_net_port *at = &network->port[middle];

		if (at->node == node && at->protocol == protocol && at->port == port)
			return at;
		if (at->node != node           ? at->node < node
		    : at->protocol != protocol ? at->protocol < protocol
					       : at->port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint64_t pw_network_places(const struct pw_network *network, const uint8_t addr[static 16],
			   uint8_t protocol, uint16_t port)
{
	const struct pw_net_prefix *longest = NULL;
	const struct pw_net_port *found;
	uint32_t node;
	size_t i;

	for (i = 0; i < network->n_prefixes; i++) {
		const struct pw_net_prefix *prefix = &network->prefix[i];

		if (pw_network_same_bits(prefix->addr, addr, prefix->prefix_len) &&
		    (!longest || prefix->prefix_len > longest->prefix_len))
			longest = prefix;
	}
	if (!longest)
		return 0;
	node = longest - network->prefix;
	found = find_port(network, node, protocol, port);
	if (!found)
		found = find_port(network, node, protocol, 0);
	if (!found)
		found = find_port(network, node, 0, 0);
	return found ? found->places : 0;
}
