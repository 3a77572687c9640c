/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward events: what was decided, as JSON lines or as a table. */
#include "base/cleanup.h"
#include "base/words.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "control/control.h"
#include "evidence/json.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

struct reading {
	bool follow, json;
	struct pw_table table;
	struct json_object *kept; /* until all are there, to measure them; NULL: not */
};

/* A name that nobody has here finds nothing: said, for it is mistyped more often than gone. */
static void check_user(const char *user)
{
	_cleanup_str_ struct pw_str given = { 0 };
	uint64_t uid;

	if (pw_parse_u64(user, UINT32_MAX, &uid) == 0 || getpwnam(user))
		return;
	pw_str_add_escaped(&given, user, strlen(user));
	fprintf(stderr, "phiward: no user '%s' on this host\n", given.text ? given.text : "");
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
	if (user) {
		check_user(user);
		pw_json_text(into, "user", user);
	}
	pw_json_close(into, '}');
	return into->error ? PW_EXIT_FAILED : PW_EXIT_FINE;
}

static void show(struct reading *reading, struct json_object *event)
{
	_cleanup_str_ struct pw_str row = { 0 };

	pw_table_add(&reading->table, event, &row);
	pw_cli_print(&row);
}

/* One line of the agent; an exit status, or -1 to go on. */
static int take_line(struct reading *reading, const char *line)
{
	struct json_object *event;
	int r;

	if (reading->json && strncmp(line, "{\"error\"", 8) != 0) {
		puts(line);
		return -1;
	}
	event = json_tokener_parse(line);
	r = pw_cli_error_of(event);
	if (r < 0) {
		pw_table_measure(&reading->table, event);
		if (reading->kept && json_object_array_add(reading->kept, event) == 0)
			return -1;
		show(reading, event);
	}
	json_object_put(event);
	return r;
}

static void show_kept(struct reading *reading)
{
	size_t n = reading->kept ? json_object_array_length(reading->kept) : 0;

	for (size_t i = 0; i < n; i++)
		show(reading, json_object_array_get_idx(reading->kept, i));
	if (reading->kept && !n)
		fprintf(stderr, "phiward: no such events in the agent's memory\n");
}

/* The agent closed a connection that was to go on: is it gone, or was this reader dropped? */
static int ended(const char *path)
{
	_cleanup_(pw_client_close) struct pw_client client = { .fd = -EBADF };
	const char *line;
	int r = pw_client_open(path, PW_CLI_TIMEOUT_MS, &client);

	/* A socket that is about to be closed takes connections for a moment. */
	if (r == 0)
		r = pw_client_send(&client, "{\"command\":\"version\"}");
	if (r == 0)
		r = pw_client_line(&client, false, &line);
	if (r == 0)
		fprintf(stderr, "phiward: the agent closed the connection: it was restarted, "
				"or events came faster than they were read here\n");
	else
		fprintf(stderr, "phiward: the agent has ended: no more events "
				"(systemctl status phiwardd tells why)\n");
	return PW_EXIT_NO_AGENT;
}

/* Until the agent closes; an exit status. */
static int read_lines(struct reading *reading, struct pw_client *client, const char *path)
{
	const char *line;
	int r, status;

	for (;;) {
		r = pw_client_line(client, reading->follow, &line);
		if (r < 0)
			break;
		status = take_line(reading, line);
		if (status >= 0)
			return status;
		if (reading->follow && fflush(stdout) != 0)
			return PW_EXIT_FAILED;
	}
	if (r != -ENODATA)
		return pw_cli_unreachable(r);
	if (reading->follow)
		return ended(path);
	show_kept(reading);
	return PW_EXIT_FINE;
}

int pw_cli_events(const struct pw_cli *cli)
{
	_cleanup_(pw_client_close) struct pw_client client = { .fd = -EBADF };
	_cleanup_free_ char *path = pw_rooted(PW_CONTROL_SOCKET);
	_cleanup_str_ struct pw_str request = { 0 };
	struct reading reading = { .follow = pw_cli_has(cli, "follow"),
				   .json = pw_cli_has(cli, "json") };
	int r;

	r = make_request(cli, &request);
	if (r)
		return r;
	r = path ? pw_client_open(path, PW_CLI_TIMEOUT_MS, &client) : -ENOMEM;
	if (r == 0)
		r = pw_client_send(&client, request.text);
	if (r < 0)
		return pw_cli_unreachable(r);
	pw_table_init(&reading.table, pw_cli_colour(), pw_terminal_width(), time(NULL));
	if (!reading.follow && !reading.json)
		reading.kept = json_object_new_array();
	r = read_lines(&reading, &client, path);
	json_object_put(reading.kept);
	return r;
}
