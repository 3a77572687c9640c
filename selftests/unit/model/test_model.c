/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The model of label flow by hand: what each line of a little play does to labels. A line is
 * a step of a program; "-> refused" or "-> crosses" behind it says that it fails. "? P1
 * records" says what a process holds, "? P1 fd3 records" what is open there carries.
 */
#include "../../model/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct play {
	struct model_program program;
	struct model m;
};

static unsigned int labels_of(const char *words)
{
	unsigned int labels = 0;

	for (int i = 0; i < MODEL_LABELS; i++)
		if (strstr(words, model_label_names[i]))
			labels |= 1u << i;
	if (!labels)
		assert_non_null(strstr(words, "nothing"));
	return labels;
}

static void ask(struct play *play, const char *line)
{
	int p, fd, at = 0;

	if (sscanf(line, "? P%d fd%d%n", &p, &fd, &at) == 2 && at) {
		const struct model_object *o = model_fd(&play->m, p, fd, 0);

		assert_non_null(o);
		if (model_carries(o) != labels_of(line + at))
			fail_msg("%s: carries %#x", line, model_carries(o));
	} else {
		assert_int_equal(sscanf(line, "? P%d%n", &p, &at), 1);
		assert_true(play->m.proc[p].used);
		if (play->m.domain[play->m.proc[p].domain].labels != labels_of(line + at))
			fail_msg("%s: holds %#x", line,
				 play->m.domain[play->m.proc[p].domain].labels);
	}
}

static void do_line(struct play *play, char *line)
{
	char *arrow = strstr(line, " -> ");
	int want = 0, error = 0;

	if (arrow) {
		want = strcmp(arrow, " -> crosses") == 0 ? EXDEV : EPERM;
		*arrow = '\0';
	}
	play->program.n = 0;
	if (program_parse(&play->program, line) < 0)
		fail_msg("no step: %s", line);
	if (!play->program.n) { /* the start */
		play->program.start.enforced = true;
		model_begin(&play->m, &play->program.start);
		return;
	}
	if (model_step(&play->m, &play->program.step[0], &error) < 0)
		fail_msg("makes no sense here: %s", line);
	if (error != want)
		fail_msg("%s: gives %d", line, error);
}

static void play(const char *text)
{
	struct play play = {};
	char copy[1024], *save = NULL, *line;

	assert_true(strlen(text) < sizeof(copy));
	memcpy(copy, text, strlen(text) + 1);
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '?')
			ask(&play, line);
		else
			do_line(&play, line);
	}
}

/* ---- Who shares memory, who has a copy ---- */

static void child_has_a_copy(void **state)
{
	play("start nina/approved\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\n? P0 records\n"
	     "P0 fork P1\n? P1 records\n"
	     "P1 open genomes/0 r fd1\nP1 read fd1 0\n? P1 records,genomes\n? P0 records\n");
}

static void program_started_keeps_labels(void **state)
{
	play("start nina/approved\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 exec plain\n? P0 records\n"
	     "P0 open records/0 r fd1 -> refused\n? P0 records\n");
}

static void thread_reads_and_main_sends(void **state)
{
	play("start nina/approved\n"
	     "P0 thread P1\nP1 open records/0 r fd0\nP1 read fd0 0\n? P0 records\n"
	     "P0 create plain/1 w fd1\nP0 write fd1 0\n? P0 fd1 records\n");
}

static void main_reads_and_thread_sends(void **state)
{
	play("start nina/approved\n"
	     "P0 thread P1\nP0 open records/0 r fd0\nP0 read fd0 0\n? P1 records\n"
	     "P1 create plain/1 w fd1\nP1 write fd1 0\n? P1 fd1 records\n");
}

static void thread_execs_after_main_read(void **state)
{
	play("start nina/approved nina/plain\n"
	     "P0 thread P2\nP0 open records/0 r fd0\nP0 read fd0 0\nP2 exec plain\n? P2 records\n");
}

static void thread_reads_and_execs(void **state)
{
	play("start nina/approved nina/plain\n"
	     "P0 thread P2\nP2 open records/0 r fd0\nP2 read fd0 0\nP2 exec plain\n? P2 records\n");
}

static void process_that_shares_memory_holds(void **state)
{
	play("start nina/approved\n"
	     "P0 clone-vm P1\nP0 open records/0 r fd0\nP0 read fd0 0\n? P1 records\n"
	     "P1 open genomes/0 r fd0\nP1 read fd0 0\n? P0 records,genomes\n");
}

static void process_left_behind_by_exec(void **state)
{
	play("start nina/approved\n"
	     "P0 clone-vm P1\nP0 exec approved\nP1 open records/0 r fd0\nP1 read fd0 0\n? P1 records\n"
	     "? P0 nothing\n");
}

static void spawned_program_holds(void **state)
{
	play("start nina/approved\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 spawn P1 plain\n? P1 records\n"
	     "P1 read fd0 0 -> refused\n");
}

/* io_uring's workers are threads to this: made before, or the ones that read. */
static void worker_made_before_the_label(void **state)
{
	play("start nina/approved\n"
	     "P0 thread P1\nP0 pipe fd0 fd1\nP0 open records/0 r fd2\nP0 read fd2 0\nP1 write fd1 0\n"
	     "? P1 fd0 records\n");
}

static void worker_reads(void **state)
{
	play("start nina/approved\n"
	     "P0 pipe fd0 fd1\nP0 fork P2\nP0 thread P1\nP1 open records/0 r fd2\nP1 read fd2 0\nP0 write fd1 0\n"
	     "P2 read fd0 0\n? P2 records\n");
}

static void end_of_the_reader_clears_nothing(void **state)
{
	play("start nina/approved\n"
	     "P0 thread P1\nP1 open records/0 r fd0\nP1 read fd0 0\nP1 exit\n? P0 records\n");
}

/* ---- Files ---- */

static void copy_of_a_copy(void **state)
{
	play("start nina/approved nina/approved eve/plain\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 create plain/1 rw fd1\nP0 copy fd0 fd1\n? P0 fd1 records\n"
	     "P1 open plain/1 r fd0\nP1 read fd0 0\n? P1 records\n"
	     "P1 create memory/1 w fd1\nP1 sendfile fd0 fd1\n? P1 fd1 records\n"
	     "P2 open memory/1 r fd0 -> refused\n");
}

static void copies_are_guarded(void **state)
{
	play("start nina/approved nina/plain eve/plain\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 create plain/1 w fd1\nP0 write fd1 0\n"
	     "P1 open plain/1 r fd0 -> refused\nP2 open plain/1 r fd0 -> refused\n"
	     "P2 open plain/1 w fd1\nP2 write fd1 0\n? P2 nothing\n"
	     "P1 rename plain/1 plain/2\nP1 link plain/2 plain/1\nP2 open plain/1 r fd0 -> refused\n"
	     "P2 unlink plain/2\n");
}

static void label_comes_while_open(void **state)
{
	play("start nina/approved eve/plain\n"
	     "P1 open plain/0 r fd0\nP1 read fd0 0\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 open plain/0 w fd1\nP0 write fd1 1\n"
	     "P1 read fd0 0 -> refused\n? P1 nothing\n");
}

static void several_labels_must_all_be_allowed(void **state)
{
	play("start nina/approved eve/approved\n"
	     "P1 open notes/0 r fd0\nP1 read fd0 0\nP1 open plain/0 rw fd1\nP1 write fd1 0\n? P1 fd1 notes\n"
	     "P0 open plain/0 r fd0\nP0 read fd0 0\n? P0 notes\n"
	     "P0 open records/0 r fd1\nP0 read fd1 0\nP0 open plain/0 w fd2\nP0 write fd2 0\n? P0 fd2 records,notes\n"
	     "P1 read fd1 0 -> refused\n? P1 notes\n");
}

static void trees_are_crossed_by_copy_only(void **state)
{
	play("start nina/approved\n"
	     "P0 rename records/0 plain/1 -> crosses\nP0 link plain/0 records/1 -> crosses\n"
	     "P0 rename records/0 records/1\nP0 rename genomes/0 genomes/1 -> refused\n");
}

static void foreign_label_in_a_tree(void **state)
{
	play("start nina/approved eve/plain\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 open notes/0 w fd1\nP0 write fd1 0\n"
	     "? P0 fd1 records,notes\nP1 open notes/0 r fd0 -> refused\nP1 open notes/0 w fd0\n"
	     "P1 unlink notes/0\n");
}

/* ---- What data passes through ---- */

static void own_person_reads_a_pipe_unasked(void **state)
{
	play("start nina/approved\n"
	     "P0 pipe fd0 fd1\nP0 spawn P1 plain\nP0 open records/0 r fd2\nP0 read fd2 0\nP0 write fd1 0\n"
	     "P1 read fd0 0\n? P1 records\n");
}

static void another_person_is_asked_about(void **state)
{
	play("start nina/approved eve/approved\n"
	     "P0 fifo 0 fd0\nP1 fifo 0 fd0\nP0 open records/0 r fd1\nP0 read fd1 0\nP0 write fd0 0\n"
	     "P1 read fd0 0 -> refused\n? P1 nothing\n");
	play("start nina/approved eve/approved\n"
	     "P0 fifo 0 fd0\nP1 fifo 0 fd0\nP0 open genomes/0 r fd1\nP0 read fd1 0\nP0 write fd0 0\n"
	     "P1 read fd0 0\n? P1 genomes\n");
}

static void data_of_several_persons(void **state)
{
	play("start nina/approved eve/approved\n"
	     "P0 fifo 0 fd0\nP1 fifo 0 fd0\nP1 open notes/0 r fd1\nP1 read fd1 0\nP1 write fd0 0\n"
	     "P0 open records/0 r fd1\nP0 read fd1 0\nP0 write fd0 0\n"
	     "P1 read fd0 0 -> refused\n? P1 notes\n");
}

static void label_goes_to_the_other_end(void **state)
{
	play("start nina/approved\n"
	     "P0 pair fd0 fd1 0\nP0 fork P1\nP0 open records/0 r fd2\nP0 read fd2 0\nP0 write fd0 0\n"
	     "? P0 fd1 records\n? P0 fd0 nothing\nP1 read fd1 0\n? P1 records\n");
}

static void to_another_person_it_is_a_send(void **state)
{
	play("start nina/approved eve/plain\n"
	     "P1 listen 0 fd0\nP0 connect 0 fd0\nP1 accept fd0 fd1\n"
	     "P0 open genomes/0 r fd1\nP0 read fd1 0\nP0 write fd0 0 -> refused\n? P1 fd1 nothing\n");
	play("start nina/approved eve/plain\n"
	     "P1 listen 0 fd0\nP0 connect 0 fd0\nP1 accept fd0 fd1\n"
	     "P0 open notes/0 r fd1\nP0 read fd1 0\nP0 write fd0 0\nP1 read fd1 0\n? P1 nothing\n");
}

static void descriptors_that_come_along(void **state)
{
	play("start nina/approved eve/plain\n"
	     "P1 listen 0 fd0\nP0 connect 0 fd0\nP1 accept fd0 fd1\n"
	     "P0 open records/0 w fd1\nP0 pass fd0 fd1\nP1 receive fd1 fd2 -> refused\n"
	     "P0 open plain/0 r fd2\nP0 read fd2 0\nP0 pass fd0 fd2\nP1 receive fd1 fd2\n? P1 nothing\n");
}

static void spliced_data_keeps_its_label(void **state)
{
	play("start nina/approved\n"
	     "P0 pipe fd0 fd1\nP0 pipe fd2 fd3\nP0 spawn P1 plain\nP0 spawn P2 plain\n"
	     "P0 open records/0 r fd4\nP0 read fd4 0\nP0 splice fd4 fd1\nP1 tee fd0 fd3\n? P1 nothing\n"
	     "P2 read fd2 0\n? P2 records\n");
}

static void splicing_from_a_pipe_reads_it(void **state)
{
	play("start nina/approved eve/plain\n"
	     "P1 fifo 0 fd0\nP1 open plain/0 w fd1\n"
	     "P0 fifo 0 fd0\nP0 open records/0 r fd1\nP0 read fd1 0\nP0 write fd0 0\n"
	     "P1 splice fd0 fd1 -> refused\n? P1 nothing\n? P1 fd1 nothing\n");
	play("start nina/approved\n"
	     "P0 pipe fd0 fd1\nP0 fork P1\nP0 open records/0 r fd2\nP0 read fd2 0\nP0 write fd1 0\n"
	     "P1 vmsplice-read fd0\n? P1 records\n");
}

static void hub_takes_nothing(void **state)
{
	play("start nina/approved nina/hub\n"
	     "P1 open notes/0 r fd0\nP1 read fd0 0\n? P1 nothing\n"
	     "P1 mq-open 0 fd1\nP1 attach 0 rw map0\nP0 mq-open 0 fd0\nP0 open notes/0 r fd1\nP0 read fd1 0\n"
	     "? P0 notes\n? P1 nothing\n"
	     "P0 exec hub\n? P0 notes\n");
}

static void cleaner_keeps_records_back(void **state)
{
	play("start nina/cleaner nina/plain eve/plain\n"
	     "P0 pipe fd0 fd1\nP0 open plain/0 rw fd2\nP0 map fd2 rw map0\n"
	     "P0 open records/0 r fd3\nP0 read fd3 0\nP0 open notes/0 r fd4\nP0 read fd4 0\n"
	     "? P0 records,notes\n? P0 fd1 notes\n? P0 fd2 notes\n"
	     "P0 create plain/1 w fd5\nP0 write fd5 0\n? P0 fd5 notes\n"
	     "P0 exec plain\nP0 write fd5 0\n? P0 fd5 records,notes\n");
}

static void a_queue_carries_what_was_put_into_it(void **state)
{
	play("start nina/approved nina/plain eve/plain\n"
	     "P0 msg-send 0\nP2 msg-receive 0\n? P2 nothing\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 msg-send 0\nP2 msg-receive 0 -> refused\n"
	     "P1 msg-receive 0\n? P1 records\n");
}

static void file_that_is_given_a_name(void **state)
{
	play("start nina/approved nina/plain\n"
	     "P0 tmpfile plain/0 rw fd0\nP0 spawn P2 plain\nP0 open records/0 r fd1\nP0 read fd1 0\n"
	     "P0 write fd0 0\n? P0 fd0 records\nP2 read fd0 0\n? P2 records\n"
	     "P0 spawn P3 plain\nP0 link-fd fd0 plain/1\nP3 read fd0 0 -> refused\n"
	     "P1 open plain/1 r fd0 -> refused\n");
}

static void what_a_holder_makes_takes_its_label(void **state)
{
	play("start nina/approved\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 create plain/1 w fd1\n? P0 fd1 records\n"
	     "P0 fifo 0 fd2\n? P0 fd2 records\n");
}

static void opening_is_not_reading(void **state)
{
	play("start nina/approved\n"
	     "P0 open records/0 rw fd0\n? P0 nothing\nP0 read fd0 0\n? P0 records\n");
}

/* ---- What nothing sees used ---- */

static void shared_memory_tells_all(void **state)
{
	play("start nina/approved\n"
	     "P0 share map0\nP0 fork P1\nP0 open records/0 r fd0\nP0 read fd0 0\n? P1 records\n");
	play("start nina/approved\n"
	     "P0 fork P1\nP0 share map0\nP0 open records/0 r fd0\nP0 read fd0 0\n? P1 nothing\n");
}

static void shared_mapping_of_a_file(void **state)
{
	play("start nina/approved nina/plain\n"
	     "P0 open plain/0 rw fd0\nP0 map fd0 rw map0\nP1 open plain/0 r fd0\nP1 map fd0 r map0\n"
	     "P0 open records/0 r fd1\nP0 read fd1 0\n? P0 fd0 records\n? P1 records\n");
	/* one that only reads gives nothing away */
	play("start nina/approved nina/plain\n"
	     "P0 open plain/0 r fd0\nP0 map fd0 r map0\nP0 open records/0 r fd1\nP0 read fd1 0\n"
	     "? P0 fd0 nothing\n");
}

static void segments_and_queues(void **state)
{
	play("start nina/approved nina/plain nina/plain\n"
	     "P0 attach 0 rw map0\nP1 attach 0 r map0\nP1 mq-open 0 fd0\nP2 mq-open 0 fd0\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\n? P1 records\n? P2 records\n");
}

static void mappings_end_with_exec(void **state)
{
	play("start nina/approved\n"
	     "P0 share map0\nP0 fork P1\nP1 exec plain\nP0 open records/0 r fd0\nP0 read fd0 0\n? P1 nothing\n");
}

/* It passes nothing on any more; who shares its memory still does. */
static void ended_with_its_mappings(void **state)
{
	play("start nina/approved nina/plain nina/plain\n"
	     "P1 open plain/0 rw fd0\nP1 open memory/0 rw fd1\nP1 map fd0 rw map0\nP1 map fd1 rw map1\n"
	     "P2 open memory/0 r fd0\nP1 exit\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 open plain/0 w fd1\nP0 write fd1 0\n"
	     "? P0 fd1 records\n? P2 fd0 nothing\n");
	play("start nina/approved nina/plain\n"
	     "P1 open plain/0 rw fd0\nP1 open memory/0 rw fd1\nP1 map fd0 rw map0\nP1 map fd1 rw map1\n"
	     "P1 clone-vm P2\nP1 exit\n"
	     "P0 open records/0 r fd0\nP0 read fd0 0\nP0 open plain/0 w fd1\nP0 write fd1 0\n"
	     "? P2 records\n? P2 fd1 records\n");
}

static void mapping_of_its_own(void **state)
{
	play("start nina/approved nina/plain\n"
	     "P1 open records/0 w fd0 -> refused\n"
	     "P0 open records/0 r fd0\nP0 map-own fd0 rw map0\n? P0 records\nP0 touch map0\n"
	     "P1 open plain/0 rw fd0\nP1 map-own fd0 rw map0\nP0 open plain/0 w fd1\nP0 write fd1 0\n"
	     "? P1 nothing\nP1 touch map0\nP1 open memory/0 r fd1\nP1 map-own fd1 r map1\n? P1 nothing\n"
	     "P1 map-own fd0 r map2 -> refused\n");
}

static void memory_of_others(void **state)
{
	play("start nina/plain nina/plain nina/approved nina/approved\n"
	     "P0 vm P2 0 -> refused\n" /* a trusted program's is its own */
	     "P2 open records/0 r fd0\nP2 read fd0 0\nP2 vm P0 1\n? P0 records\n"
	     "P1 vm P0 0 -> refused\n? P1 nothing\nP3 vm P0 0\n? P3 records\n");
}

/* ---- Programs ---- */

static const struct model_start like = { .enforced = true };

static void random_programs_are_sound(void **state)
{
	for (uint64_t i = 0; i < 300; i++) {
		struct model_program program, again = {};
		char text[128];

		program_random(&program, 7, i, &like);
		assert_true(program.n > 0 && program.n <= MODEL_STEPS);
		program_start_text(&program.start, text, sizeof(text));
		assert_int_equal(program_parse(&again, text), 0);
		for (uint32_t k = 0; k < program.n; k++) {
			program_text(&program.step[k], text, sizeof(text));
			assert_int_equal(program_parse(&again, text), 0);
		}
		again.start.enforced = true;
		for (uint32_t k = 0; k < program.n; k++)
			assert_memory_equal(&program.step[k], &again.step[k],
					    sizeof(program.step[k]));
		program_prune(&again);
		assert_int_equal(again.n, program.n);
	}
}

static void foreign_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"P9 fork P1",
		"P0 fly",
		"P0 open nowhere/0 r fd0",
		"P0 open plain/7 r fd0",
		"P0 open plain/0 x fd0",
		"P0 open plain/0 r",
		"P0 open plain/0 r fd99",
		"P0 close fd1 fd2",
		"start nobody/plain",
		"start nina",
		"P0",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct model_program program = {};

		assert_int_equal(program_parse(&program, lines[i]), -EINVAL);
	}
}

/* Differs as long as somebody holds both. */
static bool holds_both(const struct model_program *program, void *arg)
{
	struct model m;
	int error, *tries = arg;

	(*tries)++;
	model_begin(&m, &program->start);
	for (uint32_t i = 0; i < program->n; i++)
		if (model_step(&m, &program->step[i], &error) == 0)
			for (int d = 0; d < MODEL_PROCS; d++)
				if (m.domain[d].used &&
				    m.domain[d].labels == (MODEL_RECORDS | MODEL_GENOMES))
					return true;
	return false;
}

static void shrinking_leaves_what_matters(void **state)
{
	struct model_program program;
	int tries = 0;

	for (uint64_t i = 0;; i++) {
		program_random(&program, 3, i, &like);
		if (holds_both(&program, &tries) && program.n > 20)
			break;
	}
	program_shrink(&program, holds_both, &tries);
	assert_true(holds_both(&program, &tries));
	assert_in_range(program.n, 2, 6);
	for (uint32_t at = 0; at < program.n; at++) {
		struct model_program less = program;

		memmove(&less.step[at], &less.step[at + 1],
			(program.n - at - 1) * sizeof(less.step[0]));
		less.n--;
		program_prune(&less);
		assert_false(holds_both(&less, &tries));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_has_a_copy),
		cmocka_unit_test(program_started_keeps_labels),
		cmocka_unit_test(thread_reads_and_main_sends),
		cmocka_unit_test(main_reads_and_thread_sends),
		cmocka_unit_test(thread_execs_after_main_read),
		cmocka_unit_test(thread_reads_and_execs),
		cmocka_unit_test(process_that_shares_memory_holds),
		cmocka_unit_test(process_left_behind_by_exec),
		cmocka_unit_test(spawned_program_holds),
		cmocka_unit_test(worker_made_before_the_label),
		cmocka_unit_test(worker_reads),
		cmocka_unit_test(end_of_the_reader_clears_nothing),
		cmocka_unit_test(copy_of_a_copy),
		cmocka_unit_test(copies_are_guarded),
		cmocka_unit_test(label_comes_while_open),
		cmocka_unit_test(several_labels_must_all_be_allowed),
		cmocka_unit_test(trees_are_crossed_by_copy_only),
		cmocka_unit_test(foreign_label_in_a_tree),
		cmocka_unit_test(own_person_reads_a_pipe_unasked),
		cmocka_unit_test(another_person_is_asked_about),
		cmocka_unit_test(data_of_several_persons),
		cmocka_unit_test(label_goes_to_the_other_end),
		cmocka_unit_test(to_another_person_it_is_a_send),
		cmocka_unit_test(descriptors_that_come_along),
		cmocka_unit_test(spliced_data_keeps_its_label),
		cmocka_unit_test(cleaner_keeps_records_back),
		cmocka_unit_test(hub_takes_nothing),
		cmocka_unit_test(splicing_from_a_pipe_reads_it),
		cmocka_unit_test(a_queue_carries_what_was_put_into_it),
		cmocka_unit_test(file_that_is_given_a_name),
		cmocka_unit_test(what_a_holder_makes_takes_its_label),
		cmocka_unit_test(opening_is_not_reading),
		cmocka_unit_test(shared_memory_tells_all),
		cmocka_unit_test(shared_mapping_of_a_file),
		cmocka_unit_test(segments_and_queues),
		cmocka_unit_test(mappings_end_with_exec),
		cmocka_unit_test(mapping_of_its_own),
		cmocka_unit_test(ended_with_its_mappings),
		cmocka_unit_test(memory_of_others),
		cmocka_unit_test(random_programs_are_sound),
		cmocka_unit_test(foreign_lines_are_refused),
		cmocka_unit_test(shrinking_leaves_what_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
