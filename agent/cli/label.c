/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phiward label: what files carry, by their names and by themselves; labels set and cleared.
 * The agent does both; here paths are found, sent some at a time, and told.
 */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/look.h"
#include "cli/member.h"
#include "evidence/json.h"

#include <fcntl.h>
#include <string.h>

#define BATCH       64    /* paths, and */
#define BATCH_BYTES 32768 /* bytes of a request */
#define ANSWER_MS   30000 /* a file system may keep the agent waiting */

struct labelling {
	const struct pw_cli *cli;
	struct json_object *paths; /* that wait to be sent */
	size_t bytes;
	bool json, changing, recursive;
	bool unsaved;
	uint64_t files, changed, failed;
	int status;  /* the worst so far */
	char *stack; /* directories to be read: names, each with its NUL */
	size_t stack_len, stack_size;
};

static size_t n_of(struct json_object *file, const char *key)
{
	struct json_object *list = pw_member(file, key);

	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static void add_names(struct json_object *file, const char *key, struct pw_str *into)
{
	for (size_t i = 0; i < n_of(file, key); i++) {
		const char *name =
			json_object_get_string(json_object_array_get_idx(pw_member(file, key), i));

		pw_str_addf(into, "%s", i ? "," : "");
		pw_str_add_escaped(into, name, strlen(name));
	}
	if (!n_of(file, key))
		pw_str_add(into, "-");
}

/* "PATH: by name records; by itself genomes since 2026-03-01T12:00:00Z" */
static void tell_file(struct json_object *file, const char *path, struct pw_str *into)
{
	const char *since = json_object_get_string(pw_member(file, "since"));

	pw_str_add_escaped(into, path, strlen(path));
	if (n_of(file, "by_name") + n_of(file, "by_mark") == 0) {
		pw_str_add(into, ": no label");
	} else {
		pw_str_add(into, ": by name ");
		add_names(file, "by_name", into);
		pw_str_add(into, "; by itself ");
		add_names(file, "by_mark", into);
	}
	if (n_of(file, "by_mark") && since)
		pw_str_addf(into, " since %.19sZ", since);
	if (n_of(file, "by_mark") && !json_object_get_boolean(pw_member(file, "kept")))
		pw_str_add(into, " (until it is unmounted)");
	if (n_of(file, "set")) {
		pw_str_add(into, "; set ");
		add_names(file, "set", into);
	}
	if (n_of(file, "cleared")) {
		pw_str_add(into, "; cleared ");
		add_names(file, "cleared", into);
	}
	pw_str_add(into, "\n");
}

static void take_file(struct labelling *l, struct json_object *file)
{
	const char *path = json_object_get_string(pw_member(file, "path"));
	const char *error = json_object_get_string(pw_member(file, "error"));
	bool changed = n_of(file, "set") + n_of(file, "cleared");
	_cleanup_str_ struct pw_str text = { 0 };

	l->files++;
	l->changed += changed;
	if (error) {
		pw_str_add_escaped(&text, path ? path : "?", strlen(path ? path : "?"));
		fprintf(stderr, "phiward: %s: %s\n", text.text ? text.text : "?", error);
		pw_str_reset(&text);
		l->failed++;
		l->status = l->status ? l->status : PW_EXIT_FAILED;
	}
	if (l->json) {
		pw_str_add(&text, json_object_to_json_string_ext(file, JSON_C_TO_STRING_PLAIN));
		pw_str_add(&text, "\n");
	} else if (!error && path &&
		   (!l->recursive || changed ||
		    (!l->changing && n_of(file, "by_name") + n_of(file, "by_mark")))) {
		tell_file(file, path, &text);
	}
	pw_cli_print(&text);
}

static void add_words(struct json_object *request, const struct pw_cli *cli, const char *option)
{
	const char *value[PW_CLI_GIVEN_MAX];
	size_t n = pw_cli_values(cli, option, value);
	struct json_object *list = n ? json_object_new_array() : NULL;

	for (size_t i = 0; i < n; i++)
		json_object_array_add(list, json_object_new_string(value[i]));
	if (list)
		json_object_object_add(request, option, list);
}

static void progress(const struct labelling *l, bool end)
{
	if (!l->recursive || l->json || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%llu files", (unsigned long long)l->files);
	if (l->changing)
		fprintf(stderr, ", %llu changed", (unsigned long long)l->changed);
	fprintf(stderr, end ? "\n" : "\033[K");
}

/* Send what waits. Returns 0, or an exit status when it is no use to go on. */
static int send_paths(struct labelling *l)
{
	struct json_object *request, *answer = NULL;
	const char *reason = pw_cli_value(l->cli, "reason");
	int r;

	if (!json_object_array_length(l->paths))
		return 0;
	request = json_object_new_object();
	json_object_object_add(request, "command", json_object_new_string("label"));
	json_object_object_add(request, "paths", l->paths);
	l->paths = json_object_new_array();
	l->bytes = 0;
	add_words(request, l->cli, "set");
	add_words(request, l->cli, "clear");
	if (reason)
		json_object_object_add(request, "reason", json_object_new_string(reason));
	if (pw_cli_has(l->cli, "recall"))
		json_object_object_add(request, "recall", json_object_new_boolean(1));
	r = pw_cli_ask(json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN), ANSWER_MS,
		       &answer);
	json_object_put(request);
	if (r)
		return r;
	l->unsaved |= l->changing && !json_object_get_boolean(pw_member(answer, "saved"));
	for (size_t i = 0; i < n_of(answer, "files"); i++)
		take_file(l, json_object_array_get_idx(pw_member(answer, "files"), i));
	json_object_put(answer);
	progress(l, false);
	return 0;
}

static int add_path(struct labelling *l, const char *path)
{
	json_object_array_add(l->paths, json_object_new_string(path));
	l->bytes += strlen(path) + 8;
	return json_object_array_length(l->paths) == BATCH || l->bytes > BATCH_BYTES ? send_paths(l)
										     : 0;
}

/* ---- Directories ---- */

static int push(struct labelling *l, const char *path)
{
	size_t len = strlen(path) + 1;

	if (l->stack_size - l->stack_len < len) {
		size_t size = 2 * l->stack_size + len + 4096;
		char *grown = realloc(l->stack, size);

		if (!grown)
			return -ENOMEM;
		l->stack = grown;
		l->stack_size = size;
	}
	memcpy(l->stack + l->stack_len, path, len);
	l->stack_len += len;
	return 0;
}

/* The directory that was found last; caller frees; NULL: none is left, or no memory. */
static char *pop(struct labelling *l)
{
	size_t at = l->stack_len;

	if (!at)
		return NULL;
	for (at--; at && l->stack[at - 1]; at--)
		;
	l->stack_len = at;
	return strdup(l->stack + at);
}

static void tell_directory(struct labelling *l, const char *path)
{
	_cleanup_str_ struct pw_str text = { 0 };
	int error = errno;

	pw_str_add_escaped(&text, path, strlen(path));
	fprintf(stderr, "phiward: %s: %s\n", text.text ? text.text : "?", strerror(error));
	l->failed++;
	l->status = l->status ? l->status : PW_EXIT_FAILED;
}

/* One entry: files are asked about, directories kept for later, links and all else passed over. */
static int take_entry(struct labelling *l, const char *dir, const struct dirent *entry)
{
	_cleanup_str_ struct pw_str path = { 0 };

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	pw_str_addf(&path, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, entry->d_name);
	if (path.error)
		return PW_EXIT_FAILED;
	if (entry->d_type == DT_DIR)
		return push(l, path.text) < 0 ? PW_EXIT_FAILED : 0;
	return entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN ? add_path(l, path.text) : 0;
}

static int walk(struct labelling *l, const char *top)
{
	int r = push(l, top) < 0 ? PW_EXIT_FAILED : 0;

	while (r == 0 && l->stack_len) {
		_cleanup_free_ char *path = pop(l);
		_cleanup_closedir_ DIR *dir = NULL;
		struct dirent *entry;
		int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

		dir = fd >= 0 ? fdopendir(fd) : NULL;
		if (!path)
			return PW_EXIT_FAILED;
		if (!dir) {
			tell_directory(l, path);
			continue;
		}
		while (r == 0 && (entry = readdir(dir)))
			r = take_entry(l, path, entry);
	}
	return r;
}

/* ---- The command ---- */

static int check_usage(const struct pw_cli *cli)
{
	const char *reason = pw_cli_value(cli, "reason");
	bool clear = pw_cli_has(cli, "clear");

	if (clear && (!reason || !reason[0]))
		return pw_cli_usage(cli, "--clear needs a --reason");
	if (reason && !clear)
		return pw_cli_usage(cli, "--reason is for --clear");
	if (pw_cli_has(cli, "recall") && (clear || pw_cli_has(cli, "set")))
		return pw_cli_usage(cli, "--recall does not go with --set or --clear");
	return 0;
}

static int take_operand(struct labelling *l, struct pw_paths *paths, const char *operand)
{
	_cleanup_str_ struct pw_str absolute = { 0 };
	_cleanup_free_ char *path = NULL, *here = NULL;
	int r;

	if (operand[0] != '/') {
		here = getcwd(NULL, 0);
		pw_str_addf(&absolute, "%s/", here ? here : "");
	}
	pw_str_add(&absolute, operand);
	r = absolute.error ? absolute.error : pw_look_canonical(paths, absolute.text, &path);
	if (r < 0) {
		errno = -r;
		tell_directory(l, operand);
		return 0;
	}
	if (l->recursive && pw_look_is_directory(paths, path))
		return walk(l, path);
	return add_path(l, path);
}

static int finish(struct labelling *l)
{
	int r = send_paths(l);

	if (r)
		return r;
	progress(l, true);
	if (l->unsaved) {
		fprintf(stderr, "phiward: the change is in force, but could not be written to the "
				"store: it is lost if the agent ends now (phiward status)\n");
		return PW_EXIT_FAILED;
	}
	return l->status;
}

int pw_cli_label(const struct pw_cli *cli)
{
	struct labelling l = {
		.cli = cli,
		.paths = json_object_new_array(),
		.json = pw_cli_has(cli, "json"),
		.recursive = pw_cli_has(cli, "recursive"),
		.changing = pw_cli_has(cli, "set") || pw_cli_has(cli, "clear") ||
			    pw_cli_has(cli, "recall"),
	};
	struct pw_worker *worker = NULL;
	struct pw_paths *paths = NULL;
	int r = check_usage(cli);

	if (r == 0 && (pw_worker_new(&worker) < 0 || pw_paths_new(worker, 0, &paths) < 0)) {
		fprintf(stderr, "phiward: no memory\n");
		r = PW_EXIT_FAILED;
	}
	for (size_t i = 0; i < cli->n_operands && r == 0; i++)
		r = take_operand(&l, paths, cli->operand[i]);
	if (r == 0)
		r = finish(&l);
	pw_paths_free(&paths);
	pw_worker_free(&worker);
	json_object_put(l.paths);
	free(l.stack);
	return r;
}
