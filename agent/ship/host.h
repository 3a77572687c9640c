/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How this host is called in what leaves it. */
#ifndef PW_SHIP_HOST_H
#define PW_SHIP_HOST_H

#define PW_SHIP_HOST_NAME_MAX 256

struct pw_ship_host {
	char name[PW_SHIP_HOST_NAME_MAX]; /* "" when it cannot be told */
	char id[33]; /* 32 hexadecimal digits, made from the machine's id, which it hides; or "" */
};

/* Fill *ret_host with what can be told. */
void pw_ship_host(struct pw_ship_host *ret_host);

#endif /* PW_SHIP_HOST_H */
