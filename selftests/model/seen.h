/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel half knows, read straight from its maps: the labels that a process holds
 * and that an object carries. Reads only.
 */
#ifndef PW_MODEL_SEEN_H
#define PW_MODEL_SEEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct seen;

/* By what the maps know an object. */
struct seen_key {
	uint64_t sb, inode, sock;
	uint32_t generation;
};

/* Find the maps of the agent that runs. NULL: said why on stderr. */
struct seen *seen_open(void);

/* Labels that the process of @pidfd holds; *ret_domain: their number. 0, or -errno. */
int seen_held(struct seen *seen, int pidfd, uint64_t *ret_labels, uint64_t *ret_domain);

/* What is open in thread @tid as descriptor @fd. 0, or -errno. */
int seen_key_of(struct seen *seen, pid_t tid, int fd, struct seen_key *ret_key);

/* Labels of the object's own. 0, or -errno. */
int seen_carried(struct seen *seen, const struct seen_key *key, uint64_t *ret_labels);

/* How many marks, ends, domains with labels and ways there are. */
void seen_count(struct seen *seen, unsigned int *ret_marks, unsigned int *ret_ends,
		unsigned int *ret_domains, unsigned int *ret_ways);

#endif /* PW_MODEL_SEEN_H */
