/* SPDX-License-Identifier: GPL-2.0-only */
/* Pseudo-random numbers that a seed repeats on every machine (SplitMix64, Steele et al. 2014). */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The step of SplitMix64, which also serves to hash. */
static inline uint64_t bench_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline uint64_t bench_random(uint64_t *state)
{
	return bench_mix(*state += 0x9e3779b97f4a7c15);
}

/* 0 to n - 1, @n not 0; the bias of the remainder does not matter here */
static inline uint64_t bench_below(uint64_t *state, uint64_t n)
{
	return bench_random(state) % n; /* NOLINT(clang-analyzer-core.DivideZero): see above */
}

/* 0 to n - 1, the low ones more often: the density falls as 1 / sqrt(x) */
static inline uint64_t bench_skewed(uint64_t *state, uint64_t n)
{
	uint64_t root = bench_random(state) >> 32;

	return (root * root >> 32) * n >> 32;
}

#endif
