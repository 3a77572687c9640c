/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes without a new policy: hours, programs that are replaced, trees that appear,
 * mounts, the clock. Programs and missing trees are followed, and looked at only when
 * something happened on their way; slowly all the same, for what cannot be followed.
 */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#define FOLLOWED_TREES_MAX 256  /* missing ones; the rest are looked at in turns */
#define LOOK_MIN_MS        1000 /* between two looks, however much happens */
#define LOOK_SOON_MS       2000 /* once after a refresh, and where not all can be followed */
#define LOOK_SLOW_MS       60000

void pw_daemon_follow(struct pw_daemon *d, struct pw_in_force *next)
{
	const struct pw_resolved *resolved = next->resolved;
	size_t trees = 0;
	int r = pw_changes_new(&next->changes), one;

	for (size_t i = 0; r == 0 && i < next->compiled->n_exes; i++) {
		one = pw_changes_add(next->changes, d->paths, next->compiled->exe[i].path);
		if (one < 0)
			pw_debug("cannot follow '%s' (%s): looked at every two seconds",
				 next->compiled->exe[i].path, strerror(-one));
	}
	for (size_t i = 0; r == 0 && i < resolved->n_missing && trees < FOLLOWED_TREES_MAX; i++)
		if (resolved->missing[i].error == -ENOENT && ++trees)
			pw_changes_add(next->changes, d->paths, resolved->missing[i].path);
	next->followed = r == 0 && pw_changes_whole(next->changes) && trees < FOLLOWED_TREES_MAX;
	d->look_ms = pw_monotonic_ms() + LOOK_SOON_MS; /* for what changed just before */
}

static void follow_anew(struct pw_daemon *d)
{
	pw_changes_free(&d->now.changes);
	pw_daemon_follow(d, &d->now);
	d->now.stirred = false;
}

/* Some of the missing trees a turn, so that many of them do not take long. */
static bool tree_appeared(struct pw_daemon *d)
{
	const struct pw_resolved *resolved = d->now.resolved;
	size_t n =
		resolved->n_missing < FOLLOWED_TREES_MAX ? resolved->n_missing : FOLLOWED_TREES_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct pw_missing *missing =
			&resolved->missing[d->missing_turn++ % resolved->n_missing];
		int fd;

		if (missing->error != -ENOENT)
			continue;
		if (pw_paths_open(d->paths, missing->path, O_DIRECTORY | O_NOFOLLOW, &fd) == 0) {
			pw_fd_close(fd);
			return true;
		}
	}
	return false;
}

static void refresh_because(struct pw_daemon *d, const char *reason)
{
	_cleanup_str_ struct pw_str why = { 0 };
	int r = pw_daemon_refresh(d, &why);

	if (r == 0) {
		pw_debug("%s: policy refreshed", reason);
		return;
	}
	pw_warning("%s, but the policy could not be put in force anew: %s; the one before stays, "
		   "retrying",
		   reason, why.text ? why.text : strerror(-r));
	d->look_ms = pw_monotonic_ms() + LOOK_SOON_MS;
}

void pw_daemon_refresh_if_due(struct pw_daemon *d)
{
	if (d->now.compiled->next_change && time(NULL) >= d->now.compiled->next_change)
		refresh_because(d, "hours or `until` changed");
}

void pw_daemon_look(struct pw_daemon *d)
{
	uint64_t now_ms = pw_monotonic_ms(), at_ms = d->looked_ms + LOOK_MIN_MS;

	if (d->now.changes && pw_changes_seen(d->now.changes)) {
		d->now.stirred = true;
		d->look_ms = at_ms < d->look_ms ? at_ms : d->look_ms;
	}
	if (now_ms < d->look_ms)
		return;
	d->looked_ms = now_ms;
	d->look_ms = now_ms + (d->now.followed ? LOOK_SLOW_MS : LOOK_SOON_MS);
	if (pw_programs_digest(d->paths, d->now.compiled) != d->now.resolved->programs_digest)
		refresh_because(d, "a program of the policy was replaced or changed");
	else if (tree_appeared(d))
		refresh_because(d, "a tree appeared");
	else if (d->now.stirred) /* the way goes on by other directories now */
		follow_anew(d);
}

#define CLOCK_STEP_NS 2000000000ll

void pw_daemon_clock_changed(struct pw_daemon *d)
{
	struct timespec wall;
	int64_t step;

	clock_gettime(CLOCK_REALTIME, &wall);
	step = (int64_t)wall.tv_sec * 1000000000ll + wall.tv_nsec - (int64_t)pw_boottime_ns();
	if (llabs(step - d->clock_step_ns) > CLOCK_STEP_NS && d->clock_step_ns)
		refresh_because(d, "the clock was set");
	d->clock_step_ns = step;
}

/* Tell of mount points in labelled trees that were not there before. */
static void tell_mounts(struct pw_daemon *d, const struct pw_mount_point *before, size_t n)
{
	for (size_t i = 0; i < d->now.resolved->n_mount_points; i++) {
		const struct pw_mount_point *point = &d->now.resolved->mount_point[i];
		struct pw_event event = {
			.kind = PW_EVENT_MOUNT,
			.verdict = PW_WARN,
			.severity = PW_SEVERITY_MEDIUM,
			.rule = PW_RULE_NONE,
			.labels = point->labels,
			.label = (uint8_t)pw_lowest_bit(point->labels),
			.op = PW_OP_CREATE,
			.generation = d->now.generation,
			.auid = UINT32_MAX,
			.session = UINT32_MAX,
		};
		bool known = false;

		for (size_t j = 0; j < n && !known; j++)
			known = strcmp(before[j].path, point->path) == 0;
		if (!known)
			pw_sink_own(d, &event, point->path, NULL);
	}
}

/* ---- Block devices ---- */

static void medium_changed(void *ctx, const struct pw_medium_seen *medium, bool gone)
{
	struct pw_daemon *d = ctx;
	struct pw_kernel_medium under;
	int r;

	if (gone) {
		pw_kernel_forget_medium(d->kernel, medium->major, medium->minor);
		return;
	}
	under = pw_medium_under(d->now.policy, medium);
	pw_debug("%s is %s, %s:%s %s, of places %#llx", medium->name,
		 medium->kind == PW_MEDIUM_FIXED ? "fixed" : "removable", medium->vendor,
		 medium->product, medium->serial, (unsigned long long)under.places);
	r = pw_kernel_set_medium(d->kernel, &under);
	if (r < 0)
		pw_err(r, "cannot tell the kernel half of %s, which counts as removable",
		       medium->name);
}

static void look_at_media(struct pw_daemon *d)
{
	int r = pw_media_look(d->media, medium_changed, d);

	if (r < 0)
		pw_err(r, "cannot look at block devices");
}

void pw_daemon_media_changed(struct pw_daemon *d)
{
	if (pw_media_heard(d->media))
		look_at_media(d);
}

/* ---- Names of hosts ---- */

void pw_daemon_hosts_answered(struct pw_daemon *d)
{
	if (pw_hosts_answer(d->hosts, pw_monotonic_ms()))
		refresh_because(d, "a host of a place has another address");
}

/* Say once that all that was known of a name is now too old. */
static void tell_lost_hosts(const struct pw_daemon *d)
{
	for (size_t i = 0; i < pw_hosts_count(d->hosts); i++) {
		const struct pw_host *host = pw_hosts_at(d->hosts, i);

		if (host->ok_ms && !host->n_addresses)
			pw_warning("%s has not been resolved for a day: its last addresses belong "
				   "to no place any more", host->name);
	}
}

#define SWEEP_MS 5000

void pw_daemon_surroundings(struct pw_daemon *d)
{
	uint64_t now_ms = pw_monotonic_ms();
	int r;

	if (d->hosts && pw_hosts_tick(d->hosts, now_ms)) {
		tell_lost_hosts(d);
		refresh_because(d, "the last address of a host was too old");
	}
	pw_keeping_held(d);
	if (now_ms - d->swept_ms < SWEEP_MS)
		return;
	d->swept_ms = now_ms;
	pw_keeping_domains(d);
	r = pw_kernel_sweep_domains(d->kernel);
	if (r < 0)
		pw_err(r, "cannot look for processes that hold labels");
}

/* ---- Mounts ---- */

void pw_daemon_mounts_changed(struct pw_daemon *d)
{
	uint64_t pending = pw_kernel_mounts_pending(d->kernel);
	_cleanup_str_ struct pw_str why = { 0 };
	struct pw_mount_point *before = d->now.resolved->mount_point;
	size_t n = d->now.resolved->n_mount_points;
	int r;

	look_at_media(d); /* what the file of a loop device lies on may be another */
	pw_keeping_mounts_changed(d);
	d->now.resolved->mount_point = NULL; /* outlives what it is compared with */
	d->now.resolved->n_mount_points = 0;
	r = pw_daemon_refresh(d, &why);
	if (r == 0) {
		tell_mounts(d, before, n);
		pw_kernel_mounts_done(d->kernel, pending);
		pw_mount_points_free(before, n);
		return;
	}
	d->now.resolved->mount_point = before;
	d->now.resolved->n_mount_points = n;
	pw_warning("mounts changed, but the policy could not be put in force anew: %s",
		   why.text ? why.text : strerror(-r));
}
