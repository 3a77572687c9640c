/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One YAML file as a tree of nodes with their places. Called by parse.c only. */
#ifndef PW_POLICY_YAML_H
#define PW_POLICY_YAML_H

#include "policy/policy.h"

struct pw_parse;

enum pw_node_kind {
	PW_NODE_BAD = 0, /* something that was already told to be wrong: say no more of it */
	PW_NODE_NONE,    /* no value: "", ~ or null, unquoted */
	PW_NODE_SCALAR,
	PW_NODE_LIST,
	PW_NODE_MAP,
};

struct pw_node {
	struct pw_node *next;  /* sibling; in a mapping key, value, key, value ... */
	struct pw_node *first; /* child of a list or mapping */
	const char *text;      /* scalar: NUL-terminated UTF-8 without other NULs */
	uint32_t len;          /* of text, in bytes */
	uint32_t line, column; /* from 1 */
	enum pw_node_kind kind;
};

struct pw_yaml {
	struct pw_yaml_block *block; /* memory of all nodes and texts */
	struct pw_node *root;        /* NULL: there is nothing but comments */
};

/*
 * Read one file; what is wrong becomes findings of @parse. Returns 0; -EINVAL when not all
 * of the file could be understood (root is then NULL, or the part in front); -ENOMEM.
 * The caller frees @yaml in every case.
 */
int pw_yaml_read(struct pw_parse *parse, const struct pw_source *source, struct pw_yaml *yaml);

/* Is every byte one that a policy may hold? 0 or -EINVAL (said). */
int pw_yaml_check_bytes(struct pw_parse *parse, const struct pw_source *source);

void pw_yaml_free(struct pw_yaml *yaml);

#endif /* PW_POLICY_YAML_H */
