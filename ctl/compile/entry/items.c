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

const struct ng_entry *ng_entry_common(const void *entry, bool ipv6)
{
	return ipv6 ? &((const struct ng_entry6 *)entry)->common
		    : &((const struct ng_entry4 *)entry)->common;
}

__u32 ng_entry_rule(const void *entry, bool ipv6)
{
	return ng_entry_common(entry, ipv6)->outcome >> NG_OUTCOME_RULE_SHIFT & NG_OUTCOME_RULE;
}

void ng_entry_set_rule(void *entry, bool ipv6, __u32 rule)
{
	__u64 *outcome = (__u64 *)&ng_entry_common(entry, ipv6)->outcome;

	*outcome &= ~(NG_OUTCOME_RULE << NG_OUTCOME_RULE_SHIFT);
	*outcome |= (__u64)rule << NG_OUTCOME_RULE_SHIFT;
}

const struct ng_bits *ng_entry_bits(const void *data, const void *entry, bool ipv6)
{
	const void *masks = (const __u8 *)data + ng_entry_common(entry, ipv6)->masks;

	return ipv6 ? &((const struct ng_masks6 *)masks)->bits
		    : &((const struct ng_masks4 *)masks)->bits;
}

/**
 * struct addresses - the addresses of an entry: a word of both of IPv4, or four of IPv6
 */
struct addresses {
	const __u64 *values, *masks;
	size_t n;
};

static struct addresses addresses_of(const void *data, const void *entry, bool ipv6)
{
	const void *masks = (const __u8 *)data + ng_entry_common(entry, ipv6)->masks;

	if (ipv6)
		return (struct addresses){ ((const struct ng_entry6 *)entry)->saddr,
					   ((const struct ng_masks6 *)masks)->saddr, 4 };
	return (struct addresses){ &((const struct ng_entry4 *)entry)->addrs,
				   &((const struct ng_masks4 *)masks)->addrs, 1 };
}
_Static_assert(offsetof(struct ng_entry6, daddr) == offsetof(struct ng_entry6, saddr) + 16 &&
		       offsetof(struct ng_masks6, daddr) == offsetof(struct ng_masks6, saddr) + 16,
	       "four words follow one another");

bool ng_entries_nest(const void *data_a, const void *a, const void *data_b, const void *b,
		     bool ipv6)
{
	struct addresses x = addresses_of(data_a, a, ipv6), y = addresses_of(data_b, b, ipv6);
	bool in_x = true, in_y = true;

	for (size_t i = 0; i < x.n; i++) {
		if ((x.values[i] ^ y.values[i]) & x.masks[i] & y.masks[i])
			return false;
		in_x &= !(x.masks[i] & ~y.masks[i]);
		in_y &= !(y.masks[i] & ~x.masks[i]);
	}
	return in_x || in_y;
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
