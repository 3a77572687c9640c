/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where data may go, on this host and now: names of hosts become addresses, media get places. */
#include "host/resolve-private.h"

#include "base/cleanup.h"

#include <string.h>

static struct pw_text text_of(const char *text)
{
	return (struct pw_text){ .text = *text ? (char *)text : NULL };
}

struct pw_kernel_medium pw_medium_under(const struct pw_policy *policy,
					const struct pw_medium_seen *medium)
{
	const struct pw_removable tells = {
		.vendor = text_of(medium->vendor),
		.product = text_of(medium->product),
		.serial = text_of(medium->serial),
	};
	struct pw_kernel_medium under = {
		.major = medium->major,
		.minor = medium->minor,
		.kind = medium->kind,
	};

	under.places = pw_policy_medium(policy, &tells, &under.read_only);
	return under;
}

static int resolve_media(const struct pw_resolver *resolver, const struct pw_policy *policy,
			 struct pw_resolved *resolved)
{
	struct pw_publication *pub = &resolved->publication;
	size_t n = resolver->media ? pw_media_count(resolver->media) : 0;

	pub->medium = calloc(n + 1, sizeof(*pub->medium));
	if (!pub->medium)
		return -ENOMEM;
	for (pub->n_media = 0; pub->n_media < n; pub->n_media++)
		pub->medium[pub->n_media] =
			pw_medium_under(policy, pw_media_at(resolver->media, pub->n_media));
	return 0;
}

static int resolve_network(const struct pw_resolver *resolver, struct pw_resolved *resolved)
{
	const struct pw_compiled *compiled = resolved->publication.compiled;
	_cleanup_free_ struct pw_net_address *address = NULL;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < compiled->n_hosts && resolver->hosts; i++) {
		const struct pw_host *host = pw_hosts_find(resolver->hosts, compiled->host[i].name);

		for (size_t k = 0; host && k < host->n_addresses; k++) {
			r = pw_resolved_grow((void **)&address, n, sizeof(*address));
			if (r < 0)
				return r;
			address[n].host = (uint32_t)i;
			memcpy(address[n++].addr, host->address[k].addr, sizeof(address->addr));
		}
	}
	r = pw_network_build(compiled, address, n, &resolved->network);
	if (r == 0)
		resolved->publication.network = &resolved->network;
	return r;
}

int pw_resolve_doors(const struct pw_resolver *resolver, const struct pw_policy *policy,
		     struct pw_resolved *resolved)
{
	int r = resolve_network(resolver, resolved);

	return r < 0 ? r : resolve_media(resolver, policy, resolved);
}
