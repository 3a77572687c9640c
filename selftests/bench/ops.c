// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the bench measures, in the guest:
 *
 *   ops list                    the cases: "group <tab> name" a line
 *   ops setup, ops setup-macro  make the files that the cases use
 *   ops trees N DIR             makes N directories DIR/NNN/NNN and prints their paths
 *   ops run GROUPS [TEXT...]    runs the cases of these groups (comma-separated) whose name
 *                               holds one of the TEXTs (none: all) and prints
 *                               "result <tab> name <tab> median <tab> mean <tab> n <tab> refused"
 *   ops hold FILE               leaves a process behind that has read FILE and does nothing
 *   ops ready SECONDS COMMAND.. starts COMMAND, waits for its READY=1 (sd_notify), prints
 *                               "ready <tab> nanoseconds <tab> pid" and leaves it alone
 *
 * Time is that of the TSC, where the guest counts instructions one tick an instruction; what
 * taking the time costs is subtracted. Every case has a process of its own, which tells its
 * numbers by signals: what it would write after it has read labelled data carries the label.
 * Here is the table of the cases and what measures them; what they do is in ops-cases.h.
 */
#include "ops-cases.h"
#include "ops-ready.h"
#include <stdbool.h>
#include <time.h>
#include <sys/mman.h>
#include <x86intrin.h>

static unsigned long long *samples;

static const struct bench {
	const char *group, *name;
	int n, warm;
	void (*prepare)(void), (*before)(int), (*op)(int), (*after)(int);
} benches[] = {
	/* the directories never seen come first: nothing may have walked there before */
	{ "micro", "open in 1 new directory", N_NEW - 8, 8, prepare_new1, NULL, op_open, NULL },
	{ "micro", "open in 4 new directories", N_NEW - 8, 8, prepare_new4, NULL, op_open, NULL },
	{ "micro", "open in 16 new directories", N_NEW - 8, 8, prepare_new16, NULL, op_open, NULL },
	{ "micro", "first open d4", N, WARM, prepare_k4, NULL, op_open, NULL },
	{ "micro", "first open d16", N, WARM, prepare_k16, NULL, op_open, NULL },
	{ "micro", "open+close d4", N, WARM, prepare_w4, NULL, op_open, NULL },
	{ "micro", "open+close d16", N, WARM, prepare_w16, NULL, op_open, NULL },
	{ "micro", "open+close d4, other superblock", N, WARM, prepare_else4, NULL, op_open, NULL },
	{ "micro", "open+close d16, other superblock", N, WARM, prepare_else16, NULL, op_open,
	  NULL },
	{ "micro", "stat d4", N, WARM, prepare_w4, NULL, op_stat, NULL },
	{ "micro", "pread 4K", N, WARM, prepare_data, NULL, op_pread, NULL },
	{ "micro", "pwrite 4K", N, WARM, prepare_data, NULL, op_pwrite, NULL },
	{ "micro", "pipe write+read 4K", N, WARM, prepare_pipe, NULL, op_pipe, NULL },
	{ "micro", "unix send+recv 4K", N, WARM, prepare_unix, NULL, op_unix, NULL },
	{ "micro", "tcp send 4K", N, WARM, prepare_tcp, NULL, op_tcp, after_tcp },
	{ "micro", "connect", 1000, WARM, prepare_connect, before_connect, op_connect,
	  after_connect },
	{ "micro", "sendto", N, WARM, prepare_sendto, NULL, op_sendto, after_sendto },
	{ "micro", "fork+exec", 200, 16, NULL, NULL, op_exec, NULL },
	{ "micro", "create+unlink", 1000, WARM, prepare_create, NULL, op_create, NULL },
	{ "allowed", "allowed: open+read, same file", N, WARM, prepare_labelled, NULL, op_open_read,
	  NULL },
	{ "allowed", "allowed: open+read, an event each", N_LABEL, WARM, prepare_labelled_each,
	  NULL, op_open_read, NULL },
	{ "holding", "holding: pwrite 4K, labelled file", N, WARM, prepare_holding, NULL, op_pwrite,
	  NULL },
	{ "holding", "holding: pread 4K, labelled file", N, WARM, prepare_holding, NULL, op_pread,
	  NULL },
	{ "holding", "holding: pwrite 4K, its own copy", N, WARM, prepare_copy, NULL, op_pwrite,
	  NULL },
	{ "holding", "holding: open+read, its own copy", N, WARM, prepare_copy, NULL, op_open_read,
	  NULL },
	{ "holding", "holding: pipe write+read 4K", N, WARM, prepare_holding_pipe, NULL, op_pipe,
	  NULL },
	{ "refused", "refused: open, same file", N, WARM, prepare_labelled, NULL, op_open, NULL },
	{ "refused", "refused: open, each another file", N_LABEL, WARM, prepare_labelled_each, NULL,
	  op_open, NULL },
	{ "macro", "find+cat 20k", 3, 1, NULL, NULL, op_find, NULL },
	{ "macro", "tar 20k", 3, 0, NULL, NULL, op_tar, NULL },
};

#define N_BENCHES (sizeof(benches) / sizeof(*benches))

__attribute__((noinline)) static unsigned long long turn(void (*op)(int), int i)
{
	unsigned long long start = __rdtsc();

	op(i);
	return __rdtsc() - start;
}

static int by_value(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

static unsigned long long median(int n)
{
	qsort(samples, (size_t)n, sizeof(*samples), by_value);
	return n % 2 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
}

static unsigned long long cost_of_time(void)
{
	for (int i = 0; i < 101; i++)
		samples[i] = turn(op_nothing, i);
	return median(101);
}

static void tell(unsigned long long number)
{
	union sigval value = { .sival_ptr = (void *)(size_t)number };

	if (sigqueue(getppid(), SIGRTMIN, value) < 0)
		die("sigqueue");
}

static void run(const struct bench *bench)
{
	unsigned long long empty = cost_of_time(), sum = 0, middle;

	memset(buffer, 'x', sizeof(buffer));
	if (bench->prepare)
		bench->prepare();
	n_refused = 0;
	for (int i = 0; i < bench->warm + bench->n; i++) {
		unsigned long long took;

		if (i == bench->warm)
			n_refused = 0;
		if (bench->before)
			bench->before(i);
		took = turn(bench->op, i);
		took -= took < empty ? took : empty;
		if (bench->after)
			bench->after(i);
		if (i >= bench->warm) {
			samples[i - bench->warm] = took;
			sum += took;
		}
	}
	middle = median(bench->n);
	tell(middle);
	tell(sum / (unsigned int)bench->n);
	tell(n_refused);
}

static unsigned long long told(void)
{
	const struct timespec at_once = { 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	return sigtimedwait(&set, &info, &at_once) < 0 ? 0 : (size_t)info.si_value.sival_ptr;
}

static void print_result(const struct bench *bench)
{
	unsigned long long middle = told(), mean = told(), refused = told();

	printf("result\t%s\t%llu\t%llu\t%d\t%llu\n", bench->name, middle, mean, bench->n, refused);
	fflush(stdout);
}

static bool is_wanted(const struct bench *bench, const char *groups, char **texts)
{
	size_t len = strlen(bench->group);
	const char *at = strstr(groups, bench->group);

	if (!at || (at[len] && at[len] != ','))
		return false;
	if (!*texts)
		return true;
	for (; *texts; texts++)
		if (strstr(bench->name, *texts))
			return true;
	return false;
}

static int run_all(const char *groups, char **texts)
{
	const size_t size = (N + WARM) * PATH_LEN + (N + WARM) * sizeof(*samples);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int r = 0;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (memory == MAP_FAILED)
		die("memory");
	paths = (void *)memory;
	samples = (void *)(memory + (N + WARM) * PATH_LEN);
	for (size_t i = 0; i < N_BENCHES; i++) {
		int status;
		pid_t pid;

		if (!is_wanted(&benches[i], groups, texts))
			continue;
		pid = fork();
		if (pid == 0) {
			memset(memory, 0, size); /* its own pages, all there */
			no_pipes();
			run(&benches[i]);
			exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(stderr, "ops: '%s' failed\n", benches[i].name);
			r = 1;
			continue;
		}
		print_result(&benches[i]);
	}
	return r;
}

static unsigned int number(const char *text)
{
	char *end;

	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value > 1000000) {
		fprintf(stderr, "ops: '%s' is no number up to 1000000\n", text);
		exit(2);
	}
	return (unsigned int)value;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < N_BENCHES; i++)
			printf("%s\t%s\n", benches[i].group, benches[i].name);
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "setup") == 0) {
		setup();
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "setup-macro") == 0) {
		setup_macro();
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "trees") == 0) {
		make_trees(number(argv[2]), argv[3]);
		return 0;
	}
	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		return run_all(argv[2], argv + 3);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2]);
	if (argc >= 4 && strcmp(argv[1], "ready") == 0)
		return ready((int)number(argv[2]), argv + 3);
	fprintf(stderr,
		"usage: ops list | setup | setup-macro | trees N DIR | run GROUPS [TEXT...] | hold FILE | ready SECONDS COMMAND...\n");
	return 2;
}
