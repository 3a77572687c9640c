/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs of the kernel half and the hooks they are for. Private to this room. */
#ifndef PW_KERNEL_HOOKS_H
#define PW_KERNEL_HOOKS_H

#include "phiward/event.h"

#include <bpf/btf.h>
#include <stdbool.h>
#include <stddef.h>

struct pw_hook_program {
	const char *program; /* in bpf/phiward.bpf.c */
	const char *hook;    /* bpf_lsm_HOOK */
	enum pw_hook number;
	bool needed;	     /* phiward does not start without */
	int parameters;	     /* only where the hook has so many; 0: whatever it has */
};

/* Not a hook of the LSM, but a function that is looked at as well? */
static inline bool pw_hook_is_function(enum pw_hook hook)
{
	return hook >= PW_HOOK_PIPE_READ;
}

extern const struct pw_hook_program pw_hook_programs[];
extern const size_t pw_n_hook_programs;

/* Number of parameters of the hook (bpf_lsm_NAME) or function in @btf, or -ENOENT. */
int pw_hook_parameters(const struct btf *btf, const struct pw_hook_program *hook);

#endif /* PW_KERNEL_HOOKS_H */
