/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Foreign code in the approved client, by a variable that the loader heeds. The attack's
 * own program is that code, too: a copy of it, no longer marked as an executable, is loaded
 * into the client, and its constructor reads the secret there.
 */
#ifndef PHIWARD_FOREIGN_H
#define PHIWARD_FOREIGN_H

#include "client.h"
#include <elf.h>

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

/* Runs the approved client with the foreign code named in the variable @name. */
static int foreign_code_by(const char *name)
{
	char phi_dir[PATH_MAX + 16], lib[PATH_MAX + 16], text[4096];
	char *env[] = { phi_dir, lib, (char *)"FOREIGN_CODE=1", NULL };
	char *args[] = { (char *)"ehr-client", (char *)"read", (char *)SECRET, NULL };
	struct command command = { .file = CLIENT, .args = args, .env = env };
	int r = make_library(own("foreign.so"));

	snprintf(phi_dir, sizeof(phi_dir), "PHI_DIR=%s", at_dir("PHI_DIR"));
	snprintf(lib, sizeof(lib), "%s=%s", name, own("foreign.so"));
	if (r || (r = run_captured(&command, text, sizeof(text))))
		return r;
	if (!strstr(text, "foreign code runs"))
		return refused_silently("the loader left it out");
	return judge_output("client", text);
}

#endif /* PHIWARD_FOREIGN_H */
