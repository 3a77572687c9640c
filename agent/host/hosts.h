/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of the hosts that places of a policy name. The daemon has no network, so a child
 * of it asks: made before the daemon is confined, with no privilege and no file that it could
 * write. What it answers is kept here, for a while also when it no longer comes.
 */
#ifndef PW_HOST_HOSTS_H
#define PW_HOST_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PW_HOST_NAME_MAX      253
#define PW_HOST_ADDRESSES_MAX 64 /* of one name; of more, those that were seen last */

#define PW_HOSTS_REFRESH_MS 300000u     /* a name that is known is asked for again */
#define PW_HOSTS_RETRY_MS   30000u      /* and one that could not be resolved */
#define PW_HOSTS_LIMIT_MS   10000u      /* so long the resolver looks for one name */
#define PW_HOSTS_STALE_MS   3600000ull  /* an address that the name no longer has still counts */
#define PW_HOSTS_KEEP_MS    86400000ull /* all of them, while the name cannot be resolved */

struct pw_host_address {
	uint8_t addr[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
	uint64_t seen_ms; /* in the last answer that had it */
};

struct pw_host {
	char name[PW_HOST_NAME_MAX + 1];
	struct pw_host_address address[PW_HOST_ADDRESSES_MAX];
	size_t n_addresses;
	int error;        /* of getaddrinfo(3), of the last answer; 0: it was fine */
	bool asked;       /* and not answered */
	bool answered;    /* ever */
	uint64_t ok_ms;   /* of the last good answer; 0: none */
	uint64_t next_ms; /* when to ask */
};

struct pw_hosts;

/*
 * Start the resolver; call it before there are threads. @confine is called in the child, and
 * ends it when it fails; NULL: nothing. Returns 0 with *ret_hosts (pw_hosts_free()) or -errno.
 */
int pw_hosts_new(int (*confine)(void), struct pw_hosts **ret_hosts);

/* Ends the resolver. */
void pw_hosts_free(struct pw_hosts **hosts);

/* Readable when an answer is there; -EBADF once the resolver has ended. */
int pw_hosts_fd(const struct pw_hosts *hosts);

/* From now on these names are wanted; what is known of those that were is kept. 0 or -ENOMEM. */
int pw_hosts_want(struct pw_hosts *hosts, const char *const *name, size_t n);

/*
 * Ask for what is due, and let go of what is too old. @now_ms: monotonic. True when addresses
 * are others than before.
 */
bool pw_hosts_tick(struct pw_hosts *hosts, uint64_t now_ms);

/* Take an answer. True when addresses are others than before. */
bool pw_hosts_answer(struct pw_hosts *hosts, uint64_t now_ms);

size_t pw_hosts_count(const struct pw_hosts *hosts);
const struct pw_host *pw_hosts_at(const struct pw_hosts *hosts, size_t index);

/* What is known of @name, or NULL. */
const struct pw_host *pw_hosts_find(const struct pw_hosts *hosts, const char *name);

/* ---- The resolver's side; hosts-child.c ---- */

struct pw_host_question {
	char name[PW_HOST_NAME_MAX + 1];
};

struct pw_host_answer {
	char name[PW_HOST_NAME_MAX + 1];
	int32_t error; /* of getaddrinfo(3) */
	uint32_t n;
	uint8_t addr[PW_HOST_ADDRESSES_MAX][16];
};

/* Keep the books: what the resolver says of a name at @now_ms. True as above. */
bool pw_host_take(struct pw_host *host, const struct pw_host_answer *answer, uint64_t now_ms);

/* Let go of what is too old at @now_ms. True as above. */
bool pw_host_expire(struct pw_host *host, uint64_t now_ms);

/* Answer the questions that come by @socket until it is closed. */
void pw_hosts_serve(int socket) __attribute__((noreturn));

#endif /* PW_HOST_HOSTS_H */
