/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Places that lie within other places, by what is written; and rules that send to where
 * nothing can be sent. Printers are compared by name, although the kernel half cannot tell
 * them apart: that is nothing a policy should be refused for.
 */
#include "policy/compile-private.h"
#include "policy/network.h"
#include "policy/parse.h"

#include "base/cleanup.h"

#include <string.h>
#include <strings.h>

/* Comparisons of entries, a parse: beyond that no place is said to lie within another. */
#define PLACES_STEPS_MAX 4000000

struct places_net {
	struct pw_net_entry entry;
	struct pw_network_parts parts;
	bool is_name;
};

struct places {
	const struct pw_policy *policy;
	struct places_net *net[PW_PLACES_MAX]; /* of each place, as many as its `network` */
	size_t steps;
};

static bool places_net_within(const struct places_net *a, const struct places_net *b)
{
	if ((b->entry.port && b->entry.port != a->entry.port) ||
	    (b->entry.protocol && b->entry.protocol != a->entry.protocol))
		return false;
	if (a->is_name || b->is_name)
		return a->is_name && b->is_name && !strcasecmp(a->parts.host, b->parts.host);
	return b->entry.prefix_len <= a->entry.prefix_len &&
	       pw_network_same_bits(a->entry.addr, b->entry.addr, b->entry.prefix_len);
}

static bool places_text_within(const struct pw_text *a, const struct pw_text *b)
{
	return !b->text || (a->text && !strcmp(a->text, b->text));
}

static bool places_medium_within(const struct pw_removable *a, const struct pw_removable *b)
{
	return places_text_within(&a->vendor, &b->vendor) &&
	       places_text_within(&a->product, &b->product) &&
	       places_text_within(&a->serial, &b->serial);
}

/* Is directory @a @b, or below it? Both are normalised. */
static bool places_directory_within(const char *a, const char *b)
{
	size_t len = strlen(b);

	if (strcmp(b, "/") == 0)
		return true;
	return strncmp(a, b, len) == 0 && (!a[len] || a[len] == '/');
}

/* Entry @i of one kind of place @a lies within entry @k of place @b. */
enum places_kind { NETWORKS, MEDIA, PRINTERS, DIRECTORIES, _KINDS };

static size_t places_entries(const struct pw_place *place, enum places_kind kind)
{
	const size_t n[_KINDS] = { place->network.n, place->n_removable, place->printers.n,
				   place->directories.n };

	return n[kind];
}

static bool places_entry_within(const struct places *places, enum places_kind kind,
				const size_t place[2], const size_t entry[2])
{
	const struct pw_place *a = &places->policy->place[place[0]];
	const struct pw_place *b = &places->policy->place[place[1]];

	switch (kind) {
	case NETWORKS:
		return places_net_within(&places->net[place[0]][entry[0]],
					 &places->net[place[1]][entry[1]]);
	case MEDIA:
		return places_medium_within(&a->removable[entry[0]], &b->removable[entry[1]]);
	case PRINTERS:
		return !strcmp(a->printers.item[entry[0]].text, b->printers.item[entry[1]].text);
	default:
		return places_directory_within(a->directories.item[entry[0]].text,
					       b->directories.item[entry[1]].text);
	}
}

static bool places_kind_within(struct places *places, enum places_kind kind, size_t a, size_t b)
{
	size_t n = places_entries(&places->policy->place[a], kind);
	size_t m = places_entries(&places->policy->place[b], kind), i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < m; k++) {
			if (++places->steps > PLACES_STEPS_MAX)
				return false;
			if (places_entry_within(places, kind, (size_t[]){ a, b },
						(size_t[]){ i, k }))
				break;
		}
		if (k == m)
			return false;
	}
	return true;
}

static bool places_within(struct places *places, size_t a, size_t b)
{
	for (int kind = 0; kind < _KINDS; kind++)
		if (!places_kind_within(places, (enum places_kind)kind, a, b))
			return false;
	return true;
}

/* False: no memory. */
static bool places_read(struct places *places, size_t index)
{
	const struct pw_place *place = &places->policy->place[index];
	struct places_net *net = calloc(place->network.n + 1, sizeof(*net));

	places->net[index] = net;
	for (size_t i = 0; net && i < place->network.n; i++)
		net[i].is_name = pw_network_read(place, place->network.item[i].text, &net[i].parts,
						 &net[i].entry) < 0;
	return net;
}

bool pw_place_never_written(const struct pw_place *place)
{
	for (size_t i = 0; i < place->n_removable; i++)
		if (!place->removable[i].read_only)
			return false;
	return place->n_removable && !place->network.n && !place->printers.n &&
	       !place->directories.n;
}

static void places_check_read(struct pw_parse *parse, const struct pw_rule *rule)
{
	if (rule->verdict == PW_DENY || !(rule->ops >> PW_OP_SEND & 1) ||
	    rule->to.n != rule->to.as_written.n)
		return;
	for (size_t i = 0; i < rule->to.n; i++) {
		const struct pw_place *place = &parse->policy->place[rule->to.index[i]];

		if (pw_place_never_written(place))
			pw_parse_warning_at(
				parse, &rule->to.as_written.item[i].at,
				"nothing is ever sent to place '%s': all its media have access: read\nremove it from 'to', or write access: write",
				place->name.text);
	}
}

int pw_places_within(const struct pw_policy *policy, uint64_t ret_within[static PW_PLACES_MAX])
{
	struct places places = { .policy = policy };
	size_t n = policy->n_places, a, b;
	bool fine = true;

	for (a = 0; a < n && fine; a++)
		fine = places_read(&places, a);
	for (a = 0; a < n && fine; a++) {
		ret_within[a] = 1ULL << a;
		for (b = 0; b < n; b++)
			if (a != b && places_within(&places, a, b))
				ret_within[a] |= 1ULL << b;
	}
	for (a = 0; a < n; a++)
		free(places.net[a]);
	return fine ? 0 : -ENOMEM;
}

void pw_check_places(struct pw_parse *parse)
{
	for (size_t i = 0; i < parse->policy->n_rules; i++)
		if (!parse->state[i].bad)
			places_check_read(parse, &parse->policy->rule[i]);
}
