/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events out of memory, as fast as the reader takes them: the stream holds a place in the
 * sequence, not the events.
 */
#include "control/events.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "base/words.h"

#include <string.h>

#define BATCH_BYTES 32768

struct events_stream {
	struct pw_events_source source;
	uint64_t after; /* the last seq looked at */
	int verdict;    /* or -1: any */
	char *user;     /* name or number, or NULL: any */
	bool follow;
};

static void stream_free(void *state)
{
	struct events_stream *stream = state;

	free(stream->user);
	free(stream);
}

static bool is_user(const struct events_stream *stream, const struct pw_event *event)
{
	uint32_t uid = event->auid == UINT32_MAX ? event->uid : event->auid;
	const char *name;
	uint64_t number;

	if (pw_parse_u64(stream->user, UINT32_MAX, &number) == 0)
		return number == uid;
	name = stream->source.context->users ? pw_users_name(stream->source.context->users, uid)
					     : NULL;
	return name && strcmp(name, stream->user) == 0;
}

/* A loss has no verdict and no user, but belongs in every picture. */
static bool is_wanted(const struct events_stream *stream, const struct pw_record *record)
{
	if (record->seq == 0)
		return true;
	if (stream->verdict >= 0 && record->view.event.verdict != stream->verdict)
		return false;
	return !stream->user || is_user(stream, &record->view.event);
}

static int add_reader_loss(struct events_stream *stream, uint64_t from, uint64_t to,
			   uint64_t time_ns, struct pw_str *into)
{
	return pw_loss_render(&(struct pw_loss_report){ .time_ns = time_ns,
							.count = to - from + 1,
							.where = "reader",
							.cpu = -1,
							.from_seq = from,
							.to_seq = to },
			      stream->source.context, into);
}

static int stream_next(void *state, struct pw_str *into)
{
	struct events_stream *stream = state;
	size_t start = into->len;

	while (into->len - start < BATCH_BYTES) {
		struct pw_loss_report loss;
		struct pw_record record;
		uint64_t seq, time_ns;
		int r;

		if (pw_recent_next(stream->source.recent, stream->after, &record, &loss) < 0)
			return stream->follow ? 0 : -ENODATA;
		seq = record.seq ? record.seq : loss.seq;
		time_ns = record.seq ? record.time_ns : loss.time_ns;
		if (seq > stream->after + 1) {
			r = add_reader_loss(stream, stream->after + 1, seq - 1, time_ns, into);
			if (r < 0)
				return r;
		}
		stream->after = seq;
		if (!is_wanted(stream, &record))
			continue;
		if (record.seq)
			r = pw_record_render(&record, stream->source.context, PW_RENDER_CLEAR,
					     into);
		else
			r = pw_loss_render(&loss, stream->source.context, into);
		if (r < 0)
			return r;
	}
	return 1;
}

/* Place @stream so that at most @limit wanted events that are there already come. */
static void seek(struct events_stream *stream, uint64_t limit)
{
	const struct pw_recent *recent = stream->source.recent;
	struct pw_loss_report loss;
	struct pw_record record;
	uint64_t first, last, wanted = 0, at;

	pw_recent_range(recent, &first, &last);
	stream->after = first ? first - 1 : 0;
	if (limit >= pw_recent_count(recent))
		return;
	for (at = stream->after; pw_recent_next(recent, at, &record, &loss) == 0;) {
		at = record.seq ? record.seq : loss.seq;
		wanted += is_wanted(stream, &record);
	}
	while (wanted > limit && pw_recent_next(recent, stream->after, &record, &loss) == 0) {
		stream->after = record.seq ? record.seq : loss.seq;
		wanted -= is_wanted(stream, &record);
	}
}

static int read_request(struct events_stream *stream, struct json_object *request,
			uint64_t *ret_limit, const char **reterr_what)
{
	struct json_object *value = NULL;

	*ret_limit = UINT64_MAX;
	*reterr_what = "\"follow\" must be true or false";
	if (json_object_object_get_ex(request, "follow", &value)) {
		if (!json_object_is_type(value, json_type_boolean))
			return -EINVAL;
		stream->follow = json_object_get_boolean(value);
	}
	*reterr_what = "\"limit\" must be a number that is not negative";
	if (json_object_object_get_ex(request, "limit", &value)) {
		if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
			return -EINVAL;
		*ret_limit = (uint64_t)json_object_get_int64(value);
	}
	*reterr_what = "\"verdict\" must be allow, warn, would-deny or deny";
	if (json_object_object_get_ex(request, "verdict", &value)) {
		if (!json_object_is_type(value, json_type_string))
			return -EINVAL;
		stream->verdict = pw_table_find(pw_verdict_names, _PW_VERDICT_MAX,
						json_object_get_string(value));
		if (stream->verdict < 0)
			return -EINVAL;
	}
	*reterr_what = "\"user\" must be a name or a uid";
	if (json_object_object_get_ex(request, "user", &value)) {
		if (!json_object_is_type(value, json_type_string))
			return -EINVAL;
		stream->user = strdup(json_object_get_string(value));
		if (!stream->user)
			return -ENOMEM;
	}
	return 0;
}

void pw_events_answer(const struct pw_events_source *source, struct json_object *request,
		      struct pw_reply *reply)
{
	struct events_stream *stream = calloc(1, sizeof(*stream));
	const char *what = NULL;
	uint64_t limit;
	int r;

	if (!stream) {
		pw_reply_error(reply, PW_EXIT_FAILED, "no memory");
		return;
	}
	stream->source = *source;
	stream->verdict = -1;
	r = read_request(stream, request, &limit, &what);
	if (r < 0) {
		pw_reply_error(reply, r == -EINVAL ? PW_EXIT_USAGE : PW_EXIT_FAILED, "%s",
			       r == -EINVAL ? what : "no memory");
		stream_free(stream);
		return;
	}
	seek(stream, limit);
	reply->stream =
		(struct pw_stream){ .next = stream_next, .free = stream_free, .state = stream };
}
