/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by a POSIX message queue of eve's, which has the attack's name. */
#ifndef PHIWARD_ATTACK_FLOW_MQ_H
#define PHIWARD_ATTACK_FLOW_MQ_H

#include "flow.h"
#include <mqueue.h>

static mqd_t mq_eve = -1; /* hers */
static mqd_t mq_out = -1; /* the sender's */

static const char *mq_name(void)
{
	return at_join("", "%s", program_invocation_short_name);
}

/* make: a queue for messages of up to @size bytes. */
AT_UNUSED static int mq_make(int flags, long size)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = size };

	mq_unlink(mq_name());
	mq_eve = mq_open(mq_name(), O_RDONLY | O_CREAT | flags, 0666, &attr);
	return mq_eve < 0 ? broken("mq_open") : 0;
}

AT_UNUSED static int make_mq(void)
{
	return mq_make(O_NONBLOCK, 4096);
}

AT_UNUSED static int before_mq(void)
{
	mq_out = mq_open(mq_name(), O_WRONLY);
	return flow_result(mq_out);
}

AT_UNUSED static int put_mq(void)
{
	return flow_result(mq_send(mq_out, flow.text, flow.len, 0));
}

AT_UNUSED static int get_mq(void)
{
	char text[4096] = "";
	ssize_t len = mq_receive(mq_eve, text, sizeof(text), NULL);
	int error = errno;

	mq_unlink(mq_name());
	if (len < 0)
		return error == EAGAIN ? FLOW_NOTHING : refused_as("mq_receive", error);
	return flow_take_memory(text, sizeof(text));
}

#endif /* PHIWARD_ATTACK_FLOW_MQ_H */
