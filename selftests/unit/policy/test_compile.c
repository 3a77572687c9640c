/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks of a policy, hours against the clock on the wall, and when the image changes. */
#include "base/cleanup.h"
#include "policy/build.h"
#include "policy/compile.h"
#include "policy/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define OP(name)  (1u << PW_OP_##name)
#define ALL_OPS   ((1u << _PW_OP_MAX) - 1)
#define MON       0x01
#define FRI       0x10
#define SAT       0x20
#define SUN       0x40
#define EVERY_DAY 0x7f
#define MON_FRI   0x1f

struct fixture {
	struct pw_policy *policy;
	struct pw_compiled *compiled;
	struct pw_compile_options options;
};

static time_t local(int year, int month, int day, int hour, int minute)
{
	struct tm tm = {
		.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_isdst = -1,
	};

	return mktime(&tm);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	f->policy = pw_build_policy(PW_ENFORCE);
	f->options.now = local(2026, 1, 5, 12, 0); /* a Monday */
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pw_compiled_free(&f->compiled);
	pw_built_free(&f->policy);
	free(f);
	return 0;
}

static const struct pw_compiled *compile(struct fixture *f)
{
	pw_compiled_free(&f->compiled);
	assert_int_equal(pw_policy_compile(f->policy, &f->options, NULL, &f->compiled), 0);
	return f->compiled;
}

static bool has(const struct pw_mask *mask, size_t bit)
{
	return mask->w[bit / 64] >> (bit % 64) & 1;
}

/* The bits 0..63, and nothing behind them. */
static uint64_t bits(const struct pw_mask *mask)
{
	size_t i;

	for (i = 1; i < PW_MASK_WORDS; i++)
		assert_int_equal(mask->w[i], 0);
	return mask->w[0];
}

static void an_empty_policy_denies(void **state)
{
	struct fixture *f = *state;
	const struct pw_compiled *compiled = compile(f);
	const struct pw_who nobody = { 0 };
	struct pw_decision decision;
	struct pw_mask who;

	assert_int_equal(compiled->image.version, PW_IMAGE_VERSION);
	assert_int_equal(compiled->image.n_rules, 0);
	assert_int_equal(compiled->image.n_labels, 0);
	assert_int_equal(compiled->next_change, 0);
	pw_compiled_who(compiled, &nobody, &who);
	assert_int_equal(bits(&who), 0);
	pw_decide(&compiled->image, &who, 1, PW_OP_READ, &decision);
	assert_int_equal(decision.rule, PW_RULE_NONE);
	assert_int_equal(decision.verdict, PW_DENY);
	assert_int_equal(decision.severity, PW_SEVERITY_MEDIUM);
}

static void operations_imply_stat_unless_denied(void **state)
{
	struct fixture *f = *state;
	const struct pw_image *image;

	pw_build_rule(f->policy, "r0", PW_ALLOW, OP(READ));
	pw_build_rule(f->policy, "r1", PW_WARN, OP(DELETE));
	pw_build_rule(f->policy, "r2", PW_DENY, OP(READ));
	pw_build_rule(f->policy, "r3", PW_ALLOW, OP(LIST) | OP(SEND));
	pw_build_rule(f->policy, "r4", PW_DENY, ALL_OPS);
	pw_build_rule(f->policy, "r5", PW_ALLOW, OP(LINK));
	pw_build_rule(f->policy, "r6", PW_ALLOW, OP(STAT));
	image = &compile(f)->image;
	assert_int_equal(bits(&image->op[PW_OP_STAT]), 0x73);
	assert_int_equal(bits(&image->op[PW_OP_READ]), 0x15);
	assert_int_equal(bits(&image->op[PW_OP_LIST]), 0x18);
	assert_int_equal(bits(&image->op[PW_OP_SEND]), 0x18);
	assert_int_equal(bits(&image->op[PW_OP_LINK]), 0x30);
	assert_int_equal(bits(&image->op[PW_OP_WRITE]), 0x10);
}

static void labels_and_rows_are_filled(void **state)
{
	struct fixture *f = *state;
	const struct pw_image *image;
	struct pw_rule *rule;

	pw_build_label(f->policy, "records");
	pw_build_label(f->policy, "genomes");
	f->policy->label[1].on_failure = PW_FAIL_CLOSED;
	f->policy->mode = PW_OBSERVE;
	rule = pw_build_rule(f->policy, "r0", PW_WARN, OP(READ));
	pw_build_ref(&rule->labels, 1);
	rule = pw_build_rule(f->policy, "r1", PW_DENY, ALL_OPS);
	rule->mode = PW_ENFORCE;
	rule->severity = PW_SEVERITY_CRITICAL;
	rule = pw_build_rule(f->policy, "r2", PW_ALLOW, OP(SEND) | OP(READ));
	pw_build_ref(&rule->labels, 0);
	pw_build_ref(&rule->to, 0);
	rule = pw_build_rule(f->policy, "r3", PW_ALLOW, OP(READ));
	pw_build_ref(&rule->sessions, 0);
	image = &compile(f)->image;
	assert_int_equal(image->n_rules, 4);
	assert_int_equal(image->n_labels, 2);
	assert_int_equal(image->mode, PW_OBSERVE);
	assert_int_equal(image->fail_closed, 2);
	assert_int_equal(bits(&image->label[0]), 0xe);
	assert_int_equal(bits(&image->label[1]), 0xb);
	assert_int_equal(bits(&image->label[2]), 0);
	assert_int_equal(bits(&image->any_actor), 0xf);
	assert_int_equal(bits(&image->any_program), 0xf);
	assert_int_equal(bits(&image->any_place), 0xb);
	assert_int_equal(bits(&image->any_session), 0xf); /* not enforced yet */
	assert_int_equal(bits(&image->active), 0xf);
	assert_int_equal(image->row[0].verdict, PW_WARN);
	assert_int_equal(image->row[0].mode, PW_OBSERVE);
	assert_int_equal(image->row[0].severity, PW_SEVERITY_LOW);
	assert_int_equal(image->row[1].verdict, PW_DENY);
	assert_int_equal(image->row[1].mode, PW_ENFORCE);
	assert_int_equal(image->row[1].severity, PW_SEVERITY_CRITICAL);
}

static void names_are_unique_and_hold_all_their_rules(void **state)
{
	struct fixture *f = *state;
	const struct pw_compiled *compiled;
	struct pw_policy *policy = f->policy;
	struct pw_rule *rule;

	pw_build_actor(policy, "a0");
	pw_build_actor(policy, "a1");
	pw_build_text(policy, &policy->actor[0].users, "carol");
	pw_build_text(policy, &policy->actor[0].users, "bob");
	pw_build_text(policy, &policy->actor[0].groups, "bob");
	pw_build_text(policy, &policy->actor[1].users, "bob");
	pw_build_text(policy, &policy->actor[1].users, "bob");
	rule = pw_build_rule(policy, "r0", PW_ALLOW, OP(READ));
	pw_build_ref(&rule->actors, 0);
	rule = pw_build_rule(policy, "r1", PW_ALLOW, OP(READ));
	pw_build_ref(&rule->actors, 1);
	rule = pw_build_rule(policy, "r2", PW_ALLOW, OP(READ));
	pw_build_ref(&rule->actors, 1);
	pw_build_ref(&rule->actors, 0);
	pw_build_rule(policy, "r3", PW_ALLOW, OP(READ));
	compiled = compile(f);
	assert_int_equal(compiled->n_users, 2);
	assert_string_equal(compiled->user[0].name, "bob");
	assert_int_equal(bits(&compiled->user[0].mask), 0x7);
	assert_string_equal(compiled->user[1].name, "carol");
	assert_int_equal(bits(&compiled->user[1].mask), 0x5);
	assert_int_equal(compiled->n_groups, 1);
	assert_int_equal(bits(&compiled->group[0].mask), 0x5);
	assert_int_equal(bits(&compiled->image.any_actor), 0x8);
}

static uint64_t who_bits(const struct pw_compiled *compiled, const char *exe, const char *script)
{
	const struct pw_who who = { .exe = exe, .script = script };
	struct pw_mask mask;

	pw_compiled_who(compiled, &who, &mask);
	return bits(&mask);
}

static void programs_need_what_they_list(void **state)
{
	struct fixture *f = *state;
	struct pw_policy *policy = f->policy;
	const struct pw_compiled *compiled;
	size_t i;

	for (i = 0; i < 4; i++)
		pw_build_program(policy, "p");
	pw_build_text(policy, &policy->program[0].paths, "/usr/bin/restic");
	pw_build_text(policy, &policy->program[0].paths, "/usr/bin/python3");
	pw_build_text(policy, &policy->program[1].scripts, "/opt/etl.py");
	pw_build_text(policy, &policy->program[2].paths, "/usr/bin/python3");
	pw_build_text(policy, &policy->program[2].scripts, "/opt/etl.py");
	for (i = 0; i < 4; i++)
		pw_build_ref(&pw_build_rule(policy, "r", PW_ALLOW, OP(READ))->programs, i);
	compiled = compile(f);
	assert_int_equal(compiled->n_programs, 4);
	assert_int_equal(compiled->n_exes, 5);
	assert_true(compiled->program[2].needs_exe && compiled->program[2].needs_script);
	assert_false(compiled->program[1].needs_exe);
	assert_int_equal(compiled->exe[2].program, 1);
	assert_true(compiled->exe[2].is_script);
	assert_string_equal(compiled->exe[2].path, "/opt/etl.py");
	assert_int_equal(who_bits(compiled, "/usr/bin/restic", NULL), 0x1);
	assert_int_equal(who_bits(compiled, "/usr/bin/python3", NULL), 0x1);
	assert_int_equal(who_bits(compiled, "/usr/bin/python3", "/opt/etl.py"), 0x7);
	assert_int_equal(who_bits(compiled, "/bin/sh", "/opt/etl.py"), 0x2);
	assert_int_equal(who_bits(compiled, "/opt/etl.py", NULL), 0);
	assert_int_equal(who_bits(compiled, "/bin/sh", "/usr/bin/restic"), 0);
	/* p3 lists nothing: it is nobody, not everybody */
	assert_int_equal(who_bits(compiled, NULL, NULL), 0);
}

static void to_restricts_sends_alone(void **state)
{
	struct fixture *f = *state;
	struct pw_decision decision;
	const struct pw_who nobody = { 0 };
	struct pw_mask who;
	struct pw_rule *rule;

	pw_build_label(f->policy, "records");
	rule = pw_build_rule(f->policy, "r0", PW_ALLOW, OP(READ) | OP(SEND));
	pw_build_ref(&rule->to, 0);
	compile(f);
	pw_compiled_who(f->compiled, &nobody, &who);
	pw_decide(&f->compiled->image, &who, 1, PW_OP_READ, &decision);
	assert_int_equal(decision.verdict, PW_ALLOW);
	pw_mask_and(&who, &f->compiled->image.any_place);
	pw_decide(&f->compiled->image, &who, 1, PW_OP_SEND, &decision);
	assert_int_equal(decision.verdict, PW_DENY);
}

static void until_ends_at_its_first_second(void **state)
{
	struct fixture *f = *state;
	time_t until = local(2026, 2, 1, 0, 0);

	pw_build_rule(f->policy, "r0", PW_ALLOW, OP(READ))->until = until;
	pw_build_rule(f->policy, "r1", PW_ALLOW, OP(READ))->until = until + 60;
	pw_build_rule(f->policy, "r2", PW_ALLOW, OP(READ))->until = until - 864000;
	f->options.now = until - 1;
	assert_int_equal(bits(&compile(f)->image.active), 0x3);
	assert_int_equal(f->compiled->next_change, until);
	f->options.now = until;
	assert_int_equal(bits(&compile(f)->image.active), 0x2);
	assert_int_equal(f->compiled->next_change, until + 60);
	f->options.now = until + 60;
	assert_int_equal(bits(&compile(f)->image.active), 0);
	assert_int_equal(f->compiled->next_change, 0);
}

/* A policy of one rule for one actor with those hours. */
static void build_hours(struct fixture *f, unsigned int from, unsigned int to, uint8_t days)
{
	size_t actor = pw_build_actor(f->policy, "a");

	pw_build_text(f->policy, &f->policy->actor[actor].users, "carol");
	f->policy->actor[actor].hours = (struct pw_hours){
		.given = true,
		.from_minute = from,
		.to_minute = to,
		.days = days,
	};
	pw_build_ref(&pw_build_rule(f->policy, "r", PW_ALLOW, OP(READ))->actors, actor);
}

/* At @now, is carol's first rule within its hours, and when does that change? */
static void check_hours(struct fixture *f, time_t now, bool within, time_t next)
{
	f->options.now = now;
	compile(f);
	assert_int_equal(has(&f->compiled->user[0].mask, 0), within);
	assert_int_equal(f->compiled->next_change, next);
}

static void hours_of_a_working_week(void **state)
{
	struct fixture *f = *state;

	build_hours(f, 8 * 60, 18 * 60, MON_FRI);
	/* 2026-01-05 is a Monday */
	check_hours(f, local(2026, 1, 5, 7, 59), false, local(2026, 1, 5, 8, 0));
	check_hours(f, local(2026, 1, 5, 8, 0), true, local(2026, 1, 5, 18, 0));
	check_hours(f, local(2026, 1, 5, 18, 0) - 1, true, local(2026, 1, 5, 18, 0));
	check_hours(f, local(2026, 1, 5, 18, 0), false, local(2026, 1, 6, 8, 0));
	check_hours(f, local(2026, 1, 9, 19, 0), false, local(2026, 1, 12, 8, 0));
	check_hours(f, local(2026, 1, 10, 12, 0), false, local(2026, 1, 12, 8, 0));
	f->policy->actor[0].hours.days = MON;
	check_hours(f, local(2026, 1, 5, 18, 0), false, local(2026, 1, 12, 8, 0));
}

static void hours_across_midnight(void **state)
{
	struct fixture *f = *state;

	build_hours(f, 22 * 60, 6 * 60, FRI | SUN);
	check_hours(f, local(2026, 1, 9, 21, 0), false, local(2026, 1, 9, 22, 0));
	check_hours(f, local(2026, 1, 9, 23, 0), true, local(2026, 1, 10, 6, 0));
	check_hours(f, local(2026, 1, 10, 5, 59), true, local(2026, 1, 10, 6, 0));
	check_hours(f, local(2026, 1, 10, 23, 0), false, local(2026, 1, 11, 22, 0));
	check_hours(f, local(2026, 1, 12, 3, 0), true, local(2026, 1, 12, 6, 0));
	check_hours(f, local(2026, 1, 13, 3, 0), false, local(2026, 1, 16, 22, 0));
}

static void whole_days_and_whole_weeks(void **state)
{
	struct fixture *f = *state;

	build_hours(f, 0, 24 * 60, SAT | SUN);
	check_hours(f, local(2026, 1, 9, 23, 59), false, local(2026, 1, 10, 0, 0));
	check_hours(f, local(2026, 1, 10, 12, 0), true, local(2026, 1, 12, 0, 0));
	f->policy->actor[0].hours.days = EVERY_DAY;
	check_hours(f, local(2026, 1, 10, 12, 0), true, 0);
	f->policy->actor[0].hours.from_minute = 9 * 60;
	f->policy->actor[0].hours.to_minute = 9 * 60; /* to the same time of the next day */
	check_hours(f, local(2026, 3, 28, 12, 0), true, 0);
	f->policy->actor[0].hours.days = MON;
	check_hours(f, local(2026, 1, 5, 9, 0), true, local(2026, 1, 6, 9, 0));
	f->policy->actor[0].hours.days = 0;
	check_hours(f, local(2026, 1, 5, 9, 0), false, 0);
}

static void hours_where_summer_time_begins(void **state)
{
	struct fixture *f = *state;
	/* 2026-03-29, 02:00 CET is 03:00 CEST */
	time_t begins = 1774746000;

	assert_int_equal(local(2026, 3, 29, 3, 0), begins);
	build_hours(f, 8 * 60, 18 * 60, EVERY_DAY);
	check_hours(f, local(2026, 3, 28, 20, 0), false, begins + 5 * 3600);
	assert_int_equal(local(2026, 3, 29, 8, 0), begins + 5 * 3600);
	/* a window that begins in the hour that is left out begins with the next */
	f->policy->actor[0].hours.from_minute = 2 * 60 + 30;
	f->policy->actor[0].hours.to_minute = 4 * 60;
	check_hours(f, begins - 3600, false, begins);
	check_hours(f, begins, true, begins + 3600);
	/* a window within that hour does not take place that day */
	f->policy->actor[0].hours.from_minute = 2 * 60 + 10;
	f->policy->actor[0].hours.to_minute = 2 * 60 + 50;
	check_hours(f, begins - 3600, false, local(2026, 3, 30, 2, 10));
}

static void hours_where_summer_time_ends(void **state)
{
	struct fixture *f = *state;
	/* 2026-10-25, 03:00 CEST is 02:00 CET: 02:00 to 03:00 comes twice */
	time_t ends = 1792890000;

	assert_int_equal(local(2026, 10, 25, 3, 0), ends + 3600);
	build_hours(f, 1 * 60, 2 * 60 + 30, EVERY_DAY);
	check_hours(f, ends - 7200, true, ends - 1800);
	check_hours(f, ends - 1800, false, ends);
	check_hours(f, ends, true, ends + 1800);
	check_hours(f, ends + 1800, false, local(2026, 10, 26, 1, 0));
	f->policy->actor[0].hours.from_minute = 8 * 60;
	f->policy->actor[0].hours.to_minute = 18 * 60;
	check_hours(f, local(2026, 10, 24, 20, 0), false, local(2026, 10, 25, 8, 0));
	assert_int_equal(f->compiled->next_change - f->options.now, 13 * 3600);
}

static void one_actor_in_its_hours_is_enough(void **state)
{
	struct fixture *f = *state;

	build_hours(f, 8 * 60, 12 * 60, EVERY_DAY);
	build_hours(f, 11 * 60, 20 * 60, EVERY_DAY);
	pw_build_ref(&f->policy->rule[0].actors, 1);
	check_hours(f, local(2026, 1, 5, 11, 30), true, local(2026, 1, 5, 12, 0));
	check_hours(f, local(2026, 1, 5, 12, 0), true, local(2026, 1, 5, 20, 0));
	check_hours(f, local(2026, 1, 5, 20, 0), false, local(2026, 1, 6, 8, 0));
	/* an actor that no rule names changes nothing */
	f->policy->rule[0].actors.n = f->policy->rule[1].actors.n = 0;
	check_hours(f, local(2026, 1, 5, 20, 0), false, 0);
}

static void the_last_of_512_rules_decides(void **state)
{
	struct fixture *f = *state;
	struct pw_policy *policy = f->policy;
	struct pw_decision decision;
	struct pw_mask who;
	char name[16];
	size_t i;

	pw_build_label(policy, "records");
	for (i = 0; i < PW_RULES_MAX; i++) {
		size_t actor;

		snprintf(name, sizeof(name), "u%03zu", i);
		actor = pw_build_actor(policy, name);
		pw_build_text(policy, &policy->actor[actor].users, name);
		pw_build_ref(&pw_build_rule(policy, name, PW_ALLOW, OP(READ))->actors, actor);
	}
	compile(f);
	for (i = 0; i < PW_RULES_MAX; i++) {
		struct pw_who person = { .user = name };

		snprintf(name, sizeof(name), "u%03zu", i);
		pw_compiled_who(f->compiled, &person, &who);
		pw_decide(&f->compiled->image, &who, 1, PW_OP_READ, &decision);
		assert_int_equal(decision.rule, i);
		assert_int_equal(decision.verdict, PW_ALLOW);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_policy_denies),
		TEST(operations_imply_stat_unless_denied),
		TEST(labels_and_rows_are_filled),
		TEST(names_are_unique_and_hold_all_their_rules),
		TEST(programs_need_what_they_list),
		TEST(to_restricts_sends_alone),
		TEST(until_ends_at_its_first_second),
		TEST(hours_of_a_working_week),
		TEST(hours_across_midnight),
		TEST(whole_days_and_whole_weeks),
		TEST(hours_where_summer_time_begins),
		TEST(hours_where_summer_time_ends),
		TEST(one_actor_in_its_hours_is_enough),
		TEST(the_last_of_512_rules_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
