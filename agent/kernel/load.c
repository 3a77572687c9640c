/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load and attach the programs, and take them down again. */
#include "base/cleanup.h"
#include "kernel/hooks.h"
#include "kernel/kernel-private.h"

#include <bpf/bpf.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* libbpf tells of a failed load at length; kept, and told only when it fails. */
static struct pw_str *libbpf_log;

__attribute__((format(printf, 2, 0))) static int libbpf_say(enum libbpf_print_level level,
							    const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG || !libbpf_log || libbpf_log->len > 16384)
		return 0;
	return pw_str_vaddf(libbpf_log, format, args);
}

/* Which programs this kernel can take. */
static int choose_programs(struct pw_kernel *kernel, const struct pw_kernel_options *options,
			   struct pw_str *why)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool found[_PW_HOOK_MAX] = { false };
	int r = 0;

	if (!btf) {
		pw_str_add(why, "the kernel does not describe its types (no BTF): boot one built "
				"with CONFIG_DEBUG_INFO_BTF=y");
		return -EOPNOTSUPP;
	}
	for (size_t i = 0; i < pw_n_hook_programs; i++) {
		const struct pw_hook_program *hook = &pw_hook_programs[i];
		int parameters = pw_hook_parameters(btf, hook);
		struct bpf_program *program =
			bpf_object__find_program_by_name(kernel->skel->obj, hook->program);
		bool use = parameters >= 0 &&
			   (!hook->parameters || hook->parameters == parameters) &&
			   (hook->number != PW_HOOK_INODE_PERMISSION || options->hide_names);

		bpf_program__set_autoload(program, use);
		found[hook->number] |= use;
	}
	for (size_t i = 0; i < pw_n_hook_programs && r == 0; i++) {
		const struct pw_hook_program *hook = &pw_hook_programs[i];

		if (!hook->needed || found[hook->number])
			continue;
		pw_str_addf(why, "the kernel has no hook %s: boot one built with "
				 "CONFIG_BPF_LSM=y (Debian 12's has it)", hook->hook);
		r = -EOPNOTSUPP;
	}
	btf__free(btf);
	return r;
}

static uint32_t room_for(size_t n, uint32_t least)
{
	uint64_t room = 4 * (uint64_t)n; /* two policies are in the maps at a time */

	return room < least ? least : room > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)room;
}

static void size_maps(struct pw_kernel *kernel, const struct pw_kernel_options *options)
{
	struct phiward_bpf *skel = kernel->skel;

	bpf_map__set_max_entries(skel->maps.pw_states, room_for(options->n_states, 65536));
	bpf_map__set_max_entries(skel->maps.pw_edges, room_for(options->n_edges, 65536));
	bpf_map__set_max_entries(skel->maps.pw_roots, room_for(options->n_roots, 65536));
	bpf_map__set_max_entries(skel->maps.pw_registers, room_for(options->n_roots, 65536));
	/* Many bits are set at once when marks are restored, while the hooks may set others. */
	bpf_map__set_map_flags(skel->maps.pw_root_filter, BPF_F_MMAPABLE);
}

/* Give back the whole pages of what nobody looks at again. */
static void drop(const volatile void *from, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)from;
	uintptr_t end = (start + size) & ~(page - 1);

	start = (start + page - 1) & ~(page - 1);
	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

/* Only the kernel half looks into them, but mapped with the globals each page counts as ours. */
static void drop_globals(struct pw_kernel *kernel)
{
	struct phiward_bpf__bss *bss = kernel->skel->bss;

	drop(bss->pw_clear, sizeof(bss->pw_clear));
	drop(bss->pw_settled_words, sizeof(bss->pw_settled_words));
	drop(bss->pw_writers, sizeof(bss->pw_writers));
}

/*
 * libbpf keeps the instructions of every program, with copies of what they call, and the object
 * they are from: megabytes, once the kernel has them.
 */
static void drop_instructions(struct pw_kernel *kernel)
{
	struct bpf_program *program;
	size_t size;
	const void *object = phiward_bpf__elf_bytes(&size);

	drop(object, size);
	bpf_object__for_each_program(program, kernel->skel->obj)
		drop(bpf_program__insns(program),
		     bpf_program__insn_cnt(program) * sizeof(struct bpf_insn));
}

static int load(struct pw_kernel *kernel, struct pw_str *why)
{
	_cleanup_str_ struct pw_str log = { 0 };
	uint64_t start = now_ns(CLOCK_MONOTONIC);
	int r;

	libbpf_log = &log;
	r = phiward_bpf__load(kernel->skel);
	libbpf_log = NULL;
	kernel->times.load_ns = now_ns(CLOCK_MONOTONIC) - start;
	if (r == 0) {
		drop_globals(kernel);
		drop_instructions(kernel);
		return 0;
	}
	if (r == -EPERM) {
		pw_str_add(why, "not permitted to load BPF programs: run as root");
		return -EPERM;
	}
	pw_str_addf(why, "the kernel refuses the programs (%s)", strerror(-r));
	if (strstr(log.text ? log.text : "", "probe_read"))
		pw_str_add(why, "; with lockdown=confidentiality BPF may not read kernel memory: "
				"boot with lockdown=integrity or none");
	else if (log.text)
		pw_str_addf(why, ":\n%s", log.text);
	return -EOPNOTSUPP;
}

/* The kernel's number of the link; 0: it is none any more. */
static uint32_t link_id(const struct bpf_link *link)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &len) < 0 ? 0 : info.id;
}

static int attach(struct pw_kernel *kernel, struct pw_str *why)
{
	uint64_t start = now_ns(CLOCK_MONOTONIC);

	for (size_t i = 0; i < pw_n_hook_programs; i++) {
		const struct pw_hook_program *hook = &pw_hook_programs[i];
		struct bpf_program *program =
			bpf_object__find_program_by_name(kernel->skel->obj, hook->program);

		if (!bpf_program__autoload(program))
			continue;
		kernel->link[i] = bpf_program__attach(program);
		if (!kernel->link[i]) {
			int r = -errno;

			pw_str_addf(why, "cannot attach to hook %s: %s", hook->hook, strerror(-r));
			return r == -EPERM ? r : -EOPNOTSUPP;
		}
		kernel->hooks |= 1ULL << hook->number;
		kernel->link_id[i] = link_id(kernel->link[i]);
	}
	kernel->skel->bss->pw_attached_ns = now_ns(CLOCK_BOOTTIME);
	kernel->times.attach_ns = now_ns(CLOCK_MONOTONIC) - start;
	return 0;
}

static int ring_record(void *ctx, void *data, size_t size)
{
	struct pw_kernel *kernel = ctx;

	kernel->event(kernel->event_ctx, kernel->event_ring, data, size);
	/* Who floods the ring must not keep the agent here: the rest waits for the next turn. */
	return ++kernel->event_n < PW_DRAIN_MAX ? 0 : -EAGAIN;
}

static int open_rings(struct pw_kernel *kernel)
{
	struct bpf_map *map[_PW_RING_MAX] = {
		[PW_RING_DENIALS] = kernel->skel->maps.pw_denials,
		[PW_RING_BULK] = kernel->skel->maps.pw_bulk,
	};

	kernel->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (kernel->epoll_fd < 0)
		return -errno;
	for (unsigned int i = 0; i < _PW_RING_MAX; i++) {
		struct epoll_event event = { .events = EPOLLIN };

		kernel->ring[i] = ring_buffer__new(bpf_map__fd(map[i]), ring_record, kernel, NULL);
		if (!kernel->ring[i])
			return -errno;
		if (epoll_ctl(kernel->epoll_fd, EPOLL_CTL_ADD,
			      ring_buffer__epoll_fd(kernel->ring[i]), &event) < 0)
			return -errno;
	}
	return 0;
}

void pw_kernel_canary_turn(struct pw_kernel *kernel, uint32_t pid)
{
	__atomic_store_n(&kernel->skel->bss->pw_canary, pid, __ATOMIC_SEQ_CST);
}

int pw_kernel_open(const struct pw_kernel_options *options, struct pw_str *why,
		   struct pw_kernel **ret_kernel)
{
	struct pw_kernel *kernel = calloc(1, sizeof(*kernel));
	int r;

	if (!kernel)
		return -ENOMEM;
	kernel->epoll_fd = -EBADF;
	kernel->n_cpus = libbpf_num_possible_cpus();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(libbpf_say);
	kernel->skel = phiward_bpf__open();
	if (!kernel->skel) {
		r = -errno;
		pw_str_addf(why, "cannot open the built-in programs: %s", strerror(-r));
	} else {
		r = choose_programs(kernel, options, why);
	}
	if (r == 0) {
		size_maps(kernel, options);
		r = load(kernel, why);
	}
	if (r == 0) {
		kernel->skel->bss->pw_agent = (uint32_t)getpid();
		r = open_rings(kernel);
	}
	if (r == 0)
		r = attach(kernel, why);
	if (r < 0) {
		pw_kernel_close(&kernel);
		return r;
	}
	*ret_kernel = kernel;
	return 0;
}

void pw_kernel_close(struct pw_kernel **kernel_p)
{
	struct pw_kernel *kernel = *kernel_p;

	if (!kernel)
		return;
	for (size_t i = 0; i < pw_n_hook_programs; i++)
		bpf_link__destroy(kernel->link[i]);
	for (unsigned int i = 0; i < _PW_RING_MAX; i++)
		ring_buffer__free(kernel->ring[i]);
	pw_fd_close(kernel->epoll_fd);
	phiward_bpf__destroy(kernel->skel);
	free(kernel->vacant);
	free(kernel);
	*kernel_p = NULL;
}

void pw_kernel_times(const struct pw_kernel *kernel, struct pw_kernel_times *ret_times)
{
	*ret_times = kernel->times;
}

uint64_t pw_kernel_hooks_linked(const struct pw_kernel *kernel)
{
	uint64_t linked = kernel->hooks;

	for (size_t i = 0; i < pw_n_hook_programs; i++)
		if (kernel->link[i] &&
		    (!kernel->link_id[i] || link_id(kernel->link[i]) != kernel->link_id[i]))
			linked &= ~(1ULL << pw_hook_programs[i].number);
	return linked;
}

uint64_t pw_kernel_hooks(const struct pw_kernel *kernel)
{
	return kernel->hooks;
}
