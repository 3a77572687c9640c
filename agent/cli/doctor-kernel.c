/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor's look at the kernel through its files: what it was built and booted with. */
#include "cli/doctor.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <string.h>

/* At most 64 KiB of the file at @root/@path. 0, or -errno. */
static int slurp(const char *root, const char *path, struct pw_str *into)
{
	_cleanup_str_ struct pw_str whole = { 0 };
	_cleanup_close_ int fd = -EBADF;
	char block[4096];

	pw_str_addf(&whole, "%s%s", root, path);
	if (whole.error)
		return whole.error;
	fd = open(whole.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (into->len < 65536) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		pw_str_add_bytes(into, block, (size_t)n);
	}
	while (into->len && into->text[into->len - 1] == '\n')
		into->text[--into->len] = '\0';
	return into->error ? into->error : pw_str_add(into, "");
}

/* Is @word one of the words of @list, which @separators part? */
static bool has_word(const char *list, const char *word, const char *separators)
{
	size_t len = strlen(word);

	while (*list) {
		size_t n = strcspn(list, separators);

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n;
		list += strspn(list, separators);
	}
	return false;
}

static void check_btf(struct pw_doctor *doctor, const char *root)
{
	struct pw_doctor_check *check = pw_doctor_add(doctor, "btf");
	_cleanup_str_ struct pw_str path = { 0 };

	pw_str_addf(&path, "%s/sys/kernel/btf/vmlinux", root);
	if (path.text && access(path.text, R_OK) == 0) {
		pw_str_add(&check->detail, "the kernel describes its types");
		return;
	}
	check->grade = PW_DOCTOR_CANNOT;
	pw_str_add(&check->detail,
		   "the kernel does not describe its types (no /sys/kernel/btf/vmlinux)");
	pw_str_add(&check->fix, "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y; "
				"Debian's and Ubuntu's are");
}

static void check_lsm(struct pw_doctor *doctor, const char *root)
{
	struct pw_doctor_check *check = pw_doctor_add(doctor, "bpf-lsm");
	_cleanup_str_ struct pw_str list = { 0 };
	int r = slurp(root, "/sys/kernel/security/lsm", &list);

	if (r < 0) {
		check->grade = PW_DOCTOR_WORSE;
		pw_str_addf(&check->detail, "cannot tell which security modules are in use: %s",
			    strerror(-r));
		pw_str_add(&check->fix, "mount -t securityfs securityfs /sys/kernel/security");
		return;
	}
	if (has_word(list.text, "bpf", ",")) {
		pw_str_add(&check->detail, "in use: ");
		pw_str_add_escaped(&check->detail, list.text, list.len);
		return;
	}
	check->grade = PW_DOCTOR_CANNOT;
	pw_str_add(&check->detail, "bpf is not among the security modules (");
	pw_str_add_escaped(&check->detail, list.text, list.len);
	pw_str_add(&check->detail, "): programs attach without an error, and never run");
	pw_str_add(&check->fix, "add to GRUB_CMDLINE_LINUX in /etc/default/grub: lsm=");
	pw_str_add_escaped(&check->fix, list.text, list.len);
	pw_str_add(&check->fix, ",bpf -- then run update-grub and reboot");
}

static void check_lockdown(struct pw_doctor *doctor, const char *root)
{
	struct pw_doctor_check *check = pw_doctor_add(doctor, "lockdown");
	_cleanup_str_ struct pw_str text = { 0 };

	if (slurp(root, "/sys/kernel/security/lockdown", &text) < 0 ||
	    strstr(text.text, "[none]")) {
		pw_str_add(&check->detail, "off: root can reach around any agent");
		return;
	}
	if (strstr(text.text, "[confidentiality]"))
		pw_str_add(&check->detail, "confidentiality: reading kernel memory is refused, "
					   "very deep paths are treated as unknown");
	else
		pw_str_add(&check->detail, "integrity");
}

static void check_ftrace(struct pw_doctor *doctor, const char *root)
{
	struct pw_doctor_check *check = pw_doctor_add(doctor, "ftrace");
	_cleanup_str_ struct pw_str text = { 0 };
	int r = slurp(root, "/proc/sys/kernel/ftrace_enabled", &text);

	if (r == 0 && strcmp(text.text, "0") == 0) {
		check->grade = PW_DOCTOR_CANNOT;
		pw_str_add(&check->detail, "switched off: attached programs never run");
		pw_str_add(&check->fix, "sysctl kernel.ftrace_enabled=1, "
					"and find out what switched it off");
	} else if (r < 0) {
		check->grade = PW_DOCTOR_WORSE;
		pw_str_addf(&check->detail, "cannot tell whether it is on: %s", strerror(-r));
		pw_str_add(&check->fix, "see that /proc/sys can be read; kernels without "
					"kernel.ftrace_enabled cannot be switched off");
	} else {
		pw_str_add(&check->detail, "on");
	}
}

static void check_cx16(struct pw_doctor *doctor, const char *root)
{
	struct pw_doctor_check *check;
	_cleanup_str_ struct pw_str text = { 0 };
	const char *flags;

	if (slurp(root, "/proc/cpuinfo", &text) < 0)
		return;
	flags = strstr(text.text, "flags\t");
	if (!flags) /* another architecture, or an odd one */
		return;
	*strchrnul(flags, '\n') = '\0';
	check = pw_doctor_add(doctor, "cx16");
	if (has_word(flags, "cx16", " \t:")) {
		pw_str_add(&check->detail, "the processor has it");
		return;
	}
	check->grade = PW_DOCTOR_WORSE;
	pw_str_add(&check->detail, "the processor lacks it: recent kernels then keep no labels "
				   "in memory, every access is looked up anew");
	pw_str_add(&check->fix, "in a virtual machine, choose a newer processor model");
}

void pw_doctor_kernel(struct pw_doctor *doctor, const char *root)
{
	check_btf(doctor, root);
	check_lsm(doctor, root);
	check_ftrace(doctor, root);
	check_lockdown(doctor, root);
	check_cx16(doctor, root);
}

struct pw_doctor_check *pw_doctor_add(struct pw_doctor *doctor, const char *name)
{
	size_t max = sizeof(doctor->check) / sizeof(doctor->check[0]);
	struct pw_doctor_check *check = &doctor->check[doctor->n < max ? doctor->n++ : max - 1];

	pw_str_reset(&check->detail);
	pw_str_reset(&check->fix);
	check->name = name;
	check->grade = PW_DOCTOR_OK;
	return check;
}

void pw_doctor_free(struct pw_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n; i++) {
		pw_str_free(&doctor->check[i].detail);
		pw_str_free(&doctor->check[i].fix);
	}
	doctor->n = 0;
}
