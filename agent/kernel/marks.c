/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marks: labels that objects carry by themselves. One at a time by a descriptor, which the
 * kernel half does for us; or all of a file system at once, which goes straight into its maps.
 */
#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PW_ROOT_FILTER_WORDS (1u << 17) /* bpf/state.bpf.h */

/* ---- By descriptors ---- */

static int ask(struct pw_kernel *kernel, const int *fd, const struct pw_register *order, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = pw_kernel_want(kernel, fd[i], &order[i]);
	return r == 0 ? pw_kernel_register_all(kernel) : r;
}

/* The same order for each, but for its labels. */
static int change(struct pw_kernel *kernel, const struct pw_kernel_marking *marking)
{
	_cleanup_free_ struct pw_register *order = calloc(marking->n + 1, sizeof(*order));
	int r;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < marking->n; i++) {
		order[i].as = marking->as;
		order[i].labels = marking->labels[i];
		order[i].flags = marking->why;
	}
	r = ask(kernel, marking->fd, order, marking->n);
	for (size_t i = 0; i < marking->n; i++) {
		int one = pw_kernel_registered(kernel, marking->fd[i], &order[i]);

		if (marking->ret_errors)
			marking->ret_errors[i] = r < 0 ? r : one;
		else if (one < 0 && r == 0)
			r = one;
	}
	return r;
}

int pw_kernel_mark(struct pw_kernel *kernel, const struct pw_kernel_marking *marking)
{
	struct pw_kernel_marking with = *marking;

	with.as = PW_REGISTER_MARK;
	return change(kernel, &with);
}

int pw_kernel_unmark(struct pw_kernel *kernel, const struct pw_kernel_marking *marking)
{
	struct pw_kernel_marking with = *marking;

	with.as = PW_REGISTER_UNMARK;
	return change(kernel, &with);
}

int pw_kernel_mark_more(struct pw_kernel *kernel, const struct pw_mark_key *key, uint64_t labels)
{
	int map = bpf_map__fd(kernel->skel->maps.pw_marks);
	struct pw_mark mark;

	if (bpf_map_lookup_elem(map, key, &mark) < 0)
		return -errno;
	if (!(labels & ~mark.labels))
		return 0;
	mark.labels |= labels;
	mark.why |= PW_MARK_SET;
	return bpf_map_update_elem(map, key, &mark, BPF_EXIST) < 0 ? -errno : 0;
}

int pw_kernel_look(struct pw_kernel *kernel, const int *fd, size_t n, struct pw_kernel_seen *ret)
{
	_cleanup_free_ struct pw_register *order = calloc(n + 1, sizeof(*order));
	int r;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		order[i].as = PW_REGISTER_LOOK;
	r = ask(kernel, fd, order, n);
	for (size_t i = 0; i < n; i++) {
		int one = pw_kernel_registered(kernel, fd[i], &order[i]);

		ret[i] = (struct pw_kernel_seen){
			.by_name = order[i].labels,
			.by_mark = order[i].sb_labels,
			.sb = order[i].sb,
			.dev = order[i].dev,
			.generation = order[i].inode_generation,
			.error = r < 0 ? r : one,
		};
	}
	return r;
}

/* ---- Everything that is carried ---- */

#define CARRIED_BATCH 4096

static uint64_t of_mark(const void *value)
{
	const struct pw_mark *mark = value;

	return mark->labels | mark->linked;
}

static uint64_t of_end(const void *value)
{
	return ((const struct pw_end *)value)->labels;
}

static uint64_t of_domain(const void *value)
{
	return ((const struct pw_domain *)value)->labels;
}

/* Add to *@labels what the values in @map carry. */
static int add_carried(const struct bpf_map *map, uint64_t (*of)(const void *value),
		       uint64_t *labels)
{
	size_t size = bpf_map__value_size(map);
	_cleanup_free_ char *key = calloc(CARRIED_BATCH, bpf_map__key_size(map));
	_cleanup_free_ char *value = calloc(CARRIED_BATCH, size);
	uint32_t at = 0, n;
	bool first = true;
	int r = 0;

	if (!key || !value)
		return -ENOMEM;
	while (r == 0) {
		n = CARRIED_BATCH;
		if (bpf_map_lookup_batch(bpf_map__fd(map), first ? NULL : &at, &at, key, value, &n,
					 NULL) < 0)
			r = -errno;
		if (r == 0 || r == -ENOENT)
			for (uint32_t i = 0; i < n; i++)
				*labels |= of(value + i * size);
		first = false;
	}
	return r == -ENOENT ? 0 : r; /* -ENOENT: that was the last of them */
}

/*
 * A label that no policy names comes to an object or an end from a process only, and the sets
 * of processes go by our own hand only: so those are looked at last, when nobody is any more
 * in the middle of taking one from an object that is gone by now.
 */
int pw_kernel_carried(struct pw_kernel *kernel, uint64_t *ret_labels)
{
	const struct phiward_bpf *skel = kernel->skel;
	uint64_t labels = 0;
	int r = add_carried(skel->maps.pw_marks, of_mark, &labels);

	if (r == 0)
		r = add_carried(skel->maps.pw_ends, of_end, &labels);
	if (r == 0 && syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = add_carried(skel->maps.pw_domains, of_domain, &labels);
	if (r == 0)
		*ret_labels = labels;
	return r;
}

/* ---- In bulk ---- */

struct pw_kernel_restore {
	struct pw_kernel *kernel;
	uint64_t *filter; /* of pw_root_filter: its own memory */
	bool alone;       /* no policy is in force yet: nobody else marks */
	uint64_t n;
};

int pw_kernel_restore_begin(struct pw_kernel *kernel, struct pw_kernel_restore **ret_restore)
{
	_cleanup_free_ struct pw_kernel_restore *restore = calloc(1, sizeof(*restore));
	void *filter;

	if (!restore)
		return -ENOMEM;
	filter = mmap(NULL, PW_ROOT_FILTER_WORDS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
		      MAP_SHARED, bpf_map__fd(kernel->skel->maps.pw_root_filter), 0);
	if (filter == MAP_FAILED)
		return -errno;
	restore->kernel = kernel;
	restore->filter = filter;
	restore->alone = !kernel->skel->bss->pw_now;
	*ret_restore = TAKE_PTR(restore);
	return 0;
}

/* As pw_mark_number() and pw_root_bit() of bpf/known.bpf.h. */
static void add_to_filter(struct pw_kernel_restore *restore, const struct pw_mark_key *key)
{
	uint64_t number = (key->inode * 0x9e3779b97f4a7c15ULL ^ key->sb) >> 8;
	uint32_t hash = ((uint32_t)(number >> 3) * 0x9e3779b1u) >> 9;
	uint64_t *word = &restore->filter[(hash >> 6) & (PW_ROOT_FILTER_WORDS - 1)];

	__atomic_fetch_or(word, 1ULL << (hash & 63), __ATOMIC_SEQ_CST);
}

static int add_all(int map, struct pw_mark_key *key, struct pw_mark *mark, size_t n)
{
	LIBBPF_OPTS(bpf_map_batch_opts, options);
	uint32_t count = (uint32_t)n;

	return bpf_map_update_batch(map, key, mark, &count, &options) < 0 ? -errno : 0;
}

/* A holder may mark the same object at this moment: what is there is not written over. */
static int add_one(int map, const struct pw_mark_key *key, const struct pw_mark *mark)
{
	for (int turn = 0; turn < 8; turn++) {
		struct pw_mark known;

		if (bpf_map_update_elem(map, key, mark, BPF_NOEXIST) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
		if (bpf_map_lookup_elem(map, key, &known) < 0)
			continue;
		if (!(mark->labels & ~known.labels))
			return 0;
		known.labels |= mark->labels;
		known.why |= mark->why;
		if (bpf_map_update_elem(map, key, &known, BPF_EXIST) == 0)
			return 0;
	}
	return -EAGAIN;
}

int pw_kernel_restore_add(struct pw_kernel_restore *restore, struct pw_mark_key *key,
			  struct pw_mark *mark, size_t n)
{
	int sbs = bpf_map__fd(restore->kernel->skel->maps.pw_marked_sbs);
	int map = bpf_map__fd(restore->kernel->skel->maps.pw_marks), r = 0;
	const uint8_t one = 1;

	if (n && bpf_map_update_elem(sbs, &key[0].sb, &one, BPF_ANY) < 0)
		pw_debug("marks of a file system will stay when it is unmounted, ignoring");
	/* First what lets the hooks look, then what they find. */
	for (size_t i = 0; i < n; i++)
		add_to_filter(restore, &key[i]);
	__atomic_fetch_add(&restore->kernel->skel->bss->pw_n_marks, n, __ATOMIC_SEQ_CST);
	if (restore->alone)
		r = add_all(map, key, mark, n);
	else
		for (size_t i = 0; i < n && r == 0; i++)
			r = add_one(map, &key[i], &mark[i]);
	if (r == 0)
		restore->n += n;
	return r == -ENOSPC ? -E2BIG : r;
}

uint64_t pw_kernel_restore_end(struct pw_kernel_restore **restore_p)
{
	struct pw_kernel_restore *restore = *restore_p;
	uint64_t n;
	__u64 *word, now;

	if (!restore)
		return 0;
	n = restore->n;
	munmap(restore->filter, PW_ROOT_FILTER_WORDS * sizeof(uint64_t));
	/* Some of these may be known as carrying nothing: nothing is known any more. */
	word = (__u64 *)&restore->kernel->skel->bss->pw_now;
	now = *word;
	while (now && !__atomic_compare_exchange_n(word, &now, pw_now_next_epoch(now), false,
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	free(restore);
	*restore_p = NULL;
	return n;
}

/* ---- Marks that are not back yet ---- */

int pw_kernel_stored(struct pw_kernel *kernel, const struct pw_stored_key *key,
		     const struct pw_stored *stored)
{
	int map = bpf_map__fd(kernel->skel->maps.pw_stored);
	struct pw_stored all;

	if (bpf_map_lookup_elem(map, key, &all) < 0)
		all = (struct pw_stored){ 0 };
	all.labels |= stored->labels;
	for (size_t i = 0; i < PW_ARRAY_SIZE(all.inodes); i++)
		all.inodes[i] |= stored->inodes[i];
	if (bpf_map_update_elem(map, key, &all, BPF_ANY) < 0)
		return errno == E2BIG || errno == ENOSPC ? -E2BIG : -errno;
	return 0;
}

void pw_kernel_awaited_end(struct pw_kernel *kernel, uint64_t sb)
{
	if (bpf_map_delete_elem(bpf_map__fd(kernel->skel->maps.pw_awaited), &sb) == 0)
		__atomic_fetch_sub(&kernel->skel->bss->pw_n_awaited, 1, __ATOMIC_SEQ_CST);
}

/* ---- Domains ---- */

int pw_kernel_domain(struct pw_kernel *kernel, uint64_t id, struct pw_domain *ret_domain)
{
	int map = bpf_map__fd(kernel->skel->maps.pw_domains);

	return bpf_map_lookup_elem(map, &id, ret_domain) < 0 ? -errno : 0;
}

void pw_kernel_each_domain(struct pw_kernel *kernel,
			   void (*found)(void *ctx, uint64_t id, const struct pw_domain *domain),
			   void *ctx)
{
	int map = bpf_map__fd(kernel->skel->maps.pw_domains);
	struct pw_domain domain;
	uint64_t id;
	bool more;

	for (more = bpf_map_get_next_key(map, NULL, &id) == 0; more;
	     more = bpf_map_get_next_key(map, &id, &id) == 0)
		if (bpf_map_lookup_elem(map, &id, &domain) == 0)
			found(ctx, id, &domain);
}

uint64_t pw_kernel_held_epoch(const struct pw_kernel *kernel)
{
	return __atomic_load_n(&kernel->skel->data->pw_held_epoch, __ATOMIC_SEQ_CST);
}

static int take_process(void *ctx, const void *data, size_t size)
{
	return pw_str_add_bytes(ctx, data, size);
}

int pw_kernel_processes(struct pw_kernel *kernel, struct pw_str *into)
{
	return pw_kernel_iterate(kernel->skel->progs.pw_processes, 0, take_process, into);
}

int pw_kernel_hold(struct pw_kernel *kernel, const struct pw_process *process)
{
	int map = bpf_map__fd(kernel->skel->maps.pw_domains);
	struct pw_domain domain = {
		.labels = process->labels,
		.since_ns = process->since_ns,
		.start_ns = process->start_ns,
		.tgid = process->pid,
		.person = process->person,
	}, known;
	bool fresh = bpf_map_lookup_elem(map, &process->domain, &known) < 0;

	if (!fresh) {
		if (!(process->labels & ~known.labels))
			return 0;
		known.labels |= process->labels;
		domain = known;
	}
	if (bpf_map_update_elem(map, &process->domain, &domain, fresh ? BPF_NOEXIST : BPF_EXIST) < 0)
		return errno == ENOSPC ? -E2BIG : -errno;
	if (fresh)
		__atomic_add_fetch(&kernel->skel->bss->pw_holders, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&kernel->skel->data->pw_held_epoch, 1, __ATOMIC_SEQ_CST);
	return 1;
}

/* Where struct pw_task of the kernel half has its domain: it is no ABI, but its BTF is here. */
static int domain_offset(struct pw_kernel *kernel)
{
	const struct btf *btf = bpf_object__btf(kernel->skel->obj);
	const struct btf_type *task =
		btf__type_by_id(btf, bpf_map__btf_value_type_id(kernel->skel->maps.pw_tasks));
	const struct btf_member *member = task && btf_is_struct(task) ? btf_members(task) : NULL;

	for (unsigned int i = 0; member && i < btf_vlen(task); i++)
		if (strcmp(btf__name_by_offset(btf, member[i].name_off), "domain") == 0)
			return (int)(member[i].offset / 8);
	return -ENOENT;
}

int pw_kernel_domain_of(struct pw_kernel *kernel, pid_t pid, uint64_t *ret_id)
{
	const struct bpf_map *tasks = kernel->skel->maps.pw_tasks;
	_cleanup_free_ char *task = calloc(1, bpf_map__value_size(tasks));
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	int at = domain_offset(kernel);

	if (!task)
		return -ENOMEM;
	if (fd < 0 || at < 0)
		return fd < 0 ? -errno : at;
	if (bpf_map_lookup_elem(bpf_map__fd(tasks), &fd, task) < 0)
		return -errno;
	memcpy(ret_id, task + at, sizeof(*ret_id));
	return *ret_id ? 0 : -ENOENT;
}
