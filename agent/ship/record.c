/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a line of JSON to the record that the formats are made of. No I/O, no format here. */
#include "ship/record.h"

#include "base/str.h"
#include "base/words.h"
#include "evidence/event.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static struct json_object *member(struct json_object *object, const char *key, enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

/*
 * Text with a NUL in it is no text of ours: the rest would be lost without a word. An empty
 * one says nothing, and several formats do not take it.
 */
static const char *text_of(struct json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return *text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static const char *text(struct json_object *object, const char *key)
{
	return text_of(member(object, key, json_type_string));
}

static struct pw_ship_number number(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key, json_type_int);

	if (!value || json_object_get_int64(value) < 0)
		return (struct pw_ship_number){ 0 };
	return (struct pw_ship_number){ true, json_object_get_uint64(value) };
}

static uint64_t time_of(struct json_object *object, const char *key)
{
	const char *given = text(object, key);
	uint64_t ns = 0;

	return given && pw_ship_time(given, &ns) == 0 ? ns : 0;
}

int pw_ship_time(const char *text, uint64_t *ret_ns)
{
	struct tm tm = { 0 };
	uint64_t fraction = 0;
	const char *p;
	time_t seconds;

	if (strspn(text, "0123456789") != 4) /* strptime() takes blanks and signs */
		return -EINVAL;
	p = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!p || p - text != 19)
		return -EINVAL;
	if (*p == '.') {
		size_t digits = strspn(++p, "0123456789");

		if (!digits || digits > 9)
			return -EINVAL;
		for (size_t i = 0; i < 9; i++)
			fraction = fraction * 10 + (i < digits ? (uint64_t)(p[i] - '0') : 0);
		p += digits;
	}
	seconds = timegm(&tm);
	if (strcmp(p, "Z") != 0 || seconds < 0 || tm.tm_year > 600) /* beyond 2^64 ns */
		return -EINVAL;
	*ret_ns = (uint64_t)seconds * 1000000000u + fraction;
	return 0;
}

size_t pw_ship_list_count(struct json_object *list)
{
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

const char *pw_ship_list_text(struct json_object *list, size_t i)
{
	return i < pw_ship_list_count(list) ? text_of(json_object_array_get_idx(list, i)) : NULL;
}

static void take_process(struct json_object *object, struct pw_ship_process *process)
{
	*process = (struct pw_ship_process){
		.pid = number(object, "pid"),
		.tid = number(object, "tid"),
		.start_ns = time_of(object, "start"),
		.exe = text(object, "exe"),
		.script = text(object, "script"),
		.comm = text(object, "comm"),
		.args_token = text(object, "args_token"),
		.ancestors = member(object, "ancestors", json_type_array),
	};
}

bool pw_ship_ancestor(const struct pw_ship_record *record, size_t i,
		      struct pw_ship_process *ret_ancestor)
{
	struct json_object *list = record->process.ancestors;

	if (i >= pw_ship_list_count(list))
		return false;
	take_process(json_object_array_get_idx(list, i), ret_ancestor);
	return true;
}

static int word(const char *const *table, size_t n, const char *given)
{
	return given ? pw_table_find(table, n, given) : -ENOENT;
}

static void take_decision(struct json_object *root, struct pw_ship_record *record)
{
	int verdict = word(pw_verdict_names, _PW_VERDICT_MAX, text(root, "verdict"));
	int door = word(pw_door_names, _PW_DOOR_MAX, text(root, "door"));
	int severity = word(pw_severity_names, _PW_SEVERITY_MAX, text(root, "severity"));

	record->verdict = verdict < 0 ? PW_ALLOW : (enum pw_verdict)verdict;
	record->op = word(pw_op_names, _PW_OP_MAX, text(root, "operation"));
	record->door = door < 0 ? PW_DOOR_NONE : (enum pw_door)door;
	record->severity = severity < 0 ? PW_SEVERITY_LOW : (enum pw_severity)severity;
	record->rule = text(root, "rule");
	record->rule_at = text(root, "rule_at");
	record->policy = text(root, "policy");
	record->generation = number(root, "generation");
	record->labels = member(root, "labels", json_type_array);
	record->class = text(root, "class");
	record->genetic = record->class && !strcmp(record->class, pw_class_names[PW_CLASS_GENETIC]);
	record->tell = text(root, "tell");
	record->reason = text(root, "reason");
	record->flags = member(root, "flags", json_type_array);
	record->hook = text(root, "hook");
	record->error = text(root, "errno");
}

static void take_object(struct json_object *root, struct pw_ship_record *record)
{
	struct json_object *object = member(root, "object", json_type_object);

	record->path = text(root, "path_token");
	record->path2 = text(root, "path2_token");
	record->dev = text(object, "dev");
	record->inode = number(object, "inode");
	record->mode = text(object, "mode");
	record->type = text(object, "type");
}

static void take_actor(struct json_object *root, struct pw_ship_record *record)
{
	struct json_object *actor = member(root, "actor", json_type_object);

	record->user = text(actor, "user");
	record->uid_name = text(actor, "uid_name");
	record->auid = number(actor, "auid");
	record->uid = number(actor, "uid");
	record->euid = number(actor, "euid");
	record->gid = number(actor, "gid");
	record->session = number(actor, "session");
	take_process(member(root, "process", json_type_object), &record->process);
}

static void take_flow(struct json_object *root, struct pw_ship_record *record)
{
	struct json_object *to = member(root, "to", json_type_object);
	struct json_object *lineage = member(root, "lineage", json_type_object);

	record->to = (struct pw_ship_destination){
		.given = to != NULL,
		.family = text(to, "family"),
		.address = text(to, "address"),
		.port = number(to, "port"),
		.protocol = text(to, "protocol"),
		.uid = number(to, "uid"),
		.user = text(to, "user"),
		.path = text(to, "path_token"),
		.places = member(to, "places", json_type_array),
	};
	if (record->to.port.value > UINT16_MAX)
		record->to.port = (struct pw_ship_number){ 0 };
	record->held = member(lineage, "held", json_type_array);
	record->object_labels = member(lineage, "object", json_type_array);
	record->domain = text(lineage, "domain");
	record->domain_from = text(lineage, "from");
}

static void take_counts(struct json_object *root, struct pw_ship_record *record)
{
	struct pw_ship_number count = number(root, "count");

	record->count = count.value ? count.value : 1;
	if (record->count > 1) {
		record->first_ns = time_of(root, "first_time");
		record->last_ns = time_of(root, "last_time");
	}
	record->dropped_before = number(root, "dropped_before").value;
	record->where = text(root, "where");
	record->ring = text(root, "ring");
	record->cpu = number(root, "cpu");
	record->from_seq = number(root, "from_seq");
	record->to_seq = number(root, "to_seq");
}

static unsigned int kind_of(const char *name)
{
	int kind = pw_table_find(pw_event_kind_names, _PW_EVENT_KIND_MAX, name);

	if (kind >= 0)
		return (unsigned int)kind;
	return strcmp(name, "loss") == 0 ? PW_SHIP_LOSS : PW_SHIP_OTHER;
}

/* What no record is without. 0, -EBADMSG or -EPERM. */
static int take_head(struct json_object *root, struct pw_ship_record *record)
{
	struct json_object *to = member(root, "to", json_type_object);
	const char *schema = text(root, "schema"), *time = text(root, "time");

	record->kind_name = text(root, "kind");
	record->id = text(root, "id");
	if (!schema || strcmp(schema, PW_EVENT_SCHEMA) != 0 || !record->kind_name || !record->id ||
	    !time || pw_ship_time(time, &record->time_ns) < 0)
		return -EBADMSG;
	if (json_object_object_get_ex(root, "path", NULL) ||
	    json_object_object_get_ex(root, "path2", NULL) ||
	    (to && json_object_object_get_ex(to, "path", NULL)))
		return -EPERM;
	record->kind = kind_of(record->kind_name);
	record->run = text(root, "run");
	record->boot = text(root, "boot");
	record->seq = number(root, "seq");
	return 0;
}

/* One JSON object and nothing behind it but white space. */
static int parse(const char *line, size_t len, struct json_object **ret_root)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root;
	int r = 0;

	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, line, (int)len);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    !json_object_is_type(root, json_type_object))
		r = -EBADMSG;
	for (size_t i = json_tokener_get_parse_end(tokener); i < len && r == 0; i++)
		if (!memchr(" \t\r\n", line[i], 4))
			r = -EBADMSG;
	json_tokener_free(tokener);
	if (r < 0) {
		json_object_put(root);
		return r;
	}
	*ret_root = root;
	return 0;
}

int pw_ship_record_parse(const char *line, size_t len, struct pw_ship_record *ret_record)
{
	struct pw_ship_record record = { .line = line, .len = len };
	int r;

	if (len > PW_SHIP_LINE_MAX)
		return -EBADMSG;
	r = parse(line, len, &record.root);
	if (r < 0)
		return r;
	r = take_head(record.root, &record);
	if (r < 0) {
		json_object_put(record.root);
		return r;
	}
	take_decision(record.root, &record);
	take_object(record.root, &record);
	take_actor(record.root, &record);
	take_flow(record.root, &record);
	take_counts(record.root, &record);
	*ret_record = record;
	return 0;
}

void pw_ship_record_free(struct pw_ship_record *record)
{
	json_object_put(record->root);
	*record = (struct pw_ship_record){ 0 };
}
