/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence/keeper.h"

#include "base/cleanup.h"
#include "evidence/xattr.h"
#include "host/worker.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define BATCH        1000
#define RETRY_MS     250 /* doubling to */
#define RETRY_MAX_MS 30000
#define TIDY_MS      10000 /* moving the log into the file, when something was written */
#define XATTR_MS     2000
#define STACK_BYTES  (256u << 10)

struct job {
	struct job *next;
	struct pw_keep change;
	char *fs, *path;
	struct pw_label_names *names;
	char *boot;
	struct pw_labels_held *held; /* of change.look */
	uint32_t row_fs; /* as it stands in the store, once written */
	uint64_t labels; /* that the object carries then */
};

struct jobs {
	struct job *first, **last;
	size_t n;
};

struct pw_keeper {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct jobs waiting; /* under lock, as all up to here */
	size_t writing;      /* taken out of it, not written yet */
	uint64_t stop_at_ms; /* monotonic; 0: go on */
	struct pw_keeper_status status;
	/* the thread's own */
	struct pw_labels *store;
	struct pw_label_names names;
	struct pw_worker *worker;
	char mute_fs[PW_LABELS_FS_MAX + 1]; /* the last that had no xattrs */
	uint64_t steps, tidied_ms;
	bool untidy;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static struct timespec at_ms(uint64_t ms)
{
	return (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
}

static void job_free(struct job *job)
{
	pw_step_clear(&job->change.step);
	free(job->fs);
	free(job->path);
	free(job->names);
	free(job->boot);
	free(job->held);
	free(job);
}

static void jobs_free(struct jobs *jobs)
{
	struct job *next;

	for (struct job *job = jobs->first; job; job = next) {
		next = job->next;
		job_free(job);
	}
	*jobs = (struct jobs){ 0 };
}

static void jobs_add(struct jobs *jobs, struct job *job)
{
	if (!jobs->first)
		jobs->last = &jobs->first;
	*jobs->last = job;
	jobs->last = &job->next;
	jobs->n++;
}

/* ---- Writing ---- */

static int write_mark(struct pw_labels *store, struct job *job, uint64_t step)
{
	struct pw_label_row row = {
		.fs = job->row_fs,
		.inode = job->change.step.inode,
		.generation = job->change.step.generation,
		.labels = job->change.step.labels,
		.first_ns = job->change.step.time_ns,
		.step = step,
		.why = job->change.why,
		.person = job->change.step.auid == UINT32_MAX ? job->change.step.uid
							      : job->change.step.auid,
	};
	int r;

	r = job->change.step.kind == PW_STEP_CLEARED ? pw_labels_take(store, &row)
						     : pw_labels_put(store, &row);
	if (r == -ENOENT)
		r = 0;
	if (r == 0)
		r = pw_labels_get(store, &row);
	job->labels = r == 0 ? row.labels : 0;
	return r == -ENOENT ? 0 : r;
}

/* What the object carries, for its xattr; nothing that is known: that is left alone. */
static int find_labels(struct pw_labels *store, struct job *job)
{
	struct pw_label_row row = {
		.fs = job->row_fs,
		.inode = job->change.step.inode,
		.generation = job->change.step.generation,
	};
	int r = pw_labels_get(store, &row);

	job->labels = r == 0 ? row.labels : 0;
	if (!job->labels) {
		free(job->path);
		job->path = NULL;
	}
	return r == -ENOENT ? 0 : r;
}

/* Kinds of steps that change what the object carries. */
static bool changes_mark(const struct pw_step *step)
{
	return step->kind == PW_STEP_MARKED || step->kind == PW_STEP_SET ||
	       step->kind == PW_STEP_CLEARED || step->kind == PW_STEP_RECALLED;
}

static int write_job(struct pw_labels *store, struct job *job)
{
	struct pw_keep *change = &job->change;
	uint64_t step = 0;
	int r = 0;

	if (job->names)
		r = pw_labels_save_names(store, job->names);
	if (r == 0 && change->domain)
		r = pw_lineage_add_domain(store, change->step.run, change->domain, change->from,
					  change->since_ns);
	if (r == 0 && job->boot)
		r = pw_labels_put_held(store, job->boot, &change->look);
	if (r < 0 || !(change->step.kind || change->tag))
		return r;
	r = pw_labels_file_system(store, job->fs, change->reuses_inodes, &job->row_fs);
	if (change->tag)
		return r < 0 ? r : find_labels(store, job);
	change->step.fs = job->row_fs;
	if (r == 0)
		r = pw_lineage_add(store, &change->step, &step);
	if (r == 0 && change->kept && changes_mark(&change->step))
		r = write_mark(store, job, step);
	return r;
}

static int write_jobs(struct pw_keeper *keeper, const struct jobs *jobs)
{
	int r = pw_labels_begin(keeper->store);

	for (struct job *job = jobs->first; job && r == 0; job = job->next)
		r = write_job(keeper->store, job);
	if (r == 0)
		r = pw_labels_commit(keeper->store);
	if (r < 0)
		pw_labels_rollback(keeper->store);
	return r;
}

/* The log goes into the file, and the oldest steps go, at leisure. */
static void tidy(struct pw_keeper *keeper)
{
	uint64_t now = now_ms();

	if (!keeper->untidy || now - keeper->tidied_ms < TIDY_MS)
		return;
	keeper->tidied_ms = now;
	keeper->untidy = false;
	if (keeper->steps > 1000 && pw_labels_begin(keeper->store) == 0) {
		keeper->steps = 0;
		if (pw_lineage_trim(keeper->store, PW_LINEAGE_STEPS_MAX) < 0 ||
		    pw_labels_commit(keeper->store) < 0)
			pw_labels_rollback(keeper->store);
	}
	pw_labels_checkpoint(keeper->store);
	pw_labels_shrink(keeper->store);
}

/* ---- xattrs ---- */

struct tag_call { /* the worker's own when it is given up */
	struct pw_tagging tagging;
	char *path;
	struct pw_str value;
};

static void tag_free(void *arg)
{
	struct tag_call *call = arg;

	free(call->path);
	pw_str_free(&call->value);
	free(call);
}

static int tag_run(void *arg)
{
	return pw_xattr_tag(&((struct tag_call *)arg)->tagging);
}

static struct tag_call *tag_new(struct pw_keeper *keeper, struct job *job)
{
	struct tag_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->path = TAKE_PTR(job->path);
	if (job->labels)
		pw_labels_xattr(&keeper->names, job->labels, &call->value);
	call->tagging = (struct pw_tagging){
		.path = call->path,
		.inode = job->change.step.inode,
		.generation = job->change.step.generation,
		.dev = job->change.dev,
		.value = job->labels ? call->value.text : NULL,
		.len = call->value.len,
	};
	if (!call->value.error)
		return call;
	tag_free(call);
	return NULL;
}

static int tag(struct pw_keeper *keeper, struct job *job)
{
	struct tag_call *call;
	int r, result;

	if (strcmp(keeper->mute_fs, job->fs) == 0)
		return -ENOTSUP;
	call = tag_new(keeper, job);
	if (!call)
		return -ENOMEM;
	r = pw_worker_run(keeper->worker, tag_run, tag_free, call, XATTR_MS, &result);
	if (r == -ETIMEDOUT)
		return r;
	tag_free(call);
	if (r == 0 && result == -ENOTSUP)
		snprintf(keeper->mute_fs, sizeof(keeper->mute_fs), "%s", job->fs);
	return r < 0 ? r : result;
}

static void tag_jobs(struct pw_keeper *keeper, const struct jobs *jobs)
{
	uint64_t tagged = 0, untagged = 0;

	for (struct job *job = jobs->first; job; job = job->next) {
		if (!job->path)
			continue;
		if (tag(keeper, job) == 0)
			tagged++;
		else
			untagged++;
	}
	pthread_mutex_lock(&keeper->lock);
	keeper->status.tagged += tagged;
	keeper->status.untagged += untagged;
	pthread_mutex_unlock(&keeper->lock);
}

/* ---- The thread ---- */

/* Wait until there is something to do. Under lock. */
static void wait_for_jobs(struct pw_keeper *keeper)
{
	while (!keeper->waiting.n && !keeper->stop_at_ms) {
		struct timespec until = at_ms(keeper->tidied_ms + TIDY_MS + 1);

		if (!keeper->untidy) {
			pthread_cond_wait(&keeper->changed, &keeper->lock);
		} else if (pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until) ==
			   ETIMEDOUT) {
			pthread_mutex_unlock(&keeper->lock);
			tidy(keeper);
			pthread_mutex_lock(&keeper->lock);
		}
	}
}

/* The first BATCH of those that wait. Under lock. */
static struct jobs take_jobs(struct pw_keeper *keeper)
{
	struct jobs taken = { 0 };

	while (keeper->waiting.first && taken.n < BATCH) {
		struct job *job = keeper->waiting.first;

		keeper->waiting.first = job->next;
		keeper->waiting.n--;
		job->next = NULL;
		jobs_add(&taken, job);
	}
	keeper->writing = taken.n;
	return taken;
}

/* Write until it works, or we are to stop. Under lock, but for the writing. */
static int insist(struct pw_keeper *keeper, const struct jobs *jobs)
{
	uint64_t wait_ms = RETRY_MS;
	int r;

	for (;;) {
		struct timespec until;

		pthread_mutex_unlock(&keeper->lock);
		r = write_jobs(keeper, jobs);
		pthread_mutex_lock(&keeper->lock);
		keeper->status.working = r == 0;
		keeper->status.error = r;
		pthread_cond_broadcast(&keeper->changed);
		if (r == 0 || keeper->stop_at_ms)
			return r;
		until = at_ms(now_ms() + wait_ms);
		wait_ms = wait_ms * 2 < RETRY_MAX_MS ? wait_ms * 2 : RETRY_MAX_MS;
		while (!keeper->stop_at_ms &&
		       pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until) == 0)
			;
	}
}

static void serve(struct pw_keeper *keeper)
{
	struct jobs jobs = take_jobs(keeper);
	int r = insist(keeper, &jobs);

	keeper->writing = 0;
	if (r < 0)
		keeper->status.lost += jobs.n;
	else
		keeper->status.saved += jobs.n;
	pthread_cond_broadcast(&keeper->changed);
	pthread_mutex_unlock(&keeper->lock);
	if (r == 0) {
		for (struct job *job = jobs.first; job; job = job->next) {
			if (job->names)
				keeper->names = *job->names;
			keeper->steps += job->change.step.kind != 0;
		}
		keeper->untidy = true;
		tag_jobs(keeper, &jobs);
		tidy(keeper);
	}
	jobs_free(&jobs);
	pthread_mutex_lock(&keeper->lock);
}

static void *keeper_main(void *arg)
{
	struct pw_keeper *keeper = arg;

	pthread_mutex_lock(&keeper->lock);
	for (;;) {
		wait_for_jobs(keeper);
		if (keeper->stop_at_ms && (!keeper->waiting.n || now_ms() > keeper->stop_at_ms))
			break;
		serve(keeper);
	}
	keeper->status.lost += keeper->waiting.n;
	pthread_mutex_unlock(&keeper->lock);
	pw_labels_close(&keeper->store);
	return NULL;
}

static void keeper_free(struct pw_keeper *keeper)
{
	jobs_free(&keeper->waiting);
	pw_worker_free(&keeper->worker);
	pthread_cond_destroy(&keeper->changed);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
}

static int start(struct pw_keeper *keeper)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int r = pthread_attr_init(&attr);

	if (r != 0)
		return -r;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&keeper->thread, &attr, keeper_main, keeper);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -r;
}

int pw_keeper_new(struct pw_labels *store, const struct pw_label_names *names,
		  struct pw_keeper **ret_keeper)
{
	struct pw_keeper *keeper = calloc(1, sizeof(*keeper));
	pthread_condattr_t attr;
	int r;

	if (!keeper)
		return -ENOMEM;
	pthread_mutex_init(&keeper->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&keeper->changed, &attr);
	pthread_condattr_destroy(&attr);
	keeper->store = store;
	keeper->names = *names;
	keeper->status.working = true;
	r = pw_worker_new(&keeper->worker);
	if (r == 0)
		r = start(keeper);
	if (r < 0) {
		keeper_free(keeper);
		return r;
	}
	*ret_keeper = keeper;
	return 0;
}

uint64_t pw_keeper_free(struct pw_keeper **keeper_p, unsigned int timeout_ms)
{
	struct pw_keeper *keeper = *keeper_p;
	struct timespec until = at_ms(now_ms() + timeout_ms + 1000);
	uint64_t lost;

	if (!keeper)
		return 0;
	*keeper_p = NULL;
	pthread_mutex_lock(&keeper->lock);
	keeper->stop_at_ms = now_ms() + timeout_ms;
	pthread_cond_broadcast(&keeper->changed);
	pthread_mutex_unlock(&keeper->lock);
	/* The disk hangs: the thread keeps what is its own, and so do we. */
	if (pthread_clockjoin_np(keeper->thread, NULL, CLOCK_MONOTONIC, &until) != 0) {
		pthread_mutex_lock(&keeper->lock);
		lost = keeper->status.lost + keeper->waiting.n + keeper->writing;
		pthread_mutex_unlock(&keeper->lock);
		return lost;
	}
	lost = keeper->status.lost;
	keeper_free(keeper);
	return lost;
}

/* ---- The loop's side ---- */

static struct job *job_new(struct pw_keep *change)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->fs = change->fs ? strdup(change->fs) : NULL;
	job->path = change->path ? strdup(change->path) : NULL;
	job->names = change->names ? malloc(sizeof(*job->names)) : NULL;
	job->boot = change->boot ? strdup(change->boot) : NULL;
	job->held = change->look.n ? calloc(change->look.n, sizeof(*job->held)) : NULL;
	if ((change->fs && !job->fs) || (change->path && !job->path) ||
	    (change->names && !job->names) || (change->boot && !job->boot) ||
	    (change->look.n && !job->held)) {
		job_free(job);
		return NULL;
	}
	if (job->names)
		*job->names = *change->names;
	if (job->held)
		memcpy(job->held, change->look.held, change->look.n * sizeof(*job->held));
	job->change = *change;
	job->change.look.held = job->held;
	change->step.exe = change->step.script = change->step.path = NULL;
	return job;
}

int pw_keeper_add(struct pw_keeper *keeper, struct pw_keep *change)
{
	struct job *job = job_new(change);
	int r = job ? 0 : -ENOMEM;

	pw_step_clear(&change->step);
	pthread_mutex_lock(&keeper->lock);
	if (r == 0 && keeper->waiting.n >= PW_KEEPER_WAITING_MAX)
		r = -ENOSPC;
	if (r == 0) {
		jobs_add(&keeper->waiting, job);
		pthread_cond_broadcast(&keeper->changed);
	} else {
		keeper->status.lost++;
	}
	pthread_mutex_unlock(&keeper->lock);
	if (r < 0 && job)
		job_free(job);
	return r;
}

int pw_keeper_flush(struct pw_keeper *keeper, unsigned int timeout_ms)
{
	struct timespec until = at_ms(now_ms() + timeout_ms);
	int r = 0;

	pthread_mutex_lock(&keeper->lock);
	while ((keeper->waiting.n || keeper->writing) && keeper->status.working && r == 0)
		r = pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until);
	r = keeper->status.working ? -r : keeper->status.error;
	pthread_mutex_unlock(&keeper->lock);
	return r;
}

void pw_keeper_status(struct pw_keeper *keeper, struct pw_keeper_status *ret_status)
{
	pthread_mutex_lock(&keeper->lock);
	*ret_status = keeper->status;
	ret_status->waiting = keeper->waiting.n + keeper->writing;
	pthread_mutex_unlock(&keeper->lock);
}
