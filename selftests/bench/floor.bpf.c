// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The floor: what calling into BPF costs on the hooks that the agent attaches to, without
 * any work done there. Its programs are made from the agent's hook table by `hooks`.
 */
#include "compat.bpf.h"

#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#include "floor-hooks.h"
