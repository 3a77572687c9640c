/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks that bring the secret to a screen of the machine's, whose memory is /dev/vcs1. */
#ifndef PHIWARD_ATTACK_SCREEN_H
#define PHIWARD_ATTACK_SCREEN_H

#include "flow.h"

#define SCREEN "/dev/vcs1"

/* Blank, or it would show what an earlier run left there. */
static int screen_setup(void)
{
	char screen[16384];
	ssize_t len;
	int fd;

	if (access(SCREEN, F_OK) < 0)
		return not_here("no console");
	if (chmod(SCREEN, 0666) < 0 || chmod("/dev/tty1", 0666) < 0)
		return broken("chmod");
	fd = open(SCREEN, O_RDWR);
	if (fd < 0 || (len = read(fd, screen, sizeof(screen))) < 0)
		return broken(SCREEN);
	memset(screen, ' ', (size_t)len);
	if (pwrite(fd, screen, (size_t)len, 0) != len)
		return broken(SCREEN);
	close(fd);
	return 0;
}

/* What stands on the screen has no line ends. */
static int screen_get(void)
{
	char screen[16384] = "", marker[64], *found;
	int fd = open(SCREEN, O_RDONLY);

	if (fd < 0 || read(fd, screen, sizeof(screen) - 1) < 0)
		return refused("vcs");
	snprintf(marker, sizeof(marker), "PHI-SECRET:%s:", program_invocation_short_name);
	found = strstr(screen, marker);
	return found ? loot(found, strcspn(found, " ")) : FLOW_NOTHING;
}

#endif /* PHIWARD_ATTACK_SCREEN_H */
