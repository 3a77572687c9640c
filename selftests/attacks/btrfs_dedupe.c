// SPDX-License-Identifier: GPL-3.0-or-later
/* FIDEDUPERANGE as an oracle: is the file what I guess? */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_dedupe; threat: #37; user: eve; op: read|write; errno: EPERM; fs: btrfs; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDWR);
	if (held < 0 || ftruncate(held, 4096) < 0 || fsync(held) < 0)
		return broken("open");
	return copy_file(SECRET, own("guess"), 0600);
}

static int act(void)
{
	struct {
		struct file_dedupe_range head;
		struct file_dedupe_range_info info;
	} ask = { .head = { .src_length = 4096, .dest_count = 1 } };
	int guess = open(own("guess"), O_RDWR);

	fsync(guess);
	ask.info.dest_fd = held;
	if (ioctl(guess, FIDEDUPERANGE, &ask) < 0)
		return refused("FIDEDUPERANGE");
	if (ask.info.status < 0)
		return refused_as("FIDEDUPERANGE", -ask.info.status);
	return ask.info.status == FILE_DEDUPE_RANGE_SAME ? works("the guess is right")
							 : broken("differs");
}

HELD(prepare, act)
