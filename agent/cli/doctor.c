/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phiward doctor: a ladder of checks, each with what to do about it. Changes nothing. */
#include "cli/doctor.h"

#include "base/cleanup.h"
#include "cli/cli.h"
#include "control/control.h"
#include "evidence/json.h"
#include "kernel/kernel.h"
#include "policy/compile.h"
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const grade_names[] = {
	[PW_DOCTOR_OK] = "ok",
	[PW_DOCTOR_WORSE] = "worse",
	[PW_DOCTOR_BAD] = "bad",
	[PW_DOCTOR_CANNOT] = "cannot",
};

/* Which of the hooks that decisions hang on this kernel has. */
static void check_hooks(struct pw_doctor *doctor)
{
	struct pw_doctor_check *check;
	struct pw_probe probe;
	size_t missing = 0;

	if (pw_kernel_probe(&probe) < 0)
		return;
	check = pw_doctor_add(doctor, "hooks");
	if (!probe.btf) {
		check->grade = PW_DOCTOR_CANNOT;
		pw_str_add(&check->detail, "cannot be told: the kernel's types cannot be read");
		pw_str_add(&check->fix, "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y; "
					"Debian's and Ubuntu's are");
		return;
	}
	for (size_t i = 0; i < probe.n_hooks; i++) {
		const struct pw_probe_hook *hook = &probe.hook[i];

		if (!hook->needed || hook->exists)
			continue;
		pw_str_addf(&check->detail, "%s%s", missing++ ? ", " : "missing: ", hook->name);
	}
	if (missing) {
		check->grade = PW_DOCTOR_CANNOT;
		pw_str_add(&check->fix, probe.lsm ? "boot kernel 6.1 or later"
						  : "boot a kernel built with CONFIG_BPF_LSM=y");
		return;
	}
	pw_str_add(&check->detail, "all that are needed");
	for (size_t i = 0; i < probe.n_hooks; i++)
		if (!probe.hook[i].exists)
			pw_str_addf(&check->detail, "%s%s",
				    missing++ ? ", " : "; this kernel has no ", probe.hook[i].name);
}

static void check_policy(struct pw_doctor *doctor)
{
	_cleanup_(pw_compiled_free) struct pw_compiled *compiled = NULL;
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	_cleanup_free_ char *path = pw_rooted("/etc/phiward/policy.d");
	struct pw_doctor_check *check = pw_doctor_add(doctor, "policy");
	struct pw_compile_options options = { .now = time(NULL) };
	int r = -ENOMEM;

	if (path)
		r = pw_policy_load((const char *const[]){ path }, 1, &findings, &policy);
	if (r == 0)
		r = pw_policy_compile(policy, &options, &findings, &compiled);
	if (r == 0) {
		pw_str_add_count(&check->detail, policy->n_rules, "rule");
		pw_str_add(&check->detail, ", ");
		pw_str_add_count(&check->detail, policy->n_labels, "label");
		if (findings.n == findings.n_errors)
			return;
		pw_str_add(&check->detail, ", ");
		pw_str_add_count(&check->detail, findings.n - findings.n_errors, "warning");
		pw_str_add(&check->fix, "phiward check tells each with a remedy");
		return;
	}
	check->grade = PW_DOCTOR_BAD;
	if (r == -ENOMEM) {
		pw_str_add(&check->detail, "no memory to read it");
		pw_str_add(&check->fix, "free some memory");
	} else if (access(path, R_OK | X_OK) < 0 && errno == EACCES) {
		pw_str_addf(&check->detail, "%s may not be read by you", path);
		pw_str_add(&check->fix, "run doctor as root");
	} else {
		pw_str_addf(&check->detail, "%s has ", path);
		pw_str_add_count(&check->detail, findings.n_errors, "error");
		pw_str_add(&check->fix, "phiward check tells each with a remedy");
	}
}

/* The agent's answer to "status", or NULL with the reason in *ret_error. */
static struct json_object *ask_status(int *ret_error)
{
	_cleanup_(pw_client_close) struct pw_client client = { .fd = -EBADF };
	_cleanup_free_ char *path = pw_rooted(PW_CONTROL_SOCKET);
	const char *line;
	int r = path ? pw_client_open(path, 2000, &client) : -ENOMEM;

	if (r == 0)
		r = pw_client_send(&client, "{\"command\":\"status\"}");
	if (r == 0)
		r = pw_client_line(&client, false, &line);
	*ret_error = r;
	return r < 0 ? NULL : json_tokener_parse(line);
}

/* What @r, a negative errno of asking, says of the agent. */
static void add_silence(struct pw_doctor_check *check, int r)
{
	check->grade = PW_DOCTOR_BAD;
	if (r == -ENOENT || r == -ECONNREFUSED) {
		pw_str_add(&check->detail, "is not running");
		pw_str_add(&check->fix, "systemctl enable --now phiwardd");
	} else if (r == -EACCES || r == -EPERM) {
		pw_str_add(&check->detail, "you may not ask it");
		pw_str_add(&check->fix, "run doctor as root, or as a member of the group that "
					"socket-group in phiward.yaml names");
	} else {
		pw_str_add(&check->detail, "is running, but does not answer");
		if (r != -ETIMEDOUT && r != -ENODATA)
			pw_str_addf(&check->detail, ": %s", strerror(-r));
		pw_str_add(&check->fix, "journalctl -u phiwardd tells what it does; "
					"systemctl restart phiwardd if it hangs");
	}
}

static void add_text_of(struct pw_str *into, struct json_object *value, const char *before)
{
	const char *text = value ? json_object_get_string(value) : NULL;

	if (!text)
		return;
	pw_str_add(into, before);
	pw_str_add_escaped(into, text, strlen(text));
}

static void add_answer(struct pw_doctor_check *check, struct json_object *status)
{
	struct json_object *protecting = NULL, *reason = NULL, *warnings = NULL, *error = NULL;

	if (json_object_object_get_ex(status, "error", &error)) {
		check->grade = PW_DOCTOR_BAD;
		pw_str_add(&check->detail, "does not tell");
		if (json_object_is_type(error, json_type_object))
			json_object_object_get_ex(error, "message", &reason);
		add_text_of(&check->detail, reason, ": ");
		pw_str_add(&check->fix, "run doctor as root");
		return;
	}
	if (json_object_object_get_ex(status, "protecting", &protecting) &&
	    json_object_get_boolean(protecting)) {
		pw_str_add(&check->detail, "running and protecting");
	} else {
		check->grade = PW_DOCTOR_BAD;
		pw_str_add(&check->detail, "running, not protecting");
		json_object_object_get_ex(status, "reason", &reason);
		add_text_of(&check->detail, reason, ": ");
		pw_str_add(&check->fix, "remove the reason; if there is none to see, "
					"systemctl restart phiwardd attaches anew");
	}
	if (json_object_object_get_ex(status, "warnings", &warnings) &&
	    json_object_is_type(warnings, json_type_array) && json_object_array_length(warnings)) {
		pw_str_add(&check->detail, ", ");
		pw_str_add_count(&check->detail, json_object_array_length(warnings), "warning");
		if (!check->fix.len)
			pw_str_add(&check->fix, "phiward status tells what it warns of");
	}
}

static void check_agent(struct pw_doctor *doctor)
{
	struct pw_doctor_check *check = pw_doctor_add(doctor, "agent");
	struct json_object *status;
	int r;

	status = ask_status(&r);
	if (r < 0)
		add_silence(check, r);
	else if (json_object_is_type(status, json_type_object))
		add_answer(check, status);
	else
		add_silence(check, -EPROTO);
	json_object_put(status);
}

static void add_json(const struct pw_doctor *doctor, bool can, struct pw_str *text)
{
	pw_json_open(text, NULL, '{');
	pw_json_bool(text, "can_protect", can);
	pw_json_open(text, "checks", '[');
	for (size_t i = 0; i < doctor->n; i++) {
		const struct pw_doctor_check *check = &doctor->check[i];

		pw_json_open(text, NULL, '{');
		pw_json_text(text, "name", check->name);
		pw_json_text(text, "grade", grade_names[check->grade]);
		pw_json_text(text, "detail", check->detail.text);
		pw_json_text(text, "fix", check->fix.len ? check->fix.text : NULL);
		pw_json_close(text, '}');
	}
	pw_json_close(text, ']');
	pw_json_close(text, '}');
	pw_str_add(text, "\n");
}

/* Could those be looked at without which programs attach and never run? */
static bool is_known(const struct pw_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n; i++)
		if (doctor->check[i].grade == PW_DOCTOR_WORSE &&
		    (strcmp(doctor->check[i].name, "bpf-lsm") == 0 ||
		     strcmp(doctor->check[i].name, "ftrace") == 0))
			return false;
	return true;
}

static void add_text(const struct pw_doctor *doctor, bool can, struct pw_str *text)
{
	static const char *const colour[] = { "\033[32m", "\033[33m", "\033[31m", "\033[31m" };
	bool coloured = pw_cli_colour();

	for (size_t i = 0; i < doctor->n; i++) {
		const struct pw_doctor_check *check = &doctor->check[i];

		pw_str_addf(text, "%s%s%s  %-9s %s\n", coloured ? colour[check->grade] : "",
			    check->grade == PW_DOCTOR_OK ? "ok" : "!!", coloured ? "\033[0m" : "",
			    check->name, check->detail.text ? check->detail.text : "");
		if (check->fix.len)
			pw_str_addf(text, "    fix: %s\n", check->fix.text);
	}
	pw_str_add(text, !can               ? "This kernel cannot protect as it is.\n"
			 : is_known(doctor) ? "This kernel can protect.\n"
					    : "Whether this kernel can protect cannot be told, "
					      "see above.\n");
}

int pw_cli_doctor(const struct pw_cli *cli)
{
	_cleanup_(pw_doctor_free) struct pw_doctor doctor = { 0 };
	_cleanup_str_ struct pw_str text = { 0 };
	bool can = true;
	int r;

	pw_doctor_kernel(&doctor, "");
	check_hooks(&doctor);
	check_policy(&doctor);
	check_agent(&doctor);
	for (size_t i = 0; i < doctor.n; i++)
		can = can && doctor.check[i].grade != PW_DOCTOR_CANNOT;
	if (pw_cli_has(cli, "json"))
		add_json(&doctor, can, &text);
	else
		add_text(&doctor, can, &text);
	r = pw_cli_print(&text);
	return r ? r : can ? PW_EXIT_FINE : PW_EXIT_KERNEL;
}
