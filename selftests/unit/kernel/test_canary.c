/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canary's helper where nothing is refused: every attempt works, every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kernel/canary.h"
#include "phiward/event.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 30000
#define BIT(hook) (1ull << (hook))

static char parent[] = "/tmp/phiward-unit-XXXXXX";
static char dir[sizeof(parent) + 8];

static int setup(void **state)
{
	assert_non_null(mkdtemp(parent));
	snprintf(dir, sizeof(dir), "%s/canary", parent);
	return 0;
}

static int teardown(void **state)
{
	return rmdir(parent); /* fails if the canary has left something */
}

static struct pw_canary_result go(struct pw_canary *canary)
{
	struct pollfd fd = { .fd = pw_canary_fd(canary), .events = POLLIN };
	struct pw_canary_result result;

	assert_int_equal(pw_canary_go(canary), 0);
	assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
	assert_int_equal(pw_canary_result(canary, &result), 0);
	return result;
}

static void test_every_door_can_be_tried_again_and_again(void **state)
{
	const uint64_t doors = BIT(PW_HOOK_SOCKET_CREATE) | BIT(PW_HOOK_SOCKET_CONNECT) |
			       BIT(PW_HOOK_SOCKET_SENDMSG) | BIT(PW_HOOK_SOCKET_RECVMSG) |
			       BIT(PW_HOOK_UNIX_STREAM) | BIT(PW_HOOK_UNIX_DGRAM);
	struct pw_canary *canary;

	assert_int_equal(pw_canary_new(dir, &canary), 0);
	assert_int_equal(pw_canary_spawn(canary), 0);
	for (int i = 0; i < 3; i++) {
		struct pw_canary_result result = go(canary);

		assert_true((result.tried & doors) == doors);
		assert_true(result.tried & BIT(PW_HOOK_FILE_OPEN));
		assert_true((result.refused & (doors | BIT(PW_HOOK_FILE_OPEN))) == 0);
	}
	/* Its helper is replaced, its names are taken anew. */
	assert_int_equal(pw_canary_spawn(canary), 0);
	assert_true((go(canary).refused & doors) == 0);
	pw_canary_free(&canary);
}

/* What a killed agent has left. */
static void test_takes_over_an_old_directory(void **state)
{
	struct pw_canary *old, *canary;

	assert_int_equal(pw_canary_new(dir, &old), 0);
	assert_int_equal(pw_canary_new(dir, &canary), 0);
	assert_int_equal(pw_canary_spawn(canary), 0);
	assert_true((go(canary).refused & BIT(PW_HOOK_UNIX_STREAM)) == 0);
	pw_canary_free(&canary);
	assert_int_not_equal(access(dir, F_OK), 0);
	pw_canary_free(&old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_door_can_be_tried_again_and_again),
		cmocka_unit_test(test_takes_over_an_old_directory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
