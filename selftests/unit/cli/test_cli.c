/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line as people call it: usage, exit statuses, output, against no agent and
 * against a small one. The program is taken in whole; each call is a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

int phiward_main(int argc, char **argv);
#define main phiward_main
#include "cli/phiward.c"
#undef main
#undef JSON
#define finish  agent_finish
#define text_of agent_text_of
#include "cli/agent.c"
#undef text_of
#include "cli/table.c"
#include "cli/events.c"
#include "cli/policy-load.c"
#define load      diff_load
#define get       diff_get
#define text_of   diff_text_of
#define count     diff_count
#define put       diff_put
#define append    diff_append
#define add_place diff_add_place
#include "cli/diff.c"
#undef get
#undef text_of
#undef count
#define get   diff_text_get
#define count diff_text_count
#define add   diff_text_add
#include "cli/diff-text.c"
#undef get
#undef count
#undef add
#undef put
#undef append
#define add_json  diff_add_json
#define add_text  diff_add_text
#define no_memory diff_no_memory
#include "cli/policy-diff.c"
#undef add_json
#undef add_text
#undef load
#include "cli/status.c"
#include "cli/version.c"
#define add_json check_add_json
#include "cli/check.c"
#undef add_json
#define pw_kernel_probe stub_probe /* whatever kernel the tests run on */
#include "cli/doctor.c"
#undef pw_kernel_probe
#include "cli/look-host.c"
#include "cli/look.c"
#include "cli/explain.c"

/* label.c and lineage.c are test_label.c's, export.c is test_export.c's. */
int pw_cli_export(const struct pw_cli *cli)
{
	return PW_EXIT_FINE;
}

int pw_cli_label(const struct pw_cli *cli)
{
	return PW_EXIT_FINE;
}

int pw_cli_lineage(const struct pw_cli *cli)
{
	return PW_EXIT_FINE;
}

/* doctor-kernel.c is test_doctor.c's: here the kernel has nothing to say. */
static enum pw_doctor_grade pw_doctor_stub;

void pw_doctor_kernel(struct pw_doctor *doctor, const char *root)
{
	pw_doctor_add(doctor, "stub")->grade = pw_doctor_stub;
}
struct pw_doctor_check *pw_doctor_add(struct pw_doctor *doctor, const char *name)
{
	doctor->check[doctor->n].name = name;
	return &doctor->check[doctor->n++];
}
void pw_doctor_free(struct pw_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n; i++) {
		pw_str_free(&doctor->check[i].detail);
		pw_str_free(&doctor->check[i].fix);
	}
}

int stub_probe(struct pw_probe *ret_probe)
{
	*ret_probe = (struct pw_probe){ .btf = true, .lsm = true };
	return 0;
}

#include "control/events.h"
#include "evidence/wire.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char root[64], out[65536], err[65536];
static pid_t agent;

static void slurp_file(const char *name, char *into, size_t size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, into, size - 1);
	into[n > 0 ? n : 0] = '\0';
	close(fd);
}

static void redirect(const char *name, int to)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
	close(fd);
}

/* Run `phiward ARGUMENTS` (parted by spaces); its exit status, output in out and err. */
static int run(const char *arguments)
{
	char words[1024], *argv[32], *save = NULL;
	int argc = 1, status;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", arguments);
	argv[0] = words;
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		redirect("out", STDOUT_FILENO);
		redirect("err", STDERR_FILENO);
		exit(phiward_main(argc, argv));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slurp_file("out", out, sizeof(out));
	slurp_file("err", err, sizeof(err));
	if (!WIFEXITED(status))
		fail_msg("'%s' ended by signal: %s", arguments, err);
	return WEXITSTATUS(status);
}

static void expect(const char *arguments, int status, const char *in_out, const char *in_err)
{
	int got = run(arguments);

	if (got != status || !strstr(out, in_out) || !strstr(err, in_err) ||
	    (status == 0 && err[0] && !in_err[0]))
		fail_msg("'%s' gave %d\nout: %s\nerr: %s", arguments, got, out, err);
}

static void write_policy(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc/phiward/policy.d/10-t.yaml", root);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char good[] = "phiward: 1\nmode: enforce\n"
			   "labels: {records: {class: care, trees: [/srv/phi]}}\n"
			   "actors: {staff: {groups: [staffers]}}\n"
			   "rules:\n"
			   "  - {id: staff, allow: [read], labels: [records], actors: [staff]}\n"
			   "  - {id: rest, deny: all, labels: any}\n";

static int setup(void **state)
{
	char path[128];

	strcpy(root, "/tmp/phiward-unit-XXXXXX");
	assert_non_null(mkdtemp(root));
	setenv("PHIWARD_ROOT", root, 1);
	unsetenv("COLUMNS");
	setenv("TZ", "UTC", 1);
	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/etc/phiward", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/etc/phiward/policy.d", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/run", root);
	mkdir(path, 0700);
	write_policy(good);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	if (agent > 0) {
		kill(agent, SIGKILL);
		waitpid(agent, NULL, 0);
		agent = 0;
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void test_usage(void **state)
{
	expect("", 2, "", "Usage: phiward COMMAND");
	assert_string_equal(out, "");
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strstr(err, commands[i].summary))
			fail_msg("the help does not tell of %s", commands[i].name);
	expect("--help", 0, "Commands:", "");
	expect("help", 0, "policy load", "");
	assert_string_equal(err, "");
	expect("help policy load", 0, "Usage: phiward policy load", "");
	expect("help evnets", 2, "", "did you mean 'events'?");
	expect("--version", 0, "phiward " PW_VERSION "\n", "");
	expect("version --json", 0, "{\"version\":\"" PW_VERSION "\"}\n", "");
	expect("stauts", 2, "", "did you mean 'status'?");
	expect("\033[31m", 2, "", "unknown command '\\x1b[31m'");
	expect("doc", 2, "", "did you mean 'doctor'?");
	expect("load", 2, "", "did you mean 'policy load'?");
	expect("--json status", 2, "", "options stand behind the command");
	expect("policy", 2, "", "needs a second word: 'policy load' or 'policy diff'");
	expect("policy fid", 2, "", "does not know 'fid'");
	expect("policy dif", 2, "", "did you mean 'policy diff'?");
	expect("policy nonsense", 2, "", "does not know 'nonsense'");
	expect("policy laod", 2, "", "did you mean 'policy load'?");
	expect("status --jsno", 2, "", "did you mean '--json'?");
	expect("status -x", 2, "", "unknown option '-x'");
	expect("status --json=1", 2, "", "takes no value");
	expect("status now", 2, "", "does not take 'now'");
	expect("events --limit", 2, "", "needs N");
	expect("events --limit=x", 2, "", "must be a number");
	expect("events --verdict denied", 2, "", "--verdict must be");
	expect("explain", 2, "", "needs --user");
	expect("explain /x", 2, "", "needs --user, --exe, --op\n");
	expect("explain --user u --exe cat --op read /x", 2, "", "--exe must be an absolute path");
	expect("explain --user u --exe /e --op look /x", 2, "",
	       "unknown operation 'look': there are list, stat, read, write");
	expect("explain --user u --exe /e --op raed /x", 2, "", "did you mean 'read'?");
	expect("explain --user u --exe /e --op read x", 2, "", "absolute");
	expect("explain --user u --exe /e --op read", 2, "", "needs PATH\n");
	expect("explain --user u --exe /e --to pacs", 2, "", "needs --holding\n");
	expect("explain --user u --exe /e --op send --holding records /x", 2, "", "say where --to");
	expect("explain --user u --exe /e --op read --to pacs --holding records", 2, "",
	       "--to is about a send, not 'read'");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		char line[128];

		snprintf(line, sizeof(line), "%s --help", commands[i].name);
		expect(line, 0, commands[i].summary, "");
	}
}

static void test_without_an_agent(void **state)
{
	expect("status", 5, "", "not running");
	expect("events", 5, "", "not running");
	expect("policy load", 5, "", "not running");
	expect("policy diff", 5, "", "not running");
	expect("doctor", 0, "This kernel can protect.", "");
	expect("doctor", 0, "agent     is not running\n    fix: systemctl enable --now phiwardd",
	       "");
	expect("doctor", 0, "policy    2 rules, 1 label\n", "");
	write_policy("phiward: 2\n");
	expect("doctor", 0, "/etc/phiward/policy.d has 1 error\n    fix: phiward check", "");
	write_policy("a: 2\nb: 1\n");
	expect("doctor", 0, " errors\n    fix: phiward check", "");
	pw_doctor_stub = PW_DOCTOR_CANNOT;
	expect("doctor", 4, "This kernel cannot protect", "");
	expect("doctor --json", 4, "\"can_protect\":false", "");
	pw_doctor_stub = PW_DOCTOR_OK;
}

static void test_check_and_explain(void **state)
{
	expect("check", 0, "is sound: 2 rules, 1 label, mode enforce", "");
	expect("check --json", 0, "\"ok\":true", "");
	expect("explain --user nobody-here --exe /bin/x --op read --group staffers /srv/phi/a", 0,
	       "allow", "");
	expect("explain --user nobody-here --exe /bin/x --op read /srv/phi/a", 0, "deny",
	       "no user 'nobody-here'");
	expect("explain --user root --exe /bin/x --op write --json /srv/phi/a", 0,
	       "\"rule\":\"rest\"", "");
	expect("explain --user root --exe /bin/x --to tcp:203.0.113.7:443 --holding records", 0,
	       "places     none: only rules without 'to' count\n", "");
	expect("explain --user root --exe /bin/x --to tcp:203.0.113.7:443 --holding recods", 2, "",
	       "did you mean 'records'?");
	expect("explain --user root --exe /bin/x --to tcp:203.0.113.7 --holding records", 2, "",
	       "is no ADDRESS:PORT");
	expect("explain --user root --exe /bin/x --to nowhere --holding records", 2, "",
	       "the policy has no place 'nowhere'");
	expect("explain --user root --exe /bin/x --to dir:/tmp/x --json /srv/phi/a", 0,
	       "\"door\":\"file\"", "");
	expect("check /no/such/file", 3, "",
	       "/no/such/file:1:1: error: cannot be read: No such file or directory\n"
	       "  remedy: check the name\n");
	write_policy("phiward: 1\nlabels: {a: {class: x, trees: [/a]}}\nrulez: 1\n");
	expect("check", 3, "", "10-t.yaml:3:1: error: ");
	expect("check", 3, "", "  remedy: ");
	expect("check --json", 3, "\"ok\":false", "");
	expect("explain --user root --exe /bin/x --op read /srv/phi/a", 3, "", "error: ");
}

static void run_status(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_str_add(&reply->line, "{\"protecting\":true,\"attach\":\"lsm\",\"version\":\"x\"}");
}

/* What was in force when the agent started; it tells no paths, so policy.d stands for them. */
static void run_policy(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	_cleanup_(pw_findings_free) struct pw_findings findings = { 0 };
	_cleanup_(pw_policy_free) struct pw_policy *policy = NULL;
	const struct pw_source source = { "t", good, strlen(good) };

	if (pw_policy_parse(&source, 1, &findings, &policy) < 0)
		_exit(1);
	pw_json_open(&reply->line, NULL, '{');
	pw_json_open(&reply->line, "paths", '[');
	pw_json_close(&reply->line, ']');
	pw_policy_json(policy, "policy", &reply->line);
	pw_json_close(&reply->line, '}');
}

/* The first is refused, the others are not. */
static void run_reload(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	static bool refused;

	if (refused) {
		pw_str_add(&reply->line,
			   "{\"policy\":{\"id\":\"0123456789abcdef\",\"rules\":1,\"labels\":2},"
			   "\"findings\":[],\"warnings\":[\"NOBODY\\u001b\",null]}");
		return;
	}
	refused = true;
	pw_str_add(
		&reply->line,
		"{\"error\":{\"exit\":3,\"message\":\"the policy is refused\",\"findings\":[{\"file\":"
		"\"a.yaml\",\"line\":2,\"column\":4,\"severity\":\"error\",\"message\":\"m\","
		"\"remedy\":\"r\"}]}}");
}

static void run_events(void *ctx, struct json_object *request, struct pw_reply *reply)
{
	pw_events_answer(ctx, request, reply);
}

static const struct pw_command agent_commands[] = {
	{ "status", false, run_status },
	{ "reload", false, run_reload },
	{ "events", false, run_events },
	{ "policy", false, run_policy },
};

static void be_agent(void)
{
	static struct unit_wire wire;
	struct pw_render_context context = { .run = "r" };
	struct pw_record record = { .seq = 1, .count = 3, .time_ns = 1700000000000000000u };
	struct pw_loss_report loss = { .seq = 2, .count = 9, .where = "kernel", .cpu = 1 };
	struct pw_recent *recent = NULL;
	struct pw_events_source source = { .context = &context };
	char *path = pw_rooted(PW_CONTROL_SOCKET);
	struct pw_control_options options = { .path = path,
					      .command = agent_commands,
					      .n_commands = 4,
					      .group = getgid(),
					      .ctx = &source };
	struct pw_control *control = NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	unit_wire_make(&wire);
	if (pw_recent_new(0, 0, &recent) < 0 ||
	    pw_event_decode(&wire, wire.event.size, &record.view) < 0 ||
	    pw_recent_add(recent, &record) < 0 || pw_recent_add_loss(recent, &loss) < 0)
		_exit(1);
	source.recent = recent;
	if (pw_control_new(&options, &control) < 0)
		_exit(1);
	for (;;) {
		pw_control_run(control, 0);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

static void start_agent(void)
{
	char *path = pw_rooted(PW_CONTROL_SOCKET);

	fflush(NULL);
	agent = fork();
	if (agent == 0)
		be_agent();
	/* The socket is there before it listens: until it answers, not until it exists. */
	for (int i = 0; i < 5000; i++) {
		struct pw_client client;

		if (pw_client_open(path, 1000, &client) == 0) {
			pw_client_close(&client);
			break;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	free(path);
}

static void test_with_an_agent(void **state)
{
	start_agent();
	expect("status", 0, "protecting\n", "");
	expect("status --json", 0, "\"attach\":\"lsm\"", "");
	expect("policy load", 3, "",
	       "a.yaml:2:4: error: m\n  remedy: r\nphiward: the policy is refused");
	expect("policy load", 0, "policy 0123456789ab is in force: 1 rule, 2 labels\n",
	       "phiward: warning: NOBODY\\x1b\nphiward: warning: ?\n");
	expect("policy diff", 0, "no difference: policy ", "");
	expect("policy diff", 0, ", and the files are the same\n", "");
	expect("policy diff --json", 0, "{\"same\":true,\"in_force\":\"", "");
	expect("policy diff /no/such/file", 3, "", "/no/such/file:1:1: error: cannot be read");
	write_policy("# more words\nphiward: 1\nmode: observe\n"
		     "labels: {records: {class: care, trees: [/srv/phi]}}\n"
		     "actors: {staff: {groups: [staffers]}}\n"
		     "rules:\n"
		     "  - {id: staff, allow: [read], labels: [records], actors: [staff]}\n");
	expect("policy diff", 1, ") would change:\n~ mode: enforce -> observe\n- rule rest: ", "");
	expect("policy diff --json", 1, "{\"same\":false,", "");
	expect("policy diff --json", 1, "\"changes\":[{\"section\":\"mode\",", "");
	write_policy("phiward: 1\nlabels: 3\n");
	expect("policy diff", 3, "", "10-t.yaml:2:");
	write_policy(good);
	expect("events --json", 0, "\"verdict\":\"deny\"", "");
	expect("events", 0, "2023-11-14 22:13:20 deny    1000   ehr-client read ", "");
	expect("events", 0, " #1   /srv/phi/records/anna/1.hl7 (3 times)\n", "");
	expect("events", 0, "lost: 9 events (kernel)", "");
	expect("events --verdict allow --json", 0, "\"kind\":\"loss\"", "");
	expect("events --limit 0", 0, "", "no such events");
	expect("events --user nobody-here", 0, "", "no user 'nobody-here' on this host");
	setenv("COLUMNS", "80", 1);
	expect("events", 0, " /srv/phi/records/anna/1.hl7 (3 times)\n", "");
	unsetenv("COLUMNS");
	expect("doctor", 0, "running and protecting\n", "");
	kill(agent, SIGSTOP);
	expect("status", 5, "", "is running, but does not answer in time");
	expect("doctor", 0, "agent     is running, but does not answer\n    fix: journalctl", "");
	kill(agent, SIGCONT);
}

/* The agent ends while somebody follows: when its first event was shown, so that it is known. */
static void test_the_agent_ends(void **state)
{
	static const char *const how[] = { "events --follow", "events --follow --json" };

	for (size_t i = 0; i < 2; i++) {
		pid_t killer;

		start_agent();
		killer = fork();
		if (killer == 0) {
			char path[128];
			struct stat st;

			snprintf(path, sizeof(path), "%s/out", root);
			for (int k = 0; k < 10000 && (stat(path, &st) < 0 || st.st_size == 0); k++)
				nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
			kill(agent, SIGKILL);
			_exit(0);
		}
		expect(how[i], 5, "deny", "phiward: the agent has ended: no more events");
		if (strchr(err, '\n') != strrchr(err, '\n'))
			fail_msg("more than one line: %s", err);
		waitpid(killer, NULL, 0);
		waitpid(agent, NULL, 0);
		agent = 0;
		snprintf(out, sizeof(out), "%s/out", root);
		unlink(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_usage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_an_agent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_check_and_explain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_with_an_agent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_agent_ends, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
