// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/items.h"
#include "layout/image.h"

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

/* The first rule that says something of a field: those before it do not. */
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

/* Where two fields gain the same, trees take the one that has its column first. */
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

bool ng_entries_nest(const void *a, const void *b, bool ipv6)
{
	const struct ng_entry6 *x = a, *y = b;
	const struct ng_entry4 *p = a, *q = b;
	__u64 apart = 0, only_a = 0, only_b = 0;

	if (!ipv6)
		return !((p->addrs ^ q->addrs) & p->addrs_mask & q->addrs_mask) &&
		       (!(p->addrs_mask & ~q->addrs_mask) || !(q->addrs_mask & ~p->addrs_mask));
	for (int i = 0; i < 2; i++) {
		apart |= (x->saddr[i] ^ y->saddr[i]) & x->saddr_mask[i] & y->saddr_mask[i];
		apart |= (x->daddr[i] ^ y->daddr[i]) & x->daddr_mask[i] & y->daddr_mask[i];
		only_a |= x->saddr_mask[i] & ~y->saddr_mask[i];
		only_a |= x->daddr_mask[i] & ~y->daddr_mask[i];
		only_b |= y->saddr_mask[i] & ~x->saddr_mask[i];
		only_b |= y->daddr_mask[i] & ~x->daddr_mask[i];
	}
	return !apart && (!only_a || !only_b);
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
