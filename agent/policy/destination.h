/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where something is sent, as one asks about it: "tcp:203.0.113.7:443", "udp:[fd00::1]:53",
 * "unix:/run/x.sock", "unix:@name", "printer:QUEUE", "usb:VENDOR:PRODUCT[:SERIAL]",
 * "dir:/path", or the name of a place. And what the kernel half makes of it.
 */
#ifndef PW_POLICY_DESTINATION_H
#define PW_POLICY_DESTINATION_H

#include "base/str.h"
#include "policy/compile.h"

enum pw_destination_kind {
	PW_TO_NETWORK,
	PW_TO_UNIX,
	PW_TO_PRINTER,
	PW_TO_MEDIUM,
	PW_TO_DIRECTORY,
	PW_TO_PLACE,
};

/* What becomes of what is sent there. */
enum pw_outcome {
	PW_OUTCOME_DECIDED = 0, /* the rules decide */
	PW_OUTCOME_HUB,         /* nobody is asked, and the label does not go along */
	PW_OUTCOME_READ_ONLY,   /* refused whatever the rules say: `access: read` */
};

struct pw_destination {
	enum pw_destination_kind kind;
	const char *text; /* as asked; borrowed */
	/* NETWORK */
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;
	char host[256];   /* a name; "": see addr */
	uint8_t addr[16]; /* IPv6; IPv4 at ::ffff:0:0/96 */
	/* UNIX, DIRECTORY: what is behind the colon (borrowed), to be made canonical if a path */
	const char *path;
	/* MEDIUM */
	char vendor[5], product[5];
	const char *serial; /* borrowed, or NULL */
	/* PRINTER, PLACE */
	const char *name; /* borrowed */
	/* pw_destination_find() */
	enum pw_door door;
	uint64_t places;
	enum pw_outcome outcome;
	const char *note; /* what one should know beside the verdict, or NULL */
};

/*
 * Read @text, which must outlive @ret_to. Returns 0; -EINVAL with what is wrong in @why; -ENOMEM.
 * What has no known word in front is taken for a place.
 */
int pw_destination_read(const char *text, struct pw_destination *ret_to, struct pw_str *why);

/*
 * Find door, places and outcome of @to under the policy. @network: the table with what names
 * are now, or NULL: that of @compiled. Returns 0; -ENOENT: no place is called @to->name;
 * -ENOMEM.
 */
int pw_destination_find(const struct pw_policy *policy, const struct pw_compiled *compiled,
			const struct pw_network *network, struct pw_destination *to);

#endif /* PW_POLICY_DESTINATION_H */
