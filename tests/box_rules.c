// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "box_rules.h"

static void draw_range(struct random *random, struct ng_box *box, enum ng_cut cut, __u32 width)
{
	__u32 max = ng_cut_max(cut), lo = random_next(random) & max;
	__u64 hi = lo + random_below(random, (__u64)width + 1);

	box->lo[cut] = lo;
	box->hi[cut] = hi < max ? hi : max;
}

static void draw_prefix(struct random *random, struct ng_box *box, enum ng_cut cut, int length)
{
	ng_box_fix(box, cut, random_next(random) & ng_cut_max(cut),
		   length ? ~0ULL << (ng_cut_fields[cut].bits - length) : 0,
		   ng_cut_fields[cut].bits);
}

static void draw_ternary(struct random *random, struct ng_box *box, enum ng_cut cut)
{
	__u64 mask = random_next(random) & random_next(random);

	ng_box_fix(box, cut, random_next(random), mask, ng_cut_fields[cut].bits);
}

/* Clustered, so that prefixes nest and share their upper bits. */
static void draw_address(struct random *random, bool ipv6, struct ng_box *box, enum ng_cut cut)
{
	int length = random_below(random, ipv6 ? 129 : 33), part = ipv6 ? 0 : 3;

	for (; part < 4; part++, length -= length < 32 ? length : 32) {
		__u64 value = random_below(random, 3) * 0x40100401 + random_below(random, 8);

		ng_box_fix(box, cut + part, value,
			   length ? ~0ULL << (32 - (length < 32 ? length : 32)) : 0, 32);
	}
}

void box_draw_acl(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	static const __u32 ports[] = { 22, 53, 80, 443, 1024, 8080 };
	__u32 port = RANDOM_OF(random, ports);

	(void)i, (void)n;
	draw_address(random, ipv6, box, NG_CUT_FROM);
	draw_address(random, ipv6, box, NG_CUT_TO);
	if (random_percent(random, 70))
		ng_box_fix(box, NG_CUT_DPORT, port, ~0ULL, 16);
	if (random_percent(random, 70))
		ng_box_fix(box, NG_CUT_PROTO, random_percent(random, 50) ? 6 : 17, ~0ULL, 8);
}

/* Borders that are no multiples of anything. */
void box_draw_rectangle(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_SPORT, 20000);
	draw_range(random, box, NG_CUT_DPORT, 20000);
}

void box_draw_dport(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_DPORT, random_percent(random, 5) ? 60000 : 50);
}

void box_draw_ternaries(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_ternary(random, box, NG_CUT_FLAGS);
	draw_ternary(random, box, NG_CUT_PRESENCE);
	draw_ternary(random, box, NG_CUT_SETS);
	draw_ternary(random, box, NG_CUT_SETS + 1);
}

void box_draw_flags(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_ternary(random, box, NG_CUT_FLAGS);
	draw_range(random, box, NG_CUT_LENGTH, 3000);
}

void box_draw_same(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)i, (void)n;
	box->lo[NG_CUT_DPORT] = 79;
	box->hi[NG_CUT_DPORT] = 1030;
	ng_box_fix(box, SADDR4, 0x0a000000, ~0ULL << 24, 32);
}

void box_draw_whole(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)i, (void)n, (void)box;
}

/* One rule in the middle contains everything. */
void box_draw_covered(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	if (i != n / 2)
		box_draw_acl(random, ipv6, i, n, box);
}

/* Each rule lies inside the next one. */
void box_draw_nested(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	__u32 step = 30000 / n;

	(void)random, (void)ipv6;
	box->lo[NG_CUT_DPORT] = step * (n - 1 - i);
	box->hi[NG_CUT_DPORT] = 0xffff - step * (n - 1 - i);
	draw_prefix(random, box, DADDR4, 32 - 32 * i / n);
	box->lo[DADDR4] &= 0x80000003;
	box->hi[DADDR4] = box->lo[DADDR4] | (__u32)((1ULL << (32 * i / n)) - 1);
}

void box_draw_iface(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	char name[17] = "eth";
	__u64 words[2] = {};

	(void)ipv6, (void)n;
	snprintf(name + 3, sizeof(name) - 3, "%zu", random_percent(random, 50) ? i : i % 7);
	for (int j = 0; j < 16; j++)
		words[j / 8] = words[j / 8] << 8 | (__u8)name[j];
	ng_box_fix(box, NG_CUT_IFACE, words[0], ~0ULL, 64);
	ng_box_fix(box, NG_CUT_IFACE + 2, words[1], ~0ULL, 64);
}

void box_draw_ether(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	enum ng_cut cut = random_percent(random, 50) ? NG_CUT_ETHER_FROM : NG_CUT_ETHER_TO;

	(void)ipv6, (void)i, (void)n;
	ng_box_fix(box, cut, 0x525400000000ULL + random_below(random, 700), ~0ULL, 48);
}

void box_draw_vlan(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_VLAN, random_percent(random, 10) ? 3000 : 9);
}

static void fix_validity(struct ng_box *box, bool valid)
{
	ng_box_fix(box, NG_CUT_PRESENCE, valid ? NG_BIT_VALID >> 16 : 0, NG_BIT_VALID >> 16, 16);
}

/* As rules that pass and drop, some of them about invalid frames; one passes all valid frames. */
void box_draw_validity(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	if (i == n / 3) {
		fix_validity(box, true);
		return;
	}
	draw_address(random, ipv6, box, NG_CUT_TO);
	if (random_percent(random, 50))
		fix_validity(box, random_percent(random, 90));
}

/* The first passes all valid frames, the others drop from one address each. */
void box_draw_behind_a_pass(struct random *random, bool ipv6, size_t i, size_t n,
			    struct ng_box *box)
{
	(void)random, (void)ipv6, (void)n;
	if (i)
		ng_box_fix(box, NG_CUT_FROM + 3, i * 7919, ~0ULL, 32);
	else
		fix_validity(box, true);
}

/* Narrow and wide values of a few of all fields, so that nodes cut a field more than once. */
void box_draw_anything(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)i, (void)n;
	for (int fields = random_between(random, 0, 4); fields; fields--) {
		enum ng_cut cut = random_below(random, NG_CUTS);

		if (cut >= NG_CUT_FROM && cut <= NG_CUT_TO_LAST && !ipv6 && cut != SADDR4 &&
		    cut != DADDR4)
			cut = SADDR4;
		if (ng_cut_fields[cut].ternary)
			draw_ternary(random, box, cut);
		else
			draw_range(random, box, cut,
				   ng_cut_max(cut) >>
					   random_below(random, ng_cut_fields[cut].bits));
	}
}

/* ---- rules ----------------------------------------------------------------------------- */

struct ng_buffer box_rules_body(void)
{
	struct ng_buffer body = {};

	assert_non_null(ng_buffer_space(&body, BOX_BODY));
	return body;
}

void box_rules_add(struct ng_items *items, const struct ng_box *box, size_t i, __u32 rule,
		   bool exact)
{
	struct ng_entry entry = { .outcome = (__u64)rule << NG_OUTCOME_RULE_SHIFT | i };
	struct ng_entry4 entry4 = { .common = entry };
	struct ng_entry6 entry6 = { .common = entry };
	const void *either = items->ipv6 ? (void *)&entry6 : (void *)&entry4;
	struct ng_box said = *box;

	for (int cut = 0; cut < NG_CUTS; cut++)
		if (box->lo[cut] || box->hi[cut] != ng_cut_max(cut))
			said.said |= 1U << cut;
	assert_int_equal(ng_items_add(items, &said, either, exact), 0);
}

struct box_rules box_rules_draw(box_draw *draw, bool ipv6, size_t n, unsigned int inexact)
{
	struct box_rules rules = { .random = { n + inexact }, .n = n };
	__u32 number = 0;

	rules.decide.ipv6 = rules.count.ipv6 = ipv6;
	rules.boxes = malloc(n * sizeof(*rules.boxes) + 1);
	rules.exact = malloc(n + 1);
	assert_non_null(rules.boxes);
	assert_non_null(rules.exact);
	for (size_t i = 0; i < n; i++) {
		ng_box_whole(&rules.boxes[i]);
		draw(&rules.random, ipv6, i, n, &rules.boxes[i]);
		rules.exact[i] = !random_percent(&rules.random, inexact);
		number += !number || !random_percent(&rules.random, 10);
		number += random_percent(&rules.random, 10);
		box_rules_add(&rules.decide, &rules.boxes[i], i, number, rules.exact[i]);
		box_rules_add(&rules.count, &rules.boxes[i], i, number, rules.exact[i]);
	}
	return rules;
}

void box_rules_clear(struct box_rules *rules)
{
	ng_items_clear(&rules->decide);
	ng_items_clear(&rules->count);
	free(rules->boxes);
	free(rules->exact);
}

static bool box_holds(const struct ng_box *box, const __u64 *key)
{
	for (int cut = 0; cut < NG_CUTS; cut++) {
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		__u32 value = key[field->word] >> field->shift & ng_cut_max(cut);
		__u32 free = box->lo[cut] ^ box->hi[cut];

		if (field->ternary ? (value ^ box->lo[cut]) & ~free
				   : value < box->lo[cut] || value > box->hi[cut])
			return false;
	}
	return true;
}

bool box_rules_match(const struct box_rules *rules, size_t i, const __u64 *key)
{
	struct random coin = { i };

	if (!box_holds(&rules->boxes[i], key))
		return false;
	for (int word = 0; word < NG_WORDS && !rules->exact[i]; word++)
		coin.state ^= random_next(&coin) ^ key[word];
	return rules->exact[i] || random_next(&coin) & 1;
}

static __u32 near_box(struct random *random, const struct ng_box *box, enum ng_cut cut)
{
	__u32 lo = box->lo[cut], hi = box->hi[cut], any = random_next(random);

	if (ng_cut_fields[cut].ternary)
		return lo ^ (any & (lo ^ hi)) ^
		       (random_percent(random, 5) ? 1U << random_below(random, 32) : 0);
	switch (random_below(random, 24)) {
	case 0:
		return lo - 1;
	case 1:
		return hi + 1;
	case 2 ... 8:
		return lo;
	case 9 ... 15:
		return hi;
	default:
		return random_between(random, lo, hi);
	}
}

void box_rules_key(struct box_rules *rules, __u64 *key)
{
	const struct ng_box *box = &rules->boxes[random_below(&rules->random, rules->n)];
	bool anywhere = random_percent(&rules->random, 12);

	memset(key, 0, NG_WORDS * sizeof(*key));
	for (int cut = 0; cut < NG_CUTS; cut++) {
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		__u64 value =
			anywhere ? random_next(&rules->random) : near_box(&rules->random, box, cut);

		key[field->word] |= (value & ng_cut_max(cut)) << field->shift;
	}
}
