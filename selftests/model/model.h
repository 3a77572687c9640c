/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model of label flow: processes, what they have in memory and open, objects, and what
 * each step of a program does to the labels of all of them. It says what the kernel half
 * has to do by what the labels mean, not by how it does it: no hook and no map is known
 * here. Pure: no system call, no allocation. run.c runs the same steps in a guest with real
 * processes and compares; the unit tests run it by hand.
 */
#ifndef PW_MODEL_H
#define PW_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#define MODEL_PROCS   8  /* at a time, threads included */
#define MODEL_FDS     12 /* of a process */
#define MODEL_MAPS    4  /* of an address space */
#define MODEL_FILES   64 /* open file descriptions */
#define MODEL_OBJECTS 64
#define MODEL_QUEUE   6  /* messages, bytes, connections that wait in an object */
#define MODEL_STEPS   40 /* of a program */

/* Labels, in the order in which the policy has them. */
#define MODEL_RECORDS 1u
#define MODEL_GENOMES 2u
#define MODEL_NOTES   4u
#define MODEL_LABELS  3
#define MODEL_CLEANED MODEL_RECORDS

enum model_person { NINA, EVE, MODEL_PERSONS };
/* Programs, by what the policy says of them. */
enum model_image {
	PLAIN,
	APPROVED, /* the rules name it */
	CLEANER,  /* so they do, and what it writes does not take MODEL_CLEANED */
	HUB,      /* takes no labels */
	MODEL_IMAGES,
};

/* Directories of named files. The trees and PLACE_PLAIN are on one file system. */
enum model_place {
	PLACE_PLAIN,
	PLACE_RECORDS,
	PLACE_GENOMES,
	PLACE_NOTES,
	PLACE_MEMORY, /* a tmpfs */
	MODEL_PLACES,
};
#define MODEL_NAMES_EACH 3
#define MODEL_NAMES      (MODEL_PLACES * MODEL_NAMES_EACH)
#define MODEL_FIFOS      2
#define MODEL_SOCKETS    2 /* names that are listened at */
#define MODEL_SEGMENTS   2
#define MODEL_QUEUES     2 /* of POSIX messages, and as many of System V's */

enum model_kind {
	KIND_NONE,
	KIND_FILE, /* has, or had, a name */
	KIND_MEMFD,
	KIND_PIPE,
	KIND_FIFO,
	KIND_SOCKET, /* one end */
	KIND_LISTENER,
	KIND_SEGMENT, /* System V shared memory */
	KIND_SHARED,  /* anonymous memory, shared over fork */
	KIND_MQ,      /* POSIX message queue */
	KIND_MSGQ,    /* System V message queue */
};

enum model_decided {
	DO_READ = 1,
	DO_WRITE = 2,
	DO_CREATE = 4,
	DO_RENAME = 8,
	DO_LINK = 16,
	DO_DELETE = 32,
	DO_SEND = 64,
	DO_CHANGE = DO_WRITE | DO_CREATE | DO_RENAME | DO_LINK | DO_DELETE,
};

/* A rule of the policy: allows. What none allows is denied. */
struct model_rule {
	const char *id;
	unsigned int label;   /* one */
	unsigned int persons; /* bit per enum model_person */
	unsigned int images;  /* bit per enum model_image */
	unsigned int decided; /* enum model_decided */
};
extern const struct model_rule model_rules[];
extern const size_t model_n_rules;

#define MODE_READ  1u
#define MODE_WRITE 2u

struct model_file { /* open file description */
	bool used;
	uint8_t mode; /* MODE_* */
	int8_t object;
};

struct model_message {
	int8_t file; /* that is passed, or -1; in a listener: the waiting end */
};

struct model_object {
	enum model_kind kind;
	uint8_t tree;  /* labels by name */
	uint8_t mark;  /* labels of its own */
	int8_t person; /* who marked it first */
	int8_t owner;  /* of a socket's end */
	int8_t peer;   /* the other end; -1: gone */
	uint8_t names;
	bool memory;     /* on the other file system */
	bool linkable;   /* made without a name, can be given one */
	bool passes;     /* had no name when it was marked: data only passes through */
	bool reset;      /* the other end went with something unread: it only fails from now on */
	uint16_t size;   /* of a file, in bytes */
	uint16_t serial; /* tells one object from the next in its place */
	uint8_t n_queue;
	struct model_message queue[MODEL_QUEUE];
};

/* All that shares memory. */
struct model_domain {
	bool used;
	uint8_t labels;
	uint8_t way[MODEL_OBJECTS]; /* MODE_*: what moves between the two unseen */
	int8_t map[MODEL_MAPS];
	uint8_t map_mode[MODEL_MAPS];
};

struct model_table { /* of descriptors */
	bool used;
	int8_t file[MODEL_FDS];
};

struct model_proc {
	bool used;
	uint8_t person, image;
	int8_t domain, table;
	int8_t group; /* slot of the thread group's first thread */
	bool leader;
};

struct model {
	bool enforced; /* false: without an agent, everything works and nothing has a label */
	bool strict;   /* spread of ipc: one's own data is asked about, too */
	struct model_proc proc[MODEL_PROCS];
	struct model_table table[MODEL_PROCS];
	struct model_domain domain[MODEL_PROCS];
	struct model_file file[MODEL_FILES];
	struct model_object object[MODEL_OBJECTS];
	int8_t name[MODEL_NAMES]; /* object, or -1 */
	int8_t fifo[MODEL_FIFOS];
	int8_t socket[MODEL_SOCKETS];
	int8_t segment[MODEL_SEGMENTS];
	int8_t mq[MODEL_QUEUES];
	int8_t msgq[MODEL_QUEUES];
	uint16_t serial;
};

enum model_op {
	OP_NONE,
	OP_OPEN,    /* a: name, b: MODE_*, c: fd */
	OP_CREATE,  /* a: name, b: MODE_*, c: fd */
	OP_FIFO,    /* a: fifo, c: fd */
	OP_TMPFILE, /* a: name, whose place it is in; b: MODE_*, writing included; c: fd */
	OP_LINK_FD, /* a: fd, b: name */
	OP_CLOSE,   /* a: fd */
	OP_DUP,     /* a: fd, b: new fd */
	OP_READ,    /* a: fd, b: how */
	OP_WRITE,   /* a: fd, b: how */
	OP_PIPE,    /* a: reading fd, b: writing fd */
	OP_PAIR,    /* a, b: fds, c: stream, dgram, seqpacket */
	OP_LISTEN,  /* a: socket name, b: fd */
	OP_CONNECT, /* a: socket name, b: fd */
	OP_ACCEPT,  /* a: listening fd, b: new fd */
	OP_PASS,    /* a: socket fd, b: fd that goes along */
	OP_RECEIVE, /* a: socket fd, b: new fd */
	OP_MEMFD,   /* a: fd */
	OP_MAP,     /* a: fd, b: MODE_* (writing implies reading), c: place in memory */
	OP_MAP_OWN, /* the same, but what is written there stays there */
	OP_SHARE,   /* c: place in memory */
	OP_ATTACH,  /* a: segment, b: MODE_*, c: place in memory */
	OP_TOUCH,   /* c: place in memory */
	OP_MQ_OPEN, /* a: queue, b: fd */
	OP_MQ_SEND, /* a: fd */
	OP_MQ_RECEIVE,
	OP_MSG_SEND, /* a: queue */
	OP_MSG_RECEIVE,
	OP_FORK, /* a: new slot */
	OP_THREAD,
	OP_CLONE_VM,
	OP_SPAWN,  /* vfork and exec; a: new slot, b: image */
	OP_EXEC,   /* b: image */
	OP_RENAME, /* a, b: names */
	OP_LINK,
	OP_UNLINK, /* a: name */
	OP_COPY,   /* copy_file_range; a: from fd, b: to fd */
	OP_SPLICE,
	OP_SENDFILE, /* to anything but a pipe */
	OP_SENDPIPE, /* sendfile to a pipe */
	OP_TEE,
	OP_VMSPLICE, /* a: fd */
	OP_VMREAD,   /* vmsplice the other way; a: fd */
	OP_VM,       /* process_vm; a: slot of the other, b: reads, writes */
	OP_EXIT,
	MODEL_OPS,
};

struct model_step {
	uint8_t op, p, a, b, c;
};

/* How a program begins: who there is. */
struct model_start {
	bool enforced, strict;
	uint8_t n;
	struct {
		uint8_t person, image;
	} proc[MODEL_PROCS];
};

/*
 * An empty world: the given processes, one file in each place, the fifos; no labels but the
 * trees' own.
 */
void model_begin(struct model *m, const struct model_start *start);

/*
 * Do one step. Returns 0 and sets *ret_error to what the step gives its process (0, EPERM,
 * EXDEV), or -EINVAL when the step makes no sense here: nothing has changed then.
 */
int model_step(struct model *m, const struct model_step *step, int *ret_error);

/* What the object carries: by its name and by itself. */
uint8_t model_carries(const struct model_object *o);

/* An open descriptor's object, or NULL. */
struct model_object *model_fd(struct model *m, int p, int fd, uint8_t mode);

uint8_t model_tree_labels(enum model_place place);

/* ---- For the parts of the model ---- */

#define MODEL_NO (-22) /* the step makes no sense here */

bool model_may(const struct model *m, int p, uint8_t labels, unsigned int decided);
/* Read from the object, or write to it: 0, or the errno. */
int model_reads(struct model *m, int p, struct model_object *o);
int model_writes(struct model *m, int p, struct model_object *o);
/* What is open comes to a process: asked about, but nothing is read or written yet. */
int model_gets(struct model *m, int p, const struct model_file *file);
void model_take(struct model *m, int p, uint8_t labels);
/* What of @labels goes along with what the process writes. */
uint8_t model_spreads(const struct model *m, int p, uint8_t labels);
/* The process's memory, or its queue, and the object are one from now on; hubs do not care. */
void model_way(struct model *m, int p, int object, uint8_t mode);
/* The process has the pipe in hand while it holds labels: nothing sees what it splices there. */
void model_in_hand(struct model *m, int p, struct model_object *o, uint8_t labels);
void model_mark(struct model *m, struct model_object *o, uint8_t labels, int person);
/* Give labels on over everything that is shared in memory; @person has made it happen. */
void model_settle(struct model *m, int person);
/* Forget what nobody can reach any more. */
void model_sweep(struct model *m);
int model_new_object(struct model *m, enum model_kind kind);
/* Open @object at descriptor @fd; false: there is no room. */
bool model_open(struct model *m, int p, int fd, int object, uint8_t mode);
bool model_fd_free(const struct model *m, int p, int fd);
int model_index(const struct model *m, const struct model_object *o);
bool model_readable(const struct model *m, const struct model_object *o);

typedef int (*model_fn)(struct model *m, const struct model_step *s);
extern const model_fn model_proc_steps[MODEL_OPS];
extern const model_fn model_data_steps[MODEL_OPS];
extern const model_fn model_name_steps[MODEL_OPS];

#endif /* PW_MODEL_H */
