/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Destinations on the network: ADDRESS[/LENGTH][:PORT], [IPV6]..., NAME[:PORT]. */
#include "policy/network.h"
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define NETWORK_REMEDY \
	"write 10.20.0.0/16:104, \"[fd00:20::]/64:11112\" or name.example:443 (length and port may be left out)"

/* Copy text up to @stop into a buffer: false when it does not fit. */
static bool network_part(char *into, size_t size, const char *text, size_t len)
{
	if (len >= size)
		return false;
	memcpy(into, text, len);
	into[len] = '\0';
	return true;
}

bool pw_network_split(const char *text, struct pw_network_parts *ret)
{
	const char *p = text, *end;

	*ret = (struct pw_network_parts){ .v6 = text[0] == '[' };
	if (ret->v6) {
		p++;
		end = strchr(p, ']');
		if (!end)
			return false;
	} else {
		end = p + strcspn(p, "/:");
	}
	if (end == p || !network_part(ret->host, sizeof(ret->host), p, (size_t)(end - p)))
		return false;
	p = end + ret->v6;
	if (*p == '/') {
		end = p + strcspn(p, ":");
		ret->has_length = true;
		if (!network_part(ret->length, sizeof(ret->length), p + 1, (size_t)(end - p - 1)))
			return false;
		p = end;
	}
	if (*p == ':') {
		ret->has_port = true;
		ret->port = p + 1;
		p += strlen(p);
	}
	return !*p;
}

bool pw_network_numeric(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last ? last + 1 : host;
	return strspn(last, "0123456789") == strlen(last);
}

/* The address of @parts, or -ENOENT when it is a name. */
static int network_read_address(const struct pw_network_parts *parts, struct pw_net_entry *entry)
{
	uint64_t len;

	if (parts->v6 && inet_pton(AF_INET6, parts->host, entry->addr) == 1) {
		entry->prefix_len = 128;
	} else if (!parts->v6 && inet_pton(AF_INET, parts->host, entry->addr + 12) == 1) {
		memset(entry->addr + 10, 0xff, 2);
		entry->prefix_len = 128;
	} else {
		return -ENOENT;
	}
	if (parts->has_length && pw_parse_u64(parts->length, 128, &len) == 0)
		entry->prefix_len = (uint32_t)(parts->v6 ? len : 96 + len);
	return 0;
}

int pw_network_read(const struct pw_place *place, const char *text,
		    struct pw_network_parts *ret_parts, struct pw_net_entry *ret_entry)
{
	uint64_t port;

	*ret_entry = (struct pw_net_entry){ 0 };
	if (!pw_network_split(text, ret_parts))
		return -EINVAL;
	if (ret_parts->has_port && pw_parse_u64(ret_parts->port, 65535, &port) == 0)
		ret_entry->port = (uint16_t)port;
	if (place->protocol.text)
		ret_entry->protocol =
			strcmp(place->protocol.text, "udp") ? IPPROTO_TCP : IPPROTO_UDP;
	return network_read_address(ret_parts, ret_entry);
}

bool pw_network_same_bits(const uint8_t *a, const uint8_t *b, uint32_t len)
{
	uint32_t bytes = len / 8, bits = len % 8;

	return !memcmp(a, b, bytes) && (!bits || !((a[bytes] ^ b[bytes]) >> (8 - bits)));
}

static bool network_host_name(const char *host)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const char *p = host;

	for (;;) {
		size_t len = strcspn(p, ".");

		if (!len || len > 63 || strspn(p, allowed) != len || p[0] == '-' ||
		    p[len - 1] == '-')
			return false;
		if (!p[len])
			return true;
		p += len + 1;
	}
}

/* Clear the bits behind the first @length ones; true when one of them was set. */
static bool network_mask(unsigned char *address, size_t size, uint64_t length)
{
	bool set = false;

	for (size_t bit = (size_t)length; bit < size * 8; bit++) {
		unsigned char one = (unsigned char)(0x80 >> bit % 8);

		set |= address[bit / 8] & one;
		address[bit / 8] &= (unsigned char)~one;
	}
	return set;
}

/* An address and its prefix length: true when both are fine; else said. */
static bool network_address(struct pw_parse *parse, const struct pw_node *node,
			    const struct pw_network_parts *parts)
{
	int family = parts->v6 ? AF_INET6 : AF_INET;
	size_t size = parts->v6 ? 16 : 4;
	uint64_t length = size * 8;
	unsigned char address[16];
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(family, parts->host, address) != 1) {
		pw_parse_error(parse, node, "%s is no IPv%d address\n" NETWORK_REMEDY,
			       PW_Q(parts->host), parts->v6 ? 6 : 4);
		return false;
	}
	if (parts->has_length && pw_parse_u64(parts->length, size * 8, &length) < 0) {
		pw_parse_error(parse, node, "prefix length %s is not 0 to %zu\n" NETWORK_REMEDY,
			       PW_Q(parts->length), size * 8);
		return false;
	}
	if (network_mask(address, size, length)) {
		inet_ntop(family, address, text, sizeof(text));
		pw_parse_error(
			parse, node,
			"%s has bits set behind its prefix of %u\nwrite %s%s%s/%u, or the address without a prefix",
			PW_Q(parts->host), (unsigned int)length, parts->v6 ? "[" : "", text,
			parts->v6 ? "]" : "", (unsigned int)length);
		return false;
	}
	return true;
}

/* The host, whatever it is: true when fine; else said. */
static bool network_host(struct pw_parse *parse, const struct pw_node *node,
			 const struct pw_network_parts *parts)
{
	if (parts->v6 || pw_network_numeric(parts->host))
		return network_address(parse, node, parts);
	if (!network_host_name(parts->host)) {
		pw_parse_error(parse, node, "%s is no host name\n" NETWORK_REMEDY,
			       PW_Q(parts->host));
		return false;
	}
	if (parts->has_length) {
		pw_parse_error(
			parse, node,
			"%s has a prefix length but is a name\nwrite the network as an address, or the name alone",
			PW_Q(node->text));
		return false;
	}
	return true;
}

char *pw_parse_network(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	struct pw_network_parts parts;
	unsigned char address[16];
	uint64_t port = 1;

	(void)key;
	if (inet_pton(AF_INET6, node->text, address) == 1) {
		pw_parse_error(parse, node,
			       "IPv6 address %s stands without brackets\nwrite \"[%s]\"",
			       PW_Q(node->text), node->text);
		return NULL;
	}
	if (strstr(node->text, "://")) {
		pw_parse_error(parse, node,
			       "%s is a URL\nwrite name.example:443: host and port alone",
			       PW_Q(node->text));
		return NULL;
	}
	if (!pw_network_split(node->text, &parts)) {
		pw_parse_error(parse, node, "%s is no destination\n" NETWORK_REMEDY,
			       PW_Q(node->text));
		return NULL;
	}
	if (!network_host(parse, node, &parts))
		return NULL;
	if (parts.has_port && (pw_parse_u64(parts.port, 65535, &port) < 0 || port == 0)) {
		pw_parse_error(
			parse, node,
			"port %s is not 1 to 65535\nwrite it as a number, or leave it out for all ports",
			PW_Q(parts.port));
		return NULL;
	}
	return pw_parse_copy(parse, node);
}
