/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phiwardd: start, one loop, end. Starting: settings, policy, canary's helper, kernel half,
 * publish, look back at what was open before, and then the canary says whether it protects.
 */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/exit.h"
#include "base/log.h"
#include "base/words.h"

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define TICK_MS 200
#define HOUSEKEEPING_TICKS 10 /* every two seconds */
#define PRIORITY (-10)

static int watch_fd(const struct pw_daemon *d, int fd, uint32_t events, enum pw_loop_source source)
{
	struct epoll_event event = { .events = events, .data.u32 = source };

	return epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* ---- Starting ---- */

static int tell_findings(const struct pw_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct pw_finding *finding = &findings->item[i];

		fprintf(stderr, "%s:%u:%u: %s: %s\n", finding->at.file ? finding->at.file : "?",
			finding->at.line, finding->at.column, finding->error ? "error" : "warning",
			finding->message);
		if (finding->remedy)
			fprintf(stderr, "  remedy: %s\n", finding->remedy);
	}
	return findings->n_errors ? PW_EXIT_POLICY : PW_EXIT_FINE;
}

/* One agent a host: whoever holds the lock. */
static int take_lock(struct pw_daemon *d)
{
	_cleanup_free_ char *dir = pw_rooted("/run/phiward");
	_cleanup_free_ char *path = pw_rooted("/run/phiward/phiwardd.lock");
	_cleanup_close_ int fd = -EBADF;
	char pid[16];
	ssize_t n;

	if (!dir || !path)
		return -ENOMEM;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return pw_err(-errno, "cannot make '%s'", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return pw_err(-errno, "cannot open '%s'", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		n = pread(fd, pid, sizeof(pid) - 1, 0);
		pid[n > 0 ? n : 0] = '\0';
		pw_log(PW_LOG_ERR, "another phiwardd is running (pid %s): stop it first",
		       n > 0 ? pid : "unknown");
		return -EBUSY;
	}
	n = snprintf(pid, sizeof(pid), "%d", getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)n, 0) != n)
		return pw_err(-errno, "cannot write '%s'", path);
	d->lock_fd = TAKE_FD(fd);
	return 0;
}

static int load_settings(struct pw_daemon *d)
{
	_cleanup_free_ char *standard = pw_rooted("/etc/phiward/phiward.yaml");
	struct pw_findings findings = { 0 };
	int r;

	if (!standard)
		return -ENOMEM;
	r = pw_settings_load(d->options.settings ? d->options.settings : standard, &findings,
			     &d->settings);
	tell_findings(&findings);
	pw_findings_free(&findings);
	return r;
}

/* What cannot be looked at counts as removable: no reason not to protect. */
static int open_media(struct pw_daemon *d)
{
	int r = pw_media_new("/sys", &d->media);

	if (r < 0)
		return r;
	r = pw_media_listen(d->media);
	if (r < 0)
		pw_err(r, "cannot hear of block devices: those that come later count as removable");
	r = pw_media_look(d->media, NULL, NULL);
	if (r < 0)
		pw_err(r, "cannot look at block devices: all of them count as removable");
	return 0;
}

static int open_host(struct pw_daemon *d)
{
	struct rlimit limit = { 1048576, 1048576 };
	int r;

	/* A descriptor for each tree; as many as there may be. */
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		pw_debug("cannot raise the limit of open files, ignoring");
	r = pw_hosts_new(pw_confine_resolver, &d->hosts); /* before there are threads */
	if (r < 0)
		return pw_err(r, "cannot start the resolver");
	r = pw_worker_new(&d->paths_worker);
	if (r == 0)
		r = pw_worker_new(&d->users_worker);
	if (r == 0)
		r = pw_worker_new(&d->proc_worker);
	if (r == 0)
		r = pw_paths_new(d->paths_worker, 0, &d->paths);
	if (r == 0)
		r = pw_users_new(d->users_worker, &d->users);
	return r < 0 ? r : open_media(d);
}

static int open_canary(struct pw_daemon *d)
{
	_cleanup_free_ char *dir = pw_rooted("/run/phiward/canary");
	int r = dir ? pw_canary_new(dir, &d->canary) : -ENOMEM;

	return r < 0 ? pw_err(r, "cannot make the canary") : 0;
}

static int open_control(struct pw_daemon *d)
{
	_cleanup_free_ char *path = pw_rooted(PW_CONTROL_SOCKET);
	struct group *group = getgrnam(d->settings.socket_group);
	struct pw_control_options options = {
		.path = path,
		.group = group ? group->gr_gid : (gid_t)-1,
		.command = pw_daemon_commands,
		.n_commands = pw_daemon_n_commands,
		.ctx = d,
	};
	int r = path ? pw_control_new(&options, &d->control) : -ENOMEM;

	return r < 0 ? pw_err(r, "cannot open the control socket") : 0;
}

static int open_loop(struct pw_daemon *d)
{
	struct itimerspec tick = {
		.it_interval.tv_nsec = TICK_MS * 1000000L,
		.it_value.tv_nsec = 1000000,
	};
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	d->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	d->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	d->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (d->epoll_fd < 0 || d->signal_fd < 0 || d->timer_fd < 0 || d->mounts_fd < 0 ||
	    timerfd_settime(d->timer_fd, 0, &tick, NULL) < 0)
		return pw_err(-errno, "cannot set up the loop");
	r = watch_fd(d, d->signal_fd, EPOLLIN, PW_SOURCE_SIGNAL);
	if (r == 0)
		r = watch_fd(d, d->timer_fd, EPOLLIN, PW_SOURCE_TIMER);
	if (r == 0)
		r = watch_fd(d, d->mounts_fd, EPOLLPRI, PW_SOURCE_MOUNTS);
	return r;
}

static int exit_status(int r)
{
	switch (r) {
	case 0:
		return PW_EXIT_FINE;
	case -EOPNOTSUPP:
		return PW_EXIT_KERNEL;
	case -EPERM:
	case -EACCES:
		return PW_EXIT_NOT_PERMITTED;
	default:
		return PW_EXIT_FAILED;
	}
}

/* Returns an exit status; PW_EXIT_FINE: go on. */
static int load_first_policy(struct pw_daemon *d)
{
	struct pw_findings findings = { 0 };
	_cleanup_str_ struct pw_str why = { 0 };
	int status, r = pw_daemon_load(d, &findings, &why);

	status = tell_findings(&findings);
	if (r < 0 && status == PW_EXIT_FINE) {
		pw_log(PW_LOG_ERR, "%s", why.text ? why.text : strerror(-r));
		status = exit_status(r);
	}
	pw_findings_free(&findings);
	return status;
}

static int start(struct pw_daemon *d)
{
	int status, r;

	if (geteuid() != 0) {
		pw_log(PW_LOG_ERR, "must run as root");
		return PW_EXIT_NOT_PERMITTED;
	}
	/*
	 * Who keeps the processors busy must not keep the agent from its events, nor the canary
	 * from its round. What the unit says already needs no permission.
	 */
	if (setpriority(PRIO_PROCESS, 0, PRIORITY) < 0)
		pw_debug("cannot raise the agent's priority, ignoring");
	r = load_settings(d);
	if (r == -EINVAL)
		return PW_EXIT_POLICY;
	if (r == 0)
		r = take_lock(d);
	if (r == 0)
		r = open_loop(d);
	if (r == 0)
		r = open_host(d);
	if (r == 0 && pw_confine_privileges() < 0)
		return PW_EXIT_FAILED;
	if (r == 0)
		r = open_canary(d);
	if (r == 0)
		r = pw_sink_open(d);
	if (r == 0)
		r = pw_keeping_open(d);
	if (r < 0)
		return exit_status(r);
	d->started_ns = pw_clock_utc(&d->clock, pw_boottime_ns());
	status = load_first_policy(d);
	if (status != PW_EXIT_FINE)
		return status;
	pw_daemon_look_back(d);
	r = open_control(d);
	if (r == 0)
		r = watch_fd(d, pw_kernel_fd(d->kernel), EPOLLIN, PW_SOURCE_KERNEL);
	if (r == 0)
		r = watch_fd(d, pw_control_fd(d->control), EPOLLIN, PW_SOURCE_CONTROL);
	if (r == 0 && pw_media_fd(d->media) >= 0)
		r = watch_fd(d, pw_media_fd(d->media), EPOLLIN, PW_SOURCE_MEDIA);
	if (r == 0)
		r = watch_fd(d, pw_hosts_fd(d->hosts), EPOLLIN, PW_SOURCE_HOSTS);
	if (r < 0)
		return exit_status(r);
	if (pw_confine_calls() < 0)
		return PW_EXIT_FAILED;
	malloc_trim(0); /* what loading took is not needed again */
	/* The helper comes last: it is confined as the one will be that may have to replace it. */
	if (pw_watch_spawn(d) < 0)
		return PW_EXIT_FAILED;
	return PW_EXIT_FINE;
}

/* ---- The loop ---- */

static void on_signal(struct pw_daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			struct pw_findings findings = { 0 };
			_cleanup_str_ struct pw_str why = { 0 };
			int r = pw_daemon_load(d, &findings, &why);

			tell_findings(&findings);
			pw_findings_free(&findings);
			if (r < 0)
				pw_log(PW_LOG_ERR, "%s; the policy before stays in force",
				       why.text ? why.text : "the policy has errors");
			if (d->journal)
				pw_journal_reopen(d->journal);
		} else {
			d->stop = true;
		}
	}
}

static void on_timer(struct pw_daemon *d, unsigned int *ticks)
{
	uint64_t expired;

	if (read(d->timer_fd, &expired, sizeof(expired)) < 0)
		return;
	pw_sink_tick(d);
	pw_watch_tick(d);
	pw_control_tick(d->control, pw_monotonic_ms());
	pw_daemon_look(d);
	pw_daemon_surroundings(d);
	if (++*ticks % HOUSEKEEPING_TICKS)
		return;
	if (pw_clock_measure(&d->clock) > 0) {
		pw_warning("the clock was set back by more than an hour");
		d->clock_warned = true;
	}
	pw_daemon_clock_changed(d);
	pw_daemon_refresh_if_due(d);
	sd_notify(0, "WATCHDOG=1");
}

static void on_event(struct pw_daemon *d, enum pw_loop_source source, unsigned int *ticks)
{
	switch (source) {
	case PW_SOURCE_SIGNAL:
		on_signal(d);
		break;
	case PW_SOURCE_TIMER:
		on_timer(d, ticks);
		break;
	case PW_SOURCE_KERNEL:
		pw_sink_drain(d);
		break;
	case PW_SOURCE_CONTROL:
		pw_control_run(d->control, pw_monotonic_ms());
		break;
	case PW_SOURCE_CANARY:
		pw_watch_result(d);
		break;
	case PW_SOURCE_MOUNTS:
		pw_daemon_mounts_changed(d);
		break;
	case PW_SOURCE_MEDIA:
		pw_daemon_media_changed(d);
		break;
	case PW_SOURCE_HOSTS:
		pw_daemon_hosts_answered(d);
		break;
	}
}

static int loop(struct pw_daemon *d)
{
	unsigned int ticks = 0;

	while (!d->stop) {
		struct epoll_event event[8];
		int n;

		n = epoll_wait(d->epoll_fd, event, PW_ARRAY_SIZE(event), -1);
		if (n < 0 && errno != EINTR)
			return pw_err(-errno, "cannot wait for events");
		for (int i = 0; i < n; i++)
			on_event(d, event[i].data.u32, &ticks);
	}
	return 0;
}

static void stop(struct pw_daemon *d)
{
	sd_notify(0, "STOPPING=1");
	if (d->kernel && d->fold)
		pw_sink_drain(d);
	pw_control_free(&d->control);
	pw_keeping_close(d);
	pw_canary_free(&d->canary);
	pw_kernel_close(&d->kernel);
	pw_sink_close(d);
	pw_in_force_clear(&d->now);
	pw_daemon_forget_numbers(d);
	pw_media_free(&d->media);
	pw_hosts_free(&d->hosts);
	pw_users_free(&d->users);
	pw_paths_free(&d->paths);
	pw_worker_free(&d->proc_worker);
	pw_worker_free(&d->users_worker);
	pw_worker_free(&d->paths_worker);
	pw_settings_free(&d->settings);
	pw_fd_close(d->mounts_fd);
	pw_fd_close(d->timer_fd);
	pw_fd_close(d->signal_fd);
	pw_fd_close(d->epoll_fd);
	pw_stop_leave_nothing(d);
	pw_fd_close(d->lock_fd);
}

int main(int argc, char **argv)
{
	static struct pw_daemon d = {
		.epoll_fd = -EBADF, .signal_fd = -EBADF, .timer_fd = -EBADF,
		.mounts_fd = -EBADF, .lock_fd = -EBADF,
	};
	_cleanup_free_ char *standard = pw_rooted("/etc/phiward/policy.d");
	int status = pw_options_parse(argc, argv, &d.options);

	if (status >= 0)
		return status;
	pw_log_setup("phiwardd", getenv("PHIWARD_DEBUG") ? PW_LOG_DEBUG : PW_LOG_INFO);
	if (!d.options.n_policies)
		d.options.policy[d.options.n_policies++] = standard;
	status = start(&d);
	if (status == PW_EXIT_FINE && loop(&d) < 0)
		status = PW_EXIT_FAILED;
	stop(&d);
	return status;
}
