/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules, one by one. What they refer to is looked up when all files are read: check.c. */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "base/words.h"

#include <string.h>

enum {
	RULE_ID,
	RULE_ALLOW,
	RULE_WARN,
	RULE_DENY,
	RULE_LABELS,
	RULE_ACTORS,
	RULE_PROGRAMS,
	RULE_SESSIONS,
	RULE_TO,
	RULE_SEVERITY,
	RULE_MODE,
	RULE_TELL,
	RULE_PURPOSE,
	RULE_APPROVED_BY,
	RULE_UNTIL,
	RULE_KEYS,
};

static const char *const rule_names[] = {
	[RULE_ID] = "id",
	[RULE_ALLOW] = "allow",
	[RULE_WARN] = "warn",
	[RULE_DENY] = "deny",
	[RULE_LABELS] = "labels",
	[RULE_ACTORS] = "actors",
	[RULE_PROGRAMS] = "programs",
	[RULE_SESSIONS] = "sessions",
	[RULE_TO] = "to",
	[RULE_SEVERITY] = "severity",
	[RULE_MODE] = "mode",
	[RULE_TELL] = "tell",
	[RULE_PURPOSE] = "purpose",
	[RULE_APPROVED_BY] = "approved-by",
	[RULE_UNTIL] = "until",
};
static const struct pw_keys rule_keys = { "a rule", { rule_names, RULE_KEYS }, { NULL, 0 } };

static void rule_id(struct pw_parse *parse, const struct pw_node *map, const struct pw_given *given,
		    struct pw_rule *rule)
{
	const struct pw_node *node = given->value;
	size_t first;

	if (!given->key) {
		pw_parse_error(
			parse, map,
			"a rule needs an id\nadd id: NAME; events and explanations name the rule by it");
		return;
	}
	if (!node || !pw_parse_name(parse, node, "a rule"))
		return;
	if (pw_index_find(&parse->rules, node->text, node->len, &first)) {
		pw_parse_error(parse, node,
			       "rule '%s' is defined twice, first at %s\nchoose another id",
			       node->text,
			       PW_WHERE(&parse->policy->rule[first].id.at, parse->file));
		return;
	}
	pw_parse_text(parse, node, &rule->id);
	if (rule->id.text &&
	    pw_index_add(&parse->rules, rule->id.text, node->len, parse->policy->n_rules - 1) < 0)
		parse->error = -ENOMEM;
}

static char *rule_op(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	_cleanup_str_ struct pw_str known = { 0 };
	struct pw_guess guess;
	size_t i;

	if (pw_table_find(pw_op_names, _PW_OP_MAX, node->text) >= 0)
		return pw_parse_copy(parse, node);
	if (strcmp(node->text, "all") == 0 || strcmp(node->text, "any") == 0) {
		pw_parse_error(parse, node, "'%s' in a list of operations\nwrite %s: all",
			       node->text, key);
		return NULL;
	}
	for (i = 0; i < _PW_OP_MAX; i++)
		pw_str_addf(&known, "%s, ", pw_op_names[i]);
	pw_parse_error(parse, node,
		       "%s is no operation\n%sthe operations are: %sor all without a list",
		       PW_Q(node->text),
		       pw_parse_guess_word(parse, &guess, node->text,
					   &(struct pw_words){ pw_op_names, _PW_OP_MAX }),
		       known.text ? known.text : "");
	return NULL;
}

static uint16_t rule_ops(struct pw_parse *parse, const struct pw_given *given)
{
	struct pw_texts words = { 0 };
	uint16_t ops = 0;
	size_t i;

	if (!given->value)
		return 0;
	if (given->value->kind == PW_NODE_SCALAR && strcmp(given->value->text, "all") == 0)
		return (1u << _PW_OP_MAX) - 1;
	pw_parse_list(parse, given, rule_op, &words);
	for (i = 0; i < words.n; i++) {
		int op = pw_table_find(pw_op_names, _PW_OP_MAX, words.item[i].text);

		ops |= (uint16_t)(1u << op);
		free(words.item[i].text);
	}
	free(words.item);
	return ops;
}

static void rule_verdict(struct pw_parse *parse, const struct pw_node *map,
			 const struct pw_given *given, struct pw_rule *rule)
{
	static const struct {
		unsigned int key;
		enum pw_verdict verdict;
		enum pw_severity severity;
	} verdicts[] = {
		{ RULE_ALLOW, PW_ALLOW, PW_SEVERITY_LOW },
		{ RULE_WARN, PW_WARN, PW_SEVERITY_LOW },
		{ RULE_DENY, PW_DENY, PW_SEVERITY_MEDIUM },
	};
	const struct pw_node *first = NULL;
	size_t i;

	for (i = 0; i < PW_ARRAY_SIZE(verdicts); i++) {
		const struct pw_given *one = &given[verdicts[i].key];
		uint16_t ops;

		if (!one->key)
			continue;
		ops = rule_ops(parse, one);
		if (first) {
			pw_parse_error(
				parse, one->key,
				"a rule has one verdict, and this one has '%s' and '%s'\nmake two rules of it",
				first->text, one->key->text);
			continue;
		}
		first = one->key;
		rule->ops = ops;
		rule->verdict = verdicts[i].verdict;
		rule->severity = verdicts[i].severity;
	}
	if (!first)
		pw_parse_error(
			parse, map,
			"a rule needs a verdict\nadd allow, warn or deny with the operations: deny: all");
}

static char *rule_ref(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	if (strcmp(node->text, "any") == 0 || strcmp(node->text, "all") == 0) {
		pw_parse_error(parse, node, "'%s' in the list of '%s'\nwrite %s: any", node->text,
			       key, key);
		return NULL;
	}
	return pw_parse_copy(parse, node);
}

void pw_parse_refs(struct pw_parse *parse, const struct pw_given *given, struct pw_refs *refs)
{
	const struct pw_node *node = given->value;

	refs->any = !node || (node->kind == PW_NODE_SCALAR && strcmp(node->text, "any") == 0);
	if (refs->any)
		return;
	if (node->kind == PW_NODE_SCALAR && strcmp(node->text, "all") == 0)
		pw_parse_error(parse, node, "'%s' cannot be 'all'\nwrite %s: any", given->key->text,
			       given->key->text);
	else
		pw_parse_list(parse, given, rule_ref, &refs->as_written);
}

/* `to` restricts `send` and nothing else: [read, send] with `to` is about every read. */
static void rule_to(struct pw_parse *parse, const struct pw_given *given,
		    const struct pw_rule *rule)
{
	if (given->key && rule->ops && !rule->to.any && !(rule->ops & 1u << PW_OP_SEND))
		pw_parse_error(
			parse, given->key,
			"'to' without 'send': no other operation has a destination\nadd 'send' to the operations, or remove 'to'");
}

static void rule_read(struct pw_parse *parse, const struct pw_node *map, struct pw_rule *rule,
		      struct pw_rule_state *state)
{
	static const size_t lists[] = { RULE_LABELS, RULE_ACTORS, RULE_PROGRAMS, RULE_SESSIONS,
					RULE_TO };
	struct pw_given given[RULE_KEYS];
	unsigned int word;
	size_t i;

	if (!pw_parse_keys(parse, map, &rule_keys, given))
		return;
	rule_id(parse, map, &given[RULE_ID], rule);
	rule_verdict(parse, map, given, rule);
	if (!given[RULE_LABELS].key)
		pw_parse_error(
			parse, map,
			"a rule needs labels\nadd labels: [NAME], or labels: any for all of them");
	for (i = 0; i < PW_ARRAY_SIZE(lists); i++)
		pw_parse_refs(parse, &given[lists[i]], pw_rule_refs(rule, (enum pw_section)i));
	rule_to(parse, &given[RULE_TO], rule);
	if (pw_parse_word(parse, &given[RULE_SEVERITY],
			  &(struct pw_words){ pw_severity_names, _PW_SEVERITY_MAX }, &word))
		rule->severity = word;
	state->has_mode = pw_parse_word(parse, &given[RULE_MODE],
					&(struct pw_words){ pw_mode_names, _PW_MODE_MAX }, &word);
	if (state->has_mode)
		rule->mode = word;
	pw_parse_line(parse, &given[RULE_TELL], 300, &rule->tell);
	pw_parse_line(parse, &given[RULE_PURPOSE], 200, &rule->purpose);
	pw_parse_line(parse, &given[RULE_APPROVED_BY], 200, &rule->approved_by);
	pw_parse_until(parse, &given[RULE_UNTIL], &rule->until);
}

/* Is there something in it that was told to be wrong already, when the YAML was read? */
static bool rule_has_bad(const struct pw_node *node)
{
	const struct pw_node *child;

	if (node->kind == PW_NODE_BAD)
		return true;
	for (child = node->first; child; child = child->next)
		if (rule_has_bad(child))
			return true;
	return false;
}

void pw_parse_rules(struct pw_parse *parse, const struct pw_given *given)
{
	struct pw_policy *policy = parse->policy;
	const struct pw_node *node;

	if (!pw_parse_is(parse, given, PW_NODE_LIST))
		return;
	for (node = given->value->first; node; node = node->next) {
		size_t before = parse->findings->n_errors, n = policy->n_rules;

		if (pw_array_grow(&policy->rule, n, sizeof(*policy->rule)) < 0 ||
		    pw_array_grow(&parse->state, n, sizeof(*parse->state)) < 0) {
			parse->error = -ENOMEM;
			return;
		}
		policy->rule[n] = (struct pw_rule){ .at = pw_parse_at(parse, node) };
		parse->state[n] = (struct pw_rule_state){ 0 };
		policy->n_rules++;
		if (n == PW_RULES_MAX)
			pw_parse_error(
				parse, node,
				"the policy has more than %d rules\nmerge rules that differ in one name only: every condition takes a list",
				PW_RULES_MAX);
		rule_read(parse, node, &policy->rule[n], &parse->state[n]);
		parse->state[n].bad = parse->findings->n_errors != before || rule_has_bad(node);
	}
}
