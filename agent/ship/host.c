/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ship/host.h"

#include <string.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

/* Of phiward: the machine's own id is a secret, machine-id(5). */
#define PHIWARD_ID SD_ID128_MAKE(5e, 0c, 93, 1b, 77, a4, 4d, 2f, 9b, 68, 20, e1, d3, 5a, c7, 46)

void pw_ship_host(struct pw_ship_host *ret_host)
{
	struct pw_ship_host host = { 0 };
	sd_id128_t id;

	if (gethostname(host.name, sizeof(host.name) - 1) < 0)
		memset(host.name, 0, sizeof(host.name));
	if (sd_id128_get_machine_app_specific(PHIWARD_ID, &id) >= 0)
		sd_id128_to_string(id, host.id);
	*ret_host = host;
}
