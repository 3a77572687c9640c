/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command "lineage": of a file by its path, or of a process by its PID. */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "evidence/json.h"
#include "evidence/lineage.h"

#include <string.h>

#define FLUSH_MS 2000
#define PATHS_MS 1500 /* so long may finding the paths of one chain take */

struct telling {
	struct pw_daemon *d;
	struct pw_reply *reply;
	struct pw_labels *store;
	uint64_t until_ms; /* monotonic */
};

static void telling_free(struct telling *telling)
{
	pw_labels_close(&telling->store);
}

static const struct pw_known_fs *fs_of(struct telling *telling, uint32_t number)
{
	const struct pw_keeping *keeping = telling->d->keeping;
	char name[PW_LABELS_FS_MAX + 1];

	if (pw_labels_file_system_name(telling->store, number, name) < 0)
		return NULL;
	for (size_t i = 0; i < keeping->n_fs; i++)
		if (strcmp(keeping->fs[i].identity.name, name) == 0)
			return &keeping->fs[i];
	return NULL;
}

static char *path_of(void *ctx, const struct pw_step *step)
{
	struct telling *telling = ctx;

	if (!S_ISREG(step->mode) || pw_monotonic_ms() > telling->until_ms)
		return NULL;
	return pw_keeping_path(telling->d, fs_of(telling, step->fs), step->inode, step->generation);
}

static void add_labels(const struct telling *telling, const char *key, uint64_t labels)
{
	struct pw_str *into = &telling->reply->line;

	pw_json_open(into, key, '[');
	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		_cleanup_str_ struct pw_str name = { 0 };

		if (!(labels >> bit & 1))
			continue;
		pw_label_names_add(&telling->d->keeping->names, 1ULL << bit, &name);
		pw_json_text(into, NULL, name.text);
	}
	pw_json_close(into, ']');
}

static void add_chain(struct telling *telling, const struct pw_chain *chain)
{
	const struct pw_chain_telling how = {
		.names = &telling->d->keeping->names,
		.users = telling->d->users,
		.path = path_of,
		.ctx = telling,
	};

	telling->until_ms = pw_monotonic_ms() + PATHS_MS;
	pw_chain_json(chain, &how, "steps", &telling->reply->line);
	pw_json_bool(&telling->reply->line, "complete", !chain->cut);
}

/* Open the store for reading; false: answered. */
static bool open_store(struct telling *telling)
{
	struct pw_keeping *keeping = telling->d->keeping;
	int r = -EIO;

	pw_sink_drain(telling->d);
	if (keeping->keeper) {
		pw_keeper_flush(keeping->keeper, FLUSH_MS);
		r = pw_keeping_read(keeping, &telling->store);
	}
	if (r < 0)
		pw_reply_error(telling->reply, PW_EXIT_FAILED, "%s",
			       keeping->reason[0] ? keeping->reason : pw_labels_strerror(r));
	return r == 0;
}

/* ---- Of a file ---- */

struct subject {
	struct pw_kernel_seen seen;
	struct pw_opened *file;
	uint32_t generation;
	const struct pw_known_fs *fs;
};

static void subject_free(struct subject *subject)
{
	pw_opened_free(subject->file);
}

static int look_at(struct telling *telling, const char *path, struct subject *ret)
{
	int r = pw_opened_new(telling->d, path, &ret->file);

	if (r == 0)
		r = pw_kernel_look(telling->d->kernel, &ret->file->fd, 1, &ret->seen);
	if (r == 0)
		r = ret->seen.error;
	if (r < 0)
		return r;
	ret->generation = ret->file->has_generation ? ret->file->generation : ret->seen.generation;
	ret->fs = pw_keeping_fs(telling->d->keeping, ret->seen.dev);
	return 0;
}

static int chain_of(struct telling *telling, const struct subject *subject,
		    struct pw_chain *ret_chain)
{
	struct pw_identity passing;
	struct pw_label_row row = {
		.inode = subject->file->st.st_ino,
		.generation = subject->generation,
		.labels = UINT64_MAX, /* what it carried once, too */
	};
	int r;

	pw_identity_boot(telling->d->context.boot, subject->seen.dev, &passing);
	r = pw_labels_find_file_system(telling->store,
				       subject->fs && subject->fs->identity.name[0]
					       ? subject->fs->identity.name
					       : passing.name,
				       &row.fs);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : pw_chain_of_object(telling->store, &row, ret_chain);
}

static void of_path(struct telling *telling, const char *path)
{
	struct pw_str *into = &telling->reply->line;
	_cleanup_chain_ struct pw_chain chain = { 0 };
	_cleanup_(subject_free) struct subject subject = { 0 };
	int r = look_at(telling, path, &subject);

	if (r == 0)
		r = chain_of(telling, &subject, &chain);
	if (r < 0) {
		_cleanup_str_ struct pw_str given = { 0 };

		pw_str_add_escaped(&given, path, strlen(path));
		pw_reply_error(telling->reply, PW_EXIT_FAILED, "%s: %s",
			       given.text ? given.text : "", pw_labels_strerror(r));
		return;
	}
	pw_json_open(into, NULL, '{');
	pw_json_text(into, "schema", PW_LINEAGE_SCHEMA);
	pw_json_open(into, "of", '{');
	pw_json_text(into, "path", path);
	pw_json_u64(into, "inode", subject.file->st.st_ino);
	pw_json_u64(into, "generation", subject.generation);
	add_labels(telling, "by_name", subject.seen.by_name);
	add_labels(telling, "by_mark", subject.seen.by_mark);
	pw_json_close(into, '}');
	add_chain(telling, &chain);
	pw_json_close(into, '}');
}

/* ---- Of a process ---- */

static void of_process(struct telling *telling, uint32_t pid)
{
	struct pw_str *into = &telling->reply->line;
	_cleanup_chain_ struct pw_chain chain = { 0 };
	uint64_t run = strtoull(telling->d->context.run, NULL, 16), id = 0;
	struct pw_domain domain = { 0 };
	int r = pw_kernel_domain_of(telling->d->kernel, (pid_t)pid, &id), found;

	if (r == 0 && pw_kernel_domain(telling->d->kernel, id, &domain) < 0)
		domain.labels = 0;
	if (r == 0)
		found = pw_chain_of_domain(telling->store, run, id,
					   domain.labels ? domain.labels : UINT64_MAX, &chain);
	else /* it has ended: what it did is known all the same */
		found = pw_chain_of_process(telling->store, run, pid, &chain);
	if (found == -ENOENT && r != -ESRCH)
		found = 0; /* it is there, and holds nothing */
	if (found < 0) {
		pw_reply_error(telling->reply, PW_EXIT_FAILED, "process %u: %s", pid,
			       found == -ENOENT
				       ? "there is none, and none took a label that is known"
				       : pw_labels_strerror(found));
		return;
	}
	pw_json_open(into, NULL, '{');
	pw_json_text(into, "schema", PW_LINEAGE_SCHEMA);
	pw_json_open(into, "of", '{');
	pw_json_u64(into, "pid", pid);
	pw_json_bool(into, "running", r != -ESRCH);
	pw_json_domain(into, "domain", id);
	add_labels(telling, "held", domain.labels);
	pw_json_close(into, '}');
	add_chain(telling, &chain);
	pw_json_close(into, '}');
}

void pw_answer_lineage(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	_cleanup_(telling_free) struct telling telling = { .d = ctx, .reply = reply };
	struct json_object *path = NULL, *pid = NULL;

	json_object_object_get_ex(request, "path", &path);
	json_object_object_get_ex(request, "pid", &pid);
	if (json_object_is_type(path, json_type_string) && json_object_get_string(path)[0] == '/') {
		if (open_store(&telling))
			of_path(&telling, json_object_get_string(path));
	} else if (json_object_is_type(pid, json_type_int) && json_object_get_int(pid) > 0) {
		if (open_store(&telling))
			of_process(&telling, (uint32_t)json_object_get_int(pid));
	} else {
		pw_reply_error(reply, PW_EXIT_USAGE, "ask for an absolute path or a PID");
	}
}
