/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies from files: which files, in which order, and what cannot be read of them. */
#include "policy/policy.h"

#include "base/cleanup.h"
#include "policy/parse.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define POLICY_FILE_BYTES_MAX (16u << 20)

struct policy_files {
	struct pw_findings *findings;
	struct pw_source *source; /* name and text are owned */
	size_t n;
	bool unreadable; /* something was: said */
};

static void policy_files_free(struct policy_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++) {
		free((char *)files->source[i].name);
		free((char *)files->source[i].text);
	}
	free(files->source);
}

static int policy_unreadable(struct policy_files *files, const char *path, const char *why,
			     const char *remedy)
{
	struct pw_place_in_file top = { path, 1, 1 };

	files->unreadable = true;
	return pw_findings_add(files->findings, true, &top, "cannot be read: %s\n%s", why, remedy);
}

/* All of an open file: 0 with *ret_text (caller frees), -EFBIG, or another -errno. */
static int policy_read_all(int fd, char **ret_text, size_t *ret_len)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0, len = 0;

	for (;;) {
		ssize_t n;

		if (len == size) {
			char *more = realloc(text, size = size ? size * 2 : 4096);

			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > POLICY_FILE_BYTES_MAX)
			return -EFBIG;
	}
	*ret_text = TAKE_PTR(text);
	*ret_len = len;
	return 0;
}

/* Keep the text under @path. Takes @text. */
static int policy_keep(struct policy_files *files, const char *path, char *text, size_t len)
{
	_cleanup_free_ char *taken = text;
	_cleanup_free_ char *name = strdup(path);

	if (!name || pw_array_grow(&files->source, files->n, sizeof(*files->source)) < 0)
		return -ENOMEM;
	files->source[files->n++] = (struct pw_source){ TAKE_PTR(name), TAKE_PTR(taken), len };
	return 0;
}

static int policy_add_file(struct policy_files *files, const char *path)
{
	_cleanup_close_ int fd = -EBADF;
	struct stat st;
	size_t len = 0;
	char *text = NULL;
	int r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return policy_unreadable(files, path, strerror(errno),
					 errno == EACCES || errno == EPERM
						 ? "be root, or change the permissions"
						 : "check the name");
	if (!S_ISREG(st.st_mode))
		return policy_unreadable(files, path, "it is no regular file",
					 "put the policy into a file or directory");
	r = policy_read_all(fd, &text, &len);
	if (r == -ENOMEM)
		return r;
	if (r == -EFBIG)
		return policy_unreadable(files, path, "it is over 16 MiB",
					 "split the policy into several files");
	if (r < 0)
		return policy_unreadable(files, path, strerror(-r), "check the file system");
	return policy_keep(files, path, text, len);
}

static bool policy_ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* *.yaml, but no hidden files: editors leave those. */
static int policy_wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (policy_ends_with(entry->d_name, ".yaml") ||
					   policy_ends_with(entry->d_name, ".yml"));
}

static int policy_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int policy_add_entry(struct policy_files *files, const char *directory, const char *name)
{
	size_t len = strlen(directory);
	_cleanup_free_ char *path = malloc(len + strlen(name) + 2);
	struct pw_place_in_file top = { path, 1, 1 };

	if (!path)
		return -ENOMEM;
	memcpy(path, directory, len);
	if (!len || path[len - 1] != '/')
		path[len++] = '/';
	strcpy(path + len, name);
	if (policy_ends_with(name, ".yaml"))
		return policy_add_file(files, path);
	return pw_findings_add(files->findings, false, &top,
			       "the file is not read: its name ends in .yml\nrename it to .yaml");
}

static int policy_add_directory(struct policy_files *files, const char *path)
{
	struct dirent **entry = NULL;
	size_t before = files->n;
	int i, n, r = 0;

	n = scandir(path, &entry, policy_wanted, policy_by_name);
	if (n < 0)
		return errno == ENOMEM ? -ENOMEM
				       : policy_unreadable(files, path, strerror(errno),
							   "be root, or change the permissions");
	for (i = 0; i < n; i++) {
		if (r == 0)
			r = policy_add_entry(files, path, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	if (r == 0 && files->n == before && !files->unreadable)
		r = policy_unreadable(files, path, "the directory holds no file *.yaml",
				      "put the policy there");
	return r;
}

static int policy_add(struct policy_files *files, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return policy_add_directory(files, path);
	return policy_add_file(files, path);
}

int pw_policy_load(const char *const *paths, size_t n, struct pw_findings *findings,
		   struct pw_policy **ret_policy)
{
	_cleanup_(policy_files_free) struct policy_files files = { .findings = findings };
	size_t i;

	for (i = 0; i < n; i++) {
		int r = policy_add(&files, paths[i]);

		if (r < 0)
			return r;
	}
	return pw_parse_sources(&(struct pw_sources){ files.source, files.n, files.unreadable },
				findings, ret_policy);
}

static void policy_texts_free(struct pw_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		free(texts->item[i].text);
	free(texts->item);
}

static void policy_names_free(struct pw_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_labels; i++) {
		free(policy->label[i].name.text);
		policy_texts_free(&policy->label[i].trees);
		policy_texts_free(&policy->label[i].files);
	}
	for (i = 0; i < policy->n_actors; i++) {
		free(policy->actor[i].name.text);
		policy_texts_free(&policy->actor[i].users);
		policy_texts_free(&policy->actor[i].groups);
	}
	for (i = 0; i < policy->n_programs; i++) {
		free(policy->program[i].name.text);
		policy_texts_free(&policy->program[i].paths);
		policy_texts_free(&policy->program[i].scripts);
		policy_texts_free(&policy->program[i].sha256);
	}
	for (i = 0; i < policy->n_sessions; i++)
		free(policy->session[i].name.text);
	free(policy->label);
	free(policy->actor);
	free(policy->program);
	free(policy->session);
}

static void policy_places_free(struct pw_policy *policy)
{
	size_t i, j;

	for (i = 0; i < policy->n_places; i++) {
		struct pw_place *place = &policy->place[i];

		free(place->name.text);
		free(place->protocol.text);
		policy_texts_free(&place->network);
		policy_texts_free(&place->printers);
		policy_texts_free(&place->directories);
		for (j = 0; j < place->n_removable; j++) {
			free(place->removable[j].vendor.text);
			free(place->removable[j].product.text);
			free(place->removable[j].serial.text);
		}
		free(place->removable);
	}
	free(policy->place);
}

static void policy_refs_free(struct pw_refs *refs)
{
	free(refs->index);
	policy_texts_free(&refs->as_written);
}

static void policy_flow_free(struct pw_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_hubs; i++) {
		free(policy->hub[i].name.text);
		policy_texts_free(&policy->hub[i].paths);
		policy_texts_free(&policy->hub[i].sockets);
	}
	free(policy->hub);
	for (i = 0; i < policy->n_declassifiers; i++) {
		policy_refs_free(&policy->declassifier[i].programs);
		policy_refs_free(&policy->declassifier[i].labels);
	}
	free(policy->declassifier);
}

static void policy_rules_free(struct pw_policy *policy)
{
	size_t i;
	int section;

	for (i = 0; i < policy->n_rules; i++) {
		struct pw_rule *rule = &policy->rule[i];

		for (section = 0; section < _PW_SECTION_MAX; section++)
			policy_refs_free(pw_rule_refs(rule, (enum pw_section)section));
		free(rule->id.text);
		free(rule->tell.text);
		free(rule->purpose.text);
		free(rule->approved_by.text);
	}
	free(policy->rule);
}

void pw_policy_free(struct pw_policy **policy)
{
	struct pw_policy *p = *policy;
	size_t i;

	if (!p)
		return;
	policy_names_free(p);
	policy_places_free(p);
	policy_flow_free(p);
	policy_rules_free(p);
	for (i = 0; i < p->n_files; i++)
		free(p->file[i]);
	free(p->file);
	free(p);
	*policy = NULL;
}
