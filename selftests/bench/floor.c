// SPDX-License-Identifier: GPL-3.0-or-later
/* LDLIBS: -lbpf -lelf -lz */
/*
 * floor OBJECT [WITHOUT...]: attaches the programs of OBJECT that this kernel has a hook
 * for, but for the hooks named WITHOUT; says
 *
 *   hook NAME                 each hook
 *   times LOAD-NS ATTACH-NS   how long the kernel took
 *   ready
 *
 * and stays until it is killed. Exit 1: something did not load or attach.
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

static bool is_wanted(const struct btf *btf, const char *hook, char **without)
{
	char name[128];

	for (; *without; without++)
		if (strcmp(*without, hook) == 0)
			return false;
	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

int main(int argc, char **argv)
{
	unsigned long long start, loaded;
	struct bpf_object *object;
	struct bpf_program *prog;
	struct btf *btf;

	if (argc < 2) {
		fprintf(stderr, "usage: floor OBJECT [WITHOUT...]\n");
		return 2;
	}
	btf = btf__load_vmlinux_btf();
	object = bpf_object__open(argv[1]);
	if (!btf || !object) {
		fprintf(stderr, "floor: cannot open %s\n", btf ? argv[1] : "the kernel's BTF");
		return 1;
	}
	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog, is_wanted(btf, hook_of(prog), argv + 2));
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
		printf("hook %s\n", hook_of(prog));
	}
	printf("times %llu %llu\nready\n", loaded - start, now_ns() - loaded);
	fflush(stdout);
	for (;;)
		pause();
}
