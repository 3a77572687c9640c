/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains: from what carries a label back to where it came from. Two kinds of questions lead
 * to each other: who gave the object these labels until then, and from what did the domain
 * take them until then. Each step is told once, so it comes to an end.
 */
#include "base/cleanup.h"
#include "evidence/labels-private.h"
#include "evidence/lineage-private.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define QUESTIONS_MAX (4 * PW_CHAIN_STEPS_MAX)

struct question {
	bool of_domain;
	uint64_t labels;
	uint64_t until_ns; /* UTC: steps later than this do not explain */
	uint64_t leads_to;
	size_t asked_by; /* link whose object it is about; SIZE_MAX: none */
	struct pw_label_row object;
	uint64_t run, domain;
};

struct search {
	struct pw_labels *store;
	struct pw_chain chain;
	struct question *question;
	size_t n_questions, size;
};

void pw_chain_free(struct pw_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		pw_step_clear(&chain->link[i].step);
	free(chain->link);
	*chain = (struct pw_chain){ 0 };
}

static void search_free(struct search *search)
{
	pw_chain_free(&search->chain);
	free(search->question);
}

static int ask(struct search *search, const struct question *question)
{
	struct question *grown;

	if (search->n_questions == QUESTIONS_MAX) {
		search->chain.cut = true;
		return 0;
	}
	if (search->n_questions == search->size) {
		search->size = search->size ? 2 * search->size : 64;
		grown = reallocarray(search->question, search->size, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		search->question = grown;
	}
	search->question[search->n_questions++] = *question;
	return 0;
}

static bool known(const struct search *search, uint64_t id)
{
	for (size_t i = 0; i < search->chain.n; i++)
		if (search->chain.link[i].step.id == id)
			return true;
	return false;
}

/* Take @step into the chain (it is the chain's then). Returns 1, 0: no room, or -ENOMEM. */
static int keep(struct search *search, struct pw_step *step, uint64_t leads_to)
{
	struct pw_chain *chain = &search->chain;
	struct pw_chain_link *grown;

	if (chain->n == PW_CHAIN_STEPS_MAX) {
		chain->cut = true;
		return 0;
	}
	grown = reallocarray(chain->link, chain->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	chain->link = grown;
	grown[chain->n++] = (struct pw_chain_link){ .step = *step, .leads_to = leads_to };
	*step = (struct pw_step){ 0 };
	return 1;
}

/* What explains the link that was kept last. */
static int ask_further(struct search *search, uint64_t labels)
{
	size_t at = search->chain.n - 1;
	const struct pw_step *step = &search->chain.link[at].step;
	struct question next = {
		.labels = labels,
		.until_ns = step->time_ns,
		.leads_to = step->id,
		.asked_by = SIZE_MAX,
		.run = step->run,
	};

	switch (step->kind) {
	case PW_STEP_TOOK:
		next.asked_by = at;
		next.object = (struct pw_label_row){
			.fs = step->fs,
			.inode = step->inode,
			.generation = step->generation,
		};
		return ask(search, &next);
	case PW_STEP_MARKED:
	case PW_STEP_LOST:
	case PW_STEP_DECLASSIFIED:
		next.of_domain = true;
		next.domain = step->domain;
		return step->domain ? ask(search, &next) : 0;
	default:
		return 0;
	}
}

static bool gives(const struct question *question, uint32_t kind)
{
	if (question->of_domain)
		return kind == PW_STEP_TOOK;
	return kind == PW_STEP_MARKED || kind == PW_STEP_SET || kind == PW_STEP_RECALLED;
}

/* All rows of @stmt that answer @question. *ret_found: labels that they explain. */
static int take_rows(struct search *search, sqlite3_stmt *stmt, const struct question *question,
		     uint64_t *ret_found)
{
	int r;

	*ret_found = 0;
	while ((r = pw_labels_row(search->store, stmt)) > 0) {
		_cleanup_step_ struct pw_step step = { 0 };
		uint64_t labels;

		r = pw_step_read(stmt, &step);
		if (r < 0)
			return r;
		labels = step.labels & question->labels;
		if (!labels || !gives(question, step.kind))
			continue;
		*ret_found |= labels;
		if (known(search, step.id))
			continue;
		r = keep(search, &step, question->leads_to);
		if (r > 0)
			r = ask_further(search, labels);
		if (r < 0)
			return r;
	}
	return r;
}

static int about_object(struct search *search, const struct question *question, unsigned int sql,
			sqlite3_stmt **ret_stmt)
{
	int r = pw_labels_prepare(search->store, sql, ret_stmt);

	if (r < 0)
		return r;
	pw_labels_bind(*ret_stmt, 1, question->object.fs);
	pw_labels_bind(*ret_stmt, 2, question->object.inode);
	pw_labels_bind(*ret_stmt, 3, question->object.generation);
	pw_labels_bind(*ret_stmt, 4, question->until_ns);
	return 0;
}

/*
 * A pipe carries what its holder holds before he writes: who begins to read takes it then. So
 * where nothing was written until the read, it is what was written next.
 */
static int step_after(struct search *search, const struct question *question, uint64_t *ret_found)
{
	const struct pw_step *read = &search->chain.link[question->asked_by].step;
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r;

	if (!S_ISFIFO(read->mode))
		return 0;
	r = about_object(search, question, PW_SQL_STEP_LATER, &stmt);
	if (r < 0)
		return r;
	pw_labels_bind(stmt, 5, question->run);
	pw_labels_bind(stmt, 6, PW_STEP_MARKED);
	return take_rows(search, stmt, question, ret_found);
}

static int steps_of_object(struct search *search, const struct question *question)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	uint64_t found;
	int r = about_object(search, question, PW_SQL_STEP_OBJECT, &stmt);

	if (r < 0)
		return r;
	r = take_rows(search, stmt, question, &found);
	if (r < 0 || found || question->asked_by == SIZE_MAX)
		return r;
	r = step_after(search, question, &found);
	if (r == 0 && !found)
		search->chain.link[question->asked_by].origin = true;
	return r;
}

static int parent_of(struct search *search, const struct question *question, uint64_t *ret_from)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(search->store, PW_SQL_DOMAIN_GET, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, question->run);
	pw_labels_bind(stmt, 2, question->domain);
	r = pw_labels_row(search->store, stmt);
	*ret_from = r > 0 ? pw_labels_u64(stmt, 0) : 0;
	return r < 0 ? r : 0;
}

static int steps_of_domain(struct search *search, const struct question *question)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	struct question up = *question;
	uint64_t found, from = 0;
	int r = pw_labels_prepare(search->store, PW_SQL_STEP_DOMAIN, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, question->run);
	pw_labels_bind(stmt, 2, question->domain);
	pw_labels_bind(stmt, 3, question->until_ns);
	r = take_rows(search, stmt, question, &found);
	if (r == 0)
		r = parent_of(search, question, &from);
	/* What it did not take itself it came with. */
	up.labels &= ~found;
	if (r < 0 || !from || from == question->domain || !up.labels)
		return r;
	up.domain = from;
	return ask(search, &up);
}

static int by_time(const void *a, const void *b)
{
	const struct pw_step *x = &((const struct pw_chain_link *)a)->step;
	const struct pw_step *y = &((const struct pw_chain_link *)b)->step;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int answer(struct search *search, const struct question *first, struct pw_chain *ret_chain)
{
	int r = ask(search, first);

	for (size_t i = 0; i < search->n_questions && r == 0; i++) {
		struct question question = search->question[i]; /* the array may move */

		r = question.of_domain ? steps_of_domain(search, &question)
				       : steps_of_object(search, &question);
	}
	if (r < 0)
		return r;
	if (search->chain.n)
		qsort(search->chain.link, search->chain.n, sizeof(*search->chain.link), by_time);
	*ret_chain = search->chain;
	search->chain = (struct pw_chain){ 0 };
	return 0;
}

int pw_chain_of_object(struct pw_labels *store, const struct pw_label_row *object,
		       struct pw_chain *ret_chain)
{
	_cleanup_(search_free) struct search search = { .store = store };
	struct question first = {
		.labels = object->labels,
		.until_ns = INT64_MAX,
		.asked_by = SIZE_MAX,
		.object = *object,
	};

	return answer(&search, &first, ret_chain);
}

int pw_chain_of_domain(struct pw_labels *store, uint64_t run, uint64_t domain, uint64_t labels,
		       struct pw_chain *ret_chain)
{
	_cleanup_(search_free) struct search search = { .store = store };
	struct question first = {
		.of_domain = true,
		.labels = labels,
		.until_ns = INT64_MAX,
		.asked_by = SIZE_MAX,
		.run = run,
		.domain = domain,
	};

	return answer(&search, &first, ret_chain);
}

int pw_chain_of_process(struct pw_labels *store, uint64_t run, uint32_t pid,
			struct pw_chain *ret_chain)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	uint64_t domain;
	int r = pw_labels_prepare(store, PW_SQL_STEP_PROCESS, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, run);
	pw_labels_bind(stmt, 2, pid);
	r = pw_labels_row(store, stmt);
	domain = r > 0 ? pw_labels_u64(stmt, 5) : 0;
	if (r < 0 || !domain)
		return r < 0 ? r : -ENOENT;
	return pw_chain_of_domain(store, run, domain, UINT64_MAX, ret_chain);
}
