/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One record, one line, in the format that a receiver reads: pure functions of the record
 * and of who this host is. docs/FORMATS.md has the map of fields and what is claimed.
 * Names below trees are tokens in the record, and so in every format.
 */
#ifndef PW_SHIP_FORMAT_H
#define PW_SHIP_FORMAT_H

#include "base/str.h"
#include "ship/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pw_format {
	PW_FORMAT_OCSF = 0, /* OCSF 1.8.0, JSON */
	PW_FORMAT_ATNA,     /* DICOM PS3.15 A.5 XML, in a syslog message (RFC 5424) or bare */
	PW_FORMAT_FHIR,     /* FHIR R4 AuditEvent, JSON */
	PW_FORMAT_CEF,      /* ArcSight CEF:0 */
	PW_FORMAT_ECS,      /* Elastic Common Schema, JSON */
	PW_FORMAT_JSON,     /* phiward.event.v1 as it is */
	_PW_FORMAT_MAX,
};

extern const char *const pw_format_names[_PW_FORMAT_MAX]; /* "ocsf", ... */

#define PW_FORMAT_MSGID    "IHE+RFC-3881"
#define PW_FORMAT_ATNA_MAX 32767 /* bytes of an XML message: receivers may cut what is longer */

/* Who speaks. Texts are borrowed; NULL where not known. */
struct pw_format_context {
	const char *host;    /* name of the host that the events are of */
	const char *host_id; /* one that stays when the name changes */
	const char *site;    /* hospital, department */
	const char *version; /* of the agent */
	const char *msgid;   /* ATNA: of the syslog header; NULL: PW_FORMAT_MSGID */
	uint32_t pid;        /* ATNA: PROCID of the syslog header; 0: "-" */
	bool bare;           /* ATNA: XML without a syslog header */
	bool bom;            /* ATNA: U+FEFF before the XML (receivers disagree on it) */
};

/*
 * Append @len bytes at @line (one record of phiward.event.v1) as one line of @format, with
 * its '\n', to @into. Returns 0; -EBADMSG, -EPERM: as pw_ship_record_parse(); -ENOMEM.
 * On failure @into is as before.
 */
int pw_format_line(enum pw_format format, const char *line, size_t len,
		   const struct pw_format_context *context, struct pw_str *into);

/* The same of a record that has been parsed. Returns 0 or -ENOMEM. */
int pw_format_record(enum pw_format format, const struct pw_ship_record *record,
		     const struct pw_format_context *context, struct pw_str *into);

/* May @msgid stand in a syslog header: 1 to 32 printable ASCII characters, no blank? */
bool pw_format_msgid_valid(const char *msgid);

#endif /* PW_SHIP_FORMAT_H */
