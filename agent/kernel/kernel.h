/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel half, from the agent's side: probe, load, attach, publish a policy, drain
 * events. The only room that knows libbpf. One instance; every call from one thread.
 */
#ifndef PW_KERNEL_KERNEL_H
#define PW_KERNEL_KERNEL_H

#include "base/str.h"
#include "phiward/abi.h"
#include "phiward/event.h"
#include "policy/compile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- Probing: what this kernel has ---- */

#define PW_KERNEL_HOOKS_MAX 80

struct pw_probe_hook {
	const char *name; /* as in /sys/kernel/btf: bpf_lsm_NAME */
	bool exists;
	bool needed; /* without it phiward does not start */
};

struct pw_probe {
	bool btf;	 /* the kernel describes its types */
	bool lsm;	 /* it has BPF LSM hooks at all */
	struct pw_probe_hook hook[PW_KERNEL_HOOKS_MAX];
	size_t n_hooks;
};

/* Look, change nothing; needs no privilege. Returns 0 or -ENOMEM. */
int pw_kernel_probe(struct pw_probe *ret_probe);

/* ---- Loading ---- */

struct pw_kernel;

struct pw_kernel_options {
	size_t n_states, n_edges, n_roots; /* of the first policy: maps get room for four such */
	bool hide_names; /* decide probing of names, too: attaches inode_permission */
};

/*
 * Load every program that this kernel has a hook for, and attach it. Nothing is decided
 * until the first pw_kernel_publish().
 * Returns 0 with *ret_kernel; -EOPNOTSUPP: this kernel cannot; -EPERM: not root;
 * -ENOMEM and other -errno. On failure @why says what and what to do, and nothing is left.
 */
int pw_kernel_open(const struct pw_kernel_options *options, struct pw_str *why,
		   struct pw_kernel **ret_kernel);

/* Detach and unload everything. NULL-safe. */
void pw_kernel_close(struct pw_kernel **kernel);

struct pw_kernel_times {
	uint64_t load_ns;   /* the verifier, mostly */
	uint64_t attach_ns;
};

void pw_kernel_times(const struct pw_kernel *kernel, struct pw_kernel_times *ret_times);

/* Hooks with a program attached, as names of pw_hook_names; bit per enum pw_hook. */
uint64_t pw_kernel_hooks(const struct pw_kernel *kernel);

/* Those of them whose link still is the one that was made: asked of the kernel. */
uint64_t pw_kernel_hooks_linked(const struct pw_kernel *kernel);

/* From now on it is the turn of the canary's helper @pid; 0: of nobody. */
void pw_kernel_canary_turn(struct pw_kernel *kernel, uint32_t pid);

/* ---- Publishing ---- */

/* A descriptor (O_PATH will do) of a directory and what it is to the policy. */
struct pw_kernel_root {
	int fd;
	uint64_t labels;
	uint64_t sb_labels; /* that may stand anywhere on its file system */
	uint32_t state;
	uint32_t flags; /* PW_OBJECT_*, PW_DIR_* */
};

/* A descriptor of an executable or script that programs of the policy name. */
struct pw_kernel_exe {
	int fd;
	uint32_t program; /* index in compiled->program */
	bool is_script;
};

struct pw_kernel_id_mask {
	uint32_t id;
	struct pw_mask user, member; /* user: of the id itself; member: through its groups */
};

struct pw_kernel_group_mask {
	uint32_t gid;
	struct pw_mask mask;
};

struct pw_kernel_device {
	uint32_t major, minor;
	bool character;
	uint64_t labels;
};

/* A block device, as far as it is known: see struct pw_medium. */
struct pw_kernel_medium {
	uint32_t major, minor;
	enum pw_medium_kind kind;
	bool read_only; /* to holders, whatever the rules say */
	uint64_t places;
};

struct pw_publication {
	const struct pw_compiled *compiled;
	struct pw_kernel_root *root;
	size_t n_roots;
	struct pw_kernel_exe *exe;
	size_t n_exes;
	struct pw_kernel_id_mask *person;
	size_t n_persons;
	struct pw_kernel_group_mask *group;
	size_t n_groups;
	struct pw_kernel_device *device;
	size_t n_devices;
	const struct pw_network *network; /* with what names of hosts are now */
	struct pw_kernel_medium *medium;
	size_t n_media;
};

/*
 * Put a policy in force, whole: readers see the one before or this one. Descriptors stay
 * the caller's, and must stay open for as long as the policy is in force (they pin the
 * inodes by whose address the kernel half knows them).
 * Returns 0 with *ret_generation; -E2BIG: more than the maps hold (restart makes room);
 * other -errno. On failure @why says what, and the policy before stays in force.
 */
int pw_kernel_publish(struct pw_kernel *kernel, const struct pw_publication *publication,
		      struct pw_str *why, uint64_t *ret_generation);

/* The number that the next pw_kernel_publish() gives, if it succeeds. */
uint64_t pw_kernel_next_generation(const struct pw_kernel *kernel);

/* ---- Marks: labels that objects carry by themselves ---- */

struct pw_kernel_marking {
	const int *fd; /* O_PATH will do */
	const uint64_t *labels;
	size_t n;
	uint32_t why;	 /* PW_MARK_* */
	int *ret_errors; /* of each; NULL: the first one is what is returned */
	uint32_t as;	 /* set by the functions */
};

/*
 * Add labels to what objects carry under whatever name, or take them off. A mark holds until
 * the object is deleted or the kernel half is closed; what is written to it marks it anew.
 * Returns 0; -E2BIG: the map is full; other -errno.
 */
int pw_kernel_mark(struct pw_kernel *kernel, const struct pw_kernel_marking *marking);
int pw_kernel_unmark(struct pw_kernel *kernel, const struct pw_kernel_marking *marking);

/*
 * The object that is marked under @key carries @labels, too. Returns 0; -ENOENT: there is no
 * such mark (any more); other -errno.
 */
int pw_kernel_mark_more(struct pw_kernel *kernel, const struct pw_mark_key *key, uint64_t labels);

struct pw_kernel_seen {
	uint64_t by_name;
	uint64_t by_mark; /* by itself */
	uint64_t sb;	  /* address of its superblock */
	uint32_t dev;	  /* as the kernel has it */
	uint32_t generation; /* of the inode */
	int error;	  /* 0 or -errno */
};

/* What each of @n descriptors carries into @ret. Returns 0 or -errno (then of each, too). */
int pw_kernel_look(struct pw_kernel *kernel, const int *fd, size_t n, struct pw_kernel_seen *ret);

/*
 * Every label that an object, an end or a process carries or may come to carry without a
 * policy that names it. Takes a tenth of a second for a million marks. Returns 0 or -errno.
 */
int pw_kernel_carried(struct pw_kernel *kernel, uint64_t *ret_labels);

/*
 * What the store has of the file system with this UUID, added to what is known of it: until its
 * marks are back after a mount, what may be among them is decided as the labels' on-failure
 * says. Returns 0; -E2BIG: the map is full; other -errno.
 */
int pw_kernel_stored(struct pw_kernel *kernel, const struct pw_stored_key *key,
		     const struct pw_stored *stored);

/* All marks of the superblock at address @sb are back, or there are none. */
void pw_kernel_awaited_end(struct pw_kernel *kernel, uint64_t sb);

struct pw_kernel_restore;

/*
 * Marks of many objects of one superblock at once, by their keys; what is marked already keeps
 * its labels, too.
 * Best before the first policy is in force. Between begin and end 1 MiB more is in use.
 * add: 0; -E2BIG: the map is full; other -errno. end: how many were added; NULL-safe.
 */
int pw_kernel_restore_begin(struct pw_kernel *kernel, struct pw_kernel_restore **ret_restore);
int pw_kernel_restore_add(struct pw_kernel_restore *restore, struct pw_mark_key *key,
			  struct pw_mark *mark, size_t n);
uint64_t pw_kernel_restore_end(struct pw_kernel_restore **restore);

/* What domain @id holds. Returns 0; -ENOENT: nothing; other -errno. */
int pw_kernel_domain(struct pw_kernel *kernel, uint64_t id, struct pw_domain *ret_domain);

/* All domains that hold labels, or have held them and are not swept yet. */
void pw_kernel_each_domain(struct pw_kernel *kernel,
			   void (*found)(void *ctx, uint64_t id, const struct pw_domain *domain),
			   void *ctx);

/* The domain of process @pid. 0; -ENOENT: it has none yet; -ESRCH: no such process; ... */
int pw_kernel_domain_of(struct pw_kernel *kernel, pid_t pid, uint64_t *ret_id);

/* Until the next publication: a block device came, or is another now. 0 or -errno. */
int pw_kernel_set_medium(struct pw_kernel *kernel, const struct pw_kernel_medium *medium);

/* It went away: what comes under its number is not known. */
void pw_kernel_forget_medium(struct pw_kernel *kernel, uint32_t major, uint32_t minor);

/* Mounts made where labels apply since the last call (they are to be tied by a publish). */
uint64_t pw_kernel_mounts_pending(const struct pw_kernel *kernel);

/* The first @seen of them are tied now. */
void pw_kernel_mounts_done(struct pw_kernel *kernel, uint64_t seen);

/* ---- Events ---- */

typedef void (*pw_kernel_event_fn)(void *ctx, unsigned int ring, const void *data, size_t size);

/* Readable when denials wait. Bulk records ask for no wake: drain several times a second. */
int pw_kernel_fd(const struct pw_kernel *kernel);

/*
 * Hand out what waits, denials first, up to a bound a turn (what is left makes
 * pw_kernel_fd() readable). Returns the number of records; 0: nothing waits.
 */
size_t pw_kernel_drain(struct pw_kernel *kernel, pw_kernel_event_fn event, void *ctx);

/* Records dropped because @ring was full, on @cpu; 0 for a CPU that is not there. */
unsigned int pw_kernel_cpus(const struct pw_kernel *kernel);
uint64_t pw_kernel_dropped(struct pw_kernel *kernel, unsigned int ring, unsigned int cpu);

/* Sum over all CPUs. */
uint64_t pw_kernel_counter(struct pw_kernel *kernel, enum pw_counter counter);

/* ---- Who holds labels ---- */

struct pw_kernel_holders {
	uint64_t domains;   /* that hold labels */
	uint64_t processes; /* in them */
	uint64_t files;	    /* that carry labels by themselves */
	uint64_t passing;   /* pipes and other objects without a name that do */
	uint64_t label_processes[PW_LABELS_MAX], label_files[PW_LABELS_MAX];
};

/* Count. Takes a tenth of a second for a million files. Returns 0 or -errno. */
int pw_kernel_holders(struct pw_kernel *kernel, struct pw_kernel_holders *ret_holders);

/* Changes whenever a process comes to hold more. */
uint64_t pw_kernel_held_epoch(const struct pw_kernel *kernel);

/* Append every process that there is, as struct pw_process. Returns 0 or -errno. */
int pw_kernel_processes(struct pw_kernel *kernel, struct pw_str *into);

/*
 * Process @process holds @process->labels, too, since ->since_ns: for those that held them
 * before the kernel half was loaded. Before the first policy is in force. Returns 1; 0: it
 * did; -E2BIG: no room; other -errno.
 */
int pw_kernel_hold(struct pw_kernel *kernel, const struct pw_process *process);

/*
 * Forget domains, and their ways, that no process has been in at this call and at the one
 * before: whoever is just being forked is in one that this look may miss. For every few seconds.
 * Returns how many domains were deleted, or -errno.
 */
int pw_kernel_sweep_domains(struct pw_kernel *kernel);

/* ---- What was there before ---- */

/*
 * Labelled files that processes have open or mapped from before. @found is called for each.
 * Returns 0 or -errno of the iterator.
 */
int pw_kernel_predating(struct pw_kernel *kernel,
			void (*found)(void *ctx, const struct pw_predating *predating), void *ctx);

#endif /* PW_KERNEL_KERNEL_H */
