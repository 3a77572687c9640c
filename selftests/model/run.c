// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * run [--seed S] [--first I] [--count N] [--differences D] [--without STEP]...
 *     [--strict] [--no-kernel] [--verbose]
 * run [--strict] [--no-kernel] --replay FILE...
 * run [--strict] --policy
 *
 * Random programs of up to 40 steps against the model and against this kernel, labels
 * compared after every step. A difference is made as short as it gets and told, with what
 * repeats it. --strict: the policy is strict of ipc. --no-kernel: there is no agent, every
 * step has to work. --policy prints the policy that the model means, for the agent to run with.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "program.h"
#include "seen.h"
#include "world.h"

#define PRINTED "#   " /* before each line of a program that is told */

struct run {
	uint64_t seed, first, count;
	unsigned int differences; /* to find before it stops */
	bool no_kernel, strict, verbose, policy;
	char **replay;        /* files, up to NULL */
	const char *replayed; /* the one that is run now */
	struct seen *seen;
	struct world *world;
	uint64_t steps, refused;
};

struct outcome {
	bool broken; /* the world could not be made */
	bool differs;
	uint32_t step;
	char text[256];
};

static bool result_differs(const struct model_step *step, int error, int result,
			   struct outcome *out)
{
	if (result == -error)
		return false;
	snprintf(out->text, sizeof(out->text), "the step gives '%s', the model says '%s'",
		 result ? strerror(-result) : "done", error ? strerror(error) : "done");
	return true;
}

/* One program, until it ends or differs. */
static void execute(struct run *run, const struct model_program *program, struct outcome *out)
{
	struct model m, before;
	int r, error, result;

	*out = (struct outcome){};
	model_begin(&m, &program->start);
	out->broken = world_begin(run->world, &m) < 0;
	out->differs = !out->broken && world_differs(run->world, &m, out->text, sizeof(out->text));
	for (uint32_t i = 0; i < program->n && !out->broken && !out->differs; i++) {
		before = m;
		out->step = i;
		if (model_step(&m, &program->step[i], &error) < 0)
			continue;
		run->steps++;
		run->refused += error != 0;
		r = world_step(run->world, &before, &m, &program->step[i], &result);
		if (r)
			snprintf(out->text, sizeof(out->text), "no answer: %s", strerror(-r));
		out->differs = r || result_differs(&program->step[i], error, result, out) ||
			       world_differs(run->world, &m, out->text, sizeof(out->text));
	}
	world_end(run->world, &m);
}

static bool still_differs(const struct model_program *program, void *arg)
{
	struct outcome out;

	execute(arg, program, &out);
	return out.differs;
}

static void print_program(const struct model_program *program)
{
	char text[128];

	program_start_text(&program->start, text, sizeof(text));
	printf(PRINTED "%s\n", text);
	for (uint32_t i = 0; i < program->n; i++) {
		program_text(&program->step[i], text, sizeof(text));
		printf(PRINTED "%s\n", text);
	}
}

static void tell_difference(struct run *run, uint64_t number, const struct model_program *found,
			    const struct outcome *out)
{
	struct model_program program = *found;
	struct outcome again;
	char text[128];

	if (run->replayed)
		printf("not ok - %s: %s\n", run->replayed, out->text);
	else
		printf("not ok - program %llu: %s\n# again: run --seed %llu --first %llu --count 1\n",
		       (unsigned long long)number, out->text, (unsigned long long)run->seed,
		       (unsigned long long)number);
	program.n = out->step + 1 < program.n ? out->step + 1 : program.n;
	program_prune(&program);
	program_shrink(&program, still_differs, run);
	execute(run, &program, &again);
	if (!again.differs) {
		printf("# made shorter it does not differ every time; as it was found:\n");
		program = *found;
		again = *out;
	}
	print_program(&program);
	if (again.step < program.n)
		program_text(&program.step[again.step], text, sizeof(text));
	else
		snprintf(text, sizeof(text), "the beginning");
	printf("# at '%s': %s\n", text, again.text);
	fflush(stdout);
}

/* Program number @number; false: it differs, or there is no going on. */
static bool one(struct run *run, uint64_t number, const struct model_program *program)
{
	struct outcome out;

	if (run->verbose)
		print_program(program);
	execute(run, program, &out);
	if (out.broken)
		printf("not ok - program %llu could not be begun\n", (unsigned long long)number);
	else if (out.differs)
		tell_difference(run, number, program, &out);
	return !out.broken && !out.differs;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell_left(struct run *run)
{
	unsigned int marks, ends, domains, ways;

	if (!run->seen)
		return;
	seen_count(run->seen, &marks, &ends, &domains, &ways);
	printf("# in the kernel half's maps: %u marks, %u ends, %u domains, %u ways\n", marks, ends,
	       domains, ways);
}

static int many(struct run *run)
{
	struct model_start like = { .enforced = !run->no_kernel, .strict = run->strict };
	unsigned int found = 0;
	double began = seconds();
	uint64_t i;

	tell_left(run);
	for (i = 0; i < run->count && found < run->differences; i++) {
		struct model_program program;

		program_random(&program, run->seed, run->first + i, &like);
		found += !one(run, run->first + i, &program);
	}
	printf("%s - %llu programs, %llu steps, %llu of them refused: %u differences (seed %llu, %.0f s)\n",
	       found ? "not ok" : "ok", (unsigned long long)i, (unsigned long long)run->steps,
	       (unsigned long long)run->refused, found, (unsigned long long)run->seed,
	       seconds() - began);
	tell_left(run);
	return found ? 1 : 0;
}

/* A program from @path, one line a step, also as it was printed. 0, or 2: said why. */
static int read_program(const char *path, struct model_program *program)
{
	FILE *file = fopen(path, "re");
	uint32_t n;
	char line[256];
	int r = 0;

	if (!file) {
		perror(path);
		return 2;
	}
	while (r == 0 && fgets(line, sizeof(line), file)) {
		const char *text =
			line + (strncmp(line, PRINTED, strlen(PRINTED)) == 0 ? strlen(PRINTED) : 0);

		r = program_parse(program, text);
		if (r < 0)
			fprintf(stderr, "%s: no step: %s", path, line);
	}
	fclose(file);
	n = program->n;
	program_prune(program);
	if (r == 0 && (!program->start.n || program->n != n)) {
		fprintf(stderr, "%s: some step of it makes no sense\n", path);
		r = -EINVAL;
	}
	return r < 0 ? 2 : 0;
}

static int replay(struct run *run, const char *path)
{
	struct model_program program = { .start.enforced = !run->no_kernel,
					 .start.strict = run->strict };
	const char *name = strrchr(path, '/');
	int r = read_program(path, &program);

	run->replayed = name ? name + 1 : path;
	if (r)
		printf("not ok - %s is a program\n", run->replayed);
	else if (one(run, 0, &program))
		printf("ok - %s\n", run->replayed);
	else
		r = 1;
	return r;
}

/* ---- The policy ---- */

static void print_programs(unsigned int images)
{
	const char *sep = ", programs: [";

	for (int i = 0; i < MODEL_IMAGES; i++) {
		if (images >> i & 1) {
			printf("%s%s", sep, model_image_names[i]);
			sep = ", ";
		}
	}
	printf("]");
}

static void print_rule(const struct model_rule *rule)
{
	static const struct {
		unsigned int bit;
		const char *word;
	} words[] = {
		{ DO_READ, "list, stat, read" },
		{ DO_WRITE, "write" },
		{ DO_CREATE, "create" },
		{ DO_RENAME, "rename" },
		{ DO_LINK, "link" },
		{ DO_DELETE, "delete" },
		{ DO_SEND, "send" },
	};
	const char *sep = "";

	printf("  - {id: %s, allow: [", rule->id);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (rule->decided & words[i].bit) {
			printf("%s%s", sep, words[i].word);
			sep = ", ";
		}
	}
	for (int i = 0; i < MODEL_LABELS; i++)
		if (rule->label == 1u << i)
			printf("], labels: [%s]", model_label_names[i]);
	for (int i = 0; i < MODEL_PERSONS; i++)
		if (rule->persons == 1u << i)
			printf(", actors: [%s]", model_person_names[i]);
	if (rule->images != (1u << MODEL_IMAGES) - 1)
		print_programs(rule->images);
	printf("}\n");
}

/* @self: the path of this program, which lays out files in the trees. */
static void print_policy(const char *self, bool strict)
{
	static const char *const classes[] = { "health-status", "genetic", "care" };

	printf("phiward: 1\nmode: enforce\n%slabels:\n", strict ? "spread: {ipc: strict}\n" : "");
	for (int i = 0; i < MODEL_LABELS; i++)
		printf("  %s: {class: %s, trees: [/srv/model/%s], on-failure: closed}\n",
		       model_label_names[i], classes[i], model_label_names[i]);
	printf("actors:\n");
	for (int i = 0; i < MODEL_PERSONS; i++)
		printf("  %s: {users: [%s]}\n", model_person_names[i], model_person_names[i]);
	printf("programs:\n");
	for (int i = 0; i < MODEL_IMAGES; i++)
		if (i != PLAIN)
			printf("  %s: {paths: [/opt/model/%s]}\n", model_image_names[i],
			       model_image_names[i]);
	printf("  layout: {paths: [%s]}\n", self);
	printf("hubs:\n  hub: {paths: [/opt/model/hub]}\n");
	printf("  guest: {paths: [/usr/sbin/supervise]}\n"); /* passes our output on */
	printf("declassifiers:\n  - {programs: [cleaner], labels: [%s]}\nrules:\n",
	       model_label_names[__builtin_ctz(MODEL_CLEANED)]);
	printf("  - {id: layout, allow: [list, stat, write, create, delete], labels: any, programs: [layout]}\n");
	for (size_t i = 0; i < model_n_rules; i++)
		print_rule(&model_rules[i]);
	printf("  - {id: rest, deny: all, labels: any, severity: high}\n");
}

static int parse_options(struct run *run, int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "differences", required_argument, NULL, 'd' },
		{ "without", required_argument, NULL, 'w' },
		{ "replay", required_argument, NULL, 'r' },
		{ "no-kernel", no_argument, NULL, 'n' },
		{ "strict", no_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "policy", no_argument, NULL, 'p' },
		{},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 's':
			run->seed = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			run->first = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			run->count = strtoull(optarg, NULL, 10);
			break;
		case 'd':
			run->differences = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'w':
			if (!program_without(optarg))
				return -EINVAL;
			break;
		case 'r':
			run->replay = &argv[optind - 1];
			break;
		case 'n':
			run->no_kernel = true;
			break;
		case 't':
			run->strict = true;
			break;
		case 'v':
			run->verbose = true;
			break;
		case 'p':
			run->policy = true;
			break;
		default:
			return -EINVAL;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct run run = { .seed = 1, .count = 100, .differences = 5 };
	int r;

	if (parse_options(&run, argc, argv) < 0)
		return 2;
	if (run.policy) {
		print_policy(argv[0], run.strict);
		return 0;
	}
	if (!run.no_kernel) {
		run.seen = seen_open();
		if (!run.seen)
			return 2;
	}
	run.world = world_open(run.seen);
	if (!run.world)
		return 2;
	r = run.replay ? 0 : many(&run);
	for (char **path = run.replay; path && *path; path++)
		r = replay(&run, *path) ?: r;
	world_close(run.world);
	return r;
}
