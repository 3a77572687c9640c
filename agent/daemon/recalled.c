/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels that come with a file: whoever puts a backup back sets the xattr that the agent gave
 * the file once. The kernel half tells of that with the value, and has marked the file without
 * labels; here the mark gets those that the value names. What the mark has it keeps, whatever
 * is taken out of the xattr, which is then written anew.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <string.h>

#define STRANGERS_MAX 48 /* names that no policy has are learnt as long as there are fewer */

/* A bit for a name that nobody here has used yet: a policy may come to. */
static int new_number(struct pw_daemon *d, const char *name)
{
	struct pw_label_names names = d->keeping->names;
	int bit = d->n_numbers < STRANGERS_MAX ? pw_label_names_number(&names, name, UINT64_MAX)
					       : -ENOSPC;
	char *copy;

	if (bit < 0)
		return bit;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	d->number[d->n_numbers++] =
		(struct pw_label_number){ .name = copy, .bit = (unsigned int)bit };
	pw_keeping_numbered(d);
	return bit;
}

struct named {
	struct pw_daemon *d;
	uint64_t labels;
};

static void take_name(void *ctx, const char *name)
{
	struct named *named = ctx;
	int bit = pw_label_names_find(&named->d->keeping->names, name);

	if (bit < 0)
		bit = new_number(named->d, name);
	if (bit >= 0)
		named->labels |= 1ULL << bit;
	else if (!named->d->keeping->no_room_told)
		pw_warning("a file came with the label '%s', which no policy names, and there is "
			   "no room for more names; said once", name);
	named->d->keeping->no_room_told |= bit < 0;
}

/* The event as evidence, of @labels and without the value. */
static void tell(struct pw_daemon *d, const struct pw_event_view *seen, enum pw_event_kind kind,
		 uint64_t labels)
{
	_cleanup_str_ struct pw_str wire = { 0 };
	struct pw_event event = seen->event;
	struct pw_event_view view;

	event.kind = (uint8_t)kind;
	event.verdict = kind == PW_EVENT_TAMPERED ? PW_WARN : PW_ALLOW;
	event.severity = kind == PW_EVENT_TAMPERED ? PW_SEVERITY_HIGH : PW_SEVERITY_LOW;
	event.labels = labels;
	event.label = (uint8_t)pw_lowest_bit(labels);
	event.places = 0;
	event.size -= event.path2_len;
	event.path2_len = 0;
	pw_str_add_bytes(&wire, (const char *)&event, sizeof(event));
	pw_str_add_bytes(&wire, seen->path.bytes, seen->path.len);
	pw_str_add_bytes(&wire, seen->exe.bytes, seen->exe.len);
	pw_str_add_bytes(&wire, seen->script.bytes, seen->script.len);
	if (wire.error || pw_event_decode(wire.text, wire.len, &view) < 0)
		d->bad++;
	else
		pw_sink_take(d, &view);
}

void pw_keeping_recalled(struct pw_daemon *d, const struct pw_event_view *view)
{
	const struct pw_event *event = &view->event;
	const struct pw_mark_key key = {
		.sb = event->places,
		.inode = event->inode,
		.inode_generation = event->inode_generation,
	};
	struct named named = { .d = d };
	uint64_t fresh, missing;
	int r = 0;

	/* What is not one of our values names nothing. */
	pw_labels_parse_xattr(view->path2.bytes, view->path2.len, take_name, &named);
	fresh = named.labels & ~event->object_labels;
	missing = event->object_labels & ~named.labels;
	if (fresh)
		r = pw_kernel_mark_more(d->kernel, &key, fresh);
	if (r < 0 && r != -ENOENT) /* else it is deleted already */
		pw_err(r, "a file that came with its labels could not be given them");
	if (fresh && r == 0)
		tell(d, view, PW_EVENT_RECALLED, fresh);
	if (missing)
		tell(d, view, PW_EVENT_TAMPERED, missing);
}
