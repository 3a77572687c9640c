/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor on machines that it has never seen: made of a few files each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The CLI is no archive: its file is taken in whole. */
#include "cli/doctor-kernel.c"

#include <stdio.h>
#include <stdlib.h>

static char root[64];

static int setup(void **state)
{
	strcpy(root, "/tmp/phiward-unit-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void put(const char *path, const char *text)
{
	char command[512];

	snprintf(command, sizeof(command), "mkdir -p $(dirname '%s%s') && printf '%s' >'%s%s'",
		 root, path, text, root, path);
	assert_int_equal(system(command), 0);
}

static const struct pw_doctor_check *find(const struct pw_doctor *doctor, const char *name)
{
	for (size_t i = 0; i < doctor->n; i++)
		if (strcmp(doctor->check[i].name, name) == 0)
			return &doctor->check[i];
	fail_msg("no check %s", name);
	return NULL;
}

static void test_good_machine(void **state)
{
	struct pw_doctor doctor = { 0 };

	put("/sys/kernel/btf/vmlinux", "x");
	put("/sys/kernel/security/lsm", "lockdown,capability,yama,bpf");
	put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	put("/proc/sys/kernel/ftrace_enabled", "1\n");
	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu cx8 cx16 sse\nbugs\t:\n");
	pw_doctor_kernel(&doctor, root);
	assert_int_equal(doctor.n, 5);
	for (size_t i = 0; i < doctor.n; i++) {
		assert_int_equal(doctor.check[i].grade, PW_DOCTOR_OK);
		assert_int_equal(doctor.check[i].fix.len, 0);
	}
	pw_doctor_free(&doctor);
}

static void test_bad_machine(void **state)
{
	struct pw_doctor doctor = { 0 };

	put("/sys/kernel/security/lsm", "lockdown,bpfx,yama");
	put("/proc/sys/kernel/ftrace_enabled", "0\n");
	put("/proc/cpuinfo", "flags\t\t: fpu cx8 cx160 sse\n");
	pw_doctor_kernel(&doctor, root);
	assert_int_equal(find(&doctor, "btf")->grade, PW_DOCTOR_CANNOT);
	assert_int_equal(find(&doctor, "bpf-lsm")->grade, PW_DOCTOR_CANNOT);
	assert_non_null(strstr(find(&doctor, "bpf-lsm")->fix.text, "lsm=lockdown,bpfx,yama,bpf"));
	assert_int_equal(find(&doctor, "ftrace")->grade, PW_DOCTOR_CANNOT);
	assert_int_equal(find(&doctor, "cx16")->grade, PW_DOCTOR_WORSE);
	pw_doctor_free(&doctor);
}

static void test_empty_machine(void **state)
{
	struct pw_doctor doctor = { 0 };

	pw_doctor_kernel(&doctor, root);
	assert_int_equal(find(&doctor, "bpf-lsm")->grade, PW_DOCTOR_WORSE);
	assert_int_equal(find(&doctor, "ftrace")->grade, PW_DOCTOR_WORSE);
	for (int i = 0; i < 100; i++)
		pw_str_add(&pw_doctor_add(&doctor, "more")->detail, "x");
	assert_int_equal(doctor.n, 64);
	pw_doctor_free(&doctor);
}

/* Nothing is found wanting without saying what to do about it. */
static void test_every_finding_has_a_remedy(void **state)
{
	static const char *const lsm[] = { "", "lockdown", "bpf" }, *const ftrace[] = { "", "0" };

	for (size_t i = 0; i < 6; i++) {
		struct pw_doctor doctor = { 0 };

		if (*lsm[i % 3])
			put("/sys/kernel/security/lsm", lsm[i % 3]);
		if (*ftrace[i / 3])
			put("/proc/sys/kernel/ftrace_enabled", ftrace[i / 3]);
		if (i == 4)
			put("/proc/cpuinfo", "flags\t\t: fpu\n");
		pw_doctor_kernel(&doctor, root);
		for (size_t k = 0; k < doctor.n; k++)
			if (doctor.check[k].grade != PW_DOCTOR_OK && !doctor.check[k].fix.len)
				fail_msg("%s: %s", doctor.check[k].name,
					 doctor.check[k].detail.text);
		pw_doctor_free(&doctor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_finding_has_a_remedy, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
