/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that a test can repeat: PW_SEED= gives where they begin, PW_ROUNDS= how often. */
#ifndef PW_TEST_POLICY_RANDOM_H
#define PW_TEST_POLICY_RANDOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 2000

static uint64_t seed, state_of_random;

static inline uint64_t random_u64(void)
{
	uint64_t z = (state_of_random += 0x9e3779b97f4a7c15ULL);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline size_t below(size_t n)
{
	return random_u64() % n;
}

static inline bool one_in(size_t n)
{
	return below(n) == 0;
}

static inline unsigned long rounds(void)
{
	const char *text = getenv("PW_ROUNDS");

	return text ? strtoul(text, NULL, 10) : ROUNDS;
}

/* Of a test that takes them. */
static inline int setup_random(void **state)
{
	const char *text = getenv("PW_SEED");
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	seed = text ? strtoull(text, NULL, 10) : (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	state_of_random = seed;
	print_message("PW_SEED=%llu\n", (unsigned long long)seed);
	return 0;
}

#endif /* PW_TEST_POLICY_RANDOM_H */
