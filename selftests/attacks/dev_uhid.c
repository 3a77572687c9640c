// SPDX-License-Identifier: GPL-3.0-or-later
/* The name of an input device that is none. */
#include "flow.h"
#include <linux/input.h>
#include <linux/uhid.h>

static int setup(void)
{
	if (flow_tool("modprobe -q uhid"))
		return not_here("no uhid");
	return chmod("/dev/uhid", 0666) < 0 ? broken("chmod") : 0;
}

static int put(void)
{
	static const unsigned char descriptor[] = { 0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0xc0 };
	static struct uhid_event event = { .type = UHID_CREATE2 };
	int fd = open("/dev/uhid", O_RDWR);

	memcpy(event.u.create2.name, flow.text, flow.len - 1);
	memcpy(event.u.create2.rd_data, descriptor, sizeof(descriptor));
	event.u.create2.rd_size = sizeof(descriptor);
	event.u.create2.bus = BUS_USB;
	return flow_result(fd < 0 ? -1 : write(fd, &event, sizeof(event)));
}

static int look(void)
{
	char text[1024] = "";
	DIR *dir = opendir("/sys/bus/hid/devices");
	struct dirent *entry = NULL;

	while (dir && (entry = readdir(dir))) {
		ssize_t len = get_file(at_join("/sys/bus/hid/devices", "%s/uevent", entry->d_name),
				       text, sizeof(text));

		if (len > 0 && strstr(text, "PHI-SECRET:"))
			break;
	}
	if (dir)
		closedir(dir);
	return entry ? loot(text, sizeof(text)) : FLOW_NOTHING;
}

/* The kernel makes the device when it gets round to it. */
static int get(void)
{
	int r = look();

	for (int ms = 0; r == FLOW_NOTHING && !flow.status && ms < 1000; ms += 10) {
		poll(NULL, 0, 10);
		r = look();
	}
	return r;
}

FLOW("attack: dev_uhid; threat: #88; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .put = put, .get = get);
