/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of the hosts that a policy names, as they are now and here. */
#include "cli/look.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define LIMIT_MS 3000 /* for one name: a resolver may not answer */

struct lookup {
	char *name;
	struct addrinfo *found;
};

static void lookup_free(void *arg)
{
	struct lookup *lookup = arg;

	if (lookup->found)
		freeaddrinfo(lookup->found);
	free(lookup->name);
	free(lookup);
}

static int lookup_run(void *arg)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct lookup *lookup = arg;

	return getaddrinfo(lookup->name, NULL, &hints, &lookup->found);
}

/* @found into the arrays; IPv4 where the kernel half looks for it. */
static int keep(const struct addrinfo *found, uint32_t host, struct pw_net_address **address,
		size_t *n)
{
	for (; found; found = found->ai_next) {
		struct pw_net_address one = { .host = host }, *more;

		if (found->ai_family == AF_INET) {
			const struct sockaddr_in *in = (const void *)found->ai_addr;

			memset(one.addr + 10, 0xff, 2);
			memcpy(one.addr + 12, &in->sin_addr, 4);
		} else if (found->ai_family == AF_INET6) {
			const struct sockaddr_in6 *in6 = (const void *)found->ai_addr;

			memcpy(one.addr, &in6->sin6_addr, 16);
		} else {
			continue;
		}
		more = reallocarray(*address, *n + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		*address = more;
		more[(*n)++] = one;
	}
	return 0;
}

static void tell(const char *name, const char *why)
{
	_cleanup_str_ struct pw_str shown = { 0 };

	pw_str_add_escaped(&shown, name, strlen(name));
	fprintf(stderr, "phiward: cannot resolve '%s', explained without it: %s\n",
		shown.text ? shown.text : "", why);
}

int pw_look_up_hosts(struct pw_worker *worker, const struct pw_compiled *compiled,
		     struct pw_net_address **ret_address, size_t *ret_n)
{
	bool hangs = false;
	int r = 0;

	*ret_address = NULL;
	*ret_n = 0;
	for (size_t i = 0; i < compiled->n_hosts && r == 0; i++) {
		struct lookup *lookup = calloc(1, sizeof(*lookup));
		int result = 0;

		if (lookup)
			lookup->name = strdup(compiled->host[i].name);
		if (!lookup || !lookup->name) {
			free(lookup);
			return -ENOMEM;
		}
		r = hangs ? -EAGAIN
			  : pw_worker_run(worker, lookup_run, lookup_free, lookup, LIMIT_MS,
					  &result);
		if (r == 0 && result == 0)
			r = keep(lookup->found, (uint32_t)i, ret_address, ret_n);
		else
			tell(lookup->name, r < 0 ? "no answer in time" : gai_strerror(result));
		if (r != -ETIMEDOUT) /* else the thread has it */
			lookup_free(lookup);
		hangs |= r == -ETIMEDOUT;
		r = r == -ENOMEM ? r : 0;
	}
	return r;
}
