// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes /proc/self/exe point at the approved program (PR_SET_MM_MAP), then reads. */
#include "attack.h"
#include <linux/prctl.h>

ATTACK("attack: exe_spoof; threat: #96; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

/*
 * The kernel lets the link be changed only when nothing of the old executable is mapped:
 * all the rest runs from a copy of the text in anonymous memory.
 */
NO_SETUP

struct range {
	unsigned long start, end;
	int prot;
};

static int own_ranges(struct range *ranges, int max)
{
	char line[PATH_MAX + 128], exe[PATH_MAX], prot[8];
	FILE *maps = fopen("/proc/self/maps", "r");
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int n = 0;

	if (!maps || len < 0)
		return -1;
	exe[len] = '\0';
	while (fgets(line, sizeof(line), maps) && n < max)
		if (strstr(line, exe) &&
		    sscanf(line, "%lx-%lx %4s", &ranges[n].start, &ranges[n].end, prot) == 3) {
			ranges[n].prot = (prot[0] == 'r' ? PROT_READ : 0) |
					 (prot[1] == 'w' ? PROT_WRITE : 0) |
					 (prot[2] == 'x' ? PROT_EXEC : 0);
			n++;
		}
	fclose(maps);
	return n;
}

static int attack(void)
{
	struct range ranges[16];
	char link[PATH_MAX] = "";
	struct prctl_mm_map mm = { 0 };
	char stat_text[2048];
	int r, n;

	n = own_ranges(ranges, 16);
	if (n <= 0)
		return broken("maps");
	for (int i = 0; i < n; i++) {
		size_t len = ranges[i].end - ranges[i].start;
		void *copy =
			mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (copy == MAP_FAILED)
			return broken("mmap");
		memcpy(copy, (void *)ranges[i].start, len);
		mprotect(copy, len, ranges[i].prot);
		if (mremap(copy, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   (void *)ranges[i].start) == MAP_FAILED)
			return broken("mremap");
	}
	r = enter_userns();
	if (r)
		return r;
	if (get_file("/proc/self/stat", stat_text, sizeof(stat_text)) < 0)
		return broken("stat");
	/* fields 26-28 and 45-51 of proc(5) */
	unsigned long field[64] = { 0 };
	char *at = strrchr(stat_text, ')') + 2;
	for (int i = 3; i < 53 && at; i++, at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
		field[i] = strtoul(at, NULL, 10);
	mm.start_code = field[26];
	mm.end_code = field[27];
	mm.start_stack = field[28];
	mm.start_data = field[45];
	mm.end_data = field[46];
	mm.start_brk = field[47];
	mm.brk = (unsigned long)sbrk(0);
	mm.arg_start = field[48];
	mm.arg_end = field[49];
	mm.env_start = field[50];
	mm.env_end = field[51];
	mm.exe_fd = (__u32)open("/opt/ehr/bin/ehr-client", O_RDONLY);
	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &mm, sizeof(mm), 0) < 0)
		return errno == EINVAL ? broken("PR_SET_MM_MAP") : refused("PR_SET_MM_MAP");
	if (readlink("/proc/self/exe", link, sizeof(link) - 1) < 0 || !strstr(link, "ehr-client"))
		return broken(link);
	return loot_path(SECRET);
}
