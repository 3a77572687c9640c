// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -lbpf -lelf -lz */
/*
 * floor OBJECT [only HOOK... | without HOOK...]: attaches the programs of OBJECT that this
 * kernel has a hook for, only those named or all but those named; says
 *
 *   times LOAD-NS ATTACH-NS   how long the kernel took
 *   ready
 *
 * and stays until it is killed. Exit 1: something did not load or attach.
 *
 * floor --attached: the hooks and functions that anybody's programs are attached to now, a name a line.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static const char *hook_of(const struct bpf_program *prog)
{
	const char *slash = strchr(bpf_program__section_name(prog), '/');

	return slash ? slash + 1 : "";
}

/* The programs of functions, beside those of hooks, say so in their section. */
static bool is_wanted(const struct btf *btf, const struct bpf_program *prog, char **list)
{
	bool lsm = strstr(bpf_program__section_name(prog), "lsm") != NULL;
	const char *hook = hook_of(prog);

	bool only = *list && strcmp(*list, "only") == 0, named = false;
	char name[128];

	for (; *list; list++)
		named |= strcmp(*list, hook) == 0;
	if (named != only)
		return false;
	snprintf(name, sizeof(name), "%s%s", lsm ? "bpf_lsm_" : "", hook);
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

static bool is_ours(enum bpf_attach_type type)
{
	return type == BPF_LSM_MAC || type == BPF_TRACE_FENTRY || type == BPF_TRACE_FEXIT;
}

static int list_attached(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	__u32 id = 0;

	if (!btf)
		return 1;
	while (bpf_link_get_next_id(id, &id) == 0) {
		struct bpf_link_info info = { 0 };
		__u32 len = sizeof(info);
		const struct btf_type *type;
		const char *name;
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
		    info.type == BPF_LINK_TYPE_TRACING && is_ours(info.tracing.attach_type)) {
			type = btf__type_by_id(btf, info.tracing.target_btf_id);
			name = type ? btf__name_by_offset(btf, type->name_off) : "";
			puts(strncmp(name, "bpf_lsm_", 8) == 0 ? name + 8 : name);
		}
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long start, loaded;
	struct bpf_object *object;
	struct bpf_program *prog;
	struct btf *btf;

	if (argc < 2) {
		fprintf(stderr,
			"usage: floor OBJECT [only HOOK... | without HOOK...] | --attached\n");
		return 2;
	}
	if (strcmp(argv[1], "--attached") == 0)
		return list_attached();
	btf = btf__load_vmlinux_btf();
	object = bpf_object__open(argv[1]);
	if (!btf || !object) {
		fprintf(stderr, "floor: cannot open %s\n", btf ? argv[1] : "the kernel's BTF");
		return 1;
	}
	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog, is_wanted(btf, prog, argv + 2));
	start = now_ns();
	if (bpf_object__load(object)) {
		fprintf(stderr, "floor: cannot load\n");
		return 1;
	}
	loaded = now_ns();
	bpf_object__for_each_program(prog, object)
	{
		if (!bpf_program__autoload(prog))
			continue;
		if (!bpf_program__attach(prog)) {
			fprintf(stderr, "floor: cannot attach to %s\n", hook_of(prog));
			return 1;
		}
	}
	printf("times %llu %llu\nready\n", loaded - start, now_ns() - loaded);
	fflush(stdout);
	for (;;)
		pause();
}
