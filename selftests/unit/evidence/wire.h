/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wire records for tests, as the kernel half would send them. */
#ifndef UNIT_EVIDENCE_WIRE_H
#define UNIT_EVIDENCE_WIRE_H

#include "phiward/event.h"

#include <stddef.h>

struct unit_wire {
	struct pw_event event;
	char strings[4 * 65535];
};

/* A read of /srv/phi/records/anna/1.hl7 by uid 1000 with /opt/ehr/bin/ehr-client; denied. */
void unit_wire_make(struct unit_wire *wire);

/* Put the strings (NULL: none) behind the record and set its lengths and size. */
void unit_wire_strings(struct unit_wire *wire, const char *path, const char *path2, const char *exe,
		       const char *script);

#endif /* UNIT_EVIDENCE_WIRE_H */
