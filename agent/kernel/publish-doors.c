/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where data may go, as the kernel half knows it: places in the network, hubs, block devices.
 * Published with a policy, slot by slot (publish.c); block devices also come and go between.
 */
#include "base/cleanup.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <string.h>

#define SLOT_BITS 32 /* of struct pw_net_key.slot, in front of the address */
#define NODE_SLOT 31 /* of struct pw_port_key.node */

static int put(const struct bpf_map *map, const void *key, const void *value)
{
	return bpf_map_update_elem(bpf_map__fd(map), key, value, BPF_ANY) < 0 ? -errno : 0;
}

static bool stale_net(struct pw_kernel *kernel, const void *key)
{
	return ((const struct pw_net_key *)key)->slot == pw_kernel_idle_slot(kernel);
}

static bool stale_port(struct pw_kernel *kernel, const void *key)
{
	return ((const struct pw_port_key *)key)->node >> NODE_SLOT == pw_kernel_idle_slot(kernel);
}

static bool stale_hub(struct pw_kernel *kernel, const void *key)
{
	return ((const struct pw_hub_key *)key)->slot == pw_kernel_idle_slot(kernel);
}

/* Media stay: what is published says which of them the host still has. */
void pw_kernel_sweep_doors(struct pw_kernel *kernel)
{
	pw_kernel_sweep(kernel, kernel->skel->maps.pw_nets, stale_net);
	pw_kernel_sweep(kernel, kernel->skel->maps.pw_ports, stale_port);
	pw_kernel_sweep(kernel, kernel->skel->maps.pw_hub_names, stale_hub);
}

static int publish_network(struct pw_kernel *kernel, const struct pw_network *network,
			   uint32_t slot)
{
	int r = 0;

	for (size_t i = 0; i < network->n_prefixes && r == 0; i++) {
		struct pw_net_key key = {
			.prefixlen = SLOT_BITS + network->prefix[i].prefix_len,
			.slot = slot,
		};
		__u32 node = (__u32)i | slot << NODE_SLOT;

		memcpy(key.addr, network->prefix[i].addr, sizeof(key.addr));
		r = put(kernel->skel->maps.pw_nets, &key, &node);
	}
	for (size_t i = 0; i < network->n_ports && r == 0; i++) {
		const struct pw_net_port *port = &network->port[i];
		struct pw_port_key key = { .node = port->node | slot << NODE_SLOT,
					   .port = port->port,
					   .protocol = port->protocol };
		__u64 places = port->places;

		r = put(kernel->skel->maps.pw_ports, &key, &places);
	}
	return r;
}

static int publish_hubs(struct pw_kernel *kernel, const struct pw_compiled *compiled, uint32_t slot)
{
	const __u8 is_hub = 1;
	int r = 0;

	for (size_t i = 0; i < compiled->n_hub_names && r == 0; i++) {
		size_t len = strlen(compiled->hub_name[i]);
		struct pw_name name = { 0 };
		struct pw_hub_key key = { .len = (__u32)len, .slot = slot };

		if (len > PW_NAME_MAX)
			return -EINVAL;
		memcpy(name.text, compiled->hub_name[i], len);
		key.hash = pw_name_hash(&name, key.len);
		r = put(kernel->skel->maps.pw_hub_names, &key, &is_hub);
	}
	return r;
}

static uint32_t device_key(uint32_t major, uint32_t minor)
{
	return major << 20 | minor;
}

static int put_medium(struct pw_kernel *kernel, const struct pw_kernel_medium *medium,
		      uint64_t generation)
{
	const struct bpf_map *map = kernel->skel->maps.pw_media;
	uint32_t key = device_key(medium->major, medium->minor);
	struct pw_medium value = { 0 };

	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, &value) < 0)
		memset(&value, 0, sizeof(value));
	value.slot[generation & 1].generation = generation;
	value.slot[generation & 1].places = medium->places;
	value.kind = medium->kind;
	value.read_only &= ~(1u << (generation & 1));
	value.read_only |= (__u32)medium->read_only << (generation & 1);
	return put(map, &key, &value);
}

int pw_kernel_publish_doors(struct pw_kernel *kernel, const struct pw_publication *pub,
			    uint64_t next)
{
	uint32_t slot = next & 1;
	int r = publish_network(kernel, pub->network, slot);

	if (r == 0)
		r = publish_hubs(kernel, pub->compiled, slot);
	for (size_t i = 0; i < pub->n_media && r == 0; i++)
		r = put_medium(kernel, &pub->medium[i], next);
	return r;
}

int pw_kernel_set_medium(struct pw_kernel *kernel, const struct pw_kernel_medium *medium)
{
	return put_medium(kernel, medium, pw_kernel_generation(kernel));
}

void pw_kernel_forget_medium(struct pw_kernel *kernel, uint32_t major, uint32_t minor)
{
	uint32_t key = device_key(major, minor);

	bpf_map_delete_elem(bpf_map__fd(kernel->skel->maps.pw_media), &key);
}
