/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on a tree that the policy names by a glob: /srv/home/USER/.ehr-cache. */
#ifndef PHIWARD_CACHE_H
#define PHIWARD_CACHE_H

#include "attack.h"

/* The attack's own USER. */
AT_UNUSED static const char *user_dir(void)
{
	return at_join("/srv/home", "%s", program_invocation_short_name);
}

AT_UNUSED static const char *cache(void)
{
	return at_join(user_dir(), ".ehr-cache");
}

/* Makes the tree, with a copy of the secret in it. */
AT_UNUSED static int make_cache(void)
{
	if (mkdir(user_dir(), 0777) < 0 || mkdir(cache(), 0777) < 0)
		return broken("mkdir");
	return copy_file(SECRET, at_join(cache(), "secret"), 0666);
}

/* A FAT file system, which takes names in any case, as the home of USER. For root. */
AT_UNUSED static int mount_fat_home(void)
{
	char command[3 * PATH_MAX + 128];

	if (mkdir(user_dir(), 0777) < 0)
		return broken("mkdir");
	snprintf(
		command, sizeof(command),
		"truncate -s 8M %s && mkfs.vfat %s >/dev/null && mount -t vfat -o loop,umask=0 %s %s",
		own("img"), own("img"), own("img"), user_dir());
	return system(command) == 0 ? 0 : broken("vfat");
}

#endif /* PHIWARD_CACHE_H */
