// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/entry/bounds.h"
#include "rules/prefix.h"

/* The prefixes of a text with blanks between them, in the order given. */
static size_t prefixes_of(const char *text, struct ng_prefix *prefixes)
{
	char copy[256], *rest = copy, *word;
	struct ng_error err;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ")))
		assert_int_equal(ng_parse_prefix(word, &prefixes[n++], &err), 0);
	return n;
}

static void assert_bounds(const struct ng_bounds *bounds, const struct ng_bound *expected, size_t n)
{
	assert_int_equal(bounds->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(bounds->list[i].hi, expected[i].hi);
		assert_int_equal(bounds->list[i].lo, expected[i].lo);
	}
	free(bounds->list);
}

static void test_bounds_of_nested_and_touching_prefixes_are_one_range(void **state)
{
	static const struct ng_bound expected[] = { { 0, 0x0a000000 }, { 0, 0x0a020000 } };
	struct ng_prefix prefixes[8];
	struct ng_bounds bounds;
	size_t n = prefixes_of("10.0.0.0/16 10.0.0.0/24 10.0.9.9/32 10.1.0.0/16", prefixes);

	(void)state;
	assert_int_equal(ng_bounds_of_prefixes(prefixes, n, 4, &bounds), 0);
	assert_bounds(&bounds, expected, 2);
}

static void test_bounds_of_the_last_ipv4_addresses_end_at_2_to_the_32(void **state)
{
	static const struct ng_bound expected[] = { { 0, 0xffffff00 }, { 0, 0x100000000 } };
	struct ng_prefix prefixes[2];
	struct ng_bounds bounds;

	(void)state;
	prefixes_of("255.255.255.0/24", prefixes);
	assert_int_equal(ng_bounds_of_prefixes(prefixes, 1, 4, &bounds), 0);
	assert_bounds(&bounds, expected, 2);
}

static void test_bounds_of_the_last_ipv6_addresses_have_no_end(void **state)
{
	static const struct ng_bound expected[] = { { 0xff00ULL << 48, 0 } };
	struct ng_prefix prefixes[2];
	struct ng_bounds bounds;

	(void)state;
	prefixes_of("ff00::/8 ff02::1/128", prefixes);
	assert_int_equal(ng_bounds_of_prefixes(prefixes, 2, 6, &bounds), 0);
	assert_bounds(&bounds, expected, 1);
}

static void test_bounds_of_all_ipv6_addresses_are_the_first_alone(void **state)
{
	static const struct ng_bound expected[] = { { 0, 0 } };
	struct ng_prefix prefixes[2];
	struct ng_bounds bounds;

	(void)state;
	prefixes_of("::/0 2001:db8::/32", prefixes);
	assert_int_equal(ng_bounds_of_prefixes(prefixes, 2, 6, &bounds), 0);
	assert_bounds(&bounds, expected, 1);
}

static void test_bounds_of_one_family_leave_the_other_out(void **state)
{
	struct ng_prefix prefixes[2];
	struct ng_bounds bounds;

	(void)state;
	prefixes_of("192.0.2.0/24 2001:db8::/32", prefixes);
	assert_int_equal(ng_bounds_of_prefixes(prefixes, 2, 6, &bounds), 0);
	assert_bounds(&bounds,
		      (struct ng_bound[]){ { 0x20010db800000000, 0 }, { 0x20010db900000000, 0 } },
		      2);
}

static void test_bounds_of_ranges_include_both_ends(void **state)
{
	static const struct ng_range ranges[] = { { 0, 0 }, { 53, 53 }, { 80, UINT64_MAX } };
	static const struct ng_bound expected[] = { { 0, 0 },  { 0, 1 },  { 0, 53 },
						    { 0, 54 }, { 0, 80 }, { 1, 0 } };
	struct ng_bounds bounds;

	(void)state;
	assert_int_equal(ng_bounds_of_ranges(ranges, 3, &bounds), 0);
	assert_bounds(&bounds, expected, 6);
}

static void test_prefix_number_masks_ipv4_in_32_bits(void **state)
{
	struct ng_bound address, mask;
	struct ng_prefix prefix;

	(void)state;
	prefixes_of("192.0.2.0/23", &prefix);
	ng_prefix_number(&prefix, &address, &mask);
	assert_int_equal(address.lo, 0xc0000200);
	assert_int_equal(mask.lo, 0xfffffe00);
	assert_int_equal(mask.hi, 0);
	prefixes_of("0.0.0.0/0", &prefix);
	ng_prefix_number(&prefix, &address, &mask);
	assert_int_equal(mask.lo, 0);
}

static void test_prefix_number_masks_both_halves_of_ipv6(void **state)
{
	struct ng_bound address, mask;
	struct ng_prefix prefix;

	(void)state;
	prefixes_of("2001:db8:0:0:8000::/65", &prefix);
	ng_prefix_number(&prefix, &address, &mask);
	assert_int_equal(address.hi, 0x20010db800000000);
	assert_int_equal(address.lo, 0x8000000000000000);
	assert_int_equal(mask.hi, UINT64_MAX);
	assert_int_equal(mask.lo, 0x8000000000000000);
	prefixes_of("::/0", &prefix);
	ng_prefix_number(&prefix, &address, &mask);
	assert_int_equal(mask.hi | mask.lo, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_of_nested_and_touching_prefixes_are_one_range),
		cmocka_unit_test(test_bounds_of_the_last_ipv4_addresses_end_at_2_to_the_32),
		cmocka_unit_test(test_bounds_of_the_last_ipv6_addresses_have_no_end),
		cmocka_unit_test(test_bounds_of_all_ipv6_addresses_are_the_first_alone),
		cmocka_unit_test(test_bounds_of_one_family_leave_the_other_out),
		cmocka_unit_test(test_bounds_of_ranges_include_both_ends),
		cmocka_unit_test(test_prefix_number_masks_ipv4_in_32_bits),
		cmocka_unit_test(test_prefix_number_masks_both_halves_of_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
