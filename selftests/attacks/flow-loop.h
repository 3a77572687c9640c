/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by a loop device, $OWN_DIR/loop, whose file is anybody's. */
#ifndef PHIWARD_ATTACK_FLOW_LOOP_H
#define PHIWARD_ATTACK_FLOW_LOOP_H

#include "flow-ways.h"

static int setup_loop(void)
{
	return flow_tool("truncate -s 1M \"$OWN_DIR/image\" && "
			 "loop=$(losetup -f --show \"$OWN_DIR/image\") && chmod 666 $loop && "
			 "ln -s $loop \"$OWN_DIR/loop\"");
}

static int get_loop(void)
{
	sync();
	return flow_take_path(own("image"));
}

#endif /* PHIWARD_ATTACK_FLOW_LOOP_H */
