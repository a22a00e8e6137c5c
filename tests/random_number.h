/* SPDX-License-Identifier: GPL-2.0-only */
/* Pseudo-random numbers, the same for a seed on every machine (SplitMix64, Steele et al. 2014). */
#ifndef NG_TEST_RANDOM_NUMBER_H
#define NG_TEST_RANDOM_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to n - 1; the bias of the remainder does not matter here */
static inline uint64_t random_below(struct random *random, uint64_t n)
{
	return random_next(random) % n;
}

/* lo to hi, both included */
static inline uint64_t random_between(struct random *random, uint64_t lo, uint64_t hi)
{
	return lo + random_below(random, hi - lo + 1);
}

static inline bool random_percent(struct random *random, unsigned int percent)
{
	return random_below(random, 100) < percent;
}

#define RANDOM_OF(random, array) ((array)[random_below(random, sizeof(array) / sizeof((array)[0]))])

#endif
