/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a policy says of destinations, as the kernel and the host room need it: addresses and
 * names in the network, names of abstract sockets, media. Text that the parser has checked.
 */
#include "base/cleanup.h"
#include "policy/compile-private.h"
#include "policy/finding.h"
#include "policy/lookup.h"
#include "policy/network.h"

#include <string.h>

struct build {
	const struct pw_policy *policy;
	struct pw_findings *findings;
	struct pw_compiled *compiled;
	size_t nets_size, hosts_size;
};

static int refuse(struct pw_findings *findings, const struct pw_text *text, const char *what,
		  const char *remedy)
{
	int r = 0;

	if (findings)
		r = pw_findings_add(findings, /* error= */ true, &text->at, "%s: %s\n%s",
				    PW_Q(text->text), what, remedy);
	return r < 0 ? r : -E2BIG;
}

static int add_host(struct build *b, const struct pw_net_entry *entry, const struct pw_text *text,
		    const char *name)
{
	struct pw_compiled *compiled = b->compiled;
	struct pw_net_host *host;
	int r = pw_grow(&compiled->host, &b->hosts_size, compiled->n_hosts);

	if (r < 0)
		return r;
	host = &compiled->host[compiled->n_hosts];
	*host = (struct pw_net_host){
		.name = strdup(name),
		.place = entry->place,
		.port = entry->port,
		.protocol = entry->protocol,
		.at = text->at,
	};
	compiled->n_hosts++;
	return host->name ? 0 : -ENOMEM;
}

static int add_network(struct build *b, size_t index, const struct pw_text *text)
{
	struct pw_compiled *compiled = b->compiled;
	struct pw_network_parts parts;
	struct pw_net_entry entry;
	int r = pw_network_read(&b->policy->place[index], text->text, &parts, &entry);

	entry.place = index;
	if (r == -ENOENT)
		return add_host(b, &entry, text, parts.host);
	if (r < 0)
		return 0; /* not from the parser */
	r = pw_grow(&compiled->net, &b->nets_size, compiled->n_nets);
	if (r == 0)
		compiled->net[compiled->n_nets++] = entry;
	return r;
}

static int build_networks(struct build *b)
{
	const struct pw_text *last = NULL;
	size_t i, k;
	int r;

	for (i = 0; i < b->policy->n_places; i++)
		for (k = 0; k < b->policy->place[i].network.n; k++) {
			last = &b->policy->place[i].network.item[k];
			r = add_network(b, i, last);
			if (r < 0)
				return r;
		}
	r = pw_network_build(b->compiled, NULL, 0, &b->compiled->network);
	if (r == -E2BIG)
		return refuse(b->findings, last,
			      "the networks of all places together are too many: at most 32768 "
			      "prefixes and 131072 ports of them fit",
			      "name larger networks, or leave the port out");
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of abstract sockets of all hubs, each once. */
static int build_hub_names(struct build *b)
{
	struct pw_compiled *compiled = b->compiled;
	const struct pw_policy *policy = b->policy;
	size_t i, k, n = 0;

	for (i = 0; i < policy->n_hubs; i++)
		n += policy->hub[i].sockets.n;
	compiled->hub_name = calloc(n + 1, sizeof(*compiled->hub_name));
	if (!compiled->hub_name)
		return -ENOMEM;
	for (i = 0, n = 0; i < policy->n_hubs; i++)
		for (k = 0; k < policy->hub[i].sockets.n; k++) {
			const struct pw_text *text = &policy->hub[i].sockets.item[k];

			if (text->text[0] != '@')
				continue;
			if (n >= PW_HUB_NAMES_MAX)
				return refuse(b->findings, text,
					      "more than 2048 abstract sockets in the hubs",
					      "remove those that are not used");
			compiled->hub_name[n++] = text->text + 1;
		}
	qsort(compiled->hub_name, n, sizeof(*compiled->hub_name), compare_names);
	for (i = 0; i < n; i++)
		if (!compiled->n_hub_names ||
		    strcmp(compiled->hub_name[compiled->n_hub_names - 1], compiled->hub_name[i]))
			compiled->hub_name[compiled->n_hub_names++] = compiled->hub_name[i];
	return 0;
}

int pw_doors_build(const struct pw_policy *policy, struct pw_findings *findings,
		   struct pw_compiled *compiled)
{
	struct build b = { .policy = policy, .findings = findings, .compiled = compiled };
	int r = build_networks(&b);

	return r < 0 ? r : build_hub_names(&b);
}

void pw_doors_free(struct pw_compiled *compiled)
{
	free(compiled->net);
	for (size_t i = 0; i < compiled->n_hosts; i++)
		free(compiled->host[i].name);
	free(compiled->host);
	pw_network_free(&compiled->network);
	free(compiled->hub_name);
}

/* Is @text as the entry @wanted has it, if it has it? */
static bool fits(const struct pw_text *wanted, const struct pw_text *text)
{
	return !wanted->text || (text->text && !strcasecmp(wanted->text, text->text));
}

static bool medium_fits(const struct pw_removable *entry, const struct pw_removable *medium)
{
	return fits(&entry->vendor, &medium->vendor) && fits(&entry->product, &medium->product) &&
	       (!entry->serial.text ||
		(medium->serial.text && !strcmp(entry->serial.text, medium->serial.text)));
}

uint64_t pw_policy_medium(const struct pw_policy *policy, const struct pw_removable *medium,
			  bool *ret_read_only)
{
	uint64_t places = 0;

	*ret_read_only = false;
	for (size_t i = 0; i < policy->n_places; i++)
		for (size_t k = 0; k < policy->place[i].n_removable; k++) {
			const struct pw_removable *entry = &policy->place[i].removable[k];

			if (!medium_fits(entry, medium))
				continue;
			places |= 1ULL << i;
			*ret_read_only |= entry->read_only;
		}
	return places;
}
