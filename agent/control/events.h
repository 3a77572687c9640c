/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command "events": recent ones, and those that follow, as a stream of JSON lines. */
#ifndef PW_CONTROL_EVENTS_H
#define PW_CONTROL_EVENTS_H

#include "control/control.h"
#include "evidence/event.h"
#include "evidence/recent.h"

struct pw_events_source { /* borrowed for as long as streams live */
	const struct pw_recent *recent;
	const struct pw_render_context *context;
};

/*
 * Answer {"command":"events", "follow":BOOL, "limit":N, "verdict":V, "user":NAME|UID}
 * with a stream, in the clear: for root only. A reader that falls so far behind that
 * events have left memory gets a loss line ("where":"reader") with their number.
 * After each event call pw_control_wake(), so that followers get it.
 */
void pw_events_answer(const struct pw_events_source *source, struct json_object *request,
		      struct pw_reply *reply);

#endif /* PW_CONTROL_EVENTS_H */
