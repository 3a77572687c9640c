/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What run and its workers say to each other: a number sent along with a signal, each way.
 * A pipe or a socket would itself carry labels from one worker to the next.
 */
#ifndef PW_MODEL_WIRE_H
#define PW_MODEL_WIRE_H

#include <signal.h>
#include <stdint.h>

#define WIRE_COMMAND (SIGRTMIN + 1)
#define WIRE_ANSWER  (SIGRTMIN + 2)

/* Command: 8 bits each of op, a, b, c, then 32 bits more. */
struct wire_command {
	uint8_t op; /* enum model_op */
	uint8_t a, b, c;
	uint32_t more;
};

static inline uint64_t wire_pack(struct wire_command w)
{
	return (uint64_t)w.op << 56 | (uint64_t)w.a << 48 | (uint64_t)w.b << 40 |
	       (uint64_t)w.c << 32 | w.more;
}

static inline struct wire_command wire_unpack(uint64_t v)
{
	return (struct wire_command){ .op = (uint8_t)(v >> 56),
				      .a = (uint8_t)(v >> 48),
				      .b = (uint8_t)(v >> 40),
				      .c = (uint8_t)(v >> 32),
				      .more = (uint32_t)v };
}

/* Answer: the kind in the upper half, below it what a call returned, or minus its errno. */
#define WIRE_RESULT 1u
#define WIRE_READY  2u /* a program has been started; below: its pid */

/* What a descriptor is, for reading and writing (.c of the command). */
#define WIRE_FILE   0
#define WIRE_STREAM 1 /* a byte must come */
#define WIRE_SOCKET 2

#define WIRE_FD          20                /* descriptor 0 of the model */
#define WIRE_MEMORY      0x100000000000ULL /* where its place 0 in memory is */
#define WIRE_MEMORY_EACH 0x100000ULL
#define WIRE_PAGE        0x0f0000000000ULL /* a page that every worker has */

#define WIRE_DIR      "/opt/model"
#define WIRE_PATH_MAX 64

#endif /* PW_MODEL_WIRE_H */
