/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command "label": what files carry, and changes of it, for many paths at a time.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "evidence/json.h"

#include <string.h>
#include <sys/stat.h>

#define PATHS_MAX 64   /* of one request */
#define FLUSH_MS  3000 /* so long the answer waits for the disk */

/* ---- One object ---- */

struct object {
	struct pw_opened *file; /* NULL: could not be opened */
	const char *path;       /* borrowed from the request */
	struct pw_kernel_seen seen;
	const struct pw_known_fs *fs; /* NULL: not known again */
	struct pw_label_row row;      /* of the store; labels 0: it has none */
	uint64_t set, clear;          /* what is asked for, of this object */
	int error;
};

struct asked {
	struct pw_daemon *d;
	struct pw_reply *reply;
	struct object *object;
	size_t n;
	uint64_t set, clear;
	bool recall;
	const char *reason;
	struct pw_labels *store; /* to be read, or NULL */
};

static void asked_free(struct asked *asked)
{
	for (size_t i = 0; i < asked->n; i++)
		pw_opened_free(asked->object[i].file);
	free(asked->object);
	pw_labels_close(&asked->store);
}

static void look_in_store(struct asked *asked, struct object *o)
{
	if (!asked->store || !o->fs || !o->fs->identity.name[0] ||
	    pw_labels_find_file_system(asked->store, o->fs->identity.name, &o->row.fs) < 0)
		return;
	o->row.inode = o->file->st.st_ino;
	o->row.generation = o->file->generation;
	if (pw_labels_get(asked->store, &o->row) < 0)
		o->row.labels = 0;
}

/* Look at all objects at once: the kernel half goes through the descriptors for each call. */
static int look(struct asked *asked)
{
	_cleanup_free_ int *fd = calloc(asked->n + 1, sizeof(*fd));
	_cleanup_free_ struct pw_kernel_seen *seen = calloc(asked->n + 1, sizeof(*seen));
	size_t n = 0;
	int r;

	if (!fd || !seen)
		return -ENOMEM;
	for (size_t i = 0; i < asked->n; i++)
		if (asked->object[i].file)
			fd[n++] = asked->object[i].file->fd;
	r = pw_kernel_look(asked->d->kernel, fd, n, seen);
	if (r < 0)
		return r;
	n = 0;
	for (size_t i = 0; i < asked->n; i++) {
		struct object *o = &asked->object[i];

		if (!o->file)
			continue;
		o->seen = seen[n++];
		o->error = o->seen.error;
		if (!o->file->has_generation)
			o->file->generation = o->seen.generation;
		o->fs = pw_keeping_fs(asked->d->keeping, o->seen.dev);
		look_in_store(asked, o);
	}
	return 0;
}

/* ---- Changing ---- */

struct recall {
	const struct pw_label_names *names;
	uint64_t labels;
};

static void recall_name(void *ctx, const char *name)
{
	struct recall *recall = ctx;
	int bit = pw_label_names_find(recall->names, name);

	if (bit >= 0)
		recall->labels |= 1ULL << bit;
}

/* Labels that the object's own xattr names. */
static uint64_t in_xattr(const struct asked *asked, const struct object *o)
{
	struct recall recall = { .names = &asked->d->keeping->names };

	if (o->file->xattr_len > 0)
		pw_labels_parse_xattr(o->file->xattr, (size_t)o->file->xattr_len, recall_name,
				      &recall);
	return recall.labels;
}

/* What is to be changed on @o, or why nothing can be. */
static void plan(struct asked *asked, struct object *o)
{
	if (o->error || !(asked->set || asked->clear || asked->recall))
		return;
	if (!S_ISREG(o->file->st.st_mode)) {
		o->error = S_ISDIR(o->file->st.st_mode) ? -EISDIR : -ENOTSUP;
		return;
	}
	o->set = asked->set | (asked->recall ? in_xattr(asked, o) : 0);
	o->clear = asked->clear & (o->seen.by_mark | o->row.labels);
}

/* Tell the kernel half. @clear: take off, else add. */
static int change_marks(struct asked *asked, bool clear)
{
	_cleanup_free_ struct object **object = calloc(asked->n + 1, sizeof(struct object *));
	_cleanup_free_ uint64_t *labels = calloc(asked->n + 1, sizeof(*labels));
	_cleanup_free_ int *fd = calloc(asked->n + 1, sizeof(*fd));
	_cleanup_free_ int *error = calloc(asked->n + 1, sizeof(*error));
	struct pw_kernel_marking marking = {
		.fd = fd, .labels = labels, .why = PW_MARK_SET, .ret_errors = error
	};
	int r;

	if (!object || !labels || !fd || !error)
		return -ENOMEM;
	for (size_t i = 0; i < asked->n; i++) {
		struct object *o = &asked->object[i];
		uint64_t change = clear ? o->clear : o->set;

		if (!o->file || o->error || !change)
			continue;
		object[marking.n] = o;
		labels[marking.n] = change;
		fd[marking.n++] = o->file->fd;
	}
	if (!marking.n)
		return 0;
	r = clear ? pw_kernel_unmark(asked->d->kernel, &marking)
		  : pw_kernel_mark(asked->d->kernel, &marking);
	for (size_t i = 0; i < marking.n; i++)
		object[i]->error = error[i];
	return r;
}

static uint32_t loginuid_of(pid_t pid)
{
	_cleanup_fclose_ FILE *file = NULL;
	unsigned int uid = UINT32_MAX;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/loginuid", pid);
	file = fopen(path, "re");
	return file && fscanf(file, "%u", &uid) == 1 ? uid : UINT32_MAX;
}

/* The change as evidence. */
static void tell_change(struct asked *asked, const struct object *o, enum pw_event_kind kind,
			uint64_t labels)
{
	struct pw_event event = {
		.kind = (uint8_t)kind,
		.verdict = PW_WARN,
		.severity = kind == PW_EVENT_CLEARED ? PW_SEVERITY_HIGH : PW_SEVERITY_LOW,
		.rule = PW_RULE_NONE,
		.op = PW_OP_WRITE,
		.generation = asked->d->now.generation,
		.labels = labels,
		.label = (uint8_t)pw_lowest_bit(labels),
		.inode = o->file->st.st_ino,
		.inode_generation = o->file->generation,
		.dev = o->seen.dev,
		.mode = o->file->st.st_mode,
		.pid = (uint32_t)asked->reply->peer->pid,
		.tid = (uint32_t)asked->reply->peer->pid,
		.uid = asked->reply->peer->uid,
		.euid = asked->reply->peer->uid,
		.gid = asked->reply->peer->gid,
		.auid = loginuid_of(asked->reply->peer->pid),
		.session = UINT32_MAX,
		.comm = "phiward",
	};

	pw_sink_own(asked->d, &event, o->path, kind == PW_EVENT_CLEARED ? asked->reason : NULL);
}

/* The change for the store and the xattr. */
static void keep_change(struct asked *asked, const struct object *o, enum pw_step_kind kind,
			uint64_t labels)
{
	struct pw_daemon *d = asked->d;
	const struct pw_bytes path = { o->path, strlen(o->path) };
	_cleanup_str_ struct pw_str token = { 0 };
	struct pw_keep change = {
		.step = {
			.kind = (uint32_t)kind,
			.time_ns = pw_clock_utc(&d->clock, pw_boottime_ns()),
			.labels = labels,
			.run = strtoull(d->context.run, NULL, 16),
			.inode = o->file->st.st_ino,
			.generation = o->file->generation,
			.mode = o->file->st.st_mode,
			.pid = (uint32_t)asked->reply->peer->pid,
			.uid = asked->reply->peer->uid,
			.auid = loginuid_of(asked->reply->peer->pid),
			.comm = "phiward",
		},
		.fs = o->fs ? o->fs->identity.name : "",
		.reuses_inodes = o->fs && o->fs->identity.reuses_inodes,
		.kept = o->fs && o->fs->identity.name[0],
		.why = PW_MARK_SET,
		.dev = o->seen.dev,
		.path = o->path,
	};

	if (!d->keeping->keeper)
		return;
	if (pw_render_token(&d->context, d->now.generation, &path, false, &token) == 0)
		change.step.path = pw_str_take(&token);
	pw_keeper_add(d->keeping->keeper, &change);
}

static int change(struct asked *asked)
{
	struct pw_keeper *keeper = asked->d->keeping->keeper;
	bool any = false;
	int r;

	for (size_t i = 0; i < asked->n; i++)
		plan(asked, &asked->object[i]);
	r = change_marks(asked, false);
	if (r == 0)
		r = change_marks(asked, true);
	for (size_t i = 0; i < asked->n; i++) {
		struct object *o = &asked->object[i];
		enum pw_step_kind kind = asked->recall ? PW_STEP_RECALLED : PW_STEP_SET;

		if (o->error || !(o->set | o->clear))
			continue;
		any = true;
		if (o->set) {
			tell_change(asked, o, PW_EVENT_SET, o->set);
			keep_change(asked, o, kind, o->set);
		}
		if (o->clear) {
			tell_change(asked, o, PW_EVENT_CLEARED, o->clear);
			keep_change(asked, o, PW_STEP_CLEARED, o->clear);
		}
	}
	if (r == 0 && any && keeper)
		pw_keeper_flush(keeper, FLUSH_MS);
	return r;
}

/* ---- The answer ---- */

static void add_labels(const struct asked *asked, const char *key, uint64_t labels)
{
	struct pw_str *into = &asked->reply->line;

	pw_json_open(into, key, '[');
	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		_cleanup_str_ struct pw_str name = { 0 };

		if (!(labels >> bit & 1))
			continue;
		pw_label_names_add(&asked->d->keeping->names, 1ULL << bit, &name);
		pw_json_text(into, NULL, name.text);
	}
	pw_json_close(into, ']');
}

static const char *type_name(mode_t mode)
{
	return S_ISREG(mode)    ? "file"
	       : S_ISDIR(mode)  ? "directory"
	       : S_ISLNK(mode)  ? "symlink"
	       : S_ISFIFO(mode) ? "pipe"
	       : S_ISSOCK(mode) ? "socket"
				: "device";
}

/* What is to be told of @error with a path. */
static const char *error_text(int error)
{
	switch (error) {
	case -ELOOP:
		return "a symbolic link on the way";
	case -EISDIR:
		return "a directory carries labels by the policy's trees only (-r: the files in it)";
	case -ENOTSUP:
		return "neither a file nor a directory";
	case -E2BIG:
		return "no room for further marks in the kernel";
	default:
		return strerror(-error);
	}
}

static void add_object(const struct asked *asked, const struct object *o)
{
	struct pw_str *into = &asked->reply->line;
	uint64_t mark = (o->seen.by_mark | o->set) & ~o->clear;

	pw_json_open(into, NULL, '{');
	pw_json_text(into, "path", o->path);
	pw_json_text(into, "error", o->error ? error_text(o->error) : NULL);
	if (o->file) {
		pw_json_text(into, "type", type_name(o->file->st.st_mode));
		add_labels(asked, "by_name", o->seen.by_name);
		add_labels(asked, "by_mark", o->error ? o->seen.by_mark : mark);
		add_labels(asked, "xattr", in_xattr(asked, o));
		if (o->row.labels && o->row.first_ns) {
			pw_json_raw(into, "since", "\"", 1);
			pw_time_add(into, o->row.first_ns);
			pw_str_add(into, "\"");
		} else {
			pw_json_null(into, "since");
		}
		pw_json_bool(into, "kept",
			     o->fs && o->fs->identity.name[0] && asked->d->keeping->keeper);
		add_labels(asked, "set", o->error ? 0 : o->set & ~o->seen.by_mark);
		add_labels(asked, "cleared", o->error ? 0 : o->clear);
	}
	pw_json_close(into, '}');
}

static struct json_object *list_of(struct json_object *request, const char *key)
{
	struct json_object *list = NULL;

	return json_object_object_get_ex(request, key, &list) &&
			       json_object_is_type(list, json_type_array)
		       ? list
		       : NULL;
}

static const char *text_at(struct json_object *list, size_t i)
{
	struct json_object *text = json_object_array_get_idx(list, i);

	return json_object_is_type(text, json_type_string) ? json_object_get_string(text) : "";
}

/* Bits of the labels in @request under @key. False: one is not known, and that is answered. */
static bool bits_of(struct asked *asked, struct json_object *request, const char *key,
		    uint64_t *ret_labels)
{
	struct json_object *list = list_of(request, key);
	size_t n = list ? json_object_array_length(list) : 0;

	*ret_labels = 0;
	for (size_t i = 0; i < n; i++) {
		_cleanup_str_ struct pw_str given = { 0 };
		int bit = pw_label_names_find(&asked->d->keeping->names, text_at(list, i));

		if (bit >= 0) {
			*ret_labels |= 1ULL << bit;
			continue;
		}
		pw_str_add_escaped(&given, text_at(list, i), strlen(text_at(list, i)));
		pw_reply_error(asked->reply, PW_EXIT_USAGE,
			       "no label '%s' in the policy, nor on any file",
			       given.text ? given.text : "");
		return false;
	}
	return true;
}

/* Read the request; false: it is answered already. */
static bool understand(struct asked *asked, struct json_object *request)
{
	struct json_object *paths = list_of(request, "paths"), *reason = NULL, *recall = NULL;
	size_t n = paths ? json_object_array_length(paths) : 0;

	json_object_object_get_ex(request, "reason", &reason);
	json_object_object_get_ex(request, "recall", &recall);
	asked->recall = json_object_get_boolean(recall);
	asked->reason = json_object_get_string(reason);
	if (!n || n > PATHS_MAX) {
		pw_reply_error(asked->reply, PW_EXIT_USAGE, "ask for 1 to %d paths at a time",
			       PATHS_MAX);
		return false;
	}
	if (!bits_of(asked, request, "set", &asked->set) ||
	    !bits_of(asked, request, "clear", &asked->clear))
		return false;
	if (asked->clear && (!asked->reason || !asked->reason[0])) {
		pw_reply_error(asked->reply, PW_EXIT_USAGE, "clearing a label needs a reason");
		return false;
	}
	asked->object = calloc(n, sizeof(*asked->object));
	if (!asked->object) {
		pw_reply_error(asked->reply, PW_EXIT_FAILED, "out of memory");
		return false;
	}
	for (asked->n = 0; asked->n < n; asked->n++) {
		struct object *o = &asked->object[asked->n];

		o->path = text_at(paths, asked->n);
		o->error = o->path[0] == '/' ? pw_opened_new(asked->d, o->path, &o->file) : -EINVAL;
	}
	return true;
}

void pw_answer_label(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	_cleanup_(asked_free) struct asked asked = { .d = ctx, .reply = reply };
	struct pw_keeper *keeper = asked.d->keeping->keeper;
	struct pw_keeper_status status = { 0 };
	int r;

	if (!understand(&asked, request))
		return;
	/* What has happened before the question is in the answer. */
	pw_sink_drain(asked.d);
	if (keeper && pw_keeper_flush(keeper, FLUSH_MS) == 0)
		pw_keeping_read(asked.d->keeping, &asked.store);
	r = look(&asked);
	if (r == 0)
		r = change(&asked);
	if (r < 0) {
		pw_reply_error(reply, PW_EXIT_FAILED, "the kernel half cannot do that: %s",
			       error_text(r));
		return;
	}
	if (keeper)
		pw_keeper_status(keeper, &status);
	pw_json_open(&reply->line, NULL, '{');
	pw_json_bool(&reply->line, "saved", status.working && !status.waiting);
	pw_json_open(&reply->line, "files", '[');
	for (size_t i = 0; i < asked.n; i++)
		add_object(&asked, &asked.object[i]);
	pw_json_close(&reply->line, ']');
	pw_json_close(&reply->line, '}');
}
