// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket between virtual machines, to this one. */
#include "flow-net.h"
#include <linux/vm_sockets.h>

static struct sockaddr_vm at(void)
{
	return (struct sockaddr_vm){ .svm_family = AF_VSOCK,
				     .svm_cid = VMADDR_CID_LOCAL,
				     .svm_port = FLOW_PORT };
}

static int make(void)
{
	struct sockaddr_vm a = at();

	net_fd = socket(AF_VSOCK, SOCK_STREAM, 0);
	if (net_fd < 0)
		return not_here("no vsock");
	return bind(net_fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(net_fd, 1) < 0
		       ? broken("vsock")
		       : 0;
}

static int put(void)
{
	struct sockaddr_vm a = at();
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0)
		return -errno;
	return flow_result(connect(fd, (struct sockaddr *)&a, sizeof(a)))
		       ?: net_send(fd, MSG_NOSIGNAL);
}

FLOW("attack: net_vsock; threat: #77; op: send; door: network", .make = make, .put = put,
     .get = get_stream);
