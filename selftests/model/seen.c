// SPDX-License-Identifier: GPL-3.0-or-later
/* The kernel half's maps: see seen.h. */
#include "seen.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "keys.h"
#include "model-keys.skel.h"
#include "phiward/abi.h"

struct seen {
	int tasks, domains, marks, ends, ways;
	uint32_t task_size, domain_at; /* of struct pw_task, and its member .domain */
	void *task;
	struct model_keys_bpf *keys;
};

/* The newest map of that name. */
static int find_map(const char *name, struct bpf_map_info *ret_info)
{
	uint32_t id = 0;
	int found = -ENOENT;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = {};
		uint32_t len = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && strcmp(info.name, name) == 0) {
			if (found >= 0)
				close(found);
			found = fd;
			*ret_info = info;
		} else {
			close(fd);
		}
	}
	if (found < 0)
		fprintf(stderr, "no map '%s': the agent does not run, or is another one\n", name);
	return found;
}

/* Where in the map's value the member .domain is, by the map's own type information. */
static int find_domain(const struct bpf_map_info *info, uint32_t *ret_at)
{
	struct btf *btf = btf__load_from_kernel_by_id(info->btf_id);
	const struct btf_type *t = btf ? btf__type_by_id(btf, info->btf_value_type_id) : NULL;
	int r = -ENOENT;

	for (int i = 0; t && btf_is_struct(t) && i < btf_vlen(t); i++) {
		const struct btf_member *member = &btf_members(t)[i];

		if (strcmp(btf__name_by_offset(btf, member->name_off), "domain") == 0) {
			*ret_at = btf_member_bit_offset(t, (uint32_t)i) / 8;
			r = 0;
		}
	}
	btf__free(btf);
	return r;
}

struct seen *seen_open(void)
{
	struct bpf_map_info info = {};
	struct seen *seen = calloc(1, sizeof(*seen));

	if (!seen)
		return NULL;
	seen->domains = find_map("pw_domains", &info);
	seen->marks = find_map("pw_marks", &info);
	seen->ends = find_map("pw_ends", &info);
	seen->ways = find_map("pw_ways", &info);
	seen->tasks = find_map("pw_tasks", &info);
	if (seen->domains < 0 || seen->marks < 0 || seen->ends < 0 || seen->ways < 0 ||
	    seen->tasks < 0)
		return NULL;
	if (find_domain(&info, &seen->domain_at) < 0) {
		fprintf(stderr, "the map pw_tasks tells no member 'domain'\n");
		return NULL;
	}
	seen->task_size = info.value_size;
	seen->task = malloc(info.value_size);
	seen->keys = model_keys_bpf__open_and_load();
	if (!seen->task || !seen->keys) {
		fprintf(stderr, "cannot load the iterator: %s\n", strerror(errno));
		return NULL;
	}
	return seen;
}

int seen_held(struct seen *seen, int pidfd, uint64_t *ret_labels, uint64_t *ret_domain)
{
	struct pw_domain domain = {};
	uint64_t number;

	*ret_labels = *ret_domain = 0;
	if (bpf_map_lookup_elem(seen->tasks, &pidfd, seen->task) < 0)
		return errno == ENOENT ? 0 : -errno;
	memcpy(&number, (char *)seen->task + seen->domain_at, sizeof(number));
	*ret_domain = number;
	if (bpf_map_lookup_elem(seen->domains, &number, &domain) < 0)
		return errno == ENOENT ? 0 : -errno;
	*ret_labels = domain.labels;
	return 0;
}

int seen_key_of(struct seen *seen, pid_t tid, int fd, struct seen_key *ret_key)
{
	union bpf_iter_link_info info = { .task = { .tid = (uint32_t)tid } };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(seen->keys->progs.model_keys, &opts);
	struct model_key_record records[64];
	_cleanup_close_ int iter = -EBADF;
	int r = -ENOENT;
	ssize_t n;

	if (!link)
		return -errno;
	iter = bpf_iter_create(bpf_link__fd(link));
	while (iter >= 0 && (n = read(iter, records, sizeof(records))) > 0) {
		for (size_t i = 0; i < (size_t)n / sizeof(records[0]); i++) {
			if (records[i].fd != (uint32_t)fd)
				continue;
			*ret_key = (struct seen_key){ records[i].sb, records[i].inode,
						      records[i].sock, records[i].generation };
			r = 0;
		}
	}
	bpf_link__destroy(link);
	return r;
}

int seen_carried(struct seen *seen, const struct seen_key *key, uint64_t *ret_labels)
{
	struct pw_mark_key at = { .sb = key->sb,
				  .inode = key->inode,
				  .inode_generation = key->generation };
	struct pw_mark mark = {};
	struct pw_end end = {};

	*ret_labels = 0;
	if (bpf_map_lookup_elem(seen->marks, &at, &mark) < 0 && errno != ENOENT)
		return -errno;
	if (key->sock && bpf_map_lookup_elem(seen->ends, &key->sock, &end) < 0 && errno != ENOENT)
		return -errno;
	*ret_labels = mark.labels | end.labels;
	return 0;
}

static unsigned int entries(int fd, void *key, void *next)
{
	unsigned int n = 0;
	size_t size = sizeof(struct pw_way_key); /* the longest */

	while (n < 1u << 20 && bpf_map_get_next_key(fd, n ? key : NULL, next) == 0) {
		memcpy(key, next, size);
		n++;
	}
	return n;
}

void seen_count(struct seen *seen, unsigned int *ret_marks, unsigned int *ret_ends,
		unsigned int *ret_domains, unsigned int *ret_ways)
{
	struct pw_way_key key = {}, next = {};

	*ret_marks = entries(seen->marks, &key, &next);
	*ret_ends = entries(seen->ends, &key, &next);
	*ret_domains = entries(seen->domains, &key, &next);
	*ret_ways = entries(seen->ways, &key, &next);
}
