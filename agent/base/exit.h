/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit statuses of phiward and phiwardd: part of the contract (phiward(1), EXIT STATUS). */
#ifndef PW_BASE_EXIT_H
#define PW_BASE_EXIT_H

enum pw_exit {
	PW_EXIT_FINE = 0,
	PW_EXIT_FAILED = 1,
	PW_EXIT_USAGE = 2,
	PW_EXIT_POLICY = 3,        /* bad policy or rule: file:line:column on stderr */
	PW_EXIT_KERNEL = 4,        /* this kernel cannot */
	PW_EXIT_NO_AGENT = 5,      /* the agent does not answer */
	PW_EXIT_NOT_PERMITTED = 6,
};

#endif /* PW_BASE_EXIT_H */
