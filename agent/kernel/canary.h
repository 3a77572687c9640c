/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The canary: an attached program proves nothing (sysctl kernel.ftrace_enabled=0 silences
 * all of them, and without "bpf" in the list of LSMs none ever runs). So a helper process
 * that no policy approves tries everything it must not on a directory made for it, every
 * few seconds, and each refusal must be heard back as an event.
 *
 * Of the doors, too: while it is the helper's turn (pw_kernel_canary_turn()), the kernel half
 * refuses it, with an event of kind canary, to make a socket of AF_UNIX and SOCK_SEQPACKET
 * (socket_create); to connect, send and receive with a unix socket whose own name lies in the
 * directory (socket_connect, whatever the address; socket_sendmsg; socket_recvmsg); and to
 * connect to one whose name lies there (unix_stream_connect, unix_may_send).
 */
#ifndef PW_KERNEL_CANARY_H
#define PW_KERNEL_CANARY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pw_canary;

/* What a round of the helper found; bits per enum pw_hook. */
struct pw_canary_result {
	uint64_t tried;
	uint64_t refused;
};

/*
 * Make @dir (its parent must exist) with what the canary needs.
 * Returns 0 with *ret_canary, or -errno.
 */
int pw_canary_new(const char *dir, struct pw_canary **ret_canary);

/* Ends the helper and removes the directory. NULL-safe. */
void pw_canary_free(struct pw_canary **canary);

/* An O_PATH descriptor of the directory, for the publication; borrowed. */
int pw_canary_dir(const struct pw_canary *canary);

/* Start the helper (again). Returns 0 or -errno. */
int pw_canary_spawn(struct pw_canary *canary);
pid_t pw_canary_pid(const struct pw_canary *canary); /* 0: none */

/* Readable when a round has ended or the helper has. */
int pw_canary_fd(const struct pw_canary *canary);

/* Start a round. Repairs what an earlier one that was not refused has left. 0 or -errno. */
int pw_canary_go(struct pw_canary *canary);

/* Take the result of the round. 0; -EAGAIN: not there yet; -EPIPE: the helper has ended. */
int pw_canary_result(struct pw_canary *canary, struct pw_canary_result *ret_result);

#endif /* PW_KERNEL_CANARY_H */
