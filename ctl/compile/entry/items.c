// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/items.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void ng_box_whole(struct ng_box *box)
{
	for (int cut = 0; cut < NG_CUTS; cut++) {
		box->lo[cut] = 0;
		box->hi[cut] = ng_cut_max(cut);
	}
	box->said = 0;
}

bool ng_box_narrow(struct ng_box *box, enum ng_cut cut, __u64 lo, __u64 hi)
{
	box->lo[cut] = lo > box->lo[cut] ? lo : box->lo[cut];
	box->hi[cut] = hi < box->hi[cut] ? hi : box->hi[cut];
	box->said |= 1U << cut;
	return box->lo[cut] <= box->hi[cut];
}

void ng_box_fix(struct ng_box *box, enum ng_cut cut, __u64 value, __u64 mask, int bits)
{
	for (; bits > 0; cut++) {
		int part = bits % 32 ? bits % 32 : 32;
		__u32 m, v;

		bits -= part;
		m = (mask >> bits) & ng_cut_max(cut);
		v = (value >> bits) & m;
		box->lo[cut] = (box->lo[cut] & ~m) | v;
		box->hi[cut] = (box->hi[cut] & ~m) | v;
		box->said |= m ? 1U << cut : 0;
	}
}

size_t ng_items_entry_size(const struct ng_items *items)
{
	return items->ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
}

size_t ng_items_size(const struct ng_items *items)
{
	return ng_items_entry_size(items) + items->n_used * 2 * sizeof(__u32) + 1;
}

static int grow(void **list, size_t count, size_t size)
{
	void *more = reallocarray(*list, count, size);

	if (!more)
		return -ENOMEM;
	*list = more;
	return 0;
}

static int reserve(struct ng_items *items)
{
	size_t room = items->room ? 2 * items->room : 64;

	if (items->n < items->room)
		return 0;
	if (grow((void **)&items->entries, room, ng_items_entry_size(items)) ||
	    grow((void **)&items->exact, room, 1))
		return -ENOMEM;
	for (size_t i = 0; i < items->n_used; i++)
		for (int end = 0; end < 2; end++)
			if (grow((void **)&items->columns[items->used[i]][end], room,
				 sizeof(__u32)))
				return -ENOMEM;
	items->room = room;
	return 0;
}

/* Begin the column of a field that no rule before had a condition on. */
static int begin_column(struct ng_items *items, enum ng_cut cut)
{
	__u32 *lo = malloc(items->room * sizeof(*lo)), *hi = malloc(items->room * sizeof(*hi));

	if (!lo || !hi) {
		free(lo);
		free(hi);
		return -ENOMEM;
	}
	for (size_t i = 0; i < items->n; i++) {
		lo[i] = 0;
		hi[i] = ng_cut_max(cut);
	}
	items->columns[cut][0] = lo;
	items->columns[cut][1] = hi;
	items->used[items->n_used++] = cut;
	items->has |= 1U << cut;
	return 0;
}

#define BITS_OF(NAME) ((2U << NG_CUT_##NAME##_LAST) - (1U << NG_CUT_##NAME))

/* If two fields are equally good, trees cut the one with the earlier column. */
static const __u32 column_order[] = {
	BITS_OF(FROM) | BITS_OF(TO) | BITS_OF(SPORT) | BITS_OF(DPORT) | BITS_OF(LENGTH),
	BITS_OF(PROTO) | BITS_OF(FLAGS) | 1U << NG_CUT_PRESENCE,
	~0U,
};

static int begin_columns(struct ng_items *items, __u32 said)
{
	for (size_t i = 0; i < sizeof(column_order) / sizeof(*column_order); i++)
		for (__u32 cuts = said & ~items->has & column_order[i]; cuts; cuts &= cuts - 1)
			if (begin_column(items, __builtin_ctz(cuts)))
				return -ENOMEM;
	return 0;
}

int ng_items_add(struct ng_items *items, const struct ng_box *box, const void *entry, bool exact)
{
	size_t size = ng_items_entry_size(items);

	if (reserve(items) || begin_columns(items, box->said))
		return -ENOMEM;
	for (size_t i = 0; i < items->n_used; i++) {
		enum ng_cut cut = items->used[i];

		items->columns[cut][0][items->n] = box->lo[cut];
		items->columns[cut][1][items->n] = box->hi[cut];
	}
	memcpy(items->entries + items->n * size, entry, size);
	items->exact[items->n] = exact;
	items->n++;
	return 0;
}

static struct ng_entry *common_of(const void *entry, bool ipv6)
{
	return ipv6 ? &((struct ng_entry6 *)entry)->common : &((struct ng_entry4 *)entry)->common;
}

__u32 ng_entry_rule(const void *entry, bool ipv6)
{
	return common_of(entry, ipv6)->outcome >> NG_OUTCOME_RULE_SHIFT & NG_OUTCOME_RULE;
}

void ng_entry_set_rule(void *entry, bool ipv6, __u32 rule)
{
	__u64 *outcome = &common_of(entry, ipv6)->outcome;

	*outcome &= ~(NG_OUTCOME_RULE << NG_OUTCOME_RULE_SHIFT);
	*outcome |= (__u64)rule << NG_OUTCOME_RULE_SHIFT;
}

struct ng_prefix_mask ng_entry6_mask(const struct ng_entry6 *entry, unsigned int shift)
{
	unsigned int length = entry->common.ports >> shift & 0xff;

	return (struct ng_prefix_mask)NG_PREFIX_MASK(length);
}

/* Do the prefixes overlap? */
static bool prefixes_meet(const __u64 a[2], const __u64 b[2], struct ng_prefix_mask in_a,
			  struct ng_prefix_mask in_b)
{
	return !((a[0] ^ b[0]) & in_a.hi & in_b.hi) && !((a[1] ^ b[1]) & in_a.lo & in_b.lo);
}

static bool entries6_nest(const struct ng_entry6 *a, const struct ng_entry6 *b)
{
	__u64 from_a = a->common.ports >> NG_ENTRY_SADDR_SHIFT & 0xff;
	__u64 from_b = b->common.ports >> NG_ENTRY_SADDR_SHIFT & 0xff;
	__u64 to_a = a->common.ports >> NG_ENTRY_DADDR_SHIFT;
	__u64 to_b = b->common.ports >> NG_ENTRY_DADDR_SHIFT;

	return prefixes_meet(a->saddr, b->saddr, ng_entry6_mask(a, NG_ENTRY_SADDR_SHIFT),
			     ng_entry6_mask(b, NG_ENTRY_SADDR_SHIFT)) &&
	       prefixes_meet(a->daddr, b->daddr, ng_entry6_mask(a, NG_ENTRY_DADDR_SHIFT),
			     ng_entry6_mask(b, NG_ENTRY_DADDR_SHIFT)) &&
	       ((from_a <= from_b && to_a <= to_b) || (from_b <= from_a && to_b <= to_a));
}

bool ng_entries_nest(const void *a, const void *b, bool ipv6)
{
	const struct ng_entry4 *p = a, *q = b;

	if (ipv6)
		return entries6_nest(a, b);
	return !((p->addrs ^ q->addrs) & p->addrs_mask & q->addrs_mask) &&
	       (!(p->addrs_mask & ~q->addrs_mask) || !(q->addrs_mask & ~p->addrs_mask));
}

__u32 ng_items_rule(const struct ng_items *items, size_t i)
{
	return ng_entry_rule(items->entries + i * ng_items_entry_size(items), items->ipv6);
}

void ng_items_clear(struct ng_items *items)
{
	for (size_t i = 0; i < items->n_used; i++) {
		free(items->columns[items->used[i]][0]);
		free(items->columns[items->used[i]][1]);
	}
	free(items->entries);
	free(items->exact);
	memset(items, 0, sizeof(*items));
}
