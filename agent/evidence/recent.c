/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of copies of the last records. Bounded; the oldest makes room. */
#include "evidence/recent.h"

#include "base/cleanup.h"

#include <string.h>

#define DEFAULT_RECORDS 2048
#define DEFAULT_BYTES   (4u << 20)

struct kept {
	uint64_t seq;
	size_t bytes; /* of this allocation */
	bool is_loss;
	union {
		struct pw_record record; /* view: invalid, decoded again when asked for */
		struct pw_loss_report loss;
	};
	size_t size;
	char wire[] __attribute__((aligned(8)));
};

struct pw_recent {
	struct kept **ring;
	size_t max_records, max_bytes;
	size_t first, n, bytes;
};

int pw_recent_new(size_t max_records, size_t max_bytes, struct pw_recent **ret_recent)
{
	struct pw_recent *recent = calloc(1, sizeof(*recent));

	if (!recent)
		return -ENOMEM;
	recent->max_records = max_records ? max_records : DEFAULT_RECORDS;
	recent->max_bytes = max_bytes ? max_bytes : DEFAULT_BYTES;
	recent->ring = calloc(recent->max_records, sizeof(*recent->ring));
	if (!recent->ring) {
		pw_recent_free(&recent);
		return -ENOMEM;
	}
	*ret_recent = recent;
	return 0;
}

static struct kept *at(const struct pw_recent *recent, size_t i)
{
	return recent->ring[(recent->first + i) % recent->max_records];
}

static void drop_first(struct pw_recent *recent)
{
	struct kept *kept = at(recent, 0);

	recent->bytes -= kept->bytes;
	recent->first = (recent->first + 1) % recent->max_records;
	recent->n--;
	free(kept);
}

void pw_recent_free(struct pw_recent **recent)
{
	if (!*recent)
		return;
	while ((*recent)->n)
		drop_first(*recent);
	free((*recent)->ring);
	free(*recent);
	*recent = NULL;
}

static struct kept *add(struct pw_recent *recent, uint64_t seq, size_t wire)
{
	struct kept *kept = calloc(1, sizeof(*kept) + wire);

	if (!kept)
		return NULL;
	kept->bytes = sizeof(*kept) + wire;
	kept->seq = seq;
	kept->size = wire;
	while (recent->n && (recent->n == recent->max_records ||
			     recent->bytes + kept->bytes > recent->max_bytes))
		drop_first(recent);
	recent->ring[(recent->first + recent->n) % recent->max_records] = kept;
	recent->n++;
	recent->bytes += kept->bytes;
	return kept;
}

int pw_recent_add(struct pw_recent *recent, const struct pw_record *record)
{
	struct kept *kept = add(recent, record->seq, record->view.event.size);

	if (!kept)
		return -ENOMEM;
	kept->record = *record;
	memcpy(kept->wire, record->view.wire, kept->size);
	/* The fixed part as it is told now: folding moves the time. */
	memcpy(kept->wire, &record->view.event, sizeof(record->view.event));
	return 0;
}

int pw_recent_add_loss(struct pw_recent *recent, const struct pw_loss_report *loss)
{
	struct kept *kept = add(recent, loss->seq, 0);

	if (!kept)
		return -ENOMEM;
	kept->is_loss = true;
	kept->loss = *loss;
	return 0;
}

void pw_recent_range(const struct pw_recent *recent, uint64_t *ret_first, uint64_t *ret_last)
{
	*ret_first = recent->n ? at(recent, 0)->seq : 0;
	*ret_last = recent->n ? at(recent, recent->n - 1)->seq : 0;
}

int pw_recent_next(const struct pw_recent *recent, uint64_t after, struct pw_record *ret_record,
		   struct pw_loss_report *ret_loss)
{
	size_t low = 0, high = recent->n;
	const struct kept *kept;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at(recent, middle)->seq > after)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == recent->n)
		return -ENOENT;
	kept = at(recent, low);
	*ret_record = (struct pw_record){ 0 };
	*ret_loss = (struct pw_loss_report){ 0 };
	if (kept->is_loss) {
		*ret_loss = kept->loss;
		return 0;
	}
	*ret_record = kept->record;
	return pw_event_decode(kept->wire, kept->size, &ret_record->view) < 0 ? -ENOENT : 0;
}

size_t pw_recent_count(const struct pw_recent *recent)
{
	return recent->n;
}

size_t pw_recent_bytes(const struct pw_recent *recent)
{
	return recent->bytes;
}
