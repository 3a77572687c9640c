/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a record means to those who read other formats: how grave, was it stopped, which
 * codes of DICOM and which class of OCSF. Decided once here, so that no two formats disagree.
 */
#ifndef PW_SHIP_MEANING_H
#define PW_SHIP_MEANING_H

#include "base/str.h"
#include "ship/record.h"

enum pw_ship_level { /* local grades of triage, not the grades of any law */
		     PW_SHIP_INFORMATIVE = 0,
		     PW_SHIP_LOW,
		     PW_SHIP_MEDIUM,
		     PW_SHIP_HIGH,
		     PW_SHIP_CRITICAL,
		     _PW_SHIP_LEVEL_MAX,
};

enum pw_ship_outcome { /* EventOutcomeIndicator of DICOM PS3.15 A.5.3.11 */
		       PW_SHIP_SUCCESS = 0,
		       PW_SHIP_MINOR = 4,
		       PW_SHIP_SERIOUS = 8,
		       PW_SHIP_MAJOR = 12,
};

struct pw_ship_code {
	const char *code, *text; /* of the coding system DCM */
};

/* Classes of OCSF that are in use. */
enum pw_ship_class {
	PW_SHIP_FILE_ACTIVITY = 1001,
	PW_SHIP_DATA_FINDING = 2006,
	PW_SHIP_NETWORK_ACTIVITY = 4001,
};

struct pw_ship_meaning {
	enum pw_ship_level level;
	enum pw_ship_outcome outcome;
	bool finding;        /* somebody should look at it */
	bool stopped;        /* the access did not happen */
	bool exported;       /* data left, as the policy allows */
	const char *title;   /* no foreign text in it */
	const char *message; /* a sentence; the record's reason, but nothing typed in */
	const struct pw_ship_code *event; /* DICOM EventID: DCM */
	const struct pw_ship_code *type;  /* DICOM EventTypeCode; NULL for an export */
	const struct pw_ship_code *media; /* DICOM MediaType; NULL: no medium, or not known */
	unsigned int lifecycle;           /* ParticipantObjectDataLifeCycle */
	enum pw_ship_class class;
	unsigned int activity; /* activity_id of that class */
	const char *activity_name;
	const char *ecs_category, *ecs_type;
};

/* Total: every record has a meaning. */
void pw_ship_meaning(const struct pw_ship_record *record, struct pw_ship_meaning *ret_meaning);

/*
 * What has no place of its own in ATNA and FHIR, as pairs, those given only. @text is
 * borrowed for the call.
 */
void pw_ship_each_detail(const struct pw_ship_record *record,
			 void (*add)(void *ctx, const char *name, const char *text), void *ctx);

/* "tcp://192.0.2.7:443", "unix:~token", "packet:" of the destination; nothing where there is none. */
void pw_ship_destination_add(struct pw_str *into, const struct pw_ship_destination *to);

#endif /* PW_SHIP_MEANING_H */
