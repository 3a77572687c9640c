/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where data was going and whose labels go with it: `to` and `lineage` of an event. */
#include "base/cleanup.h"
#include "evidence/json.h"
#include "evidence/render-private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
	unsigned int number;
	const char *name;
} families[] = {
	{ AF_INET, "ipv4" },	 { AF_INET6, "ipv6" },	     { AF_UNIX, "unix" },
	{ AF_NETLINK, "netlink" }, { AF_PACKET, "packet" },    { AF_VSOCK, "vsock" },
	{ AF_ALG, "alg" },	 { AF_XDP, "xdp" },	     { AF_BLUETOOTH, "bluetooth" },
	{ AF_CAN, "can" },	 { AF_TIPC, "tipc" },	     { AF_RDS, "rds" },
}, protocols[] = {
	{ IPPROTO_TCP, "tcp" },	  { IPPROTO_UDP, "udp" },     { IPPROTO_ICMP, "icmp" },
	{ IPPROTO_SCTP, "sctp" }, { IPPROTO_DCCP, "dccp" },   { IPPROTO_ICMPV6, "icmpv6" },
	{ IPPROTO_RAW, "raw" },	  { IPPROTO_MPTCP, "mptcp" }, { IPPROTO_UDPLITE, "udplite" },
};

static void add_number(struct pw_rendering *r, const char *key, unsigned int number,
		       const char *name)
{
	char text[16];

	snprintf(text, sizeof(text), "#%u", number);
	pw_json_text(r->out, key, name ? name : text);
}

static void add_family(struct pw_rendering *r, unsigned int family)
{
	const char *name = NULL;

	for (size_t i = 0; i < PW_ARRAY_SIZE(families); i++)
		if (families[i].number == family)
			name = families[i].name;
	if (family)
		add_number(r, "family", family, name);
	else
		pw_json_null(r->out, "family");
}

static void add_protocol(struct pw_rendering *r, unsigned int protocol)
{
	const char *name = NULL;

	for (size_t i = 0; i < PW_ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == protocol)
			name = protocols[i].name;
	if (protocol)
		add_number(r, "protocol", protocol, name);
	else
		pw_json_null(r->out, "protocol");
}

/* IPv4 stands in the address mapped, whatever the family of the socket. */
static void add_address(struct pw_rendering *r, const struct pw_event *event)
{
	static const unsigned char mapped[12] = { [10] = 0xff, 0xff };
	bool v4 = memcmp(event->to_addr, mapped, sizeof(mapped)) == 0;
	char text[INET6_ADDRSTRLEN];

	pw_json_text(r->out, "address",
		     inet_ntop(v4 ? AF_INET : AF_INET6, event->to_addr + (v4 ? 12 : 0), text,
			       sizeof(text)));
	if (event->to_port)
		pw_json_u64(r->out, "port", event->to_port);
	else
		pw_json_null(r->out, "port");
	add_protocol(r, event->to_protocol);
}

static void add_peer(struct pw_rendering *r, const struct pw_event_view *view)
{
	uint32_t uid = view->event.to_uid;

	if (uid == UINT32_MAX)
		pw_json_null(r->out, "uid");
	else
		pw_json_u64(r->out, "uid", uid);
	pw_render_user(r, "user", uid);
	pw_render_path(r, "path", view->path2.len ? &view->path2 : &view->path);
}

static void add_places(struct pw_rendering *r, uint64_t places)
{
	const struct pw_naming_policy *policy = r->policy;

	pw_json_open(r->out, "places", '[');
	for (unsigned int i = 0; i < PW_PLACES_MAX; i++)
		if (places >> i & 1)
			add_number(r, NULL, i,
				   policy && i < policy->n_places ? policy->place[i] : NULL);
	pw_json_close(r->out, ']');
}

void pw_render_to(struct pw_rendering *r)
{
	const struct pw_event *event = &r->record->view.event;

	if (event->op != PW_OP_SEND || event->door == PW_DOOR_NONE) {
		pw_json_null(r->out, "to");
		return;
	}
	pw_json_open(r->out, "to", '{');
	add_family(r, event->to_family);
	if (event->to_family == AF_INET || event->to_family == AF_INET6)
		add_address(r, event);
	else if (event->to_family == AF_UNIX)
		add_peer(r, &r->record->view);
	add_places(r, event->places);
	pw_json_close(r->out, '}');
}

/* As text: such numbers use all 64 bits, of which many readers of JSON keep 53. */
static void add_domain(struct pw_rendering *r, const char *key, uint64_t domain)
{
	char text[24];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)domain);
	pw_json_text(r->out, key, domain ? text : NULL);
}

void pw_render_lineage(struct pw_rendering *r)
{
	const struct pw_event *event = &r->record->view.event;

	if (!event->held && !event->domain && !event->object_labels) {
		pw_json_null(r->out, "lineage");
		return;
	}
	pw_json_open(r->out, "lineage", '{');
	pw_render_labels(r, "held", event->held);
	pw_render_labels(r, "object", event->object_labels);
	add_domain(r, "domain", event->domain);
	add_domain(r, "from", event->domain_from);
	pw_json_close(r->out, '}');
}
