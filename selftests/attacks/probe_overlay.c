// SPDX-License-Identifier: GPL-3.0-or-later
/* Guessed names through an overlay that was mounted before the start. */
#include "overlay.h"
#include "probe.h"

ATTACK("attack: probe_overlay; threat: #24; user: eve; op: stat; errno: EPERM; fs: ext4; path: *; setup-user: root; settings: hide-names; expect: refused");

static int setup(void)
{
	return mount_overlay(at_dir("PHI_DIR"), NULL);
}

static int try(const char *path)
{
	return access(path, F_OK);
}

static int attack(void)
{
	return probe_in("access", try, own("merged"));
}
