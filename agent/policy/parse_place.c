/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places: where data may go. */
#include "policy/parse.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

/* "0951": lower case. "0x0951" is what lsusb never prints. */
static void place_usb_id(struct pw_parse *parse, const struct pw_given *given, struct pw_text *text)
{
	char *p;

	if (!text->text)
		return;
	if (strlen(text->text) != 4 || strspn(text->text, "0123456789abcdefABCDEF") != 4) {
		pw_parse_error(
			parse, given->value,
			"%s %s is no USB id: 4 hex digits\nwrite it as lsusb prints it, in quotes: \"0951\"",
			given->key->text, PW_Q(text->text));
		return;
	}
	for (p = text->text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

/* One medium: vendor, product and serial, each free to be missing; and what holders may. */
static void place_medium(struct pw_parse *parse, const struct pw_node *map,
			 struct pw_removable *medium)
{
	enum { VENDOR, PRODUCT, SERIAL, ACCESS, N };
	static const char *const names[] = { "vendor", "product", "serial", "access" };
	static const char *const accesses[] = { "write", "read" };
	static const struct pw_keys keys = { "a removable medium", { names, N }, { NULL, 0 } };
	struct pw_given given[N];
	unsigned int access;

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (!given[VENDOR].key && !given[PRODUCT].key && !given[SERIAL].key)
		pw_parse_error(
			parse, map,
			"a removable medium without any key would be every medium\ngive vendor, product or serial");
	pw_parse_line(parse, &given[VENDOR], 126, &medium->vendor);
	pw_parse_line(parse, &given[PRODUCT], 126, &medium->product);
	pw_parse_line(parse, &given[SERIAL], 126, &medium->serial);
	place_usb_id(parse, &given[VENDOR], &medium->vendor);
	place_usb_id(parse, &given[PRODUCT], &medium->product);
	if (pw_parse_word(parse, &given[ACCESS], &(struct pw_words){ accesses, 2 }, &access))
		medium->read_only = access == 1;
}

static void place_removable(struct pw_parse *parse, const struct pw_given *given,
			    struct pw_place *place)
{
	const struct pw_node *node;

	if (!pw_parse_is(parse, given, PW_NODE_LIST))
		return;
	if (!given->value->first)
		pw_parse_error(parse, given->value,
			       "'removable' is empty\nlist something, or remove it");
	for (node = given->value->first; node; node = node->next) {
		struct pw_removable *medium;

		if (pw_array_grow(&place->removable, place->n_removable,
				  sizeof(*place->removable)) < 0) {
			parse->error = -ENOMEM;
			return;
		}
		medium = &place->removable[place->n_removable++];
		*medium = (struct pw_removable){ 0 };
		place_medium(parse, node, medium);
	}
}

static char *place_printer(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	if (node->len > 127 || pw_find_control(node->text, node->len) ||
	    strpbrk(node->text, " /#*?")) {
		pw_parse_error(
			parse, node,
			"%s is no name for '%s'\nwrite the queue's name as lpstat -v prints it",
			PW_Q(node->text), key);
		return NULL;
	}
	return pw_parse_copy(parse, node);
}

void pw_parse_place_entry(struct pw_parse *parse, const struct pw_node *map, struct pw_place *place)
{
	enum { NETWORK, PROTOCOL, REMOVABLE, PRINTERS, DIRECTORIES, N };
	static const char *const names[] = { "network", "protocol", "removable", "printers",
					     "directories" };
	static const char *const protocols[] = { "tcp", "udp" };
	static const struct pw_keys keys = { "a place", { names, N }, { NULL, 0 } };
	struct pw_given given[N];
	unsigned int protocol;

	if (!pw_parse_keys(parse, map, &keys, given))
		return;
	if (given[PROTOCOL].key && !given[NETWORK].key)
		pw_parse_error(
			parse, given[PROTOCOL].key,
			"'protocol' without 'network'\nadd network: with the addresses it is about");
	else if (!given[NETWORK].key && !given[REMOVABLE].key && !given[PRINTERS].key &&
		 !given[DIRECTORIES].key)
		pw_parse_error(
			parse, map,
			"a place needs network, removable, printers or directories\nadd one of them");
	pw_parse_list(parse, &given[NETWORK], pw_parse_network, &place->network);
	if (pw_parse_word(parse, &given[PROTOCOL], &(struct pw_words){ protocols, 2 }, &protocol))
		pw_parse_text(parse, given[PROTOCOL].value, &place->protocol);
	place_removable(parse, &given[REMOVABLE], place);
	pw_parse_list(parse, &given[PRINTERS], place_printer, &place->printers);
	pw_parse_list(parse, &given[DIRECTORIES], pw_parse_path, &place->directories);
}
