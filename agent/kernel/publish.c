/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Put a policy in force. Everything goes into the idle slot (include/phiward/abi.h), then
 * one number changes. The slot left behind is swept before it is used again.
 */
#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>

#define STATE_SLOT 31 /* PW_STATE_SLOT of bpf/state.bpf.h */

static int map_fd(const struct bpf_map *map)
{
	return bpf_map__fd(map);
}

static int told(struct pw_str *why, int r, const char *what)
{
	if (r >= 0)
		return 0;
	if (r == -E2BIG || r == -ENOSPC) {
		pw_str_addf(why, "%s: more than the maps made at start hold; restart phiwardd to "
				 "make room", what);
		return -E2BIG;
	}
	pw_str_addf(why, "%s: %s", what, strerror(-r));
	return r;
}

void pw_kernel_sweep(struct pw_kernel *kernel, const struct bpf_map *map,
		     bool (*stale)(struct pw_kernel *kernel, const void *key))
{
	size_t key_size = bpf_map__key_size(map);
	_cleanup_free_ char *key = malloc(key_size);
	_cleanup_str_ struct pw_str dead = { 0 };
	int fd = map_fd(map);
	bool more;

	if (!key)
		return;
	for (more = bpf_map_get_next_key(fd, NULL, key) == 0; more;
	     more = bpf_map_get_next_key(fd, key, key) == 0)
		if (stale(kernel, key))
			pw_str_add_bytes(&dead, key, key_size);
	for (size_t at = 0; at + key_size <= dead.len; at += key_size)
		bpf_map_delete_elem(fd, dead.text + at);
}

uint64_t pw_kernel_generation(const struct pw_kernel *kernel)
{
	return kernel->skel->bss->pw_now >> PW_NOW_GENERATION;
}

uint32_t pw_kernel_idle_slot(const struct pw_kernel *kernel)
{
	return (uint32_t)(pw_kernel_generation(kernel) + 1) & 1;
}

static bool stale_state(struct pw_kernel *kernel, const void *key)
{
	uint32_t state;

	memcpy(&state, key, sizeof(state));
	return state >> STATE_SLOT == pw_kernel_idle_slot(kernel);
}

static bool stale_person(struct pw_kernel *kernel, const void *key)
{
	return ((const struct pw_person_key *)key)->slot == pw_kernel_idle_slot(kernel);
}

static bool stale_root(struct pw_kernel *kernel, const void *key)
{
	uint64_t now = pw_kernel_generation(kernel);
	struct pw_root root;

	return bpf_map_lookup_elem(map_fd(kernel->skel->maps.pw_roots), key, &root) == 0 &&
	       root.slot[now & 1].generation != now;
}

static bool stale_program(struct pw_kernel *kernel, const void *key)
{
	uint64_t now = pw_kernel_generation(kernel);
	struct pw_program_rules rules;

	return bpf_map_lookup_elem(map_fd(kernel->skel->maps.pw_programs), key, &rules) == 0 &&
	       rules.slot[now & 1].generation != now;
}

static uint64_t kept(const struct pw_kept_labels *labels, uint64_t now)
{
	return labels->slot[now & 1].generation == now ? labels->slot[now & 1].labels : 0;
}

static bool stale_kept(const struct bpf_map *map, const void *key, uint64_t now)
{
	struct pw_kept_labels labels;

	return bpf_map_lookup_elem(map_fd(map), key, &labels) == 0 && !kept(&labels, now);
}

static bool stale_sb(struct pw_kernel *kernel, const void *key)
{
	return stale_kept(kernel->skel->maps.pw_sbs, key, pw_kernel_generation(kernel));
}

static void sweep_idle(struct pw_kernel *kernel)
{
	struct phiward_bpf *skel = kernel->skel;

	if (!pw_kernel_generation(kernel))
		return;
	pw_kernel_sweep(kernel, skel->maps.pw_states, stale_state);
	pw_kernel_sweep(kernel, skel->maps.pw_globs, stale_state);
	pw_kernel_sweep(kernel, skel->maps.pw_edges, stale_state);
	pw_kernel_sweep(kernel, skel->maps.pw_persons, stale_person);
	pw_kernel_sweep(kernel, skel->maps.pw_groups, stale_person);
	pw_kernel_sweep(kernel, skel->maps.pw_roots, stale_root);
	pw_kernel_sweep(kernel, skel->maps.pw_programs, stale_program);
	pw_kernel_sweep(kernel, skel->maps.pw_sbs, stale_sb);
	pw_kernel_sweep_doors(kernel);
}

/* Insert @n keys and values, stored one behind the other, in batches. */
static int insert_all(const struct bpf_map *map, const void *keys, size_t key_size,
		      const void *values, size_t value_size, size_t n)
{
	LIBBPF_OPTS(bpf_map_batch_opts, options);
	size_t done = 0;

	while (done < n) {
		uint32_t count = n - done > 4096 ? 4096 : (uint32_t)(n - done);

		if (bpf_map_update_batch(map_fd(map), (const char *)keys + done * key_size,
					 (const char *)values + done * value_size, &count,
					 &options) < 0)
			return -errno;
		done += count;
	}
	return 0;
}

static int publish_states(struct pw_kernel *kernel, const struct pw_trees *trees, uint32_t slot)
{
	_cleanup_free_ uint32_t *key = calloc(trees->n_states + trees->n_globs + 1, sizeof(*key));
	int r;

	if (!key)
		return -ENOMEM;
	for (size_t i = 0; i < trees->n_states; i++)
		key[i] = (uint32_t)i | slot << STATE_SLOT;
	r = insert_all(kernel->skel->maps.pw_states, key, sizeof(*key), trees->state,
		       sizeof(*trees->state), trees->n_states);
	if (r < 0)
		return r;
	for (size_t i = 0; i < trees->n_globs; i++)
		key[i] = (uint32_t)i | slot << STATE_SLOT;
	return insert_all(kernel->skel->maps.pw_globs, key, sizeof(*key), trees->glob,
			  sizeof(*trees->glob), trees->n_globs);
}

static int publish_edges(struct pw_kernel *kernel, const struct pw_trees *trees, uint32_t slot)
{
	_cleanup_free_ struct pw_edge_key *key = calloc(trees->n_edges + 1, sizeof(*key));
	_cleanup_free_ uint32_t *next = calloc(trees->n_edges + 1, sizeof(*next));

	if (!key || !next)
		return -ENOMEM;
	for (size_t i = 0; i < trees->n_edges; i++) {
		key[i] = trees->edge[i].key;
		key[i].state |= slot << STATE_SLOT;
		next[i] = trees->edge[i].next;
	}
	return insert_all(kernel->skel->maps.pw_edges, key, sizeof(*key), next, sizeof(*next),
			  trees->n_edges);
}

static int publish_people(struct pw_kernel *kernel, const struct pw_publication *pub, uint32_t slot)
{
	for (size_t i = 0; i < pub->n_persons; i++) {
		struct pw_person_key key = { .slot = slot, .id = pub->person[i].id };
		struct pw_person person = { pub->person[i].user, pub->person[i].member };

		if (bpf_map_update_elem(map_fd(kernel->skel->maps.pw_persons), &key, &person,
					BPF_ANY) < 0)
			return -errno;
	}
	for (size_t i = 0; i < pub->n_groups; i++) {
		struct pw_person_key key = { .slot = slot, .id = pub->group[i].gid };

		if (bpf_map_update_elem(map_fd(kernel->skel->maps.pw_groups), &key,
					&pub->group[i].mask, BPF_ANY) < 0)
			return -errno;
	}
	return 0;
}

int pw_kernel_want(struct pw_kernel *kernel, int fd, const struct pw_register *order)
{
	uint32_t key = (uint32_t)fd;

	if (bpf_map_update_elem(map_fd(kernel->skel->maps.pw_registers), &key, order, BPF_ANY) < 0)
		return -errno;
	return 0;
}

int pw_kernel_register_all(struct pw_kernel *kernel)
{
	return pw_kernel_iterate(kernel->skel->progs.pw_register_fd, (unsigned int)getpid(), NULL,
				 NULL);
}

int pw_kernel_registered(struct pw_kernel *kernel, int fd, struct pw_register *ret_order)
{
	uint32_t key = (uint32_t)fd;
	int map = map_fd(kernel->skel->maps.pw_registers);

	if (bpf_map_lookup_elem(map, &key, ret_order) < 0)
		return -errno;
	bpf_map_delete_elem(map, &key);
	if (!ret_order->address)
		return -ESTALE;
	return ret_order->error;
}

static int publish_roots(struct pw_kernel *kernel, const struct pw_publication *pub)
{
	int r;

	for (size_t i = 0; i < pub->n_roots; i++) {
		struct pw_register order = {
			.as = PW_REGISTER_ROOT,
			.state = pub->root[i].state,
			.labels = pub->root[i].labels,
			.flags = pub->root[i].flags,
			.sb_labels = pub->root[i].sb_labels,
		};

		r = pw_kernel_want(kernel, pub->root[i].fd, &order);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < pub->n_exes; i++) {
		struct pw_register order = { .as = PW_REGISTER_EXECUTABLE };

		r = pw_kernel_want(kernel, pub->exe[i].fd, &order);
		if (r < 0)
			return r;
	}
	r = pw_kernel_register_all(kernel);
	for (size_t i = 0; i < pub->n_roots && r == 0; i++) {
		struct pw_register order;

		r = pw_kernel_registered(kernel, pub->root[i].fd, &order);
	}
	return r;
}

static int add_program_rules(struct pw_kernel *kernel, uint64_t generation,
			     const struct pw_program_key *key, const struct pw_program_mask *program)
{
	int map = map_fd(kernel->skel->maps.pw_programs);
	uint32_t slot = generation & 1;
	struct pw_program_rules rules;

	if (bpf_map_lookup_elem(map, key, &rules) < 0)
		memset(&rules, 0, sizeof(rules));
	if (rules.slot[slot].generation != generation) {
		memset(&rules.slot[slot], 0, sizeof(rules.slot[slot]));
		rules.slot[slot].generation = generation;
	}
	pw_mask_or(&rules.slot[slot].mask, &program->mask);
	rules.slot[slot].declassifies |= program->declassifies;
	rules.slot[slot].hub |= program->hub;
	return bpf_map_update_elem(map, key, &rules, BPF_ANY) < 0 ? -errno : 0;
}

/* Rules of executables, of scripts, and of pairs where a program names both. */
static int publish_programs(struct pw_kernel *kernel, const struct pw_publication *pub,
			    uint64_t generation)
{
	_cleanup_free_ uint64_t *address = calloc(pub->n_exes + 1, sizeof(*address));
	int r = 0;

	if (!address)
		return -ENOMEM;
	for (size_t i = 0; i < pub->n_exes; i++) {
		struct pw_register order;

		r = pw_kernel_registered(kernel, pub->exe[i].fd, &order);
		if (r < 0)
			return r;
		address[i] = order.address;
	}
	for (size_t i = 0; i < pub->n_exes && r == 0; i++) {
		const struct pw_kernel_exe *exe = &pub->exe[i];
		const struct pw_program_mask *program = &pub->compiled->program[exe->program];
		struct pw_program_key key = { 0 };

		if (program->needs_exe && program->needs_script) {
			for (size_t j = 0; j < pub->n_exes && r == 0; j++) {
				struct pw_program_key both = { address[i], address[j] };

				if (!exe->is_script && pub->exe[j].is_script &&
				    pub->exe[j].program == exe->program)
					r = add_program_rules(kernel, generation, &both, program);
			}
			continue;
		}
		*(exe->is_script ? &key.script : &key.exe) = address[i];
		r = add_program_rules(kernel, generation, &key, program);
	}
	return r;
}

static int publish_devices(struct pw_kernel *kernel, const struct pw_publication *pub)
{
	int map = map_fd(kernel->skel->maps.pw_devices);

	for (size_t i = 0; i < pub->n_devices; i++) {
		const struct pw_kernel_device *device = &pub->device[i];
		uint64_t key = (uint64_t)device->character << 32 | device->major << 20 |
			       device->minor;

		if (bpf_map_update_elem(map, &key, &device->labels, BPF_ANY) < 0)
			return -errno;
	}
	return 0;
}

/* A policy must fit twice: beside itself, when it is put in force anew. */
static bool crowded(const struct bpf_map *map, size_t n)
{
	return 2 * (uint64_t)n > bpf_map__max_entries(map);
}

static int publish_slot(struct pw_kernel *kernel, const struct pw_publication *pub,
			struct pw_str *why, uint64_t next)
{
	uint32_t slot = next & 1;
	int r;

	sweep_idle(kernel);
	if (crowded(kernel->skel->maps.pw_edges, pub->compiled->trees.n_edges) ||
	    crowded(kernel->skel->maps.pw_states, pub->compiled->trees.n_states) ||
	    crowded(kernel->skel->maps.pw_roots, pub->n_roots))
		return told(why, -E2BIG, "cannot publish trees");
	if (bpf_map_update_elem(map_fd(kernel->skel->maps.pw_images), &slot, &pub->compiled->image,
				BPF_ANY) < 0)
		return told(why, -errno, "cannot publish the rules");
	r = told(why, publish_states(kernel, &pub->compiled->trees, slot), "cannot publish trees");
	if (r == 0)
		r = told(why, publish_edges(kernel, &pub->compiled->trees, slot),
			 "cannot publish trees");
	if (r == 0)
		r = told(why, publish_people(kernel, pub, slot), "cannot publish actors");
	kernel->skel->bss->pw_next_generation = next;
	if (r == 0)
		r = told(why, publish_roots(kernel, pub), "cannot tie the trees");
	if (r == 0)
		r = told(why, publish_programs(kernel, pub, next),
			 "cannot publish programs");
	if (r == 0)
		r = told(why, publish_devices(kernel, pub), "cannot publish devices");
	if (r == 0)
		r = told(why, pw_kernel_publish_doors(kernel, pub, next), "cannot publish places");
	return r;
}

/* From here on @next is the policy, and nothing is known of objects: one store for both. */
static void switch_to(struct pw_kernel *kernel, uint64_t next)
{
	__u64 *word = &kernel->skel->bss->pw_now;
	__u64 now = *word, then;

	do /* the hooks end epochs, too */
		then = (pw_now_next_epoch(now) & UINT32_MAX) | next << PW_NOW_GENERATION;
	while (!__atomic_compare_exchange_n(word, &now, then, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST));
}

static bool stale_hub(struct pw_kernel *kernel, const void *key)
{
	uint64_t found;

	return bpf_map_lookup_elem(map_fd(kernel->skel->maps.pw_hubs), key, &found) == 0 &&
	       found != pw_kernel_generation(kernel);
}

/* Those that run already; the others are known when they are started. */
static void find_hubs(struct pw_kernel *kernel, const struct pw_publication *pub)
{
	bool any = false;
	int r;

	for (size_t i = 0; i < pub->compiled->n_programs; i++)
		any |= pub->compiled->program[i].hub;
	r = any ? pw_kernel_iterate(kernel->skel->progs.pw_find_hubs, 0, NULL, NULL) : 0;
	if (r < 0)
		pw_warning("cannot look for hubs that run already: %s", strerror(-r));
	pw_kernel_sweep(kernel, kernel->skel->maps.pw_hubs, stale_hub);
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Executables that no program of the policy names any more are started like any other. And
 * nothing holds their inodes now: what comes to stand at such an address is not theirs.
 */
static void sweep_executables(struct pw_kernel *kernel)
{
	int programs = map_fd(kernel->skel->maps.pw_programs);
	int executables = map_fd(kernel->skel->maps.pw_executables);
	_cleanup_str_ struct pw_str named = { 0 }, dead = { 0 };
	struct pw_program_key key;
	uint64_t address;
	bool more;

	for (more = bpf_map_get_next_key(programs, NULL, &key) == 0; more;
	     more = bpf_map_get_next_key(programs, &key, &key) == 0)
		if (!stale_program(kernel, &key))
			pw_str_add_bytes(&named, &key, sizeof(key));
	if (named.error)
		return;
	if (named.len)
		qsort(named.text, named.len / sizeof(address), sizeof(address), compare_addresses);
	for (more = bpf_map_get_next_key(executables, NULL, &address) == 0; more;
	     more = bpf_map_get_next_key(executables, &address, &address) == 0)
		if (!named.len || !bsearch(&address, named.text, named.len / sizeof(address),
					   sizeof(address), compare_addresses))
			pw_str_add_bytes(&dead, &address, sizeof(address));
	for (size_t at = 0; at + sizeof(address) <= dead.len; at += sizeof(address))
		bpf_map_delete_elem(executables, dead.text + at);
}

/* Never a number that a failed attempt has left traces of; its low bit is the idle slot. */
uint64_t pw_kernel_next_generation(const struct pw_kernel *kernel)
{
	return pw_kernel_generation(kernel) + 1 + 2 * kernel->n_failed;
}

int pw_kernel_publish(struct pw_kernel *kernel, const struct pw_publication *publication,
		      struct pw_str *why, uint64_t *ret_generation)
{
	uint64_t next = pw_kernel_next_generation(kernel);
	int r = publish_slot(kernel, publication, why, next);

	if (r < 0) {
		kernel->n_failed++;
		return r;
	}
	kernel->n_failed = 0;
	switch_to(kernel, next);
	/* Until here somebody may be in the middle of a decision by the old policy. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	find_hubs(kernel, publication);
	sweep_executables(kernel);
	*ret_generation = next;
	return 0;
}
