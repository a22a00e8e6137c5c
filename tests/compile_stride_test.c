// SPDX-License-Identifier: GPL-2.0-only
/* Strides and regions of one field compared with all values of the field, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "compile/tree/stride.h"
#include "compile/tree/tree.h"
#include "box_rules.h"

/* A range or ternary value of one field, and the bits of it that nodes above have used. */
struct one_field {
	struct ng_box box;
	struct ng_region region;
	enum ng_cut cut;
};

static void draw_one_field(struct random *random, struct one_field *one)
{
	static const enum ng_cut cuts[] = { NG_CUT_DSCP, NG_CUT_TTL, NG_CUT_FLAGS };
	__u32 a, b, max;

	*one = (struct one_field){ .cut = RANDOM_OF(random, cuts) };
	ng_box_whole(&one->box);
	max = ng_cut_max(one->cut);
	a = random_below(random, max + 1);
	b = random_below(random, max + 1);
	one->box.lo[one->cut] = a < b || ng_cut_fields[one->cut].ternary ? a : b;
	one->box.hi[one->cut] = a ^ b ^ one->box.lo[one->cut];
	switch (random_below(random, 3)) {
	case 0: /* the upper bits, as a tree mostly does */
		one->region.mask[one->cut] = max & ~(max >> random_below(random, 7));
		break;
	case 1:
		one->region.mask[one->cut] = random_next(random) & random_next(random) & max;
	}
	one->region.value[one->cut] = random_next(random) & one->region.mask[one->cut];
}

static bool region_holds(const struct one_field *one, __u32 value)
{
	return !((value ^ one->region.value[one->cut]) & one->region.mask[one->cut]);
}

static bool field_holds(const struct one_field *one, __u32 value)
{
	__u32 lo = one->box.lo[one->cut], hi = one->box.hi[one->cut];

	if (ng_cut_fields[one->cut].ternary)
		return !((value ^ lo) & ~(lo ^ hi));
	return value >= lo && value <= hi;
}

/* Are the region's values consecutive, or for a ternary field all? */
static bool is_plain_region(const struct one_field *one)
{
	__u32 open = ng_cut_max(one->cut) & ~one->region.mask[one->cut];

	return !(open & (open + 1)) &&
	       !(ng_cut_fields[one->cut].ternary && one->region.mask[one->cut]);
}

static void check_stride(const struct one_field *one, const struct ng_stride *w)
{
	struct ng_stride_view view = ng_stride_view(w, &one->region);
	__u32 lo = one->box.lo[w->cut], hi = one->box.hi[w->cut], last = (1U << w->bits) - 1;
	__u32 needed[16] = {}, all[16] = {}, met[16] = {};
	struct ng_stride_span span;

	for (__u32 value = 0; value <= ng_cut_max(w->cut); value++) {
		all[value >> w->shift & last] += region_holds(one, value);
		needed[value >> w->shift & last] +=
			region_holds(one, value) && field_holds(one, value);
	}
	for (ng_stride_begin(&span, &view, lo, hi); span.left; ng_stride_next(&span, &view)) {
		assert_in_range(span.child, 0, last);
		met[span.child]++;
	}
	for (__u32 i = 0; i <= last; i++) {
		assert_in_range(met[i], needed[i] ? 1 : 0,
				needed[i] || !is_plain_region(one) ? 1 : 0);
		if (needed[i])
			assert_int_equal(ng_stride_is_whole(&view, i, lo, hi), needed[i] == all[i]);
	}
}

static void test_stride_sends_a_rule_to_the_children_that_it_can_match_in(void **state)
{
	struct random random = { 1 };
	struct one_field one;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct ng_stride w;

		draw_one_field(&random, &one);
		w.cut = one.cut;
		w.bits = random_between(&random, 1, 4);
		w.shift = random_below(&random, ng_cut_fields[w.cut].bits - w.bits + 1);
		check_stride(&one, &w);
	}
}

static void test_region_is_covered_by_exact_rules_that_hold_all_of_it(void **state)
{
	struct random random = { 2 };
	struct one_field one;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct ng_items items = {};
		bool covers = true;

		draw_one_field(&random, &one);
		for (__u32 value = 0; value <= ng_cut_max(one.cut); value++)
			covers &= !region_holds(&one, value) || field_holds(&one, value);
		box_rules_add(&items, &one.box, 0, 1, true);
		box_rules_add(&items, &one.box, 1, 1, false);
		assert_int_equal(ng_region_is_covered(&one.region, &items, 0), covers);
		assert_false(ng_region_is_covered(&one.region, &items, 1));
		ng_items_clear(&items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stride_sends_a_rule_to_the_children_that_it_can_match_in),
		cmocka_unit_test(test_region_is_covered_by_exact_rules_that_hold_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
