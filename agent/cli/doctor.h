/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What doctor finds, check by check. Apart from the agent it only reads files under @root. */
#ifndef PW_CLI_DOCTOR_H
#define PW_CLI_DOCTOR_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum pw_doctor_grade {
	PW_DOCTOR_OK,
	PW_DOCTOR_WORSE,  /* it works, but less well */
	PW_DOCTOR_BAD,    /* not protected now; the kernel could */
	PW_DOCTOR_CANNOT, /* this kernel cannot, as it is */
};

struct pw_doctor_check {
	const char *name;
	enum pw_doctor_grade grade;
	struct pw_str detail;
	struct pw_str fix; /* empty: nothing to do */
};

struct pw_doctor {
	struct pw_doctor_check check[64];
	size_t n;
};

void pw_doctor_free(struct pw_doctor *doctor);

/* A new check to be filled; the last one again when the table is full. */
struct pw_doctor_check *pw_doctor_add(struct pw_doctor *doctor, const char *name);

/* What the files of the kernel under @root ("" for this machine) say. */
void pw_doctor_kernel(struct pw_doctor *doctor, const char *root);

#endif /* PW_CLI_DOCTOR_H */
