/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The automaton (include/phiward/tree.h) in the kernel: from a directory to its child, by the
 * child's name. Names are the only text that is ever looked at.
 */
#ifndef PW_STEP_BPF_H
#define PW_STEP_BPF_H

#include "known.bpf.h"

struct pw_name_slot {
	struct pw_name name;
	struct pw_edge_key edge; /* here, for the stack is short */
	__u32 busy;
	__u32 reserved;
};

/* Buffers for one name: too large for the stack; several, for a CPU may be preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PW_SCRATCHES);
	__type(key, __u32);
	__type(value, struct pw_name_slot);
} pw_names SEC(".maps");

/* As pw_scratch_claim(): the index of a free one, or PW_SCRATCHES. */
__noinline __u32 pw_name_claim(void)
{
	for (__u32 i = 0; i < PW_SCRATCHES; i++) {
		__u32 key = i;
		struct pw_name_slot *slot = bpf_map_lookup_elem(&pw_names, &key);

		if (slot && __sync_val_compare_and_swap(&slot->busy, 0, 1) == 0)
			return i;
	}
	return PW_SCRATCHES;
}

static __always_inline __u32 pw_state_key(__u32 state, __u64 now)
{
	return state | pw_slot_of(now) << PW_STATE_SLOT;
}

/* A global function, so that the verifier follows its loop once and not in each use. */
__noinline __u64 pw_name_digest(struct pw_name *name, __u32 len)
{
	return name ? pw_name_hash(name, len & PW_NAME_MAX) : 0;
}

struct pw_glob_job {
	__u32 glob;
	__u32 slot; /* of the name in pw_names */
	__u32 len;
	__u32 differs;
};

static long pw_glob_byte(__u32 index, void *data)
{
	struct pw_glob_job *job = data;
	__u32 key = job->glob, slot_key = job->slot;
	struct pw_glob *glob = bpf_map_lookup_elem(&pw_globs, &key);
	struct pw_name_slot *slot = bpf_map_lookup_elem(&pw_names, &slot_key);

	if (!glob || !slot || pw_glob_differs(glob, &slot->name, job->len, index)) {
		job->differs = 1;
		return 1;
	}
	return 0;
}

static __always_inline __u32 pw_glob_test(__u32 index, __u32 slot, __u32 len)
{
	struct pw_glob *glob = bpf_map_lookup_elem(&pw_globs, &index);
	struct pw_glob_job job = { .glob = index, .slot = slot, .len = len };

	if (!glob || !pw_glob_fits(glob, len))
		return 0;
	bpf_loop(len, pw_glob_byte, &job, 0);
	return job.differs ^ 1;
}

/*
 * The state that a child of that name is in, seen from state @from (key, with its slot);
 * PW_STATE_LOST: the automaton is not there.
 */
#define PW_STATE_LOST 0x7fffffffu

static __always_inline __u32 pw_successor(__u32 from, struct pw_name_slot *slot, __u32 index,
					  __u32 len)
{
	struct pw_state *state;
	__u32 set = 0, *next;

	slot->edge.state = from;
	slot->edge.len = len;
	slot->edge.hash = pw_name_digest(&slot->name, len);
	next = bpf_map_lookup_elem(&pw_edges, &slot->edge);
	if (next)
		return *next;
	state = bpf_map_lookup_elem(&pw_states, &from);
	if (!state)
		return PW_STATE_LOST;
	for (__u32 i = 0; i < PW_STATE_GLOBS_MAX; i++) {
		if (i >= state->n_globs)
			break;
		set |= (pw_glob_test(state->glob[i] | (from & (1u << PW_STATE_SLOT)), index,
				     len) & 1u) << i;
	}
	barrier_var(set); /* else clang drops the mask, and the verifier cannot bound the index */
	return state->next[set & ((1u << PW_STATE_GLOBS_MAX) - 1)];
}

/* *@o was a directory; its child in state @next carries what that adds. */
static __always_inline void pw_enter(struct pw_object *o, __u32 next, bool is_dir)
{
	__u32 key = pw_state_key(next, o->now);
	struct pw_state *state;

	o->state = next;
	o->flags &= ~PW_DIR_NAMES_FILES;
	if (next == PW_STATE_DEAD)
		return;
	state = bpf_map_lookup_elem(&pw_states, &key);
	if (!state) {
		o->flags |= PW_OBJECT_UNKNOWN;
		return;
	}
	o->labels |= state->tree_labels;
	if (!is_dir) {
		o->labels |= state->file_labels;
		if (state->flags & PW_STATE_HUB)
			o->flags |= PW_OBJECT_HUB;
	}
	if (state->flags & PW_STATE_NAMES_FILES)
		o->flags |= PW_DIR_NAMES_FILES;
}

/*
 * From a directory @o to its child called @text: *@o becomes what the child carries;
 * unknown, when its name cannot be read or stepped by.
 * A global function: verified once, not in every hook.
 */
__noinline int pw_step(struct pw_object *o, __u64 text, __u32 len, __u32 is_dir)
{
	struct pw_name_slot *slot;
	__u32 next = PW_STATE_LOST, index;

	if (!o)
		return 0;
	if (o->state == PW_STATE_DEAD)
		return 0;
	index = pw_name_claim();
	slot = bpf_map_lookup_elem(&pw_names, &index);
	if (!slot) {
		o->flags |= PW_OBJECT_UNKNOWN;
		return 0;
	}
	__builtin_memset(&slot->name, 0, sizeof(slot->name));
	len &= PW_NAME_MAX;
	if (len && bpf_probe_read_kernel(&slot->name, len, (void *)text) == 0)
		next = pw_successor(pw_state_key(o->state, o->now), slot, index, len);
	slot->busy = 0;
	if (next == PW_STATE_LOST)
		o->flags |= PW_OBJECT_UNKNOWN;
	else
		pw_enter(o, next, is_dir);
	return 0;
}

#endif /* PW_STEP_BPF_H */
