/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence/wire.h"

#include <string.h>
#include <sys/stat.h>

static __u16 put(struct unit_wire *wire, size_t *at, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	memcpy(wire->strings + *at, text ? text : "", len);
	*at += len;
	return (__u16)len;
}

void unit_wire_strings(struct unit_wire *wire, const char *path, const char *path2, const char *exe,
		       const char *script)
{
	size_t at = 0;

	wire->event.path_len = put(wire, &at, path);
	wire->event.path2_len = put(wire, &at, path2);
	wire->event.exe_len = put(wire, &at, exe);
	wire->event.script_len = put(wire, &at, script);
	wire->event.size = (__u32)(sizeof(wire->event) + at);
}

void unit_wire_make(struct unit_wire *wire)
{
	wire->event = (struct pw_event){
		.version = PW_EVENT_VERSION,
		.kind = PW_EVENT_ACCESS,
		.verdict = PW_DENY,
		.seq = 1,
		.time_ns = 5000000000u,
		.generation = 7,
		.labels = 1,
		.rule = 1,
		.op = PW_OP_READ,
		.hook = PW_HOOK_FILE_OPEN,
		.severity = PW_SEVERITY_HIGH,
		.error = 1,
		.pid = 4242,
		.tid = 4243,
		.start_ns = 4000000000u,
		.uid = 1000,
		.euid = 1000,
		.gid = 1000,
		.auid = 1000,
		.session = 3,
		.n_ancestors = 1,
		.comm = "cat",
		.inode = 99,
		.dev = 8u << 20 | 1,
		.inode_generation = 5,
		.mode = S_IFREG | 0640,
	};
	wire->event.ancestor[0] =
		(struct pw_ancestor){ .start_ns = 3000000000u, .pid = 1, .comm = "init" };
	unit_wire_strings(wire, "/srv/phi/records/anna/1.hl7", NULL, "/opt/ehr/bin/ehr-client",
			  NULL);
}
