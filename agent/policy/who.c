/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person and a program by name -> the rules they satisfy, as the kernel does it by number. */
#include "policy/compile-private.h"

#include <stdlib.h>
#include <string.h>

static int compare_name(const void *key, const void *item)
{
	const struct pw_name_mask *name = item;

	return strcmp(key, name->name);
}

static void add_name(struct pw_mask *mask, const struct pw_name_mask *table, size_t n,
		     const char *key)
{
	const struct pw_name_mask *found =
		n ? bsearch(key, table, n, sizeof(*table), compare_name) : NULL;

	if (found)
		pw_mask_or(mask, &found->mask);
}

void pw_who_actor_mask(const struct pw_compiled *compiled, const struct pw_who *who,
		       struct pw_mask *ret_mask)
{
	size_t i;

	*ret_mask = compiled->image.any_actor;
	if (who->user)
		add_name(ret_mask, compiled->user, compiled->n_users, who->user);
	for (i = 0; i < who->n_groups; i++)
		add_name(ret_mask, compiled->group, compiled->n_groups, who->groups[i]);
}

void pw_who_program_mask(const struct pw_compiled *compiled, const struct pw_who *who,
			 struct pw_mask *ret_mask)
{
	size_t i, entry = 0;

	*ret_mask = compiled->image.any_program;
	for (i = 0; i < compiled->n_programs; i++) {
		const struct pw_program_mask *program = &compiled->program[i];
		bool exe = !program->needs_exe, script = !program->needs_script;

		for (; entry < compiled->n_exes && compiled->exe[entry].program == i; entry++) {
			const struct pw_exe_entry *e = &compiled->exe[entry];

			if (e->is_script)
				script |= who->script && !strcmp(e->path, who->script);
			else
				exe |= who->exe && !strcmp(e->path, who->exe);
		}
		if (exe && script)
			pw_mask_or(ret_mask, &program->mask);
	}
}

void pw_compiled_who(const struct pw_compiled *compiled, const struct pw_who *who,
		     struct pw_mask *ret_mask)
{
	struct pw_mask program;

	pw_who_actor_mask(compiled, who, ret_mask);
	pw_who_program_mask(compiled, who, &program);
	pw_mask_and(ret_mask, &program);
	pw_mask_and(ret_mask, &compiled->image.any_session);
}
