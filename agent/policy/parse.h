/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private to the parser and the checks: the state of one parse, and readers of values.
 * Readers say what is wrong and go on; memory that ran out is kept in parse->error and
 * looked at once, at the end.
 */
#ifndef PW_POLICY_PARSE_H
#define PW_POLICY_PARSE_H

#include "policy/finding.h"
#include "policy/index.h"
#include "policy/policy.h"
#include "policy/yaml.h"

/* The sections whose entries rules refer to by name. */
enum pw_section {
	PW_SECTION_LABELS = 0,
	PW_SECTION_ACTORS,
	PW_SECTION_PROGRAMS,
	PW_SECTION_SESSIONS,
	PW_SECTION_PLACES,
	_PW_SECTION_MAX,
};

extern const char *const pw_section_one[_PW_SECTION_MAX]; /* "label" ... */

#define PW_DEFINITIONS_MAX 65535 /* of one section: an index fits struct pw_refs */
#define PW_TEXT_MAX        4096  /* bytes of any one value */

struct pw_parse {
	struct pw_policy *policy;
	struct pw_findings *findings;
	const char *file;     /* the one being parsed; owned by policy */
	int error;            /* 0 or -ENOMEM */
	size_t errors_before; /* in findings when this parse began */
	bool incomplete;      /* some file could not be understood: a missing name may be there */
	struct pw_place_in_file mode_at;   /* of the policy's mode; line 0: not given */
	struct pw_place_in_file spread_at; /* the same of `spread` */
	struct pw_index names[_PW_SECTION_MAX];
	struct pw_index hubs;
	struct pw_index rules;
	struct pw_rule_state {
		bool bad;      /* something in it is wrong: do not reason about it */
		bool has_mode; /* its own */
	} * state;             /* as many as rules */
	size_t n_trees;        /* and files */
	struct pw_place_in_file too_many_trees;
	size_t guesses; /* comparisons spent on "did you mean" */
};

/*
 * One key of a mapping that was given: its key and value nodes, else NULL. A key without a
 * value was misspelled (said): it is not missing.
 */
struct pw_given {
	const struct pw_node *key;
	const struct pw_node *value;
};

/* parse_value.c: findings at a node or place. "MESSAGE\nREMEDY", see finding.h. */
void pw_parse_error(struct pw_parse *parse, const struct pw_node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void pw_parse_error_at(struct pw_parse *parse, const struct pw_place_in_file *at,
		       const char *format, ...) __attribute__((format(printf, 3, 4)));
void pw_parse_warning_at(struct pw_parse *parse, const struct pw_place_in_file *at,
			 const char *format, ...) __attribute__((format(printf, 3, 4)));
struct pw_place_in_file pw_parse_at(const struct pw_parse *parse, const struct pw_node *node);

/* "5:3", or "FILE:5:3" when that is another file than @here. Foreign text escaped. */
struct pw_where {
	char text[320];
};
const char *pw_parse_where(struct pw_where *into, const struct pw_place_in_file *at,
			   const char *here);
#define PW_WHERE(at, here) pw_parse_where(&(struct pw_where){ { 0 } }, (at), (here))

/* Words of the language, and names of whatever kind: candidates for "did you mean". */
struct pw_words {
	const char *const *word;
	size_t n;
};

struct pw_names {
	const char *(*name)(const void *ctx, size_t i);
	const void *ctx;
	size_t n;
};

/* "did you mean 'x'? " (with the blank) or "". */
struct pw_guess {
	char text[128];
	size_t i; /* of the candidate; as many as there are: none */
};
const char *pw_parse_guess(struct pw_parse *parse, struct pw_guess *into, const char *word,
			   const struct pw_names *names);
const char *pw_parse_guess_word(struct pw_parse *parse, struct pw_guess *into, const char *word,
				const struct pw_words *words);

/* The keys of a kind of mapping. */
struct pw_keys {
	const char *what; /* for messages: "a label" */
	struct pw_words known;
	struct pw_words elsewhere; /* keys that belong into the settings */
};

/*
 * Sort the keys of a mapping into @given (as many as keys->known.n). False when it is no mapping
 * at all (said).
 */
bool pw_parse_keys(struct pw_parse *parse, const struct pw_node *map, const struct pw_keys *keys,
		   struct pw_given *given);

/* Is the value given and of that kind? If given and not, that is said. */
bool pw_parse_is(struct pw_parse *parse, const struct pw_given *given, enum pw_node_kind kind);

/* Copy a scalar with its place. */
void pw_parse_text(struct pw_parse *parse, const struct pw_node *node, struct pw_text *ret);

/* A scalar on one line of at most @max bytes, without control characters. */
void pw_parse_line(struct pw_parse *parse, const struct pw_given *given, size_t max,
		   struct pw_text *ret);

/* One of the words: false when not given or wrong (said). */
bool pw_parse_word(struct pw_parse *parse, const struct pw_given *given,
		   const struct pw_words *words, unsigned int *ret);

/*
 * Copy a list of scalars, each as @check returns it (a copy, or NULL when it is wrong and
 * that was said); @key is the list's name. Says what is there twice.
 */
typedef char *(*pw_item_check)(struct pw_parse *parse, const struct pw_node *node, const char *key);
void pw_parse_list(struct pw_parse *parse, const struct pw_given *given, pw_item_check check,
		   struct pw_texts *ret);

/* [a-z0-9][a-z0-9-]{0,62}, and not a word of the language: "any", "all". False: said. */
bool pw_parse_name(struct pw_parse *parse, const struct pw_node *node, const char *what);

/* Control characters (C0 and DEL), or NULL. */
const char *pw_find_control(const char *text, size_t len);

/* A copy of a node's text, or NULL with parse->error set. */
char *pw_parse_copy(struct pw_parse *parse, const struct pw_node *node);

/* parse_path.c */
char *pw_parse_path(struct pw_parse *parse, const struct pw_node *node, const char *key);
char *pw_parse_tree(struct pw_parse *parse, const struct pw_node *node, const char *key);
char *pw_parse_file(struct pw_parse *parse, const struct pw_node *node, const char *key);
char *pw_parse_socket(struct pw_parse *parse, const struct pw_node *node, const char *key);

/* parse_time.c */
void pw_parse_hours(struct pw_parse *parse, const struct pw_given *given, struct pw_hours *ret);
void pw_parse_until(struct pw_parse *parse, const struct pw_given *given, time_t *ret);

/* parse_network.c */
char *pw_parse_network(struct pw_parse *parse, const struct pw_node *node, const char *key);

/* parse_section.c, parse_place.c: an entry of a section. */
void pw_parse_section(struct pw_parse *parse, const struct pw_given *given,
		      enum pw_section section);
void pw_parse_place_entry(struct pw_parse *parse, const struct pw_node *map,
			  struct pw_place *place);

/* parse_flow.c */
void pw_parse_spread(struct pw_parse *parse, const struct pw_given *given);
void pw_parse_hubs(struct pw_parse *parse, const struct pw_given *given);
void pw_parse_declassifiers(struct pw_parse *parse, const struct pw_given *given);

/* parse_rule.c. pw_parse_refs: names of a condition, "any", or nothing, which is any. */
void pw_parse_rules(struct pw_parse *parse, const struct pw_given *given);
void pw_parse_refs(struct pw_parse *parse, const struct pw_given *given, struct pw_refs *refs);

/* parse.c. incomplete: there are files that could not be read (said). */
struct pw_sources {
	const struct pw_source *source;
	size_t n;
	bool incomplete;
};
int pw_parse_sources(const struct pw_sources *sources, struct pw_findings *findings,
		     struct pw_policy **ret_policy);

/* The i-th name of a section, for look-ups. */
const struct pw_text *pw_section_name(const struct pw_policy *policy, enum pw_section section,
				      size_t i);
size_t pw_section_size(const struct pw_policy *policy, enum pw_section section);
struct pw_refs *pw_rule_refs(struct pw_rule *rule, enum pw_section section);

/* check.c and its like: what only shows when all files are read. */
void pw_check(struct pw_parse *parse);
void pw_check_trees(struct pw_parse *parse);
void pw_check_shadows(struct pw_parse *parse);
void pw_check_places(struct pw_parse *parse);

#endif /* PW_POLICY_PARSE_H */
