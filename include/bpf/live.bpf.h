/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking up addresses in the live table, which is outside all images (layout/live.h). */
#ifndef NG_LIVE_BPF_H
#define NG_LIVE_BPF_H

#include "bpf/image.bpf.h"
#include "bpf/scratch.bpf.h"

/* The current live table, and a row of it; NULL when there is no such row. */
static __always_inline const volatile struct ng_live_row *ng_live_row(__u32 row, void **table)
{
	__u32 zero = 0;

	if (row >= NG_LIVE_ROWS)
		return NULL;
	*table = bpf_map_lookup_elem(&ng_live, &zero);
	return *table ? bpf_map_lookup_elem(*table, &row) : NULL;
}

/* Not 0 when the entry has another key or another meta word. */
static __always_inline __u64 ng_live_differs(const volatile struct ng_live_entry *entry, __u64 hi,
					     __u64 lo, __u64 meta)
{
	return (entry->meta ^ meta) | (entry->hi ^ hi) | (entry->lo ^ lo);
}

/* Was there ever an entry with this hash? 0 is always right, 1 is rarely wrong. */
static __always_inline int ng_live_had(void *table, __u64 hash, __u64 home, __u64 homes)
{
	__u32 at = ng_live_filter(home, homes);
	const volatile struct ng_live_filter *filter = bpf_map_lookup_elem(table, &at);
	__u64 bits = ng_live_filtered(hash);

	return !filter || (filter->words[ng_live_filter_word(home)] & bits) == bits;
}

/* Does the row contain prefixes of that family that are not single addresses? */
static __always_inline int ng_live_has_prefixes(const volatile struct ng_live_row *row, __u64 meta)
{
	const volatile struct ng_live_lengths *lengths = &row->lengths[meta >> 3 & 1];

	return (lengths->marks[0] | lengths->marks[1]) != 0;
}

enum ng_live_answer { NG_LIVE_OUT, NG_LIVE_IN, NG_LIVE_OUT_HAS_PREFIXES };

/**
 * ng_live_holds() - is there an entry with this key that has not expired?
 * @meta: from ng_live_meta()
 *
 * Return: enum ng_live_answer.
 *
 * A global function, see verifier.bpf.h.
 */
__noinline __u64 ng_live_holds(__u64 meta, __u64 hi, __u64 lo)
{
	const volatile struct ng_live_bucket *bucket;
	const volatile struct ng_live_row *row;
	__u64 hash, home, first, second, until, out;
	void *table;
	__u32 at;

	row = ng_live_row(meta >> NG_LIVE_ROW_SHIFT, &table);
	if (!row)
		return NG_LIVE_OUT;
	out = ng_live_has_prefixes(row, meta) ? NG_LIVE_OUT_HAS_PREFIXES : NG_LIVE_OUT;
	hash = ng_live_hash(row->key[0], row->key[1], hi, lo, meta);
	home = ng_live_home(hash, row->homes);
	if (!ng_live_had(table, hash, home, row->homes))
		return out;
	at = NG_LIVE_BUCKETS + home;
	meta = ng_live_tagged(meta, hash);
	for (__u32 i = 0; i < NG_LIVE_PROBES; i++, at++) {
		bucket = bpf_map_lookup_elem(table, &at);
		if (!bucket)
			return out;
		first = ng_live_differs(&bucket->entries[0], hi, lo, meta);
		second = ng_live_differs(&bucket->entries[1], hi, lo, meta);
		if (!first || !second) {
			until = first ? bucket->entries[1].until : bucket->entries[0].until;
			if (!until || bpf_ktime_get_boot_ns() < until)
				return NG_LIVE_IN;
			return out;
		}
		if (!bucket->entries[1].meta)
			return out;
	}
	return out;
}

static __always_inline const struct ng_lookup *ng_lookup_at(const void *image, __u64 index)
{
	const struct ng_image_header *header = image;

	return ng_image_at(header, header->lookups.offset + index * sizeof(struct ng_lookup));
}

/*
 * More than possible: each lookup takes a step for the address, and at most 128 for prefix lengths.
 */
#define NG_LIVE_STEPS (NG_LOOKUPS_MAX * 129 + 1)

/* Search the longest prefix that is left: its mark is the lowest bit of the two words. */
static __always_inline __u64 ng_live_next_prefix(struct ng_live_search *search, __u64 meta,
						 __u64 hi, __u64 lo)
{
	__u64 upper = search->marks[0], lower = search->marks[1], in_lower = ng_all_if(lower);

	upper &= -upper & ~in_lower;
	lower &= -lower;
	search->marks[0] ^= upper;
	search->marks[1] ^= lower;
	return ng_live_holds(meta, (hi & (in_lower | -(upper << 1))) | upper,
			     (lo & -(lower << 1)) | lower) == NG_LIVE_IN;
}

/* Begin with the next set: search the address itself; if not found, note the marks of prefixes. */
static __always_inline __u64 ng_live_begin(struct ng_live_search *search, __u64 class, __u64 meta,
					   __u64 hi, __u64 lo)
{
	__u64 answer = ng_live_holds(meta | NG_LIVE_SINGLE, hi, lo);
	const volatile struct ng_live_row *row;
	void *table;

	if (answer != NG_LIVE_OUT_HAS_PREFIXES)
		return answer;
	row = ng_live_row(meta >> NG_LIVE_ROW_SHIFT, &table);
	if (!row)
		return 0;
	search->marks[0] = row->lengths[class].marks[0];
	search->marks[1] = row->lengths[class].marks[1];
	return 0;
}

/* A step: one address, or one prefix length, in one set. */
static long ng_live_step(__u64 index __attribute__((unused)), struct ng_scan *scan)
{
	struct ng_live_search *search = &scan->scratch->live;
	const struct ng_image_header *header = scan->image;
	struct ng_packet *packet = &scan->scratch->packet;
	__u64 *key = packet->key, class = packet->class & 1, at = search->next;
	__u64 more = search->marks[0] | search->marks[1], to, hi, lo, meta, found;
	const struct ng_lookup *lookup;

	/* Else the verifier would follow each value separately. */
	ng_widen(&packet->zero, at);
	at -= ng_all_if(more) & 1;
	if (at >= header->lookups.count)
		return 1;
	lookup = ng_lookup_at(scan->image, at);
	to = -(__u64)lookup->daddr;
	hi = key[NG_WORD_SADDR_HI] ^ (to & (key[NG_WORD_SADDR_HI] ^ key[NG_WORD_DADDR_HI]));
	lo = key[NG_WORD_SADDR_LO] ^ (to & (key[NG_WORD_SADDR_LO] ^ key[NG_WORD_DADDR_LO]));
	meta = ng_live_meta(class, lookup->row, 0);
	if (more)
		found = ng_live_next_prefix(search, meta, hi, lo);
	else
		found = ng_live_begin(search, class, meta, hi, lo);
	search->next = at + 1;
	key[NG_WORD_SETS] |= found << (at & 63);
	return 0;
}

/**
 * ng_look_up_live() - set bits in the key's NG_WORD_SETS for sets whose live entries match
 *
 * Each set takes a search for the address, and one for each prefix length that it has. If only
 * @blocked is looked up and has no prefixes, the first search is all.
 */
static __always_inline void ng_look_up_live(struct ng_scan *scan)
{
	struct ng_live_search *search = &scan->scratch->live;
	const struct ng_image_header *header = scan->image;

	*search = (struct ng_live_search){ 0 };
	ng_live_step(0, scan);
	if (search->next < header->lookups.count || search->marks[0] | search->marks[1])
		bpf_loop(NG_LIVE_STEPS, ng_live_step, scan, 0);
}

#endif
