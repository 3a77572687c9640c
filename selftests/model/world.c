// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Real processes and objects: see world.h. Commands go out and answers come in as numbers
 * with signals, so that whoever commands never reads what a holder of labels wrote. It takes
 * the rest of care that it holds nothing itself: it opens only O_PATH, and makes files
 * without opening them.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "world-private.h"

#define ANSWER_S 30 /* how long a worker may take, under emulation */

const char *const world_dirs[MODEL_PLACES] = { "/srv/model/plain", "/srv/model/records",
					       "/srv/model/genomes", "/srv/model/notes",
					       "/dev/shm/model" };

const char *world_path(int name, char path[WIRE_PATH_MAX])
{
	snprintf(path, WIRE_PATH_MAX, "%s/%d", world_dirs[name / MODEL_NAMES_EACH],
		 name % MODEL_NAMES_EACH);
	return path;
}

static int complain(const char *what)
{
	int r = -errno;

	fprintf(stderr, "model: %s: %s\n", what, strerror(errno));
	return r ? r : -EIO;
}

/* ---- Talking to workers ---- */

static int wait_answer(uint32_t *ret_kind, int *ret_result)
{
	struct timespec limit = { .tv_sec = ANSWER_S };
	siginfo_t info;
	sigset_t set;
	uint64_t value;
	int r;

	sigemptyset(&set);
	sigaddset(&set, WIRE_ANSWER);
	do {
		r = sigtimedwait(&set, &info, &limit);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -ETIMEDOUT;
	value = (uint64_t)info.si_value.sival_ptr;
	*ret_kind = (uint32_t)(value >> 32);
	*ret_result = (int)(uint32_t)value;
	return 0;
}

static int command(const struct process *p, struct wire_command c)
{
	siginfo_t info = { .si_signo = WIRE_COMMAND, .si_code = SI_QUEUE };

	info.si_value.sival_ptr = (void *)wire_pack(c);
	return syscall(SYS_rt_tgsigqueueinfo, p->pid, p->tid, WIRE_COMMAND, &info) < 0 ? -errno : 0;
}

/* What the command gives. A program that is started by it (*ret_ready) says so, too. */
static int ask(const struct process *p, struct wire_command c, int *ret_result, int *ret_ready)
{
	bool result = c.op == OP_EXEC, ready = c.op != OP_EXEC && c.op != OP_SPAWN;
	int r = command(p, c), value;
	uint32_t kind;

	*ret_result = *ret_ready = 0;
	while (!r && (!result || !ready)) {
		r = wait_answer(&kind, &value);
		if (r)
			return r;
		if (kind == WIRE_READY) {
			*ret_ready = value;
			ready = true;
			continue;
		}
		*ret_result = value;
		result = true;
		if (value < 0)
			ready = true;
	}
	return r;
}

static int open_process(struct process *p, pid_t pid, pid_t tid)
{
	*p = (struct process){ .pid = pid, .tid = tid };
	p->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	return p->pidfd < 0 ? -errno : 0;
}

static void close_process(struct process *p)
{
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pidfd = -1;
}

/* ---- Opening the world ---- */

static void become(const struct passwd *pw)
{
	char text[16];
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	int len = snprintf(text, sizeof(text), "%u", pw->pw_uid);

	if (fd < 0 || write(fd, text, (size_t)len) != len ||
	    initgroups(pw->pw_name, pw->pw_gid) < 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		complain("cannot become another person");
		_exit(126);
	}
	close(fd);
}

/* A worker writes to nobody who does not expect labels: what reads our output would take them. */
static void let_go_of_output(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
}

static int start_first(struct world *w, int person, int image)
{
	const struct passwd *pw = getpwnam(model_person_names[person]);
	char path[WIRE_PATH_MAX], text[16];
	char *argv[] = { path, text, NULL }, *envp[] = { NULL };
	uint32_t kind;
	int pid, ready;

	if (!pw)
		return complain("no such person");
	snprintf(path, sizeof(path), "%s/%s", WIRE_DIR, model_image_names[image]);
	snprintf(text, sizeof(text), "%d", getpid());
	pid = fork();
	if (pid == 0) {
		if (setresuid(0, 0, 0) < 0)
			_exit(126);
		become(pw);
		let_go_of_output();
		execve(path, argv, envp);
		_exit(127);
	}
	if (pid < 0 || wait_answer(&kind, &ready) < 0 || kind != WIRE_READY)
		return complain("a worker does not start");
	return open_process(&w->first[person][image], pid, pid);
}

/* Workers of both persons may send it signals, and it may do everything. */
static int become_driver(void)
{
	const struct passwd *pw = getpwnam(model_person_names[NINA]);
	uid_t nina = pw ? pw->pw_uid : 0, eve;
	sigset_t set;

	pw = getpwnam(model_person_names[EVE]);
	eve = pw ? pw->pw_uid : 0;
	if (!nina || !eve)
		return complain("nina and eve are not known here");
	sigemptyset(&set);
	sigaddset(&set, WIRE_ANSWER);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_IGN);
	umask(0);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || setresuid(nina, 0, eve) < 0)
		return complain("cannot take the workers' signals");
	return 0;
}

static int make_dirs(void)
{
	char path[WIRE_PATH_MAX];

	if (mkdir("/srv/model", 0755) < 0 && errno != EEXIST)
		return complain("/srv/model");
	for (int i = 0; i < MODEL_PLACES; i++)
		if (mkdir(world_dirs[i], 0777) < 0 && errno != EEXIST)
			return complain(world_dirs[i]);
	for (int i = 0; i < MODEL_NAMES; i++)
		if (unlink(world_path(i, path)) < 0 && errno != ENOENT)
			return complain(path);
	return 0;
}

struct world *world_open(struct seen *seen)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->seen = seen;
	for (int i = 0; i < MODEL_PROCS; i++)
		w->proc[i].pidfd = -1;
	for (int i = 0; i < MODEL_SEGMENTS; i++)
		w->shm[i] = -1;
	for (int i = 0; i < MODEL_QUEUES; i++)
		w->msg[i] = -1;
	if (become_driver() < 0 || make_dirs() < 0)
		return NULL;
	for (int person = 0; person < MODEL_PERSONS; person++)
		for (int image = 0; image < MODEL_IMAGES; image++)
			if (start_first(w, person, image) < 0)
				return NULL;
	return w;
}

void world_close(struct world *w)
{
	for (int i = 0; i < MODEL_PERSONS * MODEL_IMAGES; i++) {
		struct process *p = &w->first[i / MODEL_IMAGES][i % MODEL_IMAGES];

		kill(p->pid, SIGKILL);
		close_process(p);
	}
	for (int i = 0; i < MODEL_SEGMENTS; i++)
		shmctl(w->shm[i], IPC_RMID, NULL);
	for (int i = 0; i < MODEL_QUEUES; i++)
		msgctl(w->msg[i], IPC_RMID, NULL);
	free(w);
}

/* ---- Beginning a program ---- */

static int make_node(const char *path, mode_t mode)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return complain(path);
	if (mknod(path, mode, 0) < 0)
		return complain(path);
	return 0;
}

static int make_files(struct world *w)
{
	char path[WIRE_PATH_MAX];
	int r = 0;

	for (int i = 0; !r && i < MODEL_NAMES; i++) {
		world_path(i, path);
		if (i % MODEL_NAMES_EACH) {
			if (unlink(path) < 0 && errno != ENOENT)
				return complain(path);
			continue;
		}
		r = make_node(path, S_IFREG | 0666);
		if (!r && truncate(path, 4096) < 0)
			r = complain(path);
	}
	for (int i = 0; !r && i < MODEL_FIFOS; i++) {
		snprintf(path, sizeof(path), "%s/fifo%d", world_dirs[PLACE_PLAIN], i);
		r = make_node(path, S_IFIFO | 0666);
	}
	return r;
}

/* Nothing here opens a queue: it would be a way to us. */
static int make_queues(struct world *w)
{
	char path[WIRE_PATH_MAX];
	int r = 0;

	for (int i = 0; !r && i < MODEL_QUEUES; i++) {
		snprintf(path, sizeof(path), "/dev/mqueue/model%d", i);
		r = make_node(path, S_IFREG | 0666);
		msgctl(w->msg[i], IPC_RMID, NULL);
		w->msg[i] = msgget(IPC_PRIVATE, IPC_CREAT | 0666);
		if (w->msg[i] < 0)
			return complain("msgget");
	}
	for (int i = 0; !r && i < MODEL_SEGMENTS; i++) {
		shmctl(w->shm[i], IPC_RMID, NULL);
		w->shm[i] = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
		if (w->shm[i] < 0)
			return complain("shmget");
	}
	return r;
}

static int begin_process(struct world *w, const struct model *m, int slot)
{
	const struct model_proc *p = &m->proc[slot];
	int pid, ready, r;

	r = ask(&w->first[p->person][p->image], (struct wire_command){ .op = OP_FORK }, &pid,
		&ready);
	if (r || pid <= 0) {
		fprintf(stderr, "model: cannot make a process: %s\n", strerror(-(r ?: pid)));
		return r ?: -EIO;
	}
	return open_process(&w->proc[slot], pid, pid);
}

int world_begin(struct world *w, const struct model *m)
{
	int r = make_files(w);

	if (!r)
		r = make_queues(w);
	for (int i = 0; !r && i < MODEL_PROCS; i++)
		if (m->proc[i].used)
			r = begin_process(w, m, i);
	for (int i = 0; i < MODEL_OBJECTS; i++)
		w->object[i].known = false;
	w->sockets += MODEL_OBJECTS * MODEL_STEPS;
	return r;
}

/* Until it is gone, and with it all that it had. */
static void wait_gone(const struct process *p)
{
	struct pollfd poll_fd = { .fd = p->pidfd, .events = POLLIN };

	while (poll(&poll_fd, 1, ANSWER_S * 1000) < 0 && errno == EINTR)
		;
}

void world_end(struct world *w, const struct model *m)
{
	for (int i = 0; i < MODEL_PROCS; i++)
		if (w->proc[i].pidfd >= 0)
			syscall(SYS_pidfd_send_signal, w->proc[i].pidfd, SIGKILL, NULL, 0);
	for (int i = 0; i < MODEL_PROCS; i++) {
		if (w->proc[i].pidfd < 0)
			continue;
		wait_gone(&w->proc[i]);
		close_process(&w->proc[i]);
	}
}

/* ---- A step ---- */

const struct model_object *world_object_of(const struct model *m, int p, int fd)
{
	int file = m->table[m->proc[p].table].file[fd];

	return file < 0 ? NULL : &m->object[m->file[file].object];
}

static uint8_t wire_kind(const struct model_object *o)
{
	if (o && o->kind == KIND_SOCKET)
		return WIRE_SOCKET;
	return o && (o->kind == KIND_FILE || o->kind == KIND_MEMFD) ? WIRE_FILE : WIRE_STREAM;
}

static struct wire_command translate(const struct world *w, const struct model *m,
				     const struct model *after, const struct model_step *s)
{
	struct wire_command c = { .op = s->op, .a = s->a, .b = s->b, .c = s->c };

	switch (s->op) {
	case OP_READ:
	case OP_WRITE:
		c.c = wire_kind(world_object_of(m, s->p, s->a));
		break;
	case OP_SPLICE:
		c.c = wire_kind(world_object_of(m, s->p, s->a)) == WIRE_FILE;
		break;
	case OP_TOUCH:
		c.b = m->domain[m->proc[s->p].domain].map_mode[s->c];
		break;
	case OP_LISTEN:
	case OP_CONNECT:
		c.more = w->sockets + m->serial;
		if (after->socket[s->a] >= 0)
			c.more = w->sockets + after->object[after->socket[s->a]].serial;
		break;
	case OP_ATTACH:
		c.more = (uint32_t)w->shm[s->a];
		break;
	case OP_MSG_SEND:
	case OP_MSG_RECEIVE:
		c.more = (uint32_t)w->msg[s->a];
		break;
	case OP_VM:
		c.more = (uint32_t)w->proc[s->a].tid;
		break;
	default:
		break;
	}
	return c;
}

static int born(struct world *w, const struct model_step *s, int result, int ready)
{
	const struct process *parent = &w->proc[s->p];

	switch (s->op) {
	case OP_THREAD:
		return open_process(&w->proc[s->a], parent->pid, result);
	case OP_FORK:
	case OP_CLONE_VM:
		return open_process(&w->proc[s->a], result, result);
	default:
		return open_process(&w->proc[s->a], ready, ready);
	}
}

/* Nothing tells that a thread has ended that is not the last one: it is asked for. */
static void wait_thread_gone(const struct process *p)
{
	time_t limit = time(NULL) + ANSWER_S;

	while (syscall(SYS_tgkill, p->pid, p->tid, 0) == 0 && time(NULL) < limit)
		sched_yield();
}

/* Slots whose process is no more. @left: the one that has just been told to end. */
static void buried(struct world *w, const struct model *before, const struct model *after, int left)
{
	for (int i = 0; i < MODEL_PROCS; i++) {
		bool last = true;

		if (after->proc[i].used || w->proc[i].pidfd < 0)
			continue;
		for (int k = 0; k < MODEL_PROCS; k++)
			if (after->proc[k].used && after->proc[k].group == before->proc[i].group)
				last = false;
		if (last)
			wait_gone(&w->proc[i]);
		/* the first thread of several is there until the last one ends */
		else if (i == left && w->proc[i].tid != w->proc[i].pid)
			wait_thread_gone(&w->proc[i]);
		close_process(&w->proc[i]);
	}
}

int world_step(struct world *w, const struct model *before, const struct model *after,
	       const struct model_step *s, int *ret_result)
{
	int result, ready, r;

	r = ask(&w->proc[s->p], translate(w, before, after, s), &result, &ready);
	if (r)
		return r;
	switch (s->op) {
	case OP_FORK:
	case OP_THREAD:
	case OP_CLONE_VM:
	case OP_SPAWN:
		if (result > 0) {
			r = born(w, s, result, ready);
			result = 0;
		}
		break;
	case OP_EXEC:
		if (ready)
			w->proc[s->p].tid = w->proc[s->p].pid;
		break;
	default:
		break;
	}
	buried(w, before, after, s->op == OP_EXIT ? s->p : -1);
	*ret_result = result;
	return r;
}
