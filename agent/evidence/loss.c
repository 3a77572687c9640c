/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact accounting of lost records. The kernel half numbers every record of a CPU and ring
 * and counts those it had no room for; both tell the same story, and the larger one is
 * believed: a gap without a drop means that somebody else took records away.
 */
#include "evidence/loss.h"

#include "base/cleanup.h"

#include <string.h>

#define CPUS_MAX 8192
#define WINDOW   64

const char *const pw_ring_names[] = {
	[PW_RING_DENIALS] = "denials",
	[PW_RING_BULK] = "bulk",
};
_Static_assert(sizeof(pw_ring_names) / sizeof(char *) == _PW_RING_MAX, "a name for each ring");

struct cpu {
	uint64_t base;     /* every seq up to it is seen or counted as missing */
	uint64_t seen;     /* bit i: base + 1 + i was seen */
	uint64_t missing;  /* seqs given up */
	uint64_t dropped;  /* highest counter seen */
	uint64_t reported; /* of max(missing, dropped) */
};

struct pw_loss {
	struct cpu *cpu[_PW_RING_MAX];
	size_t n_cpus[_PW_RING_MAX];
	uint64_t total[_PW_RING_MAX];
};

int pw_loss_new(struct pw_loss **ret_loss)
{
	*ret_loss = calloc(1, sizeof(**ret_loss));
	return *ret_loss ? 0 : -ENOMEM;
}

void pw_loss_free(struct pw_loss **loss)
{
	if (!*loss)
		return;
	for (size_t i = 0; i < _PW_RING_MAX; i++)
		free((*loss)->cpu[i]);
	free(*loss);
	*loss = NULL;
}

static struct cpu *get_cpu(struct pw_loss *loss, unsigned int ring, unsigned int number)
{
	struct cpu *more;

	if (ring >= _PW_RING_MAX || number >= CPUS_MAX)
		return NULL;
	if (number >= loss->n_cpus[ring]) {
		more = reallocarray(loss->cpu[ring], number + 1, sizeof(*more));
		if (!more)
			return NULL;
		memset(more + loss->n_cpus[ring], 0,
		       (number + 1 - loss->n_cpus[ring]) * sizeof(*more));
		loss->cpu[ring] = more;
		loss->n_cpus[ring] = number + 1;
	}
	return &loss->cpu[ring][number];
}

static void note_seq(struct cpu *cpu, uint64_t seq)
{
	uint64_t ahead, skip, unseen;

	if (seq <= cpu->base)
		return; /* later than the window tolerates: it stays counted as missing */
	ahead = seq - cpu->base;
	if (ahead > WINDOW) {
		skip = ahead - WINDOW;
		unseen = skip;
		if (skip >= WINDOW) {
			unseen -= (uint64_t)__builtin_popcountll(cpu->seen);
			cpu->seen = 0;
		} else {
			unseen -= (uint64_t)__builtin_popcountll(cpu->seen & ((1ull << skip) - 1));
			cpu->seen >>= skip;
		}
		cpu->missing += unseen;
		cpu->base += skip;
		ahead = WINDOW;
	}
	cpu->seen |= 1ull << (ahead - 1);
	while (cpu->seen & 1) {
		cpu->seen >>= 1;
		cpu->base++;
	}
}

static uint64_t news(struct pw_loss *loss, unsigned int ring, struct cpu *cpu)
{
	uint64_t lost = cpu->missing > cpu->dropped ? cpu->missing : cpu->dropped;
	uint64_t more = lost > cpu->reported ? lost - cpu->reported : 0;

	cpu->reported += more;
	loss->total[ring] += more;
	return more;
}

uint64_t pw_loss_see(struct pw_loss *loss, unsigned int ring, const struct pw_event_view *view)
{
	struct cpu *cpu = get_cpu(loss, ring, view->event.cpu);

	if (!cpu)
		return 0;
	note_seq(cpu, view->event.seq);
	if (view->event.dropped > cpu->dropped)
		cpu->dropped = view->event.dropped;
	return news(loss, ring, cpu);
}

uint64_t pw_loss_counter(struct pw_loss *loss, unsigned int ring, unsigned int number,
			 uint64_t dropped)
{
	struct cpu *cpu = get_cpu(loss, ring, number);

	if (!cpu)
		return 0;
	if (dropped > cpu->dropped)
		cpu->dropped = dropped;
	return news(loss, ring, cpu);
}

uint64_t pw_loss_total(const struct pw_loss *loss, unsigned int ring)
{
	return ring < _PW_RING_MAX ? loss->total[ring] : 0;
}
