/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share: the loaded object and what is in force. */
#ifndef PW_KERNEL_PRIVATE_H
#define PW_KERNEL_PRIVATE_H

#include "kernel/kernel.h"

/* Types of the generated header that linux/types.h does not have. */
#include <stdbool.h>

#include "phiward.skel.h"

#include <bpf/libbpf.h>

/* Records taken from one ring in one turn. */
#define PW_DRAIN_MAX 64

struct pw_kernel {
	struct phiward_bpf *skel;
	struct bpf_link *link[PW_KERNEL_HOOKS_MAX]; /* as pw_hook_programs */
	struct ring_buffer *ring[_PW_RING_MAX];
	int epoll_fd;
	int n_cpus; /* possible ones */
	uint64_t hooks;
	uint32_t link_id[PW_KERNEL_HOOKS_MAX];
	uint64_t n_failed; /* attempts to publish since the last that worked */
	struct pw_kernel_times times;
	pw_kernel_event_fn event; /* while draining */
	void *event_ctx;
	unsigned int event_ring;
	size_t event_n;
	uint64_t *vacant; /* domains without a process when they were looked at last; sorted */
	size_t n_vacant;
};

/* Run the iterator program @prog (for @pid alone, when not 0) and read what it writes. */
int pw_kernel_iterate(struct bpf_program *prog, unsigned int pid,
		      int (*take)(void *ctx, const void *data, size_t size), void *ctx);

/* Ask for something about the agent's descriptor @fd: until pw_kernel_registered(). */
int pw_kernel_want(struct pw_kernel *kernel, int fd, const struct pw_register *order);

/* Have the kernel half do all that was asked for. */
int pw_kernel_register_all(struct pw_kernel *kernel);

/* What became of @fd; forgets the order. -ESTALE: the kernel half has not seen it. */
int pw_kernel_registered(struct pw_kernel *kernel, int fd, struct pw_register *ret_order);

/* Delete every key of @map for which @stale says so. */
void pw_kernel_sweep(struct pw_kernel *kernel, const struct bpf_map *map,
		     bool (*stale)(struct pw_kernel *kernel, const void *key));

/* Of the policy in force. */
uint64_t pw_kernel_generation(const struct pw_kernel *kernel);
uint32_t pw_kernel_idle_slot(const struct pw_kernel *kernel);

/* Publishing of where data may go, in publish-doors.c: places in the network, hubs, media. */
void pw_kernel_sweep_doors(struct pw_kernel *kernel);
int pw_kernel_publish_doors(struct pw_kernel *kernel, const struct pw_publication *pub,
			    uint64_t next);

#endif /* PW_KERNEL_PRIVATE_H */
