/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent's answers hold, by name, for those that print them. */
#ifndef PW_CLI_MEMBER_H
#define PW_CLI_MEMBER_H

#include <json-c/json.h>
#include <stddef.h>

/* The member @key of @object, which keeps it; NULL: not there, null, no @key or no object. */
static inline struct json_object *pw_member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (key && json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

/* The same as text, which lives as long as @object. */
static inline const char *pw_member_text(struct json_object *object, const char *key)
{
	struct json_object *value = pw_member(object, key);

	return value ? json_object_get_string(value) : NULL;
}

/* How many @list has; 0: it is no list. */
static inline size_t pw_member_count(struct json_object *list)
{
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

#endif /* PW_CLI_MEMBER_H */
