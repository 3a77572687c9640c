/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/naive.h"

#include <string.h>

static bool listed(const struct pw_texts *texts, const char *text)
{
	for (size_t i = 0; text && i < texts->n; i++)
		if (strcmp(texts->item[i].text, text) == 0)
			return true;
	return false;
}

bool naive_within_hours(const struct pw_hours *hours, time_t now)
{
	struct tm tm;
	int minute, today, yesterday;

	if (!hours->given)
		return true;
	localtime_r(&now, &tm);
	minute = tm.tm_hour * 60 + tm.tm_min;
	today = (tm.tm_wday + 6) % 7; /* Monday: 0 */
	yesterday = (tm.tm_wday + 5) % 7;
	if (hours->from_minute < hours->to_minute)
		return (hours->days & 1 << today) && minute >= hours->from_minute &&
		       minute < hours->to_minute;
	if ((hours->days & 1 << today) && minute >= hours->from_minute)
		return true;
	return (hours->days & 1 << yesterday) && minute < hours->to_minute;
}

static bool actor_matches(const struct pw_actor *actor, const struct pw_who *who)
{
	if (listed(&actor->users, who->user))
		return true;
	for (size_t i = 0; i < who->n_groups; i++)
		if (listed(&actor->groups, who->groups[i]))
			return true;
	return false;
}

static bool actors_satisfied(const struct pw_policy *policy, const struct pw_rule *rule,
			     const struct naive_access *access)
{
	if (rule->actors.any)
		return true;
	for (size_t i = 0; i < rule->actors.n; i++) {
		const struct pw_actor *actor = &policy->actor[rule->actors.index[i]];

		if (actor_matches(actor, &access->who) &&
		    naive_within_hours(&actor->hours, access->now))
			return true;
	}
	return false;
}

static bool program_matches(const struct pw_program *program, const struct pw_who *who)
{
	if (program->paths.n == 0 && program->scripts.n == 0)
		return false;
	if (program->paths.n > 0 && !listed(&program->paths, who->exe))
		return false;
	if (program->scripts.n > 0 && !listed(&program->scripts, who->script))
		return false;
	return true;
}

static bool programs_satisfied(const struct pw_policy *policy, const struct pw_rule *rule,
			       const struct naive_access *access)
{
	if (rule->programs.any)
		return true;
	for (size_t i = 0; i < rule->programs.n; i++)
		if (program_matches(&policy->program[rule->programs.index[i]], &access->who))
			return true;
	return false;
}

static bool speaks_of_op(const struct pw_rule *rule, enum pw_op op)
{
	static const enum pw_op covers_stat[] = { PW_OP_READ,   PW_OP_WRITE, PW_OP_CREATE,
						  PW_OP_RENAME, PW_OP_LINK,  PW_OP_DELETE };

	if (rule->ops & 1 << op)
		return true;
	if (op != PW_OP_STAT || rule->verdict == PW_DENY)
		return false;
	for (size_t i = 0; i < sizeof(covers_stat) / sizeof(covers_stat[0]); i++)
		if (rule->ops & 1 << covers_stat[i])
			return true;
	return false;
}

static bool speaks_of_label(const struct pw_rule *rule, size_t label)
{
	if (rule->labels.any)
		return true;
	for (size_t i = 0; i < rule->labels.n; i++)
		if (rule->labels.index[i] == label)
			return true;
	return false;
}

static bool to_satisfied(const struct pw_rule *rule, uint64_t places)
{
	if (rule->to.any)
		return true;
	for (size_t i = 0; i < rule->to.n; i++)
		if (places & 1ULL << rule->to.index[i])
			return true;
	return false;
}

static struct naive_decision decide_label(const struct pw_policy *policy, size_t label,
					  const struct naive_access *access)
{
	struct naive_decision decision = { .rule = -1, .verdict = PW_DENY };
	enum pw_mode mode = policy->mode;

	decision.severity = PW_SEVERITY_MEDIUM;
	decision.label = policy->label[label].bit;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct pw_rule *rule = &policy->rule[i];

		if (!speaks_of_label(rule, label) || !speaks_of_op(rule, access->op))
			continue;
		if (!actors_satisfied(policy, rule, access))
			continue;
		if (!programs_satisfied(policy, rule, access))
			continue;
		if (rule->until != 0 && access->now >= rule->until)
			continue;
		/* `to` speaks of sends alone */
		if (access->op == PW_OP_SEND && !to_satisfied(rule, access->places))
			continue;
		decision.rule = (int)i;
		decision.verdict = rule->verdict;
		decision.severity = rule->severity;
		mode = rule->mode;
		break;
	}
	if (decision.verdict == PW_DENY && mode == PW_OBSERVE)
		decision.verdict = PW_WOULD_DENY;
	return decision;
}

struct naive_decision naive_decide(const struct pw_policy *policy,
				   const struct naive_access *access)
{
	struct naive_decision worst = { .rule = -2 };

	for (size_t label = 0; label < policy->n_labels; label++) {
		struct naive_decision decision;

		if (!(access->labels & 1ULL << policy->label[label].bit))
			continue;
		decision = decide_label(policy, label, access);
		if (worst.rule == -2 || decision.verdict > worst.verdict ||
		    (decision.verdict == worst.verdict && decision.label < worst.label))
			worst = decision;
	}
	return worst;
}

/* Does the component at @pattern, up to "/" or the end, match the one at @name? */
static bool component_matches(const char *pattern, size_t pattern_len, const char *name,
			      size_t name_len)
{
	const char *star = memchr(pattern, '*', pattern_len);
	size_t before, behind;

	if (!star)
		return pattern_len == name_len && memcmp(pattern, name, name_len) == 0;
	before = (size_t)(star - pattern);
	behind = pattern_len - before - 1;
	return name_len >= before + behind && memcmp(pattern, name, before) == 0 &&
	       memcmp(star + 1, name + name_len - behind, behind) == 0;
}

/*
 * Does @pattern match a leading part of @path? 0: no; 1: yes, @path goes on below;
 * 2: yes, all of it.
 */
static int pattern_matches(const char *pattern, const char *path)
{
	if (strcmp(pattern, "/") == 0)
		return strcmp(path, "/") == 0 ? 2 : 1;
	while (*pattern == '/') {
		size_t pattern_len = strcspn(pattern + 1, "/"), len;

		if (*path != '/' || !path[1])
			return 0;
		len = strcspn(path + 1, "/");
		if (!component_matches(pattern + 1, pattern_len, path + 1, len))
			return 0;
		pattern += 1 + pattern_len;
		path += 1 + len;
	}
	return *path ? 1 : 2;
}

uint64_t naive_labels(const struct pw_policy *policy, const char *path, bool is_directory)
{
	uint64_t labels = 0;

	for (size_t label = 0; label < policy->n_labels; label++) {
		const struct pw_texts *trees = &policy->label[label].trees;
		const struct pw_texts *files = &policy->label[label].files;

		for (size_t i = 0; i < trees->n; i++)
			if (pattern_matches(trees->item[i].text, path))
				labels |= 1ULL << policy->label[label].bit;
		for (size_t i = 0; i < files->n && !is_directory; i++)
			if (pattern_matches(files->item[i].text, path) == 2)
				labels |= 1ULL << policy->label[label].bit;
	}
	return labels;
}

uint64_t naive_places(const struct pw_policy *policy, const char *path)
{
	uint64_t places = 0;

	for (size_t place = 0; place < policy->n_places; place++) {
		const struct pw_texts *directories = &policy->place[place].directories;

		for (size_t i = 0; i < directories->n; i++)
			if (pattern_matches(directories->item[i].text, path))
				places |= 1ULL << place;
	}
	return places;
}

bool naive_hub(const struct pw_policy *policy, const char *path)
{
	for (size_t hub = 0; hub < policy->n_hubs; hub++) {
		const struct pw_texts *sockets = &policy->hub[hub].sockets;

		for (size_t i = 0; i < sockets->n; i++)
			if (pattern_matches(sockets->item[i].text, path) == 2)
				return true;
	}
	return false;
}
