// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy that is written through an overlay, read where the overlay puts it. */
#include "flow.h"
#include "overlay.h"

static int make(void)
{
	if (mkdir(own("upper"), 0777) < 0 || mkdir(own("lower"), 0777) < 0)
		return broken("mkdir");
	return mount_overlay(own("lower"), own("upper"));
}

static int put(void)
{
	return flow_write_path(own("merged/copy"), O_CREAT);
}

static int get(void)
{
	return flow_take_path(own("upper/copy"));
}

FLOW("attack: file_overlay_upper; threat: #24; user: root-as-eve; op: read", .make = make,
     .put = put, .get = get);
