/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domains that hold labels: who is still in them, and how many hold and carry what. */
#include "base/cleanup.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <string.h>

#define BATCH 4096 /* marks read at a time */

static const uint64_t *number(const struct pw_str *bytes)
{
	return (const uint64_t *)(const void *)bytes->text;
}

static size_t n_numbers(const struct pw_str *bytes)
{
	return bytes->len / sizeof(uint64_t);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Sort, and keep one of each. */
static void sort(struct pw_str *bytes)
{
	size_t n = n_numbers(bytes), kept = 0;
	uint64_t *item = (uint64_t *)(void *)bytes->text;

	if (!n)
		return;
	qsort(item, n, sizeof(*item), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || item[kept - 1] != item[i])
			item[kept++] = item[i];
	bytes->len = kept * sizeof(*item);
}

static bool has(const uint64_t *item, size_t n, uint64_t wanted)
{
	return n && bsearch(&wanted, item, n, sizeof(*item), compare);
}

static int take_live(void *ctx, const void *data, size_t size)
{
	return pw_str_add_bytes(ctx, data, size);
}

/* The domain of every process, one number for each; unsorted. */
static int live_domains(struct pw_kernel *kernel, struct pw_str *into)
{
	return pw_kernel_iterate(kernel->skel->progs.pw_live_domains, 0, take_live, into);
}

/* Domains that have an entry in pw_domains or a way. */
static int known_domains(struct pw_kernel *kernel, struct pw_str *into)
{
	int domains = bpf_map__fd(kernel->skel->maps.pw_domains);
	int ways = bpf_map__fd(kernel->skel->maps.pw_ways);
	struct pw_way_key way;
	uint64_t domain;
	bool more;

	for (more = bpf_map_get_next_key(domains, NULL, &domain) == 0; more;
	     more = bpf_map_get_next_key(domains, &domain, &domain) == 0)
		pw_str_add_bytes(into, &domain, sizeof(domain));
	for (more = bpf_map_get_next_key(ways, NULL, &way) == 0; more;
	     more = bpf_map_get_next_key(ways, &way, &way) == 0)
		pw_str_add_bytes(into, &way.domain, sizeof(way.domain));
	sort(into);
	return into->error;
}

/* In @known, not in @live, and so already the last time: into @dead. The others wait. */
static int find_dead(struct pw_kernel *kernel, const struct pw_str *known,
		     const struct pw_str *live, struct pw_str *dead)
{
	_cleanup_str_ struct pw_str vacant = { 0 };

	for (size_t i = 0; i < n_numbers(known); i++) {
		const uint64_t *domain = &number(known)[i];
		bool twice = has(kernel->vacant, kernel->n_vacant, *domain);

		if (!has(number(live), n_numbers(live), *domain))
			pw_str_add_bytes(twice ? dead : &vacant, domain, sizeof(*domain));
	}
	if (vacant.error || dead->error)
		return -ENOMEM;
	free(kernel->vacant);
	kernel->n_vacant = n_numbers(&vacant);
	kernel->vacant = (uint64_t *)(void *)pw_str_take(&vacant);
	return 0;
}

static void delete_ways(struct pw_kernel *kernel, const struct pw_str *dead)
{
	int ways = bpf_map__fd(kernel->skel->maps.pw_ways);
	_cleanup_str_ struct pw_str gone = { 0 };
	struct pw_way_key way;
	bool more;

	for (more = bpf_map_get_next_key(ways, NULL, &way) == 0; more;
	     more = bpf_map_get_next_key(ways, &way, &way) == 0)
		if (has(number(dead), n_numbers(dead), way.domain))
			pw_str_add_bytes(&gone, &way, sizeof(way));
	for (size_t at = 0; at + sizeof(way) <= gone.len; at += sizeof(way))
		bpf_map_delete_elem(ways, gone.text + at);
}

/*
 * Not one way is left: the hooks need not look any more. What is made meanwhile is in the map
 * before it is counted, so it is seen here or it changes the number.
 */
static void forget_ways(struct pw_kernel *kernel)
{
	__u64 *n_ways = (__u64 *)&kernel->skel->bss->pw_n_ways;
	__u64 n = __atomic_load_n(n_ways, __ATOMIC_SEQ_CST);
	struct pw_way_key way;

	if (n && bpf_map_get_next_key(bpf_map__fd(kernel->skel->maps.pw_ways), NULL, &way) < 0)
		__atomic_compare_exchange_n(n_ways, &n, 0, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
}

int pw_kernel_sweep_domains(struct pw_kernel *kernel)
{
	_cleanup_str_ struct pw_str known = { 0 }, live = { 0 }, dead = { 0 };
	int domains = bpf_map__fd(kernel->skel->maps.pw_domains);
	uint64_t n = 0;
	int r;

	if (!kernel->skel->bss->pw_holders && !kernel->skel->bss->pw_n_ways)
		return 0;
	/* Before the look at tasks: what comes to hold labels meanwhile is not among them. */
	r = known_domains(kernel, &known);
	if (r == 0)
		r = live_domains(kernel, &live);
	if (r < 0)
		return r;
	sort(&live);
	r = find_dead(kernel, &known, &live, &dead);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n_numbers(&dead); i++)
		n += bpf_map_delete_elem(domains, &number(&dead)[i]) == 0;
	__atomic_sub_fetch(&kernel->skel->bss->pw_holders, n, __ATOMIC_SEQ_CST);
	if (n_numbers(&dead))
		delete_ways(kernel, &dead);
	forget_ways(kernel);
	return (int)n;
}

/* ---- Counting ---- */

static void count_labels(uint64_t *count, uint64_t labels)
{
	for (; labels; labels &= labels - 1)
		count[pw_lowest_bit(labels)]++;
}

static int count_domains(struct pw_kernel *kernel, struct pw_kernel_holders *holders)
{
	int domains = bpf_map__fd(kernel->skel->maps.pw_domains);
	_cleanup_str_ struct pw_str live = { 0 };
	struct pw_domain value;
	uint64_t domain;
	bool more;
	int r;

	if (!kernel->skel->bss->pw_holders)
		return 0;
	for (more = bpf_map_get_next_key(domains, NULL, &domain) == 0; more;
	     more = bpf_map_get_next_key(domains, &domain, &domain) == 0)
		holders->domains +=
			bpf_map_lookup_elem(domains, &domain, &value) == 0 && value.labels;
	r = live_domains(kernel, &live);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n_numbers(&live); i++) {
		if (bpf_map_lookup_elem(domains, &number(&live)[i], &value) < 0 || !value.labels)
			continue;
		holders->processes++;
		count_labels(holders->label_processes, value.labels);
	}
	return 0;
}

static void count_marks(const struct pw_mark *mark, size_t n, struct pw_kernel_holders *holders)
{
	for (size_t i = 0; i < n; i++) {
		if (!mark[i].labels)
			continue;
		if (mark[i].why & PW_MARK_PASSING) {
			holders->passing++;
			continue;
		}
		holders->files++;
		count_labels(holders->label_files, mark[i].labels);
	}
}

static int count_files(struct pw_kernel *kernel, struct pw_kernel_holders *holders)
{
	_cleanup_free_ struct pw_mark_key *key = calloc(BATCH, sizeof(*key));
	_cleanup_free_ struct pw_mark *mark = calloc(BATCH, sizeof(*mark));
	int marks = bpf_map__fd(kernel->skel->maps.pw_marks), r = 0;
	uint32_t at = 0, n;
	bool first = true;

	if (!key || !mark)
		return -ENOMEM;
	while (r == 0 && kernel->skel->bss->pw_n_marks) {
		n = BATCH;
		if (bpf_map_lookup_batch(marks, first ? NULL : &at, &at, key, mark, &n, NULL) < 0)
			r = -errno;
		if (r == 0 || r == -ENOENT)
			count_marks(mark, n, holders);
		first = false;
	}
	return r == -ENOENT ? 0 : r; /* -ENOENT: that was the last of them */
}

int pw_kernel_holders(struct pw_kernel *kernel, struct pw_kernel_holders *ret_holders)
{
	int r;

	*ret_holders = (struct pw_kernel_holders){ 0 };
	r = count_domains(kernel, ret_holders);
	return r < 0 ? r : count_files(kernel, ret_holders);
}
