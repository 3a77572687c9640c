/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of the kernel: events, counters, and what iterators find. */
#include "base/cleanup.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <string.h>

int pw_kernel_fd(const struct pw_kernel *kernel)
{
	return kernel->epoll_fd;
}

size_t pw_kernel_drain(struct pw_kernel *kernel, pw_kernel_event_fn event, void *ctx)
{
	size_t n = 0;

	kernel->event = event;
	kernel->event_ctx = ctx;
	for (unsigned int i = 0; i < _PW_RING_MAX; i++) {
		kernel->event_ring = i;
		kernel->event_n = 0;
		ring_buffer__consume(kernel->ring[i]);
		n += kernel->event_n;
	}
	return n;
}

unsigned int pw_kernel_cpus(const struct pw_kernel *kernel)
{
	return (unsigned int)kernel->n_cpus;
}

/* Values of all CPUs of entry @key of a per-CPU array; @into has room for them. */
static int per_cpu(const struct bpf_map *map, uint32_t key, void *into)
{
	return bpf_map_lookup_elem(bpf_map__fd(map), &key, into);
}

uint64_t pw_kernel_dropped(struct pw_kernel *kernel, unsigned int ring, unsigned int cpu)
{
	_cleanup_free_ struct pw_ring_state *state = calloc((size_t)kernel->n_cpus, sizeof(*state));

	if (!state || cpu >= (unsigned int)kernel->n_cpus ||
	    per_cpu(kernel->skel->maps.pw_rings, ring, state) < 0)
		return 0;
	return state[cpu].dropped;
}

uint64_t pw_kernel_counter(struct pw_kernel *kernel, enum pw_counter counter)
{
	_cleanup_free_ uint64_t *value = calloc((size_t)kernel->n_cpus, sizeof(*value));
	uint64_t sum = 0;

	if (!value || per_cpu(kernel->skel->maps.pw_counters, counter, value) < 0)
		return 0;
	for (int i = 0; i < kernel->n_cpus; i++)
		sum += value[i];
	return sum;
}

int pw_kernel_iterate(struct bpf_program *prog, unsigned int pid,
		      int (*take)(void *ctx, const void *data, size_t size), void *ctx)
{
	LIBBPF_OPTS(bpf_iter_attach_opts, options);
	union bpf_iter_link_info info = { .task = { .pid = pid } };
	_cleanup_close_ int fd = -EBADF;
	struct bpf_link *link;
	char block[16384];
	int r = 0;

	options.link_info = &info;
	options.link_info_len = sizeof(info);
	link = bpf_program__attach_iter(prog, pid ? &options : NULL);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		r = -errno;
	while (r == 0) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			r = -errno;
		if (n <= 0)
			break;
		if (take)
			r = take(ctx, block, (size_t)n);
	}
	bpf_link__destroy(link);
	return r;
}

struct predating {
	void (*found)(void *ctx, const struct pw_predating *predating);
	void *ctx;
	struct pw_str rest; /* a record that came in two reads */
};

static int take_predating(void *data, const void *bytes, size_t size)
{
	struct predating *taker = data;
	size_t at = 0;
	int r = pw_str_add_bytes(&taker->rest, bytes, size);

	if (r < 0)
		return r;
	for (; taker->rest.len - at >= sizeof(struct pw_predating);
	     at += sizeof(struct pw_predating)) {
		struct pw_predating found;

		memcpy(&found, taker->rest.text + at, sizeof(found));
		taker->found(taker->ctx, &found);
	}
	memmove(taker->rest.text, taker->rest.text + at, taker->rest.len - at);
	taker->rest.len -= at;
	return 0;
}

int pw_kernel_predating(struct pw_kernel *kernel,
			void (*found)(void *ctx, const struct pw_predating *predating), void *ctx)
{
	struct predating taker = { .found = found, .ctx = ctx };
	int r = pw_kernel_iterate(kernel->skel->progs.pw_predates_fd, 0, take_predating, &taker);

	if (r == 0)
		r = pw_kernel_iterate(kernel->skel->progs.pw_predates_map, 0, take_predating,
				      &taker);
	pw_str_free(&taker.rest);
	return r;
}

uint64_t pw_kernel_mounts_pending(const struct pw_kernel *kernel)
{
	return kernel->skel->bss->pw_mounts_pending;
}

void pw_kernel_mounts_done(struct pw_kernel *kernel, uint64_t seen)
{
	__atomic_sub_fetch(&kernel->skel->bss->pw_mounts_pending, seen, __ATOMIC_SEQ_CST);
}
