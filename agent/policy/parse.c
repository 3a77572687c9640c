/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy from the text of its files: each file's sections, then what only shows when all
 * are read. Goes on after every error, so that one run tells them all.
 */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/words.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

const char *const pw_section_one[_PW_SECTION_MAX] = {
	[PW_SECTION_LABELS] = "label",     [PW_SECTION_ACTORS] = "actor",
	[PW_SECTION_PROGRAMS] = "program", [PW_SECTION_SESSIONS] = "session",
	[PW_SECTION_PLACES] = "place",
};

size_t pw_section_size(const struct pw_policy *policy, enum pw_section section)
{
	const size_t n[] = { policy->n_labels, policy->n_actors, policy->n_programs,
			     policy->n_sessions, policy->n_places };

	return n[section];
}

const struct pw_text *pw_section_name(const struct pw_policy *policy, enum pw_section section,
				      size_t i)
{
	switch (section) {
	case PW_SECTION_LABELS:
		return &policy->label[i].name;
	case PW_SECTION_ACTORS:
		return &policy->actor[i].name;
	case PW_SECTION_PROGRAMS:
		return &policy->program[i].name;
	case PW_SECTION_SESSIONS:
		return &policy->session[i].name;
	default:
		return &policy->place[i].name;
	}
}

struct pw_refs *pw_rule_refs(struct pw_rule *rule, enum pw_section section)
{
	struct pw_refs *refs[] = { &rule->labels, &rule->actors, &rule->programs, &rule->sessions,
				   &rule->to };

	return refs[section];
}

static void parse_mode(struct pw_parse *parse, const struct pw_given *given)
{
	unsigned int mode;

	if (!pw_parse_word(parse, given, &(struct pw_words){ pw_mode_names, _PW_MODE_MAX }, &mode))
		return;
	if (parse->mode_at.line) {
		pw_parse_error(parse, given->value,
			       "'mode' is given twice, first at %s\nkeep it in one file",
			       PW_WHERE(&parse->mode_at, parse->file));
		return;
	}
	parse->policy->mode = mode;
	parse->mode_at = pw_parse_at(parse, given->value);
}

static void parse_version(struct pw_parse *parse, const struct pw_node *root,
			  const struct pw_given *given)
{
	if (!given->key)
		pw_parse_error(
			parse, root,
			"the file does not say which policy version it is\nbegin it with phiward: 1");
	else if (pw_parse_is(parse, given, PW_NODE_SCALAR) && strcmp(given->value->text, "1") != 0)
		pw_parse_error(
			parse, given->value,
			"policy version %s is not known to this agent\nwrite phiward: 1, or update the agent",
			PW_Q(given->value->text));
}

static void parse_root(struct pw_parse *parse, const struct pw_node *root)
{
	enum {
		VERSION,
		MODE,
		SPREAD,
		LABELS,
		ACTORS,
		PROGRAMS,
		SESSIONS,
		PLACES,
		HUBS,
		DECLASSIFIERS,
		RULES,
		N
	};
	static const char *const names[] = { "phiward", "mode",          "spread",   "labels",
					     "actors",  "programs",      "sessions", "places",
					     "hubs",    "declassifiers", "rules" };
	static const char *const settings[] = { "hide-names", "log", "canary-interval",
						"socket-group", "reveal" };
	static const struct pw_keys keys = { "a policy",
					     { names, N },
					     { settings, PW_ARRAY_SIZE(settings) } };
	struct pw_given given[N];
	int i;

	if (!pw_parse_keys(parse, root, &keys, given))
		return;
	parse_version(parse, root, &given[VERSION]);
	parse_mode(parse, &given[MODE]);
	pw_parse_spread(parse, &given[SPREAD]);
	for (i = 0; i < _PW_SECTION_MAX; i++)
		pw_parse_section(parse, &given[LABELS + i], (enum pw_section)i);
	pw_parse_hubs(parse, &given[HUBS]);
	pw_parse_declassifiers(parse, &given[DECLASSIFIERS]);
	pw_parse_rules(parse, &given[RULES]);
}

static void parse_source(struct pw_parse *parse, const struct pw_source *source)
{
	struct pw_place_in_file top = { parse->file, 1, 1 };
	struct pw_yaml yaml = { 0 };
	int r;

	r = pw_yaml_read(parse, source, &yaml);
	if (r == -ENOMEM)
		parse->error = r;
	parse->incomplete |= r < 0;
	if (yaml.root)
		parse_root(parse, yaml.root);
	else if (r == 0)
		pw_parse_error_at(
			parse, &top,
			"the file holds no policy\nbegin it with phiward: 1, or remove it");
	pw_yaml_free(&yaml);
}

/* SHA-256 of all contents in their order: what `cat FILES | sha256sum` prints. */
static int parse_id(const struct pw_sources *sources, char id[65])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	bool fine;
	size_t i;

	fine = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	for (i = 0; i < sources->n && fine; i++)
		fine = EVP_DigestUpdate(context, sources->source[i].text, sources->source[i].len);
	fine = fine && EVP_DigestFinal_ex(context, digest, &len);
	EVP_MD_CTX_free(context);
	if (!fine || len != 32)
		return -ENOMEM;
	for (i = 0; i < len; i++)
		snprintf(id + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

/* The policy's own copies of the names, before anything borrows them. */
static int parse_files(struct pw_parse *parse, const struct pw_sources *sources)
{
	struct pw_policy *policy = parse->policy;
	size_t i;

	policy->file = calloc(sources->n + 1, sizeof(*policy->file));
	if (!policy->file)
		return -ENOMEM;
	for (i = 0; i < sources->n; i++) {
		const char *name = sources->source[i].name;

		policy->file[i] = strdup(name);
		if (!policy->file[i])
			return -ENOMEM;
		policy->n_files++;
		if (pw_findings_file(parse->findings, name) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void parse_all(struct pw_parse *parse, const struct pw_sources *sources)
{
	static const struct pw_place_in_file nowhere = { "policy", 1, 1 };
	size_t i;

	parse->error = parse_files(parse, sources);
	for (i = 0; i < sources->n && !parse->error; i++) {
		parse->file = parse->policy->file[i];
		parse_source(parse, &sources->source[i]);
	}
	if (!sources->n && !parse->incomplete)
		pw_parse_error_at(
			parse, &nowhere,
			"there is no policy file\nput one into policy.d, its name ending in .yaml");
	for (i = 0; i < parse->policy->n_rules; i++)
		if (!parse->state[i].has_mode)
			parse->policy->rule[i].mode = parse->policy->mode;
	if (!parse->error && sources->n)
		pw_check(parse);
	if (!parse->error)
		parse->error = parse_id(sources, parse->policy->id);
	if (!parse->error)
		parse->error = pw_findings_finish(parse->findings);
}

int pw_parse_sources(const struct pw_sources *sources, struct pw_findings *findings,
		     struct pw_policy **ret_policy)
{
	_cleanup_(pw_policy_free) struct pw_policy *policy = calloc(1, sizeof(*policy));
	struct pw_parse parse = {
		.policy = policy,
		.findings = findings,
		.incomplete = sources->incomplete,
		.errors_before = findings->n_errors,
	};
	size_t i;

	if (!policy)
		return -ENOMEM;
	parse_all(&parse, sources);
	for (i = 0; i < _PW_SECTION_MAX; i++)
		pw_index_free(&parse.names[i]);
	pw_index_free(&parse.hubs);
	pw_index_free(&parse.rules);
	free(parse.state);
	if (parse.error)
		return parse.error;
	if (sources->incomplete || findings->n_errors != parse.errors_before)
		return -EINVAL;
	*ret_policy = TAKE_PTR(policy);
	return 0;
}

int pw_policy_parse(const struct pw_source *sources, size_t n, struct pw_findings *findings,
		    struct pw_policy **ret_policy)
{
	return pw_parse_sources(&(struct pw_sources){ sources, n, false }, findings, ret_policy);
}
