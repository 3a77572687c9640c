// SPDX-License-Identifier: GPL-3.0-or-later
/* CFLAGS: -fPIC */
/* LDLIBS: -rdynamic */
/* LD_AUDIT into the approved program by its own user. */
#include "attack.h"
#include <elf.h>

ATTACK("attack: ld_audit; threat: #99; user: nina; op: read; errno: EPERM|NONE; fs: ext4; event: may; expect: refused");

/*
 * This program is also the foreign code: a copy of it, no longer marked as an executable,
 * is loaded into the approved client, and its constructor reads the file there.
 */
static int make_library(const char *path)
{
	int r = copy_file("/proc/self/exe", path, 0755), fd = open(path, O_RDWR);
	struct stat st;

	if (r || fd < 0 || fstat(fd, &st) < 0)
		return broken("library");
	char *elf = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	const Elf64_Ehdr *head = (const void *)elf;
	const Elf64_Phdr *ph = (const void *)(elf + head->e_phoff);
	for (int i = 0; i < head->e_phnum; i++) {
		if (ph[i].p_type != PT_DYNAMIC)
			continue;
		for (Elf64_Dyn *d = (void *)(elf + ph[i].p_offset); d->d_tag != DT_NULL; d++)
			if (d->d_tag == DT_FLAGS_1)
				d->d_un.d_val &= ~(Elf64_Xword)DF_1_PIE;
	}
	close(fd);
	return 0;
}

__attribute__((constructor)) static void in_the_client(void)
{
	char comm[16] = "";

	prctl(PR_GET_NAME, comm);
	if (getenv("FOREIGN_CODE") && strcmp(comm, "ehr-client") == 0) {
		fprintf(stderr, "foreign code runs: ");
		int r = loot_path(SECRET);
		fflush(NULL);
		_exit(r);
	}
}

/* Runs the approved client at "read"; its output is the loot, its refusal ours. */
static int run_client(const char *exe, char *const env[], void (*before)(void))
{
	int out[2], status = 0;
	char text[4096] = "";
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		char *args[] = { "ehr-client", "read", (char *)SECRET, NULL };

		dup2(out[1], 1);
		dup2(out[1], 2);
		if (before)
			before();
		execve(exe, args, env);
		fprintf(stderr, "exec: %s", strerrorname_np(errno));
		_exit(126);
	}
	close(out[1]);
	while (len < sizeof(text) - 1 &&
	       (got = read(out[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	waitpid(pid, &status, 0);
	if (!strstr(text, "foreign code runs"))
		return refused_silently("the loader left it out");
	if (memmem(text, len, "PHI-SECRET:", 11))
		return loot(text, len);
	fprintf(stderr, "%s\n", text);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken("client");
}

unsigned int la_version(unsigned int version)
{
	return version;
}

NO_SETUP

static int attack(void)
{
	char phi_dir[PATH_MAX + 16], lib[PATH_MAX + 16];
	char *env[] = { phi_dir, lib, "FOREIGN_CODE=1", NULL };

	snprintf(phi_dir, sizeof(phi_dir), "PHI_DIR=%s", at_dir("PHI_DIR"));
	snprintf(lib, sizeof(lib), "LD_AUDIT=%s", own("foreign.so"));
	return make_library(own("foreign.so")) ?: run_client("/opt/ehr/bin/ehr-client", env, NULL);
}
