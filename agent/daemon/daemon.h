/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of phiwardd share: one struct, one loop (agent/phiwardd.c), and a file for
 * each thing that the loop does. Here the rooms are wired together; nothing else knows all
 * of them.
 */
#ifndef PW_DAEMON_DAEMON_H
#define PW_DAEMON_DAEMON_H

#include "control/control.h"
#include "control/events.h"
#include "control/status.h"
#include "evidence/event.h"
#include "evidence/fold.h"
#include "evidence/journal.h"
#include "evidence/loss.h"
#include "evidence/naming.h"
#include "evidence/recent.h"
#include "host/changes.h"
#include "host/clock.h"
#include "host/hosts.h"
#include "host/media.h"
#include "host/resolve.h"
#include "host/settings.h"
#include "kernel/canary.h"
#include "kernel/kernel.h"
#include "policy/policy.h"

#include <signal.h>

#define PW_POLICY_PATHS_MAX 64
#define PW_WARNINGS_MAX 64

struct pw_options {
	const char *policy[PW_POLICY_PATHS_MAX]; /* files or directories */
	size_t n_policies;
	const char *settings;
	bool to_stdout; /* events there, too */
	bool no_log;	/* no file of events */
};

/* A policy in force, with all that hangs on it. */
struct pw_in_force {
	struct pw_policy *policy;
	struct pw_compiled *compiled;
	struct pw_resolved *resolved;
	struct pw_changes *changes; /* on the ways of its programs and missing trees; or NULL */
	bool followed;		    /* by changes, all of them */
	bool stirred;		    /* something happened on those ways since */
	uint64_t generation;
	uint64_t loaded_ns; /* UTC */
};

/* What is known of the hooks' health. */
struct pw_watch {
	uint64_t refused;      /* hooks that refused the helper, in the round that has ended */
	uint64_t heard;	       /* hooks whose refusal arrived as an event, this round */
	uint64_t read_ns;      /* boottime of the last record read from the denials' ring */
	uint64_t ended_ns;     /* boottime of the end of a round that is not judged yet; 0: none */
	uint64_t lost_before;  /* records of the denials' ring lost when it began */
	uint64_t linked;       /* hooks whose link is still there */
	uint64_t live;	       /* hooks that passed the last round; bits per enum pw_hook */
	uint64_t tried;	       /* that a round can test at all */
	uint64_t round_ms;     /* monotonic start of the round under way; 0: none */
	uint64_t last_ok_ms;   /* monotonic; 0: never */
	uint64_t next_ms;      /* start of the next round */
	bool protecting;
	bool ready_told;       /* sd_notify READY=1 */
	char reason[256];      /* why not protecting */
	char told[256];	       /* the reason that was told last */
};

struct pw_daemon {
	struct pw_options options;
	struct pw_settings settings;
	struct pw_worker *paths_worker, *users_worker, *proc_worker;
	struct pw_paths *paths;
	struct pw_users *users;
	struct pw_hosts *hosts; /* of network places */
	struct pw_media *media;
	struct pw_kernel *kernel;
	struct pw_canary *canary;
	struct pw_watch watch;
	struct pw_in_force now;
	struct pw_control *control;
	struct pw_clock clock;
	/* evidence */
	struct pw_token_key key;
	struct pw_naming *naming;
	struct pw_render_context context;
	struct pw_fold *fold;
	struct pw_loss *loss;
	struct pw_recent *recent;
	struct pw_journal *journal;
	struct pw_events_source source;
	struct pw_keeping *keeping; /* labels that outlive us: daemon/labels.h */
	uint64_t seq;
	uint64_t seen, bad, by_verdict[_PW_VERDICT_MAX];
	bool fresh; /* something new for those who follow */
	unsigned int completions; /* left in this tick: each may wait for a process */
	/* the loop */
	int epoll_fd, signal_fd, timer_fd, mounts_fd, lock_fd;
	uint64_t started_ns; /* UTC */
	uint64_t linked; /* files with several links that were recorded */
	uint64_t predating_fds, predating_maps;
	bool clock_warned; /* it was set back by more than an hour */
	uint64_t looked_ms, look_ms; /* monotonic: last and next look at programs and trees */
	size_t missing_turn;	     /* how far the looks for missing trees have come */
	int64_t clock_step_ns; /* of the wall clock against the other, as last seen */
	/* of lineage */
	struct pw_label_number number[PW_LABELS_MAX]; /* of the store, and since; names owned */
	size_t n_numbers;
	uint64_t swept_ms; /* monotonic: when domains were last swept */
	struct pw_kernel_holders holders; /* as of holders_ms, monotonic; 0: never counted */
	uint64_t holders_ms;
	bool stop;
};

/* ---- policy.c ---- */

/*
 * Read, check, compile, resolve and publish the policy of options. Findings of the files
 * are added to @findings. Returns 0; -EINVAL: findings say why; other -errno: @why does.
 * On failure the policy before stays in force.
 */
int pw_daemon_load(struct pw_daemon *d, struct pw_findings *findings, struct pw_str *why);

/* The same files as they were read, for another time or another state of the host. */
int pw_daemon_refresh(struct pw_daemon *d, struct pw_str *why);

/* Names of labels and the bits they had: when nothing can carry one any more. */
void pw_daemon_forget_numbers(struct pw_daemon *d);

void pw_in_force_clear(struct pw_in_force *in_force);

/*
 * Record files with several links in trees of the policy in force that the one @before
 * (NULL: none) did not have. @max_ms: at most, for one entry of the policy.
 */
void pw_daemon_look_for_links(struct pw_daemon *d, const struct pw_policy *before,
			      unsigned int max_ms);

/* Look for files with several links, and for what was open or mapped before. */
void pw_daemon_look_back(struct pw_daemon *d);

/* ---- refresh.c: what changes without a new policy ---- */

/* Follow what @next, just published, depends on. What cannot be followed is looked at. */
void pw_daemon_follow(struct pw_daemon *d, struct pw_in_force *next);

/* Programs that were replaced, trees that appeared: refresh. For every tick: looks seldom. */
void pw_daemon_look(struct pw_daemon *d);

/* Hours, `until`: refresh when one of them changed. */
void pw_daemon_refresh_if_due(struct pw_daemon *d);

/* The wall clock was set: hours and `until` may hold now, or no longer. */
void pw_daemon_clock_changed(struct pw_daemon *d);

/* Something was mounted or unmounted. */
void pw_daemon_mounts_changed(struct pw_daemon *d);

/* The kernel tells of devices: what came is known at once, what went is forgotten. */
void pw_daemon_media_changed(struct pw_daemon *d);

/* The resolver has an answer. */
void pw_daemon_hosts_answered(struct pw_daemon *d);

/* For every tick: names of hosts that are due, domains that nobody is in any more. */
void pw_daemon_surroundings(struct pw_daemon *d);

/* ---- sink.c: events from the kernel to evidence ---- */

int pw_sink_open(struct pw_daemon *d);
void pw_sink_close(struct pw_daemon *d);
size_t pw_sink_drain(struct pw_daemon *d);	  /* one turn at the rings; how many */
void pw_sink_tick(struct pw_daemon *d);		  /* about five times a second */
/* All that the rings hold, but for no longer than 200 ms; false: in a flood there was more. */
bool pw_sink_drain_all(struct pw_daemon *d);
/* An event that was made of one of the kernel half's: as if that had told it. */
void pw_sink_take(struct pw_daemon *d, const struct pw_event_view *view);
/* An event of the agent's own making; @path and @path2 may be NULL. */
void pw_sink_own(struct pw_daemon *d, struct pw_event *event, const char *path, const char *path2);

/* ---- labels.c, restore.c: labels that outlive the agent ---- */

/* Open the store. One that cannot be used is told, and no error. Returns 0 or -ENOMEM. */
int pw_keeping_open(struct pw_daemon *d);
void pw_keeping_close(struct pw_daemon *d);

/* Keep the names and bits of d->number. */
void pw_keeping_numbered(struct pw_daemon *d);

/*
 * Before the labels of @policy are numbered: where names are many, those that neither it nor
 * the policy in force has and that nothing carries give back their bits.
 */
void pw_keeping_release(struct pw_daemon *d, const struct pw_policy *policy);

/*
 * Put back the marks of all that is mounted, once, before a policy is in force; from then on
 * changes are kept. Returns 0 (also when some could not be put back, told) or -errno.
 */
int pw_keeping_start(struct pw_daemon *d);

/* The same for what was mounted since. */
void pw_keeping_mounts_changed(struct pw_daemon *d);

/* Why this is no protection, though the hooks work: marks are missing. NULL: all is well. */
const char *pw_keeping_unsafe(const struct pw_daemon *d);

/* Domains that hold labels now: what each came out of is kept, for it may be gone soon. */
void pw_keeping_domains(struct pw_daemon *d);

/* For every tick: what processes hold is kept, if it has grown. */
void pw_keeping_held(struct pw_daemon *d);

/* An event: keep it if it is of lineage. */
void pw_keeping_see(struct pw_daemon *d, const struct pw_event_view *view);

/* The kernel half tells that somebody set the xattr of labels of a file, or took it off. */
void pw_keeping_recalled(struct pw_daemon *d, const struct pw_event_view *view);

/*
 * The kernel half tells that a file system is about to be mounted: remember which. Labels of
 * all that are remembered come back, for when the rings are drained.
 */
void pw_keeping_superblock(struct pw_daemon *d, const struct pw_event *event);
void pw_keeping_superblocks(struct pw_daemon *d);

/* Fill the status; @text and @warning (room for PW_WARNINGS_MAX) are lent to it. */
#define PW_KEEPING_TEXT 192
void pw_keeping_status(struct pw_daemon *d, struct pw_status *status, const char **warning,
		       char text[static PW_KEEPING_TEXT]);

/* What a descriptor of the loop stands for. */
enum pw_loop_source {
	PW_SOURCE_SIGNAL,
	PW_SOURCE_TIMER,
	PW_SOURCE_KERNEL,
	PW_SOURCE_CONTROL,
	PW_SOURCE_CANARY,
	PW_SOURCE_MOUNTS,
	PW_SOURCE_MEDIA,
	PW_SOURCE_HOSTS,
};

/* ---- watch.c: the canary ---- */

void pw_watch_tick(struct pw_daemon *d);   /* start rounds, notice those that hang */
void pw_watch_result(struct pw_daemon *d); /* the helper answered, or ended */
void pw_watch_heard(struct pw_daemon *d, unsigned int ring, const struct pw_event *event);

/* Start the helper anew and listen to it. Returns 0 or -errno, told. */
int pw_watch_spawn(struct pw_daemon *d);

/* ---- answers.c: commands of the control socket ---- */

extern const struct pw_command pw_daemon_commands[];
extern const size_t pw_daemon_n_commands;

/* ---- stop.c: told to stop while the kernel half is being loaded ---- */

/*
 * From begin to end SIGTERM and SIGINT end the process at once, with status 0 and nothing
 * left behind; else they wait for the loop. Both are blocked already. Returns 0 or -errno.
 */
int pw_stop_begin(struct pw_daemon *d);
void pw_stop_end(void);

/* Remove what the agent has made under /run/phiward but for the socket. */
void pw_stop_leave_nothing(struct pw_daemon *d);

/* ---- confine.c: what the process gives up ---- */

/*
 * Capabilities beyond those it uses, gaining new ones, being dumped or looked into. Before
 * there are threads, which keep what they have. Returns 0 or -errno, told.
 */
int pw_confine_privileges(void);

/*
 * All that a process which asks for names of hosts does not need: every privilege, root's own
 * files, writing any, and most system calls. Returns 0 or -errno.
 */
int pw_confine_resolver(void);

/*
 * System calls that the loop and its threads do not need; loading programs is not possible
 * any more. Returns 0 (also where the kernel has no seccomp, told) or -errno, told.
 */
int pw_confine_calls(void);

/* ---- options.c ---- */

/* Returns -1 to go on, or an exit status (--help, --version, wrong usage). */
int pw_options_parse(int argc, char **argv, struct pw_options *ret_options);

#endif /* PW_DAEMON_DAEMON_H */
