/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines: events of every kind, operation, verdict, door and destination, a line each, as the
 * agent renders them for its log, with losses and with what is strange. Every name below a
 * tree has "Zhang" in it, and so has what people typed.
 */
#include "evidence/event.h"
#include "evidence/wire.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RECORD "/srv/phi/records/ZhangSan_MRN123/1 \"<&>'|=\\\xe5\xbc\xa0.hl7"

static const struct pw_token_key key = { .bytes = "0123456789abcdef0123456789abcde" };
static struct pw_render_context context = { .key = &key, .run = "00112233445566aa" };
static struct unit_wire wire;
static uint64_t seq;

static void die(const char *what)
{
	fprintf(stderr, "lines: %s\n", what);
	exit(1);
}

static struct pw_naming *make_naming(void)
{
	static char text[] =
		"phiward: 1\n"
		"mode: enforce\n"
		"labels:\n"
		"  records: {class: health-status, trees: [/srv/phi/records]}\n"
		"  genomes: {class: genetic, trees: [/srv/phi/genomes]}\n"
		"places: {ward: {directories: [/srv/ward/out]}, pacs: {network: [192.0.2.0/24]}}\n"
		"rules:\n"
		"  - {id: all-read, allow: [read], labels: any}\n"
		"  - {id: rest, deny: all, labels: any, severity: high, tell: \"Ask <\\\"them\\\"> & go.\"}\n";
	struct pw_source source = { .name = "10-t.yaml", .text = text, .len = sizeof(text) - 1 };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;
	struct pw_naming *naming;

	if (pw_policy_parse(&source, 1, &findings, &policy) < 0 || pw_naming_new(&naming) < 0 ||
	    pw_naming_add(naming, 7, policy, NULL) < 0)
		die("the policy does not parse");
	pw_policy_free(&policy);
	pw_findings_free(&findings);
	return naming;
}

static void fresh(void)
{
	unit_wire_make(&wire);
	unit_wire_strings(&wire, RECORD, NULL, "/home/eve/ZhangTool", "/tmp/Zhang.py");
}

static void print(uint64_t count, uint64_t dropped)
{
	struct pw_record record = { .seq = ++seq,
				    .time_ns = 1772366400123456789u,
				    .count = count,
				    .first_ns = 1772366400000000001u,
				    .last_ns = 1772366401000000002u,
				    .dropped_before = dropped,
				    .args_token = "~0011223344556677" };
	struct pw_str line = { 0 };

	if (pw_event_decode(&wire, sizeof(wire), &record.view) < 0 ||
	    pw_record_render(&record, &context, PW_RENDER_TOKEN, &line) < 0)
		die("an event does not render");
	fwrite(line.text, 1, line.len, stdout);
	pw_str_free(&line);
}

static void decisions(void)
{
	for (unsigned int op = 0; op < PW_OP_SEND; op++)
		for (unsigned int verdict = 0; verdict < _PW_VERDICT_MAX; verdict++) {
			fresh();
			wire.event.op = (uint8_t)op;
			wire.event.verdict = (uint8_t)verdict;
			wire.event.error = verdict == PW_DENY;
			if (op == PW_OP_RENAME || op == PW_OP_LINK)
				unit_wire_strings(&wire, RECORD, "/srv/other/ZhangSan/2", "/bin/mv",
						  NULL);
			print(verdict == PW_DENY ? 1 : 12, 0);
		}
	for (unsigned int severity = 0; severity < _PW_SEVERITY_MAX; severity++) {
		fresh();
		wire.event.severity = (uint8_t)severity;
		print(1, severity);
		wire.event.labels = 2;
		wire.event.label = 1;
		print(1, 0);
	}
}

static void to_socket(unsigned int door, unsigned int family, const char *address,
		      unsigned int protocol)
{
	wire.event.door = (uint8_t)door;
	wire.event.to_family = (uint8_t)family;
	wire.event.to_protocol = (uint16_t)protocol;
	wire.event.to_port = protocol ? 443 : 0;
	wire.event.to_uid = UINT32_MAX;
	wire.event.to_addr[10] = wire.event.to_addr[11] = 0xff;
	if (address &&
	    inet_pton((int)family, address, wire.event.to_addr + (family == AF_INET ? 12 : 0)) != 1)
		die("no address");
}

static void sends(void)
{
	for (unsigned int verdict = 0; verdict < _PW_VERDICT_MAX; verdict++) {
		for (unsigned int door = PW_DOOR_NETWORK; door < _PW_DOOR_MAX; door++) {
			fresh();
			wire.event.op = PW_OP_SEND;
			wire.event.verdict = (uint8_t)verdict;
			wire.event.held = 1;
			wire.event.domain = 0x1234567890abcdefull;
			wire.event.places = door == PW_DOOR_FILE;
			wire.event.door = (uint8_t)door;
			if (door == PW_DOOR_NETWORK)
				to_socket(door, AF_INET, "192.0.2.7", 6);
			else if (door == PW_DOOR_UNIX)
				to_socket(door, AF_UNIX, NULL, 0);
			print(1, 0);
		}
		fresh();
		wire.event.op = PW_OP_SEND;
		wire.event.verdict = (uint8_t)verdict;
		to_socket(PW_DOOR_NETWORK, AF_INET6, "2001:db8::7", 17);
		unit_wire_strings(&wire, NULL, NULL, NULL, NULL);
		print(1, 0);
		to_socket(PW_DOOR_NETWORK, 40, NULL, 0);
		print(1, 0);
		to_socket(PW_DOOR_MEMORY, 0, NULL, 0);
		print(1, 0);
	}
}

static void kinds(void)
{
	for (unsigned int kind = PW_EVENT_CANARY; kind < _PW_EVENT_KIND_MAX; kind++) {
		fresh();
		wire.event.kind = (uint8_t)kind;
		wire.event.verdict = PW_ALLOW;
		if (kind == PW_EVENT_UNPROTECTED || kind == PW_EVENT_CLEARED)
			unit_wire_strings(&wire, kind == PW_EVENT_CLEARED ? RECORD : NULL,
					  kind == PW_EVENT_CLEARED ? "asked for by ZhangSan"
								   : "the canary was let in",
					  NULL, NULL);
		print(1, 0);
	}
}

static void strange(void)
{
	char path[4096];

	fresh();
	memset(path, '"', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	unit_wire_strings(&wire, path, path, "/usr/bin/\x01\xff\xef\xbf\xbf", NULL);
	memcpy(wire.event.comm, "\x1b]0;\xff<&>\"", 9);
	wire.event.uid = wire.event.auid = wire.event.session = UINT32_MAX;
	wire.event.labels = 0;
	wire.event.rule = PW_RULE_NONE;
	print(1, 0);
	wire.event.op = PW_OP_RENAME;
	print(1, 0);
	wire.event.op = PW_OP_READ;
	wire.event.labels = UINT64_MAX;
	wire.event.flags = 0xfffff;
	wire.event.generation = 1;
	print(1, 0);
}

static void losses(void)
{
	static const char *const where[] = { "kernel", "journal", "reader", "decode" };

	for (size_t i = 0; i < 4; i++) {
		struct pw_loss_report loss = { .seq = i ? 0 : ++seq,
					       .time_ns = 1772366400123456789u,
					       .count = 17,
					       .where = where[i],
					       .ring = i ? NULL : "denials",
					       .cpu = i ? -1 : 1,
					       .from_seq = i,
					       .to_seq = i + 17 };
		struct pw_str line = { 0 };

		if (pw_loss_render(&loss, &context, &line) < 0)
			die("a loss does not render");
		fwrite(line.text, 1, line.len, stdout);
		pw_str_free(&line);
	}
}

int main(void)
{
	struct pw_naming *naming = make_naming();

	context.naming = naming;
	memcpy(context.boot, "7c1e63a2-0d3f-4c5e-9a55-3f1d2b4c5d6e", 37);
	decisions();
	sends();
	kinds();
	strange();
	losses();
	printf("{\"schema\":\"phiward.event.v1\",\"id\":\"x y\",\"time\":\"2026-03-01T12:00:00Z\","
	       "\"kind\":\"of-a-later-version\"}\n");
	pw_naming_free(&naming);
	return fflush(stdout) == 0 ? 0 : 1;
}
