/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The settings file: one table row a key. Everything that is wrong is told with its place;
 * nothing is guessed. Called once at start by the daemon, and by the CLI for the socket.
 */
#include "host/settings.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/finding.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#define FILE_MAX (1u << 20)

enum type { BOOL, SIZE, NUMBER, DURATION, PATH, NAME };

static const char *const type_names[] = {
	[BOOL] = "true or false",    [SIZE] = "a size such as 64M",
	[NUMBER] = "a whole number", [DURATION] = "a time such as 2s or 500ms",
	[PATH] = "an absolute path", [NAME] = "a name",
};

static const struct row {
	const char *key; /* "section.key" for what stands in a section */
	enum type type;
	size_t offset;
	uint64_t min, max;
	const char *range; /* as messages say it */
	const char *initial;
} rows[] = {
	{ "hide-names", BOOL, offsetof(struct pw_settings, hide_names), 0, 0, NULL, "false" },
	{ "log.file", PATH, offsetof(struct pw_settings, log_file), 0, 0, NULL,
	  "/var/log/phiward/events.jsonl" },
	{ "log.max-size", SIZE, offsetof(struct pw_settings, log_max_bytes), 64u << 10, 64ull << 30,
	  "64K to 64G", "64M" },
	{ "log.keep", NUMBER, offsetof(struct pw_settings, log_keep), 0, 1000, "0 to 1000", "10" },
	{ "canary-interval", DURATION, offsetof(struct pw_settings, canary_interval_ms), 500, 60000,
	  "500ms to 60s", "2s" },
	{ "socket-group", NAME, offsetof(struct pw_settings, socket_group), 0, 0, NULL, "phiward" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

struct reading { /* what the functions below share */
	const char *name;
	struct pw_findings *findings;
	struct pw_settings *settings;
	yaml_document_t *document;
	bool seen[N_ROWS];
	bool bad;
};

static int parse_unit(const char *text, const char *const *unit, const uint64_t *factor, size_t n,
		      uint64_t *ret_value)
{
	size_t digits = strspn(text, "0123456789");
	char number[24];
	uint64_t value;
	int r;

	if (!digits || digits >= sizeof(number))
		return digits ? -ERANGE : -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	r = pw_parse_u64(number, UINT64_MAX, &value);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text + digits, unit[i]) != 0)
			continue;
		if (value > UINT64_MAX / factor[i])
			return -ERANGE;
		*ret_value = value * factor[i];
		return 0;
	}
	return -EINVAL;
}

static int parse_number(const struct row *row, const char *text, uint64_t *ret_value)
{
	static const char *const size_unit[] = { "", "K", "M", "G", "KiB", "MiB", "GiB" };
	static const uint64_t size_factor[] = { 1,        1u << 10, 1u << 20, 1u << 30,
						1u << 10, 1u << 20, 1u << 30 };
	static const char *const time_unit[] = { "ms", "s" };
	static const uint64_t time_factor[] = { 1, 1000 };
	static const char *const no_unit[] = { "" };
	static const uint64_t one[] = { 1 };
	uint64_t value;
	int r;

	if (row->type == SIZE)
		r = parse_unit(text, size_unit, size_factor, 7, &value);
	else if (row->type == DURATION)
		r = parse_unit(text, time_unit, time_factor, 2, &value);
	else
		r = parse_unit(text, no_unit, one, 1, &value);
	if (r < 0)
		return r;
	if (value < row->min || value > row->max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

static bool is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 64 && text[0] != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
		       len;
}

/* Set the field of @row from @text. 0, -EINVAL, -ERANGE or -ENOMEM. */
static int set(struct pw_settings *settings, const struct row *row, const char *text)
{
	void *field = (char *)settings + row->offset;
	char **string = field, *copy;

	switch (row->type) {
	case BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return -EINVAL;
		*(bool *)field = text[0] == 't';
		return 0;
	case SIZE:
	case NUMBER:
	case DURATION:
		return parse_number(row, text, field);
	case PATH:
		if (text[0] != '/' || strlen(text) > 4096)
			return -EINVAL;
		break;
	case NAME:
		if (!is_name(text))
			return -EINVAL;
		break;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*string);
	*string = copy;
	return 0;
}

static int tell(struct reading *reading, const yaml_mark_t *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int tell(struct reading *reading, const yaml_mark_t *mark, const char *format, ...)
{
	struct pw_place_in_file at = { .file = reading->name, .line = 1, .column = 1 };
	va_list args;
	int r;

	if (mark) {
		at.line = (unsigned int)mark->line + 1;
		at.column = (unsigned int)mark->column + 1;
	}
	reading->bad = true;
	va_start(args, format);
	r = pw_findings_vadd(reading->findings, true, &at, format, args);
	va_end(args);
	return r;
}

static const char *similar_key(const char *key)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (pw_str_similar(rows[i].key, key))
			return rows[i].key;
	return NULL;
}

static int read_value(struct reading *reading, const char *key, const yaml_node_t *key_node,
		      const yaml_node_t *value)
{
	const char *hint, *text;
	size_t i;
	int r;

	for (i = 0; i < N_ROWS && strcmp(rows[i].key, key) != 0; i++)
		;
	if (i == N_ROWS) {
		hint = similar_key(key);
		if (hint)
			return tell(reading, &key_node->start_mark,
				    "unknown setting %s\nDid you mean '%s'?", PW_Q(key), hint);
		return tell(reading, &key_node->start_mark,
			    "unknown setting %s\nphiwardd(8) lists the settings.", PW_Q(key));
	}
	if (reading->seen[i])
		return tell(reading, &key_node->start_mark,
			    "setting '%s' is given twice\nKeep one of them.", rows[i].key);
	reading->seen[i] = true;
	if (value->type != YAML_SCALAR_NODE)
		return tell(reading, &value->start_mark, "'%s' must be %s\nFor example: %s: %s",
			    rows[i].key, type_names[rows[i].type], rows[i].key, rows[i].initial);
	text = (const char *)value->data.scalar.value;
	if (strlen(text) != value->data.scalar.length)
		r = -EINVAL;
	else
		r = set(reading->settings, &rows[i], text);
	if (r == -ERANGE)
		return tell(reading, &value->start_mark, "'%s' is out of range: %s\nAllowed: %s.",
			    rows[i].key, PW_Q(text), rows[i].range);
	if (r == -EINVAL)
		return tell(reading, &value->start_mark, "'%s' must be %s, not %s\nFor example: %s",
			    rows[i].key, type_names[rows[i].type], PW_Q(text), rows[i].initial);
	return r;
}

/* Is some key "@section.xxx"? */
static bool is_section(const char *section)
{
	size_t len = strlen(section);

	for (size_t i = 0; i < N_ROWS; i++)
		if (strncmp(rows[i].key, section, len) == 0 && rows[i].key[len] == '.')
			return true;
	return false;
}

static int read_mapping(struct reading *reading, const yaml_node_t *mapping, const char *section)
{
	yaml_node_pair_t *pair;
	int r = 0;

	for (pair = mapping->data.mapping.pairs.start;
	     r == 0 && pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(reading->document, pair->key);
		const yaml_node_t *value = yaml_document_get_node(reading->document, pair->value);
		_cleanup_str_ struct pw_str whole = { 0 };

		if (key->type != YAML_SCALAR_NODE) {
			r = tell(reading, &key->start_mark,
				 "a setting's name must be a word\nWrite 'name: value'.");
			continue;
		}
		if (section)
			pw_str_addf(&whole, "%s.", section);
		pw_str_add_bytes(&whole, key->data.scalar.value, key->data.scalar.length);
		if (whole.error)
			return whole.error;
		if (!section && is_section(whole.text)) {
			if (value->type == YAML_MAPPING_NODE)
				r = read_mapping(reading, value, whole.text);
			else
				r = tell(
					reading, &value->start_mark,
					"'%s' must hold settings of its own\nWrite them indented below it.",
					whole.text);
			continue;
		}
		r = read_value(reading, whole.text, key, value);
	}
	return r;
}

static int defaults(struct pw_settings *settings)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < N_ROWS; i++)
		r = set(settings, &rows[i], rows[i].initial);
	return r;
}

static int read_document(struct reading *reading, yaml_parser_t *parser)
{
	yaml_document_t document;
	yaml_node_t *root;
	int r = 0;

	if (!yaml_parser_load(parser, &document))
		return tell(reading, &parser->problem_mark,
			    "not valid YAML: %s\nCorrect the syntax.",
			    parser->problem ? parser->problem : "unknown problem");
	reading->document = &document;
	root = yaml_document_get_root_node(&document);
	if (root && root->type == YAML_MAPPING_NODE)
		r = read_mapping(reading, root, NULL);
	else if (root && !(root->type == YAML_SCALAR_NODE && root->data.scalar.length == 0))
		r = tell(reading, &root->start_mark,
			 "settings must be 'name: value' lines\nphiwardd(8) lists the settings.");
	yaml_document_delete(&document);
	return r;
}

int pw_settings_parse(const char *name, const char *text, size_t len, struct pw_findings *findings,
		      struct pw_settings *ret_settings)
{
	struct pw_settings settings = { 0 };
	struct reading reading = { .name = name, .findings = findings, .settings = &settings };
	yaml_parser_t parser;
	int r = defaults(&settings);

	if (r == 0 && !yaml_parser_initialize(&parser))
		r = -ENOMEM;
	if (r == 0) {
		yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
		r = read_document(&reading, &parser);
		yaml_parser_delete(&parser);
	}
	if (r == 0 && reading.bad)
		r = -EINVAL;
	if (r < 0) {
		pw_settings_free(&settings);
		return r;
	}
	*ret_settings = settings;
	return 0;
}

static int slurp(const char *path, struct pw_str *into)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char block[4096];
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0)
			return -errno;
		if (n == 0)
			return into->error;
		if (into->len + (size_t)n > FILE_MAX)
			return -EFBIG;
		pw_str_add_bytes(into, block, (size_t)n);
	}
}

int pw_settings_load(const char *path, struct pw_findings *findings,
		     struct pw_settings *ret_settings)
{
	_cleanup_str_ struct pw_str text = { 0 };
	struct reading reading = { .name = path, .findings = findings };
	int r = slurp(path, &text);

	if (r < 0 && r != -ENOENT) {
		tell(&reading, NULL,
		     "cannot read the settings: %s\nMake it a file that root can read.",
		     strerror(-r));
		return r;
	}
	return pw_settings_parse(path, text.text ? text.text : "", text.len, findings,
				 ret_settings);
}

void pw_settings_free(struct pw_settings *settings)
{
	free(settings->log_file);
	free(settings->socket_group);
	*settings = (struct pw_settings){ 0 };
}
