// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that the overlay copies up when it is written to, read where it lies then. */
#include "flow.h"
#include "overlay.h"

static int make(void)
{
	if (mkdir(own("upper"), 0777) < 0 || mkdir(own("lower"), 0777) < 0 ||
	    put_file(own("lower/copy"), "plain", 0666))
		return broken("mkdir");
	return mount_overlay(own("lower"), own("upper"));
}

static int put(void)
{
	return flow_write_path(own("merged/copy"), 0);
}

static int get(void)
{
	return flow_take_path(own("upper/copy"));
}

FLOW("attack: file_overlay_copyup; threat: #25; user: root-as-eve; op: read", .make = make,
     .put = put, .get = get);
