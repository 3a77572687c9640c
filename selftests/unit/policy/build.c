/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/build.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int next_line;

/* Room for one more behind @n items: doubles when @n is a power of two. */
static void *more(void *items, size_t n, size_t item_bytes)
{
	char *p = n & (n - 1) ? items : reallocarray(items, n ? 2 * n : 1, item_bytes);

	assert(p);
	memset(p + n * item_bytes, 0, item_bytes);
	return p;
}

#define MORE(array, n) ((array) = more(array, n, sizeof(*(array))), &(array)[(n)++])

static struct pw_text text_of(struct pw_policy *policy, const char *text)
{
	struct pw_text t = {
		.text = strdup(text),
		.at = { .file = policy->file[0], .line = next_line++, .column = 3 },
	};

	assert(t.text);
	return t;
}

struct pw_policy *pw_build_policy(enum pw_mode mode)
{
	struct pw_policy *policy = calloc(1, sizeof(*policy));

	assert(policy);
	next_line = 1;
	policy->mode = mode;
	*MORE(policy->file, policy->n_files) = strdup("10-test.yaml");
	assert(policy->file[0]);
	snprintf(policy->id, sizeof(policy->id), "test");
	return policy;
}

void pw_build_text(struct pw_policy *policy, struct pw_texts *texts, const char *text)
{
	*MORE(texts->item, texts->n) = text_of(policy, text);
}

size_t pw_build_label(struct pw_policy *policy, const char *name)
{
	MORE(policy->label, policy->n_labels)->name = text_of(policy, name);
	policy->label[policy->n_labels - 1].bit = policy->n_labels - 1;
	return policy->n_labels - 1;
}

size_t pw_build_actor(struct pw_policy *policy, const char *name)
{
	MORE(policy->actor, policy->n_actors)->name = text_of(policy, name);
	return policy->n_actors - 1;
}

size_t pw_build_program(struct pw_policy *policy, const char *name)
{
	MORE(policy->program, policy->n_programs)->name = text_of(policy, name);
	return policy->n_programs - 1;
}

size_t pw_build_place(struct pw_policy *policy, const char *name)
{
	MORE(policy->place, policy->n_places)->name = text_of(policy, name);
	return policy->n_places - 1;
}

size_t pw_build_hub(struct pw_policy *policy, const char *name)
{
	MORE(policy->hub, policy->n_hubs)->name = text_of(policy, name);
	return policy->n_hubs - 1;
}

struct pw_declassifier *pw_build_declassifier(struct pw_policy *policy)
{
	struct pw_declassifier *one = MORE(policy->declassifier, policy->n_declassifiers);

	one->programs.any = one->labels.any = true;
	return one;
}

struct pw_rule *pw_build_rule(struct pw_policy *policy, const char *id, enum pw_verdict verdict,
			      unsigned int ops)
{
	struct pw_rule *rule = MORE(policy->rule, policy->n_rules);

	rule->id = text_of(policy, id);
	rule->at = rule->id.at;
	rule->verdict = verdict;
	rule->ops = ops;
	rule->mode = policy->mode;
	rule->severity = verdict == PW_DENY ? PW_SEVERITY_MEDIUM : PW_SEVERITY_LOW;
	rule->labels.any = rule->actors.any = rule->programs.any = true;
	rule->sessions.any = rule->to.any = true;
	return rule;
}

void pw_build_ref(struct pw_refs *refs, size_t index)
{
	refs->any = false;
	*MORE(refs->index, refs->n) = index;
}

static void free_texts(struct pw_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		free(texts->item[i].text);
	free(texts->item);
}

static void free_rule(struct pw_rule *rule)
{
	free(rule->id.text);
	free(rule->tell.text);
	free(rule->labels.index);
	free(rule->actors.index);
	free(rule->programs.index);
	free(rule->sessions.index);
	free(rule->to.index);
}

static void free_flow(struct pw_policy *p)
{
	size_t i;

	for (i = 0; i < p->n_places; i++) {
		free(p->place[i].name.text);
		free(p->place[i].protocol.text);
		free_texts(&p->place[i].network);
		free_texts(&p->place[i].printers);
		free_texts(&p->place[i].directories);
	}
	for (i = 0; i < p->n_hubs; i++) {
		free(p->hub[i].name.text);
		free_texts(&p->hub[i].paths);
		free_texts(&p->hub[i].sockets);
	}
	for (i = 0; i < p->n_declassifiers; i++) {
		free(p->declassifier[i].programs.index);
		free(p->declassifier[i].labels.index);
	}
	free(p->place);
	free(p->hub);
	free(p->declassifier);
}

void pw_built_free(struct pw_policy **policy)
{
	struct pw_policy *p = *policy;
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->n_labels; i++) {
		free(p->label[i].name.text);
		free_texts(&p->label[i].trees);
		free_texts(&p->label[i].files);
	}
	for (i = 0; i < p->n_actors; i++) {
		free(p->actor[i].name.text);
		free_texts(&p->actor[i].users);
		free_texts(&p->actor[i].groups);
	}
	for (i = 0; i < p->n_programs; i++) {
		free(p->program[i].name.text);
		free_texts(&p->program[i].paths);
		free_texts(&p->program[i].scripts);
	}
	for (i = 0; i < p->n_rules; i++)
		free_rule(&p->rule[i]);
	free_flow(p);
	free(p->label);
	free(p->actor);
	free(p->program);
	free(p->rule);
	free(p->file[0]);
	free(p->file);
	free(p);
	*policy = NULL;
}
