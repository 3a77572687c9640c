/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the formats share. Each appends one line without '\n'; errors stay in @into. */
#ifndef PW_SHIP_FORMAT_PRIVATE_H
#define PW_SHIP_FORMAT_PRIVATE_H

#include "ship/format.h"
#include "ship/meaning.h"

#define PW_SHIP_PRODUCT "phiward"

struct pw_formatting {
	struct pw_str *out;
	const struct pw_ship_record *record;
	const struct pw_ship_meaning *meaning;
	const struct pw_format_context *context;
	const char *host;    /* never NULL: "unknown" */
	const char *user;    /* who did it: a name, or "uid:1000"; NULL: nobody in particular */
	const char *user_id; /* number of the person: auid, or uid; NULL: not known */
};

void pw_format_ocsf(struct pw_formatting *f);
void pw_format_atna(struct pw_formatting *f);
void pw_format_fhir(struct pw_formatting *f);
void pw_format_cef(struct pw_formatting *f);
void pw_format_ecs(struct pw_formatting *f);

#endif /* PW_SHIP_FORMAT_PRIVATE_H */
