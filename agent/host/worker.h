/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls that may hang (a dead NFS server, FUSE, LDAP) made in a thread, with a time limit.
 * A call that does not come back is left to itself; the next one gets a fresh thread.
 */
#ifndef PW_HOST_WORKER_H
#define PW_HOST_WORKER_H

#define PW_WORKER_HUNG_MAX 16 /* calls that may hang at one time before new ones are refused */

struct pw_worker;

/* Returns 0 or -ENOMEM. The thread is started by the first call. */
int pw_worker_new(struct pw_worker **ret_worker);

/* Hung threads stay behind, with memory of their own only. */
void pw_worker_free(struct pw_worker **worker);

/*
 * Run @call(@arg) in the thread and wait at most @timeout_ms. From one thread only.
 * Returns 0: it ended, *ret_result is what it returned, @arg is still the caller's.
 * -ETIMEDOUT: it did not end: @arg now belongs to the thread, which passes it to
 *   @free_arg if the call ever ends.
 * -EAGAIN: too many calls hang already, or no thread could be made: nothing was run.
 */
int pw_worker_run(struct pw_worker *worker, int (*call)(void *arg), void (*free_arg)(void *arg),
		  void *arg, unsigned int timeout_ms, int *ret_result);

/* Calls that hang now. */
unsigned int pw_worker_hung(const struct pw_worker *worker);

#endif /* PW_HOST_WORKER_H */
