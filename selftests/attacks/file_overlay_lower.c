// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, read through an overlay over where it lies. */
#include "flow.h"
#include "overlay.h"

static int make(void)
{
	return mkdir(own("lower"), 0777) < 0 ? broken("mkdir") : 0;
}

static int put(void)
{
	return flow_write_path(own("lower/copy"), O_CREAT | O_EXCL);
}

static int get(void)
{
	return enter_userns() ?: mount_overlay(own("lower"), NULL) ?: flow_take_path(own("merged/copy"));
}

FLOW("attack: file_overlay_lower; threat: #24; op: read", .make = make, .put = put, .get = get);
