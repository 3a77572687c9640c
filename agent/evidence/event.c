/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decoding the kernel's records. Nothing in a record is believed before it is checked;
 * whatever the kernel half would not have sent is -EPROTO. Called by the ring callbacks.
 */
#include "evidence/event.h"

#include <errno.h>
#include <string.h>

static bool numbers_are_sane(const struct pw_event *event)
{
	return event->version == PW_EVENT_VERSION && event->kind < _PW_EVENT_KIND_MAX &&
	       event->verdict < _PW_VERDICT_MAX && event->op < _PW_OP_MAX &&
	       event->hook < _PW_HOOK_MAX && event->severity < _PW_SEVERITY_MAX &&
	       event->label < PW_LABELS_MAX && event->error < 4096 &&
	       event->door < _PW_DOOR_MAX &&
	       event->n_ancestors <= PW_ANCESTORS_MAX &&
	       (event->rule < PW_RULES_MAX || event->rule == PW_RULE_NONE);
}

/* The next string of the record, or false when it holds a NUL. */
static bool take_string(const char **at, size_t len, struct pw_bytes *ret)
{
	if (len && memchr(*at, '\0', len))
		return false;
	*ret = (struct pw_bytes){ .bytes = *at, .len = len };
	*at += len;
	return true;
}

int pw_event_decode(const void *data, size_t size, struct pw_event_view *ret_view)
{
	struct pw_event_view view = { .wire = data };
	const struct pw_event *event = &view.event;
	const char *at;
	size_t strings;

	if (!data || size < sizeof(view.event))
		return -EPROTO;
	memcpy(&view.event, data, sizeof(view.event));
	if (event->size < sizeof(view.event) || event->size > size || !numbers_are_sane(event))
		return -EPROTO;
	strings = (size_t)event->path_len + event->path2_len + event->exe_len + event->script_len;
	if (strings > event->size - sizeof(view.event))
		return -EPROTO;
	at = (const char *)data + sizeof(view.event);
	if (!take_string(&at, event->path_len, &view.path) ||
	    !take_string(&at, event->path2_len, &view.path2) ||
	    !take_string(&at, event->exe_len, &view.exe) ||
	    !take_string(&at, event->script_len, &view.script))
		return -EPROTO;
	*ret_view = view;
	return 0;
}
