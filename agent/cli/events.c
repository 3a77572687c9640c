/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward events: what was decided, as JSON lines or as a table that fits the terminal. */
#include "base/cleanup.h"
#include "base/words.h"
#include "cli/cli.h"
#include "control/control.h"
#include "evidence/json.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

struct table {
	bool colour;
	size_t width; /* of the terminal; 0: as wide as it gets */
	bool has_head;
};

/* Columns before the path: each with its width; the rule stands last. */
enum { TIME, VERDICT, PERSON, PROGRAM, OP, N_FIXED };
static const size_t fixed[N_FIXED] = { 14, 10, 10, 12, 6 };
#define RULE_WIDTH 16
#define PATH_MIN   24

static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t given;

	if (columns && pw_parse_u64(columns, 10000, &given) == 0 && given)
		return given;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		return size.ws_col;
	return 0;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	return value ? json_object_get_string(value) : "-";
}

/* Characters of UTF-8 text, not bytes. */
static size_t length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Append @text in @width columns; too long: its end is kept, behind "…". 0: as it is. */
static void add_cell(struct pw_str *line, const char *text, size_t width)
{
	_cleanup_str_ struct pw_str safe = { 0 };
	size_t n;

	pw_str_add_escaped(&safe, text, strlen(text));
	text = safe.text ? safe.text : "";
	n = length(text);
	if (width && n > width) {
		for (size_t skip = n - width + 1; skip; skip--)
			for (text++; ((unsigned char)*text & 0xc0) == 0x80;)
				text++;
		pw_str_add(line, "…");
		n = width;
	}
	pw_str_add(line, text);
	for (; width && n < width; n++)
		pw_str_add(line, " ");
}

/* "2026-03-01T12:00:00.123456789Z" as local "03-01 12:00:00". */
static void add_time(struct pw_str *line, const char *utc)
{
	struct tm tm = { 0 };
	char text[32];
	time_t when;

	if (!strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm)) {
		add_cell(line, utc, fixed[TIME]);
		return;
	}
	when = timegm(&tm);
	if (!localtime_r(&when, &tm) || !strftime(text, sizeof(text), "%m-%d %H:%M:%S", &tm))
		text[0] = '\0';
	add_cell(line, text, fixed[TIME]);
}

static const char *colour_of(const char *verdict)
{
	if (strcmp(verdict, "deny") == 0)
		return "\033[31m";
	if (strcmp(verdict, "allow") == 0)
		return "\033[32m";
	return "\033[33m";
}

static void add_head(struct pw_str *line, size_t path_width)
{
	static const char *const head[N_FIXED] = { "TIME", "VERDICT", "PERSON", "PROGRAM", "OP" };

	for (size_t i = 0; i < N_FIXED; i++) {
		add_cell(line, head[i], fixed[i]);
		pw_str_add(line, " ");
	}
	add_cell(line, "PATH", path_width ? path_width : 40);
	pw_str_add(line, " RULE\n");
}

static void add_person(struct pw_str *line, struct json_object *event)
{
	struct json_object *actor = get(event, "actor");
	const char *key = get(actor, "user") ? "user" : get(actor, "auid") ? "auid" : "uid";

	add_cell(line, text_of(actor, key), fixed[PERSON]);
}

static void add_program(struct pw_str *line, struct json_object *event)
{
	struct json_object *process = get(event, "process");
	const char *name = text_of(process, get(process, "script") ? "script"
					    : get(process, "exe")  ? "exe"
								   : "comm");
	const char *slash = strrchr(name, '/');

	add_cell(line, slash && slash[1] ? slash + 1 : name, fixed[PROGRAM]);
}

static void add_loss(struct pw_str *line, struct json_object *event)
{
	add_time(line, text_of(event, "time"));
	pw_str_add(line, " lost: ");
	add_cell(line, text_of(event, "count"), 0);
	pw_str_add(line, " events (");
	add_cell(line, text_of(event, "where"), 0);
	pw_str_add(line, ")\n");
}

static void add_row(const struct table *table, struct pw_str *line, struct json_object *event,
		    size_t path_width)
{
	const char *verdict = text_of(event, "verdict");
	int64_t count = get(event, "count") ? json_object_get_int64(get(event, "count")) : 1;

	add_time(line, text_of(event, "time"));
	pw_str_add(line, " ");
	if (table->colour)
		pw_str_add(line, colour_of(verdict));
	add_cell(line, verdict, fixed[VERDICT]);
	pw_str_add(line, table->colour ? "\033[0m " : " ");
	add_person(line, event);
	pw_str_add(line, " ");
	add_program(line, event);
	pw_str_add(line, " ");
	add_cell(line, text_of(event, "operation"), fixed[OP]);
	pw_str_add(line, " ");
	add_cell(line, text_of(event, "path"), path_width);
	pw_str_add(line, " ");
	add_cell(line, text_of(event, "rule"), 0);
	if (count > 1)
		pw_str_addf(line, " (%lld times)", (long long)count);
	pw_str_add(line, "\n");
}

static void show(struct table *table, struct json_object *event)
{
	_cleanup_str_ struct pw_str line = { 0 };
	size_t used = RULE_WIDTH + 1, path_width = 0;

	for (size_t i = 0; i < N_FIXED; i++)
		used += fixed[i] + 1;
	if (table->width)
		path_width = table->width > used + PATH_MIN ? table->width - used : PATH_MIN;
	if (!table->has_head)
		add_head(&line, path_width);
	table->has_head = true;
	if (strcmp(text_of(event, "kind"), "loss") == 0)
		add_loss(&line, event);
	else
		add_row(table, &line, event, path_width);
	pw_cli_print(&line);
}

static int make_request(const struct pw_cli *cli, struct pw_str *into)
{
	const char *limit = pw_cli_value(cli, "limit"), *verdict = pw_cli_value(cli, "verdict");
	const char *user = pw_cli_value(cli, "user");
	uint64_t n;

	pw_json_open(into, NULL, '{');
	pw_json_text(into, "command", "events");
	pw_json_bool(into, "follow", pw_cli_has(cli, "follow"));
	if (limit) {
		if (pw_parse_u64(limit, INT64_MAX, &n) < 0)
			return pw_cli_usage(cli, "--limit must be a number");
		pw_json_u64(into, "limit", n);
	}
	if (verdict) {
		if (pw_table_find(pw_verdict_names, _PW_VERDICT_MAX, verdict) < 0)
			return pw_cli_usage(cli,
					    "--verdict must be allow, warn, would-deny or deny");
		pw_json_text(into, "verdict", verdict);
	}
	if (user)
		pw_json_text(into, "user", user);
	pw_json_close(into, '}');
	return into->error ? PW_EXIT_FAILED : PW_EXIT_FINE;
}

/* One line of the agent; an exit status, or -1 to go on. */
static int take_line(struct table *table, bool json, const char *line)
{
	struct json_object *event;
	int r;

	if (json && strncmp(line, "{\"error\"", 8) != 0) {
		puts(line);
		return -1;
	}
	event = json_tokener_parse(line);
	r = pw_cli_error_of(event);
	if (r < 0)
		show(table, event);
	json_object_put(event);
	return r;
}

int pw_cli_events(const struct pw_cli *cli)
{
	struct table table = { .colour = pw_cli_colour(), .width = terminal_width() };
	_cleanup_(pw_client_close) struct pw_client client = { .fd = -EBADF };
	_cleanup_free_ char *path = pw_rooted(PW_CONTROL_SOCKET);
	bool follow = pw_cli_has(cli, "follow"), json = pw_cli_has(cli, "json");
	_cleanup_str_ struct pw_str request = { 0 };
	const char *line;
	int r;

	r = make_request(cli, &request);
	if (r)
		return r;
	r = path ? pw_client_open(path, PW_CLI_TIMEOUT_MS, &client) : -ENOMEM;
	if (r == 0)
		r = pw_client_send(&client, request.text);
	if (r < 0)
		return pw_cli_unreachable(r);
	for (;;) {
		int status;

		r = pw_client_line(&client, follow, &line);
		if (r < 0)
			break;
		status = take_line(&table, json, line);
		if (status >= 0)
			return status;
		if (follow && fflush(stdout) != 0)
			return PW_EXIT_FAILED;
	}
	if (r == -ENODATA && !follow)
		return PW_EXIT_FINE;
	return pw_cli_unreachable(r);
}
