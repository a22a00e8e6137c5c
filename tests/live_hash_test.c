// SPDX-License-Identifier: GPL-2.0-only
/* The hash of live entries: which inputs collide depends on the random key of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "layout/live.h"
#include "random_number.h"

#define KEYS  4096
#define HOMES 1000

struct input {
	uint64_t hi, lo, meta;
};

/* The value of CPython for bytes, in a version with SipHash-1-3 and PYTHONHASHSEED=0. */
static void test_value_of_another_implementation(void **state)
{
	(void)state;
	assert_true(ng_live_hash(0, 0, 0x20010db800000000, 1, 0x10d) == 0x259a016e39dda4e3);
}

/* Each is expected with one of @of keys; a deviation of more than eight sigma does not occur. */
static void expect_share(const char *what, const struct input *with, unsigned int n,
			 unsigned int of)
{
	double mean = (double)KEYS / of, more = n - mean;

	if (n > mean && more * more > 64 * (mean + 1))
		fail_msg("%s with %016llx %016llx %llx: under %u of %u keys", what,
			 (unsigned long long)with->hi, (unsigned long long)with->lo,
			 (unsigned long long)with->meta, n, KEYS);
}

/* With how many keys do two inputs share their home, filter bits, parts of their tag? */
static void expect_chance(struct input a, struct input difference)
{
	unsigned int home = 0, next = 0, filter = 0, low = 0, high = 0;
	struct random random = { 1 };

	for (int i = 0; i < KEYS; i++) {
		uint64_t key0 = random_next(&random), key1 = random_next(&random);
		uint64_t x = ng_live_hash(key0, key1, a.hi, a.lo, a.meta);
		uint64_t y = ng_live_hash(key0, key1, a.hi ^ difference.hi, a.lo ^ difference.lo,
					  a.meta ^ difference.meta);
		uint64_t x_home = ng_live_home(x, HOMES), y_home = ng_live_home(y, HOMES);

		home += x_home == y_home;
		next += x_home + 1 == y_home;
		filter += ng_live_filtered(x) == ng_live_filtered(y);
		low += (x >> 32 & 0xff) == (y >> 32 & 0xff);
		high += x >> 56 == y >> 56;
	}
	expect_share("one home", &difference, home, HOMES);
	expect_share("the next home", &difference, next, HOMES);
	expect_share("bits of the filter", &difference, filter, 2048);
	expect_share("the tag's first bits", &difference, low, 256);
	expect_share("the tag's last bits", &difference, high, 256);
}

static const struct input addresses[] = {
	{ 0, 0xc6336407, 5 },
	{ 0x2000000000000000, 0x0bad0001, 13 },
	{ 0x20010db8ffffffff, 0xffffffffffffffff, 0xff0d },
};

static void test_one_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		for (int bit = 0; bit < 64; bit++) {
			expect_chance(addresses[i], (struct input){ .hi = 1ULL << bit });
			expect_chance(addresses[i], (struct input){ .lo = 1ULL << bit });
			if (bit < 16)
				expect_chance(addresses[i], (struct input){ .meta = 1ULL << bit });
		}
}

/* The first bits of addresses, which are lost in the result of a multiplication. */
static void test_the_first_bits(void **state)
{
	(void)state;
	for (uint64_t i = 1; i < 256; i++) {
		expect_chance(addresses[1], (struct input){ .hi = i << 54 });
		expect_chance(addresses[1], (struct input){ .lo = i << 56 });
	}
}

/* One bit of each half, one of the half and one of the rest. */
static void test_two_bits(void **state)
{
	struct random random = { 2 };

	(void)state;
	for (int i = 0; i < 300; i++) {
		uint64_t hi = 1ULL << random_below(&random, 64);
		uint64_t lo = 1ULL << random_below(&random, 64);

		expect_chance(addresses[i % 3], (struct input){ .hi = hi, .lo = lo });
		expect_chance(addresses[i % 3],
			      (struct input){ .lo = lo, .meta = 1ULL << (i % 16) });
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value_of_another_implementation),
		cmocka_unit_test(test_one_bit),
		cmocka_unit_test(test_the_first_bits),
		cmocka_unit_test(test_two_bits),
	};

	return cmocka_run_group_tests_name("live hash", tests, NULL, NULL);
}
