/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phiward export: events as lines of another format. Where the lines come from is
 * each_source()'s business alone; a line that makes no sense stops no other.
 */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "control/control.h"
#include "host/settings.h"
#include "policy/finding.h"
#include "ship/format.h"
#include "ship/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct exporting {
	enum pw_format format;
	uint64_t since_ns, until_ns; /* UTC; @until_ns itself is out */
	struct pw_format_context context;
	struct pw_ship_host host;
	struct pw_str out;
	uint64_t broken; /* lines */
	int status;      /* enum pw_exit */
};

static void complain(struct exporting *e, const char *name, uint64_t line, const char *what)
{
	_cleanup_str_ struct pw_str escaped = { 0 };

	pw_str_add_escaped(&escaped, name, strlen(name));
	if (line)
		fprintf(stderr, "phiward: %s:%llu: %s\n", escaped.text ? escaped.text : "",
			(unsigned long long)line, what);
	else
		fprintf(stderr, "phiward: %s: %s\n", escaped.text ? escaped.text : "", what);
	if (e->status == PW_EXIT_FINE)
		e->status = PW_EXIT_FAILED;
}

/* One record to stdout. 0, or a negative errno that ends the work (stdout, memory). */
static int take_line(struct exporting *e, const char *name, uint64_t number, const char *text,
		     size_t len)
{
	_cleanup_ship_record_ struct pw_ship_record record = { 0 };
	int r;

	r = pw_ship_record_parse(text, len, &record);
	if (r == -EBADMSG || r == -EPERM) {
		e->broken++;
		complain(e, name, number,
			 r == -EPERM ? "has names in the clear: not exported"
				     : "is no event of phiward.event.v1");
		return 0;
	}
	if (r < 0)
		return r;
	if (record.time_ns < e->since_ns || record.time_ns >= e->until_ns)
		return 0;
	pw_str_reset(&e->out);
	r = pw_format_record(e->format, &record, &e->context, &e->out);
	if (r < 0)
		return r;
	return fwrite(e->out.text, 1, e->out.len, stdout) == e->out.len ? 0 : -EIO;
}

/* Read a line without its '\n'; of one over PW_SHIP_LINE_MAX its beginning. False: no more. */
static bool read_line(FILE *file, struct pw_str *line)
{
	char part[4096];
	size_t n;
	int c;

	pw_str_reset(line);
	do {
		n = 0;
		while (n < sizeof(part) && (c = getc_unlocked(file)) != EOF && c != '\n')
			part[n++] = (char)c;
		if (line->len <= PW_SHIP_LINE_MAX)
			pw_str_add_bytes(line, part, n);
	} while (n == sizeof(part));
	return c != EOF || line->len > 0;
}

static int read_file(struct exporting *e, const char *name, FILE *file)
{
	_cleanup_str_ struct pw_str line = { 0 };
	int r = 0;

	for (uint64_t number = 1; r == 0 && read_line(file, &line); number++) {
		if (line.error)
			return line.error;
		if (line.len)
			r = take_line(e, name, number, line.text, line.len);
	}
	if (ferror(file))
		complain(e, name, 0, "cannot be read to its end");
	return r;
}

static void cannot_open(struct exporting *e, const char *name, int error)
{
	if (error == EACCES && e->status == PW_EXIT_FINE)
		e->status = PW_EXIT_NOT_PERMITTED;
	complain(e, name, 0, strerror(error));
}

static int read_operand(struct exporting *e, const char *name)
{
	_cleanup_fclose_ FILE *file = NULL;

	if (strcmp(name, "-") == 0)
		return read_file(e, "standard input", stdin);
	file = fopen(name, "re");
	if (!file) {
		cannot_open(e, name, errno);
		return 0;
	}
	return read_file(e, name, file);
}

/*
 * Open @path.N for N = @i, and first those that are newer: a rotation in between moves a file
 * to where it is opened once more, which shows, and never to where it is missed. Then read
 * from the oldest on. 0, or a negative errno that ends the work.
 */
static int read_rotated(struct exporting *e, const char *path, uint64_t i, uint64_t keep,
			const struct stat *newer)
{
	_cleanup_str_ struct pw_str name = { 0 };
	_cleanup_fclose_ FILE *file = NULL;
	struct stat st;
	int r;

	if (i > keep)
		return 0;
	pw_str_add(&name, path);
	if (i)
		pw_str_addf(&name, ".%llu", (unsigned long long)i);
	if (name.error)
		return name.error;
	file = fopen(name.text, "re");
	if (!file) {
		if (errno != ENOENT || i == 0)
			cannot_open(e, name.text, errno);
		return read_rotated(e, path, i + 1, keep, newer);
	}
	if (fstat(fileno(file), &st) < 0)
		return -errno;
	r = read_rotated(e, path, i + 1, keep, &st);
	if (r < 0 || (newer && newer->st_dev == st.st_dev && newer->st_ino == st.st_ino))
		return r;
	return read_file(e, name.text, file);
}

/* The log that the settings name, with what was rotated away from it. */
static int read_log(struct exporting *e)
{
	_cleanup_free_ char *settings_path = pw_rooted("/etc/phiward/phiward.yaml"), *log = NULL;
	struct pw_settings settings = { 0 };
	struct pw_findings findings = { 0 };
	int r;

	if (!settings_path)
		return -ENOMEM;
	r = pw_settings_load(settings_path, &findings, &settings);
	if (r < 0) {
		pw_cli_findings(&findings);
		e->status = PW_EXIT_FAILED;
		r = r == -ENOMEM ? r : 0;
	} else {
		log = pw_rooted(settings.log_file);
		r = log ? read_rotated(e, log, 0, settings.log_keep, NULL) : -ENOMEM;
	}
	pw_findings_free(&findings);
	pw_settings_free(&settings);
	return r;
}

/* Give every line there is to take_line(). 0, or a negative errno that ends the work. */
static int each_source(struct exporting *e, const struct pw_cli *cli)
{
	int r = 0;

	if (!cli->n_operands)
		return read_log(e);
	for (size_t i = 0; i < cli->n_operands && r == 0; i++)
		r = read_operand(e, cli->operand[i]);
	return r;
}

/* "90m", "12h", "7d": so long ago. */
static int parse_ago(const char *text, uint64_t *ret_ns)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	_cleanup_str_ struct pw_str digits = { 0 };
	size_t len = strlen(text);
	uint64_t n, now = (uint64_t)time(NULL);

	for (size_t i = 0; len > 1 && i < PW_ARRAY_SIZE(units); i++) {
		if (text[len - 1] != units[i].unit)
			continue;
		pw_str_add_bytes(&digits, text, len - 1);
		if (!digits.text || pw_parse_u64(digits.text, now / units[i].seconds, &n) < 0)
			return -EINVAL;
		*ret_ns = (now - n * units[i].seconds) * 1000000000u;
		return 0;
	}
	return -EINVAL;
}

/* UTC with a 'Z' at the end, else local: a day, or a day and a time. */
static int parse_time(const char *text, uint64_t *ret_ns)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
					     "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S" };

	if (pw_ship_time(text, ret_ns) == 0 || parse_ago(text, ret_ns) == 0)
		return 0;
	for (size_t i = 0; i < PW_ARRAY_SIZE(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);
		time_t at;

		if (!end || *end)
			continue;
		at = mktime(&tm);
		if (at < 0 || tm.tm_year > 600)
			return -EINVAL;
		*ret_ns = (uint64_t)at * 1000000000u;
		return 0;
	}
	return -EINVAL;
}

/* 0, or an exit status. */
static int take_options(const struct pw_cli *cli, struct exporting *e)
{
	const char *format = pw_cli_value(cli, "format"), *host = pw_cli_value(cli, "host");
	const char *since = pw_cli_value(cli, "since"), *until = pw_cli_value(cli, "until");
	int found = format ? pw_table_find(pw_format_names, _PW_FORMAT_MAX, format) : -ENOENT;

	if (found < 0)
		return pw_cli_usage(cli, "--format must be ocsf, atna, fhir, cef, ecs or json");
	if ((since && parse_time(since, &e->since_ns) < 0) ||
	    (until && parse_time(until, &e->until_ns) < 0))
		return pw_cli_usage(cli, "a time is 2026-03-01, 2026-03-01T12:00, "
					 "2026-03-01T12:00:00Z, or 90m, 12h, 7d for so long ago");
	e->format = (enum pw_format)found;
	e->context.msgid = pw_cli_value(cli, "msgid");
	if (e->context.msgid && !pw_format_msgid_valid(e->context.msgid))
		return pw_cli_usage(cli, "--msgid must be 1 to 32 printable ASCII characters");
	pw_ship_host(&e->host);
	e->context.host = host ? host : e->host.name;
	e->context.host_id = !host && e->host.id[0] ? e->host.id : NULL;
	e->context.site = pw_cli_value(cli, "site");
	e->context.version = PW_VERSION;
	e->context.bare = pw_cli_has(cli, "bare");
	e->context.bom = pw_cli_has(cli, "bom");
	return 0;
}

int pw_cli_export(const struct pw_cli *cli)
{
	struct exporting e = { .until_ns = UINT64_MAX };
	int r = take_options(cli, &e);

	if (r)
		return r;
	r = each_source(&e, cli);
	pw_str_free(&e.out);
	if (r < 0) {
		fprintf(stderr, "phiward: export ended early: %s\n", strerror(-r));
		return PW_EXIT_FAILED;
	}
	if (e.broken)
		fprintf(stderr, "phiward: %llu line%s left out\n", (unsigned long long)e.broken,
			e.broken == 1 ? "" : "s");
	return e.status;
}
