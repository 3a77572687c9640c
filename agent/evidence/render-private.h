/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that render an event share. */
#ifndef PW_EVIDENCE_RENDER_PRIVATE_H
#define PW_EVIDENCE_RENDER_PRIVATE_H

#include "evidence/event.h"

struct pw_rendering {
	struct pw_str *out;
	const struct pw_record *record;
	const struct pw_render_context *context;
	const struct pw_naming_policy *policy; /* or NULL */
	enum pw_render how;
};

/* @path under @key, or its tokens under @key and "_token"; null: there is none. */
void pw_render_path(struct pw_rendering *r, const char *key, const struct pw_bytes *path);

/* The set @labels as a list of names; "#5": bit 5 of a policy that is not known. */
void pw_render_labels(struct pw_rendering *r, const char *key, uint64_t labels);

/* The name of @uid, or null. */
void pw_render_user(struct pw_rendering *r, const char *key, uint32_t uid);

/* `to`: where a send would have gone; null for everything else. */
void pw_render_to(struct pw_rendering *r);

/* `lineage`: what the process held and whose labels those are; null: never any. */
void pw_render_lineage(struct pw_rendering *r);

#endif /* PW_EVIDENCE_RENDER_PRIVATE_H */
