/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows the kernel half: bpf/door.bpf.h and bpf/socket.bpf.h say which door is where. */
#include "policy/destination.h"

#include "base/cleanup.h"
#include "policy/compile-private.h"
#include "policy/finding.h"
#include "policy/network.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define PORT_IPP 631

/* What stands behind "WORD:" in @text, or NULL. */
static const char *behind(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 && text[len] == ':' ? text + len + 1 : NULL;
}

static int wrong(struct pw_str *why, const char *text, const char *what)
{
	_cleanup_str_ struct pw_str shown = { 0 };

	pw_str_add_escaped(&shown, text, strlen(text));
	return pw_str_addf(why, "'%s' %s", shown.text ? shown.text : "", what) < 0 ? -ENOMEM
										   : -EINVAL;
}

static int read_network(const char *rest, uint8_t protocol, struct pw_destination *to,
			struct pw_str *why)
{
	static const char usage[] = "is no ADDRESS:PORT: write tcp:203.0.113.7:443, "
				    "udp:[fd00::1]:53 or tcp:pacs.example:104";
	struct pw_place any = { 0 };
	struct pw_network_parts parts;
	struct pw_net_entry entry;
	int r = pw_network_read(&any, rest, &parts, &entry);

	if (r == -EINVAL || parts.has_length || !parts.has_port || !entry.port)
		return wrong(why, to->text, usage);
	to->kind = PW_TO_NETWORK;
	to->protocol = protocol;
	to->port = entry.port;
	memcpy(to->addr, entry.addr, sizeof(to->addr));
	if (r == 0)
		return 0;
	if (parts.v6 || pw_network_numeric(parts.host))
		return wrong(why, to->text, usage);
	memcpy(to->host, parts.host, sizeof(to->host));
	return 0;
}

/* Four hex digits up to ':' or the end, lower case, into @id: what is behind them, or NULL. */
static const char *read_usb_id(const char *text, char id[5])
{
	size_t len = strcspn(text, ":");

	if (len != 4 || strspn(text, "0123456789abcdefABCDEF") < 4)
		return NULL;
	for (size_t i = 0; i < 4; i++)
		id[i] = (char)tolower((unsigned char)text[i]);
	id[4] = '\0';
	return text + len;
}

static int read_medium(const char *rest, struct pw_destination *to, struct pw_str *why)
{
	const char *at = read_usb_id(rest, to->vendor);

	to->kind = PW_TO_MEDIUM;
	at = at && *at == ':' ? read_usb_id(at + 1, to->product) : NULL;
	if (!at || (*at && !at[1]))
		return wrong(why, to->text,
			     "is no medium: write usb:VENDOR:PRODUCT[:SERIAL], the first two as "
			     "lsusb prints them: usb:0951:1666");
	to->serial = *at ? at + 1 : NULL;
	return 0;
}

static int read_path(const char *rest, struct pw_destination *to, struct pw_str *why)
{
	to->path = rest;
	if (rest[0] == '/' || (to->kind == PW_TO_UNIX && rest[0] == '@' && rest[1]))
		return 0;
	return wrong(why, to->text,
		     to->kind == PW_TO_UNIX ? "must be an absolute path, or @ and a name"
					    : "must be an absolute path");
}

int pw_destination_read(const char *text, struct pw_destination *ret_to, struct pw_str *why)
{
	const char *rest;

	*ret_to = (struct pw_destination){ .text = text, .kind = PW_TO_PLACE, .name = text };
	rest = behind(text, "tcp");
	if (rest)
		return read_network(rest, IPPROTO_TCP, ret_to, why);
	rest = behind(text, "udp");
	if (rest)
		return read_network(rest, IPPROTO_UDP, ret_to, why);
	rest = behind(text, "usb");
	if (rest)
		return read_medium(rest, ret_to, why);
	rest = behind(text, "unix");
	if (rest) {
		ret_to->kind = PW_TO_UNIX;
		return read_path(rest, ret_to, why);
	}
	rest = behind(text, "dir");
	if (rest) {
		ret_to->kind = PW_TO_DIRECTORY;
		return read_path(rest, ret_to, why);
	}
	rest = behind(text, "printer");
	if (rest) {
		ret_to->kind = PW_TO_PRINTER;
		ret_to->name = rest;
		return *rest ? 0 : wrong(why, text, "needs the name of a queue");
	}
	if (*text && !strchr(text, ':'))
		return 0;
	return wrong(why, text,
		     "is no destination: tcp:, udp:, unix:, printer:, usb: or dir: in front, or "
		     "the name of a place");
}

/* ---- Under a policy ---- */

/* Places of a destination that is asked about by its name: of entries that say the same name. */
static uint64_t named_places(const struct pw_compiled *compiled, const struct pw_destination *to)
{
	uint64_t places = 0;

	for (size_t i = 0; i < compiled->n_hosts; i++) {
		const struct pw_net_host *host = &compiled->host[i];

		if (!strcasecmp(host->name, to->host) && (!host->port || host->port == to->port) &&
		    (!host->protocol || host->protocol == to->protocol))
			places |= 1ULL << host->place;
	}
	return places;
}

static void find_network(const struct pw_compiled *compiled, const struct pw_network *network,
			 struct pw_destination *to)
{
	static const uint8_t none[16], any_v4[16] = { [10] = 0xff, [11] = 0xff };

	to->door = PW_DOOR_NETWORK;
	if (*to->host) {
		to->places = named_places(compiled, to);
		to->note = "asked by name: places that name this host; ask by its address for "
			   "those that hold it";
	} else {
		if (!memcmp(to->addr, none, 16))
			to->addr[15] = 1; /* this host, as the kernel takes it */
		else if (!memcmp(to->addr, any_v4, 16))
			memcpy(to->addr + 12, (const uint8_t[]){ 127, 0, 0, 1 }, 4);
		to->places = pw_network_places(network, to->addr, to->protocol, to->port);
	}
	if (to->port != PORT_IPP)
		return;
	to->door = PW_DOOR_PRINTER;
	to->places |= compiled->image.printers;
}

static bool is_hub_name(const struct pw_compiled *compiled, const char *name)
{
	for (size_t i = 0; i < compiled->n_hub_names; i++)
		if (!strcmp(compiled->hub_name[i], name))
			return true;
	return false;
}

static void find_unix(const struct pw_policy *policy, const struct pw_compiled *compiled,
		      struct pw_destination *to)
{
	struct pw_trees_found found = { 0 };
	const char *slash = strrchr(to->path, '/');
	bool hub;

	to->door = PW_DOOR_UNIX;
	if (to->path[0] == '@') {
		hub = is_hub_name(compiled, to->path + 1);
	} else {
		pw_trees_find(&compiled->trees, to->path, /* is_directory= */ false, &found);
		hub = found.hub;
	}
	if (hub) {
		to->outcome = PW_OUTCOME_HUB;
		return;
	}
	if (to->path[0] == '/' && slash && !strcmp(slash, "/cups.sock")) {
		to->door = PW_DOOR_PRINTER;
		to->places = compiled->image.printers;
	} else if (policy->spread[PW_DOOR_UNIX] == PW_SPREAD_PRACTICAL) {
		to->note = "when the other end is of another user; to one of the same user the "
			   "labels go along, and no rule is asked";
	}
}

static void find_printer(const struct pw_policy *policy, const struct pw_compiled *compiled,
			 struct pw_destination *to)
{
	to->door = PW_DOOR_PRINTER;
	to->places = compiled->image.printers;
	for (size_t i = 0; i < policy->n_places; i++)
		for (size_t k = 0; k < policy->place[i].printers.n; k++)
			if (!strcmp(policy->place[i].printers.item[k].text, to->name))
				return;
	if (to->places)
		to->note = "no place names this queue; queues are not told apart, so those of all "
			   "places count";
}

static void find_medium(const struct pw_policy *policy, struct pw_destination *to)
{
	const struct pw_removable medium = {
		.vendor.text = to->vendor,
		.product.text = to->product,
		.serial.text = (char *)to->serial,
	};
	bool read_only;

	to->door = PW_DOOR_REMOVABLE;
	to->places = pw_policy_medium(policy, &medium, &read_only);
	if (read_only)
		to->outcome = PW_OUTCOME_READ_ONLY;
}

static void find_directory(const struct pw_policy *policy, const struct pw_compiled *compiled,
			   struct pw_destination *to)
{
	struct pw_trees_found found;

	pw_trees_find(&compiled->trees, to->path, /* is_directory= */ true, &found);
	to->door = PW_DOOR_FILE;
	to->places = found.places;
	if (!found.places && policy->spread[PW_DOOR_FILE] == PW_SPREAD_PRACTICAL)
		to->note = "when its file system cannot keep labels; where it can, what is written "
			   "takes them, and no rule is asked";
}

static int find_place(const struct pw_policy *policy, struct pw_destination *to)
{
	const struct pw_place *place = NULL;
	uint64_t within[PW_PLACES_MAX];
	size_t i;
	int r;

	for (i = 0; i < policy->n_places && !place; i++)
		if (!strcmp(policy->place[i].name.text, to->name))
			place = &policy->place[i];
	if (!place)
		return -ENOENT;
	r = pw_places_within(policy, within);
	if (r < 0)
		return r;
	to->places = within[place - policy->place];
	to->door = place->network.n     ? PW_DOOR_NETWORK
		   : place->n_removable ? PW_DOOR_REMOVABLE
		   : place->printers.n  ? PW_DOOR_PRINTER
					: PW_DOOR_FILE;
	if (pw_place_never_written(place))
		to->outcome = PW_OUTCOME_READ_ONLY;
	return 0;
}

int pw_destination_find(const struct pw_policy *policy, const struct pw_compiled *compiled,
			const struct pw_network *network, struct pw_destination *to)
{
	switch (to->kind) {
	case PW_TO_NETWORK:
		find_network(compiled, network ? network : &compiled->network, to);
		break;
	case PW_TO_UNIX:
		find_unix(policy, compiled, to);
		break;
	case PW_TO_PRINTER:
		find_printer(policy, compiled, to);
		break;
	case PW_TO_MEDIUM:
		find_medium(policy, to);
		break;
	case PW_TO_DIRECTORY:
		find_directory(policy, compiled, to);
		break;
	default:
		return find_place(policy, to);
	}
	return 0;
}
