/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <fcntl.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

void pw_in_force_clear(struct pw_in_force *in_force)
{
	pw_changes_free(&in_force->changes);
	pw_resolved_free(&in_force->resolved);
	pw_compiled_free(&in_force->compiled);
	pw_policy_free(&in_force->policy);
	*in_force = (struct pw_in_force){ 0 };
}

/* Load the kernel half, now that the size of the first policy is known. */
static int open_kernel(struct pw_daemon *d, const struct pw_compiled *compiled, struct pw_str *why)
{
	struct pw_kernel_options options = {
		.n_states = compiled->trees.n_states + compiled->trees.n_globs,
		.n_edges = compiled->trees.n_edges,
		.n_roots = compiled->trees.n_anchors,
		.hide_names = d->settings.hide_names,
	};
	struct pw_kernel_times times;
	int r;

	if (d->kernel)
		return 0;
	pw_info("loading the programs into the kernel");
	r = pw_stop_begin(d);
	if (r < 0)
		return pw_err(r, "cannot listen for signals while loading");
	r = pw_kernel_open(&options, why, &d->kernel);
	pw_stop_end();
	if (r < 0)
		return r;
	pw_kernel_times(d->kernel, &times);
	pw_info("programs loaded in %llu ms (the kernel's verifier), attached in %llu ms",
		(unsigned long long)(times.load_ns / 1000000),
		(unsigned long long)(times.attach_ns / 1000000));
	return 0;
}

/*
 * Events may come by the new policy as soon as it is published, so it is named before; and
 * from then on the kernel half stands on @next, so nothing may fail any more.
 */
static int publish(struct pw_daemon *d, struct pw_in_force *next, struct pw_str *why)
{
	int r = pw_naming_add(d->naming, pw_kernel_next_generation(d->kernel), next->policy,
			      next->compiled);

	if (r == 0)
		r = pw_kernel_publish(d->kernel, &next->resolved->publication, why,
				      &next->generation);
	/* What is in force must not be forgotten for all that was tried in vain. */
	if (r < 0 && d->now.policy &&
	    pw_naming_add(d->naming, d->now.generation, d->now.policy, d->now.compiled) < 0)
		pw_debug("no memory to keep the names of the policy in force, ignoring");
	return r;
}

/* A large policy takes its time, step by step: that is no reason to be killed half-way. */
static void still_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

/* Names that are new get their addresses soon, and the policy is then published anew. */
static void want_hosts(struct pw_daemon *d, const struct pw_compiled *compiled)
{
	_cleanup_free_ const char **name = calloc(compiled->n_hosts + 1, sizeof(*name));
	int r = name ? 0 : -ENOMEM;

	if (!d->hosts)
		return;
	for (size_t i = 0; i < compiled->n_hosts && r == 0; i++)
		name[i] = compiled->host[i].name;
	if (r == 0)
		r = pw_hosts_want(d->hosts, name, compiled->n_hosts);
	if (r < 0)
		pw_err(r, "names of hosts in the policy are not resolved");
}

/* Compile, resolve and publish @next->policy; on success @next is in force. */
static int put_in_force(struct pw_daemon *d, struct pw_in_force *next,
			struct pw_findings *findings, struct pw_str *why)
{
	struct pw_compile_options options = {
		.now = time(NULL),
		.canonical = pw_paths_canonical,
		.ctx = d->paths,
	};
	struct pw_resolver resolver = {
		.paths = d->paths,
		.users = d->users,
		.canary_fd = pw_canary_dir(d->canary),
		.hosts = d->hosts,
		.media = d->media,
	};
	int r;

	pw_paths_retry(d->paths);
	r = pw_policy_compile(next->policy, &options, findings, &next->compiled);
	if (r == -E2BIG)
		return -EINVAL;
	if (r < 0)
		return r;
	r = open_kernel(d, next->compiled, why);
	if (r == 0)
		r = pw_keeping_start(d);
	if (r < 0)
		return r;
	still_alive();
	r = pw_resolve(&resolver, next->policy, next->compiled, &next->resolved);
	if (r == -EMFILE)
		pw_str_add(why, "more trees than this process may hold open: raise LimitNOFILE=");
	if (r == 0)
		r = pw_resolved_forget_devices(next->resolved, d->now.resolved);
	if (r < 0)
		return r;
	still_alive();
	r = publish(d, next, why);
	if (r < 0)
		return r;
	next->loaded_ns = pw_clock_utc(&d->clock, pw_boottime_ns());
	want_hosts(d, next->compiled);
	pw_daemon_follow(d, next);
	return 0;
}

/* One line for all trees that are yet to be made: a policy may speak of many. */
static void tell_missing(const struct pw_resolved *resolved)
{
	const struct pw_missing *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < resolved->n_missing; i++) {
		const struct pw_missing *missing = &resolved->missing[i];

		if (missing->error != -ENOENT) {
			pw_warning("tree %s: %s", missing->path, strerror(-missing->error));
			continue;
		}
		pw_debug("tree %s does not exist", missing->path);
		first = first ? first : missing;
		n++;
	}
	if (n == 1)
		pw_warning("tree %s does not exist; protected as soon as it is made", first->path);
	else if (n)
		pw_warning("%zu trees do not exist, %s is the first; each is protected as soon as "
			   "it is made", n, first->path);
}

static void tell_warnings(const struct pw_in_force *now)
{
	for (size_t i = 0; i < now->resolved->n_warnings; i++)
		pw_warning("%s", now->resolved->warning[i]);
	tell_missing(now->resolved);
}

/* The same while events, the canary and the watchdog wait. */
#define LINKS_RELOAD_MS 5000

/*
 * What carries a label outlives the policy that named it: a name keeps its bit, and no other
 * gets it, for as long as anything carries it.
 */
static int number_labels(struct pw_daemon *d, struct pw_policy *policy, struct pw_str *why)
{
	int r;

	pw_keeping_release(d, policy);
	r = pw_policy_number_labels(policy, d->number, d->n_numbers);
	if (r == -E2BIG)
		pw_str_add(why, "too many labels: with those of the policy in force, and those "
				"that files and processes carry still, there would be more than "
				"64: clear those that are not needed (phiward label), end their "
				"processes, or load a policy without them first");
	return r;
}

static bool is_numbered(const struct pw_daemon *d, const struct pw_label *label)
{
	for (size_t i = 0; i < d->n_numbers; i++)
		if (d->number[i].bit == label->bit)
			return true;
	return false;
}

/* Once a policy is in force its labels may stand anywhere. */
static void remember_numbers(struct pw_daemon *d, const struct pw_policy *policy)
{
	for (size_t i = 0; i < policy->n_labels; i++) {
		const struct pw_label *label = &policy->label[i];
		struct pw_label_number *number = &d->number[d->n_numbers];

		if (is_numbered(d, label))
			continue;
		number->name = strdup(label->name.text);
		number->bit = label->bit;
		if (!number->name) {
			pw_err(-ENOMEM, "label '%s' may have another number after a reload",
			       label->name.text);
			continue;
		}
		d->n_numbers++;
	}
}

void pw_daemon_forget_numbers(struct pw_daemon *d)
{
	for (size_t i = 0; i < d->n_numbers; i++)
		free((char *)d->number[i].name);
	d->n_numbers = 0;
}

int pw_daemon_load(struct pw_daemon *d, struct pw_findings *findings, struct pw_str *why)
{
	struct pw_in_force next = { 0 }, before;
	int r = pw_policy_load(d->options.policy, d->options.n_policies, findings, &next.policy);

	if (r == 0)
		r = number_labels(d, next.policy, why);
	if (r == 0)
		r = put_in_force(d, &next, findings, why);
	if (r < 0) {
		pw_in_force_clear(&next);
		return r;
	}
	before = d->now;
	d->now = next;
	remember_numbers(d, d->now.policy);
	pw_keeping_numbered(d);
	still_alive();
	if (before.policy)
		pw_daemon_look_for_links(d, before.policy, LINKS_RELOAD_MS);
	pw_in_force_clear(&before);
	pw_info("policy %.12s in force: %zu rule%s, %zu label%s, mode %s", d->now.policy->id,
		d->now.policy->n_rules, d->now.policy->n_rules == 1 ? "" : "s",
		d->now.policy->n_labels, d->now.policy->n_labels == 1 ? "" : "s",
		d->now.policy->mode == PW_ENFORCE ? "enforce" : "observe");
	tell_warnings(&d->now);
	return 0;
}

int pw_daemon_refresh(struct pw_daemon *d, struct pw_str *why)
{
	struct pw_findings findings = { 0 };
	struct pw_in_force next = { .policy = d->now.policy }, before;
	uint64_t loaded_ns = d->now.loaded_ns;
	int r = put_in_force(d, &next, &findings, why);

	pw_findings_free(&findings);
	if (r < 0) {
		next.policy = NULL;
		pw_in_force_clear(&next);
		return r;
	}
	before = d->now;
	before.policy = NULL;
	d->now = next;
	d->now.loaded_ns = loaded_ns;
	pw_in_force_clear(&before);
	return 0;
}

/* ---- What was there before ---- */

#define LINK_BATCH 256

struct links {
	struct pw_daemon *d;
	int fd[LINK_BATCH];
	uint64_t labels[LINK_BATCH];
	size_t n;
	int error;
};

static void flush_links(struct links *links)
{
	const struct pw_kernel_marking marking = {
		.fd = links->fd,
		.labels = links->labels,
		.n = links->n,
		.why = PW_MARK_LINKED,
	};
	int r = pw_kernel_mark(links->d->kernel, &marking);

	if (r < 0)
		links->error = r;
	else
		links->d->linked += links->n;
	for (size_t i = 0; i < links->n; i++)
		pw_fd_close(links->fd[i]);
	links->n = 0;
}

static void link_found(void *ctx, int fd, uint64_t labels)
{
	struct links *links = ctx;
	int keep = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (keep < 0) {
		links->error = -errno;
		return;
	}
	links->fd[links->n] = keep;
	links->labels[links->n++] = labels;
	if (links->n == LINK_BATCH)
		flush_links(links);
}

/* Where process @pid has the file with that inode number mapped, into @path. */
static bool mapped_path(uint32_t pid, uint64_t inode, char path[PW_PATH_MAX + 1])
{
	_cleanup_fclose_ FILE *maps = NULL;
	_cleanup_free_ char *line = NULL;
	char name[64];
	size_t size = 0;

	snprintf(name, sizeof(name), "/proc/%u/maps", pid);
	maps = fopen(name, "re");
	while (maps && getline(&line, &size, maps) > 0) {
		unsigned long long number;
		int at = 0;

		if (sscanf(line, "%*s %*s %*s %*s %llu %n", &number, &at) != 1 ||
		    number != inode || line[at] != '/')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, PW_PATH_MAX + 1, "%s", line + at);
		return true;
	}
	return false;
}

/* Who process @pid is, as far as /proc tells: the kernel half records it at exec only. */
static void fill_process(uint32_t pid, struct pw_event *event)
{
	_cleanup_fclose_ FILE *status = NULL, *login = NULL;
	_cleanup_free_ char *line = NULL;
	char name[64];
	size_t size = 0;

	snprintf(name, sizeof(name), "/proc/%u/status", pid);
	status = fopen(name, "re");
	while (status && getline(&line, &size, status) > 0) {
		if (sscanf(line, "Uid: %u %u", &event->uid, &event->euid) == 2 ||
		    sscanf(line, "Gid: %u", &event->gid) == 1)
			continue;
		if (strncmp(line, "Name:\t", 6) == 0) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(event->comm, sizeof(event->comm), "%s", line + 6);
		}
	}
	snprintf(name, sizeof(name), "/proc/%u/loginuid", pid);
	login = fopen(name, "re");
	if (!login || fscanf(login, "%u", &event->auid) != 1)
		event->auid = UINT32_MAX;
}

static void predating_found(void *ctx, const struct pw_predating *found)
{
	struct pw_daemon *d = ctx;
	bool mapped = found->fd == PW_PREDATES_MAPPED;
	struct pw_event event = {
		.kind = mapped ? PW_EVENT_PREDATES_MAP : PW_EVENT_PREDATES_FD,
		.verdict = PW_WARN,
		.rule = PW_RULE_NONE,
		.severity = mapped ? PW_SEVERITY_HIGH : PW_SEVERITY_MEDIUM,
		.labels = found->labels,
		.op = PW_OP_READ,
		.pid = found->pid,
		.tid = found->tid,
		.inode = found->inode,
		.dev = found->dev,
		.inode_generation = found->inode_generation,
		.generation = d->now.generation,
		.uid = UINT32_MAX, /* nobody, where the process has ended meanwhile */
		.euid = UINT32_MAX,
		.auid = UINT32_MAX,
		.session = UINT32_MAX,
	};
	char link[64], path[PW_PATH_MAX + 1] = "";
	ssize_t n = -1;

	fill_process(found->pid, &event);
	if (mapped) {
		d->predating_maps++;
		n = mapped_path(found->pid, found->inode, path) ? (ssize_t)strlen(path) : -1;
	} else {
		d->predating_fds++;
		snprintf(link, sizeof(link), "/proc/%u/fd/%u", found->pid, found->fd);
		n = readlink(link, path, sizeof(path) - 1);
		path[n > 0 ? n : 0] = '\0';
	}
	pw_sink_own(d, &event, n > 0 ? path : NULL, NULL);
}

void pw_daemon_look_for_links(struct pw_daemon *d, const struct pw_policy *before,
			      unsigned int max_ms)
{
	struct links links = { .d = d };
	const struct pw_link_search search = {
		.worker = d->paths_worker,
		.paths = d->paths,
		.policy = d->now.policy,
		.before = before,
		.max_ms = max_ms,
		.found = link_found,
		.ctx = &links,
	};
	int r = pw_resolve_links(&search);

	if (links.n)
		flush_links(&links);
	if (links.error || r < 0)
		pw_err(links.error ? links.error : r,
		       "not every file with several links could be recorded");
}

/* So long may one entry of the policy take at start: a file system may hang. */
#define LINKS_START_MS 30000

void pw_daemon_look_back(struct pw_daemon *d)
{
	int r;

	pw_daemon_look_for_links(d, NULL, LINKS_START_MS);
	r = pw_kernel_predating(d->kernel, predating_found, d);
	if (r < 0)
		pw_err(r, "cannot look for files that were open before");
	if (d->predating_fds)
		pw_notice("%llu labelled files were open before; what is read from them is decided "
			  "each time", (unsigned long long)d->predating_fds);
	if (d->predating_maps)
		pw_warning("%llu mappings of labelled files are older than the agent: what their "
			   "processes read there cannot be stopped; restart them",
			   (unsigned long long)d->predating_maps);
}
