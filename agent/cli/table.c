/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of `phiward events`: a foreign text a cell, escaped, cut by characters. */
#include "cli/table.h"

#include "base/cleanup.h"
#include "cli/member.h"

#include <string.h>
#include <sys/ioctl.h>

#define PATH_MIN 16 /* where less is left, the path gets a line of its own */
#define UNKNOWN  "unknown"

static const char *const head[_PW_COLUMN_MAX] = { "TIME",    "VERDICT", "PERSON",
						  "PROGRAM", "OP",      "RULE" };
/* On a terminal; 0: never cut. Where room is short, these columns go down to NAME_MIN. */
static const size_t most[_PW_COLUMN_MAX] = { [PW_COLUMN_PERSON] = 12, [PW_COLUMN_PROGRAM] = 15 };
#define NAME_MIN 4

size_t pw_terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t given;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && pw_parse_u64(columns, 10000, &given) == 0 && given)
		return given;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 80;
}

/* Characters of UTF-8 text, not bytes. */
static size_t length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* @text behind its first @n characters. */
static const char *behind(const char *text, size_t n)
{
	for (; n && *text; n--)
		for (text++; ((unsigned char)*text & 0xc0) == 0x80;)
			text++;
	return text;
}

/* @text, which is printable, in @width characters: its first @keep ones, "…" and its end. */
static void add_cut(struct pw_str *into, const char *text, size_t width, size_t keep)
{
	size_t n = length(text);

	if (n <= width) {
		pw_str_add(into, text);
		return;
	}
	pw_str_add_bytes(into, text, (size_t)(behind(text, keep) - text));
	pw_str_add(into, "…");
	pw_str_add(into, behind(text, n - (width - 1 - keep)));
}

/* The local time of "2026-03-01T12:00:00.123456789Z". */
static bool local_time(const char *utc, struct tm *ret_tm)
{
	struct tm tm = { 0 };
	time_t when;

	if (!utc || !strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm))
		return false;
	when = timegm(&tm);
	return localtime_r(&when, ret_tm) != NULL;
}

static void add_time(const struct pw_table *table, struct json_object *event, struct pw_str *into)
{
	const char *utc = pw_member_text(event, "time");
	struct tm tm;
	char text[32];

	if (local_time(utc, &tm) &&
	    strftime(text, sizeof(text), table->terminal ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm))
		pw_str_add(into, text);
	else
		pw_str_add(into, "-");
}

static void add_foreign(struct pw_str *into, const char *text)
{
	pw_str_add_escaped(into, text, strlen(text));
}

static void add_person(struct json_object *event, struct pw_str *into)
{
	struct json_object *actor = pw_member(event, "actor");
	const char *key = pw_member(actor, "user") ? "user" : pw_member(actor, "auid") ? "auid" : "uid";
	const char *text = pw_member_text(actor, key);

	add_foreign(into, text ? text : UNKNOWN);
}

/* The file that runs; where that is not known, what the process calls itself, in brackets. */
static void add_program(struct json_object *event, struct pw_str *into)
{
	struct json_object *process = pw_member(event, "process");
	const char *file = pw_member_text(process, pw_member(process, "script") ? "script" : "exe");
	const char *comm = pw_member_text(process, "comm"), *slash;

	if (file && *file) {
		slash = strrchr(file, '/');
		add_foreign(into, slash && slash[1] ? slash + 1 : file);
	} else if (comm && *comm) {
		pw_str_add(into, "[");
		add_foreign(into, comm);
		pw_str_add(into, "]");
	} else {
		pw_str_add(into, UNKNOWN);
	}
}

/* What stands in @column, whole. */
static void add_content(const struct pw_table *table, struct json_object *event,
			enum pw_column column, struct pw_str *into)
{
	static const char *const key[_PW_COLUMN_MAX] = {
		[PW_COLUMN_VERDICT] = "verdict",
		[PW_COLUMN_OP] = "operation",
		[PW_COLUMN_RULE] = "rule",
	};
	const char *text;

	pw_str_reset(into);
	if (column == PW_COLUMN_TIME) {
		add_time(table, event, into);
	} else if (column == PW_COLUMN_PERSON) {
		add_person(event, into);
	} else if (column == PW_COLUMN_PROGRAM) {
		add_program(event, into);
	} else {
		text = pw_member_text(event, key[column]);
		add_foreign(into, text && *text ? text : "-");
	}
}

static bool is_loss(struct json_object *event)
{
	const char *kind = pw_member_text(event, "kind");

	return kind && strcmp(kind, "loss") == 0;
}

void pw_table_init(struct pw_table *table, bool colour, size_t terminal, time_t now)
{
	struct tm tm;

	*table = (struct pw_table){ .colour = colour, .terminal = terminal };
	for (size_t i = 0; i < _PW_COLUMN_MAX; i++)
		table->width[i] = table->wanted[i] = strlen(head[i]);
	if (localtime_r(&now, &tm))
		strftime(table->day, sizeof(table->day), "%Y-%m-%d", &tm);
}

static size_t used_width(const struct pw_table *table)
{
	size_t used = 0;

	for (enum pw_column i = 0; i < _PW_COLUMN_MAX; i++)
		used += table->width[i] + 1;
	return used;
}

/* Take from the names what the path needs. */
static void fit(struct pw_table *table)
{
	enum pw_column column;

	memcpy(table->width, table->wanted, sizeof(table->width));
	while (table->terminal && used_width(table) + PATH_MIN > table->terminal) {
		if (table->width[PW_COLUMN_PERSON] > table->width[PW_COLUMN_PROGRAM])
			column = PW_COLUMN_PERSON;
		else
			column = PW_COLUMN_PROGRAM;
		if (table->width[column] <= NAME_MIN)
			return;
		table->width[column]--;
	}
}

void pw_table_measure(struct pw_table *table, struct json_object *event)
{
	_cleanup_str_ struct pw_str cell = { 0 };

	if (is_loss(event))
		return;
	for (enum pw_column i = 0; i < _PW_COLUMN_MAX; i++) {
		size_t n;

		add_content(table, event, i, &cell);
		n = cell.text ? length(cell.text) : 0;
		if (table->terminal && most[i] && n > most[i])
			n = most[i];
		/* A longer one gets a line of its own, whole. */
		if (table->terminal && i == PW_COLUMN_RULE && n > table->terminal / 3)
			n = 0;
		if (n > table->wanted[i])
			table->wanted[i] = n;
	}
	fit(table);
}

static const char *colour_of(const char *verdict)
{
	if (verdict && strcmp(verdict, "deny") == 0)
		return "\033[31m";
	if (verdict && strcmp(verdict, "allow") == 0)
		return "\033[32m";
	return "\033[33m";
}

static void add_cell(const struct pw_table *table, enum pw_column column, const char *text,
		     struct pw_str *into)
{
	size_t width = table->width[column], n = length(text);

	add_cut(into, text, width, width - 1);
	for (; n < width; n++)
		pw_str_add(into, " ");
	pw_str_add(into, " ");
}

/* For a path that finds no room behind the rule. */
static void start_line(struct pw_str *into)
{
	while (into->len && into->text[into->len - 1] == ' ')
		into->text[--into->len] = '\0';
	pw_str_add(into, "\n  ");
}

static void add_head(struct pw_table *table, struct pw_str *into)
{
	if (table->has_head)
		return;
	for (enum pw_column i = 0; i < _PW_COLUMN_MAX; i++)
		add_cell(table, i, head[i], into);
	if (table->terminal && used_width(table) + PATH_MIN > table->terminal)
		start_line(into);
	pw_str_add(into, "PATH\n");
	table->has_head = true;
}

/* On a terminal, where the time of a row is that of a day: which, when it is another. */
static void add_day(struct pw_table *table, struct json_object *event, struct pw_str *into)
{
	char day[sizeof(table->day)];
	struct tm tm;

	if (!table->terminal || !local_time(pw_member_text(event, "time"), &tm) ||
	    !strftime(day, sizeof(day), "%Y-%m-%d", &tm) || strcmp(day, table->day) == 0)
		return;
	memcpy(table->day, day, sizeof(day));
	pw_str_addf(into, "%s:\n", day);
}

/* Names of the places that the destination belongs to: "pacs, ward3". */
static void add_places(struct json_object *to, struct pw_str *into)
{
	struct json_object *places = pw_member(to, "places");
	size_t n = json_object_is_type(places, json_type_array) ? json_object_array_length(places)
								: 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(places, i));

		pw_str_add(into, i ? ", " : " (to ");
		add_foreign(into, name ? name : "?");
	}
	if (n)
		pw_str_add(into, ")");
}

/* "tcp 203.0.113.7:443": false when @to is no address. */
static bool add_address(struct json_object *to, struct pw_str *into)
{
	const char *address = pw_member_text(to, "address"), *protocol = pw_member_text(to, "protocol");
	const char *port = pw_member_text(to, "port");
	bool brackets = address && port && strchr(address, ':');

	if (!address)
		return false;
	if (protocol) {
		add_foreign(into, protocol);
		pw_str_add(into, " ");
	}
	pw_str_add(into, brackets ? "[" : "");
	add_foreign(into, address);
	pw_str_add(into, brackets ? "]" : "");
	if (port) {
		pw_str_add(into, ":");
		add_foreign(into, port);
	}
	return true;
}

/* What was accessed, or where a send went; what happened, where there is neither. */
static void add_object(struct json_object *event, struct pw_str *into)
{
	struct json_object *to = pw_member(event, "to");
	const char *path = pw_member_text(event, "path"), *reason = pw_member_text(event, "reason");
	const char *peer = pw_member_text(to, "path"), *user = pw_member_text(to, "user");
	const char *family = pw_member_text(to, "family");

	if (add_address(to, into))
		return;
	if (!peer && !path && family) {
		add_foreign(into, family);
		pw_str_add(into, " socket");
		if (user) {
			pw_str_add(into, " of ");
			add_foreign(into, user);
		}
		return;
	}
	add_foreign(into, peer ? peer : path ? path : reason ? reason : "-");
}

/* What is said behind the path: to where, how often, and what it is if no access. */
static void add_remark(struct json_object *event, struct pw_str *into)
{
	const char *kind = pw_member_text(event, "kind");
	int64_t count = pw_member(event, "count") ? json_object_get_int64(pw_member(event, "count")) : 1;

	pw_str_add(into, "");
	add_places(pw_member(event, "to"), into);
	if (kind && strcmp(kind, "access") != 0 && pw_member_text(event, "path")) {
		size_t from = into->len + 2;

		pw_str_add(into, " (");
		add_foreign(into, kind);
		for (char *c = into->text ? into->text + from : ""; *c; c++)
			if (*c == '-')
				*c = ' ';
		pw_str_add(into, ")");
	}
	if (count > 1)
		pw_str_addf(into, " (%lld times)", (long long)count);
}

/* Behind @used columns of the line. */
static void add_path(const struct pw_table *table, struct json_object *event, size_t used,
		     struct pw_str *into)
{
	_cleanup_str_ struct pw_str path = { 0 }, remark = { 0 };
	size_t room, n;

	add_object(event, &path);
	add_remark(event, &remark);
	if (!path.text || !remark.text) {
		into->error = -ENOMEM;
		return;
	}
	n = length(path.text);
	used += length(remark.text);
	room = table->terminal > used ? table->terminal - used : 0;
	if (!table->terminal || n <= room) {
		pw_str_addf(into, "%s%s\n", path.text, remark.text);
		return;
	}
	if (room < PATH_MIN) {
		start_line(into);
		used = length(remark.text) + 2;
		room = table->terminal > used + PATH_MIN ? table->terminal - used : PATH_MIN;
	}
	add_cut(into, path.text, room, room / 3);
	pw_str_addf(into, "%s\n", remark.text);
}

static void add_loss(const struct pw_table *table, struct json_object *event, struct pw_str *into)
{
	const char *count = pw_member_text(event, "count"), *where = pw_member_text(event, "where");

	add_time(table, event, into);
	pw_str_add(into, " lost: ");
	add_foreign(into, count ? count : "?");
	pw_str_add(into, " events (");
	add_foreign(into, where ? where : "?");
	pw_str_add(into, ")\n");
}

void pw_table_add(struct pw_table *table, struct json_object *event, struct pw_str *into)
{
	_cleanup_str_ struct pw_str cell = { 0 };

	add_head(table, into);
	add_day(table, event, into);
	if (is_loss(event)) {
		add_loss(table, event, into);
		return;
	}
	for (enum pw_column i = 0; i < _PW_COLUMN_MAX; i++) {
		bool paint = table->colour && i == PW_COLUMN_VERDICT;

		add_content(table, event, i, &cell);
		if (i == PW_COLUMN_RULE && cell.text && length(cell.text) > table->width[i])
			break;
		if (paint)
			pw_str_add(into, colour_of(pw_member_text(event, "verdict")));
		add_cell(table, i, cell.text ? cell.text : "", into);
		if (paint)
			pw_str_add(into, "\033[0m");
		pw_str_reset(&cell);
	}
	if (cell.len) { /* a rule that is too long for its column */
		start_line(into);
		pw_str_addf(into, "%s ", cell.text);
	}
	add_path(table, event, cell.len ? length(cell.text) + 3 : used_width(table), into);
}
