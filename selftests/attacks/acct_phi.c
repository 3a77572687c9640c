// SPDX-License-Identifier: GPL-3.0-or-later
/* Process accounting into a labelled file: the kernel writes it. */
#include "attack.h"

ATTACK("attack: acct_phi; threat: #18; user: root-as-eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	if (acct(SECRET) < 0)
		return errno == ENOSYS ? not_here("no accounting") : refused("acct");
	waitpid(fork() ?: (_exit(0), 0), NULL, 0); /* one record */
	acct(NULL);
	return works("accounted");
}
