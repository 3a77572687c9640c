/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The masks of a policy: for each value of each condition, the rules that it satisfies.
 *
 * `hours` are folded in here: a user's or group's mask holds a rule when one of the rule's
 * actors lists that name and is within its hours now; compiling again at next_change keeps
 * it true. `to` restricts only `send`: a rule [read, send] with `to` speaks of every read,
 * and of a send to those places; so the place is no part of what a task satisfies, and
 * whoever decides a send adds pw_mask_places(). Labels are bits here, never indexes.
 */
#include "base/cleanup.h"
#include "policy/compile-private.h"
#include "policy/hours.h"

#include <assert.h>
#include <string.h>

#define OP(name)     (1u << PW_OP_##name)
#define IMPLIES_STAT (OP(READ) | OP(WRITE) | OP(CREATE) | OP(RENAME) | OP(LINK) | OP(DELETE))

static void sooner(time_t *next, time_t t)
{
	if (t && (!*next || t < *next))
		*next = t;
}

static void build_rule(const struct pw_policy *policy, size_t index, time_t now,
		       struct pw_compiled *compiled)
{
	const struct pw_rule *rule = &policy->rule[index];
	struct pw_image *image = &compiled->image;
	unsigned int ops = rule->ops, op;
	size_t i;

	if (rule->verdict != PW_DENY && ops & IMPLIES_STAT)
		ops |= OP(STAT);
	for (op = 0; op < _PW_OP_MAX; op++)
		if (ops >> op & 1)
			pw_mask_set(&image->op[op], index);
	for (i = 0; i < policy->n_labels; i++)
		if (pw_refs_has(&rule->labels, i))
			pw_mask_set(&image->label[policy->label[i].bit], index);
	if (rule->actors.any)
		pw_mask_set(&image->any_actor, index);
	if (rule->programs.any)
		pw_mask_set(&image->any_program, index);
	if (rule->to.any)
		pw_mask_set(&image->any_place, index);
	for (i = 0; !rule->to.any && i < rule->to.n; i++)
		pw_mask_set(&image->place[rule->to.index[i]], index);
	pw_mask_set(&image->any_session, index); /* not enforced yet: counts as satisfied */
	if (!rule->until || now < rule->until)
		pw_mask_set(&image->active, index);
	if (rule->until > now)
		sooner(&compiled->next_change, rule->until);
	image->row[index] = (struct pw_row){
		.verdict = rule->verdict,
		.mode = rule->mode,
		.severity = rule->severity,
	};
}

static void build_image(const struct pw_policy *policy, time_t now, struct pw_compiled *compiled)
{
	struct pw_image *image = &compiled->image;
	size_t i;

	image->version = PW_IMAGE_VERSION;
	image->n_rules = policy->n_rules;
	image->n_labels = policy->n_labels;
	image->mode = policy->mode;
	image->lineage = policy->n_labels > 0;
	for (i = 0; i < policy->n_labels; i++) {
		image->known |= 1ULL << policy->label[i].bit;
		if (policy->label[i].on_failure == PW_FAIL_CLOSED)
			image->fail_closed |= 1ULL << policy->label[i].bit;
	}
	for (i = 0; i < policy->n_places; i++)
		if (policy->place[i].printers.n)
			image->printers |= 1ULL << i;
	for (i = 0; i < _PW_DOOR_MAX; i++)
		if (policy->spread[i] == PW_SPREAD_STRICT)
			image->strict |= 1u << i;
	for (i = 0; i < policy->n_rules; i++)
		build_rule(policy, i, now, compiled);
}

/* The rules that name each actor, whatever the hour. */
static struct pw_mask *actor_masks(const struct pw_policy *policy)
{
	struct pw_mask *mask = calloc(policy->n_actors + 1, sizeof(*mask));
	size_t i, k;

	if (!mask)
		return NULL;
	for (i = 0; i < policy->n_rules; i++) {
		const struct pw_refs *actors = &policy->rule[i].actors;

		for (k = 0; !actors->any && k < actors->n; k++)
			pw_mask_set(&mask[actors->index[k]], i);
	}
	return mask;
}

/* Empty the masks of actors that are out of their hours; tell when that changes. */
static void apply_hours(const struct pw_policy *policy, time_t now, struct pw_mask *mask,
			time_t *next_change)
{
	const struct pw_mask none = { 0 };
	struct pw_clock clock;
	size_t i;

	pw_clock_init(&clock, now);
	for (i = 0; i < policy->n_actors; i++) {
		const struct pw_hours *hours = &policy->actor[i].hours;

		if (!memcmp(&mask[i], &none, sizeof(none)))
			continue;
		sooner(next_change, pw_hours_next_change(&clock, hours));
		if (!pw_hours_within(&clock, hours))
			mask[i] = none;
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct pw_name_mask *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Users (or groups) of all actors, sorted, each once with the masks of all its actors. */
static int build_names(const struct pw_policy *policy, const struct pw_mask *actor, bool groups,
		       struct pw_compiled *compiled)
{
	_cleanup_free_ struct pw_name_mask *name = NULL;
	size_t i, k, n = 0, unique = 0;

	for (i = 0; i < policy->n_actors; i++)
		n += groups ? policy->actor[i].groups.n : policy->actor[i].users.n;
	name = calloc(n + 1, sizeof(*name));
	if (!name)
		return -ENOMEM;
	for (i = 0, n = 0; i < policy->n_actors; i++) {
		const struct pw_texts *texts =
			groups ? &policy->actor[i].groups : &policy->actor[i].users;

		for (k = 0; k < texts->n; k++)
			name[n++] = (struct pw_name_mask){ texts->item[k].text, actor[i] };
	}
	qsort(name, n, sizeof(*name), compare_names);
	for (i = 0; i < n; i++) {
		if (unique && !strcmp(name[unique - 1].name, name[i].name))
			pw_mask_or(&name[unique - 1].mask, &name[i].mask);
		else
			name[unique++] = name[i];
	}
	if (groups) {
		compiled->group = TAKE_PTR(name);
		compiled->n_groups = unique;
	} else {
		compiled->user = TAKE_PTR(name);
		compiled->n_users = unique;
	}
	return 0;
}

static void add_exes(struct pw_compiled *compiled, const struct pw_texts *texts, size_t program,
		     bool is_script)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		compiled->exe[compiled->n_exes++] = (struct pw_exe_entry){
			.path = texts->item[i].text,
			.program = program,
			.is_script = is_script,
		};
}

/* Room for all programs: those of hubs with `paths` stand behind the policy's. */
static int alloc_programs(const struct pw_policy *policy, struct pw_compiled *compiled)
{
	size_t i, n_exes = 0, n_programs = policy->n_programs;

	for (i = 0; i < policy->n_programs; i++)
		n_exes += policy->program[i].paths.n + policy->program[i].scripts.n;
	for (i = 0; i < policy->n_hubs; i++) {
		n_exes += policy->hub[i].paths.n;
		n_programs += policy->hub[i].paths.n > 0;
	}
	compiled->exe = calloc(n_exes + 1, sizeof(*compiled->exe));
	compiled->program = calloc(n_programs + 1, sizeof(*compiled->program));
	return compiled->exe && compiled->program ? 0 : -ENOMEM;
}

static void add_program(const struct pw_program *program, struct pw_compiled *compiled)
{
	size_t index = compiled->n_programs++;

	compiled->program[index] = (struct pw_program_mask){
		.needs_exe = program->paths.n > 0,
		.needs_script = program->scripts.n > 0,
		.name = program->name.text,
		.sha256 = &program->sha256,
	};
	add_exes(compiled, &program->paths, index, /* is_script= */ false);
	add_exes(compiled, &program->scripts, index, /* is_script= */ true);
}

static void add_hub(const struct pw_hub *hub, struct pw_compiled *compiled)
{
	size_t index = compiled->n_programs;

	if (!hub->paths.n)
		return;
	compiled->program[compiled->n_programs++] = (struct pw_program_mask){
		.needs_exe = true,
		.hub = true,
		.name = hub->name.text,
	};
	add_exes(compiled, &hub->paths, index, /* is_script= */ false);
}

/* Labels of @refs as bits. */
static uint64_t label_bits(const struct pw_policy *policy, const struct pw_refs *refs)
{
	uint64_t labels = 0;
	size_t i;

	for (i = 0; i < policy->n_labels; i++)
		if (pw_refs_has(refs, i))
			labels |= 1ULL << policy->label[i].bit;
	return labels;
}

/* The programs that @refs names, as far as they are any: without path and script, none. */
static struct pw_program_mask *named_program(struct pw_compiled *compiled,
					     const struct pw_refs *refs, size_t i)
{
	struct pw_program_mask *program;

	if (refs->any || i >= refs->n)
		return NULL;
	program = &compiled->program[refs->index[i]];
	return program->needs_exe || program->needs_script ? program : NULL;
}

/* exe[] stands in the order of the programs: who.c relies on it. */
static int build_programs(const struct pw_policy *policy, struct pw_compiled *compiled)
{
	size_t i, k;
	int r = alloc_programs(policy, compiled);

	if (r < 0)
		return r;
	for (i = 0; i < policy->n_programs; i++)
		add_program(&policy->program[i], compiled);
	for (i = 0; i < policy->n_hubs; i++)
		add_hub(&policy->hub[i], compiled);
	for (i = 0; i < policy->n_rules; i++) {
		const struct pw_refs *refs = &policy->rule[i].programs;

		for (k = 0; k < refs->n; k++) {
			struct pw_program_mask *program = named_program(compiled, refs, k);

			if (program)
				pw_mask_set(&program->mask, i);
		}
	}
	for (i = 0; i < policy->n_declassifiers; i++) {
		const struct pw_declassifier *one = &policy->declassifier[i];

		for (k = 0; k < one->programs.n; k++) {
			struct pw_program_mask *program =
				named_program(compiled, &one->programs, k);

			if (program)
				program->declassifies |= label_bits(policy, &one->labels);
		}
	}
	return 0;
}

int pw_masks_build(const struct pw_policy *policy, const struct pw_compile_options *options,
		   struct pw_compiled *compiled)
{
	_cleanup_free_ struct pw_mask *actor = NULL;
	int r;

	assert(policy->n_rules <= PW_RULES_MAX && policy->n_labels <= PW_LABELS_MAX &&
	       policy->n_places <= PW_PLACES_MAX);
	build_image(policy, options->now, compiled);
	actor = actor_masks(policy);
	if (!actor)
		return -ENOMEM;
	apply_hours(policy, options->now, actor, &compiled->next_change);
	r = build_names(policy, actor, /* groups= */ false, compiled);
	if (r < 0)
		return r;
	r = build_names(policy, actor, /* groups= */ true, compiled);
	if (r < 0)
		return r;
	return build_programs(policy, compiled);
}
