/* SPDX-License-Identifier: GPL-2.0-only */
/* The live table: entries of sets that come and go without a rebuild, outside all images. */
#ifndef NG_LIVE_BPF_H
#define NG_LIVE_BPF_H

#include "image.bpf.h"
#include "parse.bpf.h"

/* The live table as it is now, and what it knows of a row; NULL when there is no such row. */
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

/**
 * ng_live_holds() - is there an entry with this key, and is its time not over?
 * @meta: as ng_live_meta() makes it
 *
 * A global function: the verifier looks at it once and not on every way to it. Its stack comes on
 * top of its callers', and 512 bytes are all that there are.
 */
__noinline __u64 ng_live_holds(__u64 meta, __u64 hi, __u64 lo)
{
	const volatile struct ng_live_bucket *bucket;
	const volatile struct ng_live_row *row;
	__u64 hash, first, second, until;
	void *table;
	__u32 at;

	row = ng_live_row(meta >> NG_LIVE_ROW_SHIFT, &table);
	if (!row)
		return 0;
	hash = ng_live_hash(row->seed, hi, lo, meta);
	at = NG_LIVE_BUCKETS + (hash & row->mask);
	meta = ng_live_tagged(meta, hash);
	for (__u32 i = 0; i < NG_LIVE_PROBES; i++) {
		bucket = bpf_map_lookup_elem(table, &at);
		if (!bucket)
			return 0;
		first = ng_live_differs(&bucket->entries[0], hi, lo, meta);
		second = ng_live_differs(&bucket->entries[1], hi, lo, meta);
		if (!first || !second) {
			until = first ? bucket->entries[1].until : bucket->entries[0].until;
			return !until || bpf_ktime_get_boot_ns() < until;
		}
		if (!bucket->entries[1].meta)
			return 0;
		at = NG_LIVE_BUCKETS + ((at + 1 - NG_LIVE_BUCKETS) & row->mask);
	}
	return 0;
}

/**
 * struct ng_live_walk - one packet on its way through the prefixes of its sets; in its scratch
 * @next:    number of the next struct ng_lookup; the one before it is at work
 * @row:     of that
 * @hi, @lo: the address, cut to the prefix that was looked for last, with its mark
 * @upper, @lower: marks of the prefixes still to be looked for
 */
struct ng_live_walk {
	const void *image;
	__u32 next;
	__u32 row;
	__u64 hi, lo;
	__u64 upper, lower;
};
_Static_assert(sizeof(struct ng_live_walk) <= sizeof(((struct ng_packet *)0)->scratch), "it fits");

/* All ones when @x is not 0, else 0. */
static __always_inline __u64 ng_all_if(__u64 x)
{
	return -((x | -x) >> 63);
}

static __always_inline const struct ng_lookup *ng_lookup_at(const void *image, __u32 index)
{
	const struct ng_image_header *header = image;

	return ng_image_at(image, header->lookups.offset + index * sizeof(struct ng_lookup));
}

/* The address that a look-up is about. */
static __always_inline void ng_lookup_address(const struct ng_lookup *lookup, const __u64 *key,
					      __u64 *hi, __u64 *lo)
{
	__u64 to = -(__u64)lookup->daddr;

	*hi = key[NG_WORD_SADDR_HI] ^ (to & (key[NG_WORD_SADDR_HI] ^ key[NG_WORD_DADDR_HI]));
	*lo = key[NG_WORD_SADDR_LO] ^ (to & (key[NG_WORD_SADDR_LO] ^ key[NG_WORD_DADDR_LO]));
}

static __always_inline void ng_live_begin(struct ng_live_walk *walk, const struct ng_packet *packet)
{
	const struct ng_lookup *lookup = ng_lookup_at(walk->image, walk->next++);
	const volatile struct ng_live_row *row;
	__u32 class = packet->class & 1;
	void *table;

	walk->row = lookup->row;
	row = ng_live_row(walk->row, &table);
	if (!row)
		return;
	walk->upper = row->lengths[class].marks[0];
	walk->lower = row->lengths[class].marks[1];
	ng_lookup_address(lookup, packet->key, &walk->hi, &walk->lo);
}

/*
 * The longest prefix that is left, whose mark is the lowest in one of the two words. What is behind
 * it is cut off, the marks of longer prefixes too.
 */
static __always_inline void ng_live_shorten(struct ng_live_walk *walk)
{
	__u64 in_lower = ng_all_if(walk->lower);
	__u64 upper = walk->upper & -walk->upper, lower = walk->lower & -walk->lower;

	walk->hi = (walk->hi & (in_lower | -(upper << 1))) | (upper & ~in_lower);
	walk->lo = (walk->lo & -(lower << 1)) | lower;
	walk->upper ^= upper & ~in_lower;
	walk->lower ^= lower;
}

/* One prefix length of one set. */
static long ng_live_step(__u64 index __attribute__((unused)), struct ng_packet *packet)
{
	struct ng_live_walk *walk = (void *)packet->scratch;
	const struct ng_image_header *header = walk->image;
	__u64 meta;

	if (!(walk->upper | walk->lower)) {
		if (walk->next >= header->lookups.count)
			return 1;
		ng_live_begin(walk, packet);
		return 0;
	}
	ng_live_shorten(walk);
	meta = ng_live_meta(packet->class & 1, walk->row, 0);
	packet->key[NG_WORD_SETS] |= ng_live_holds(meta, walk->hi, walk->lo)
				     << ((walk->next - 1) & 63);
	return 0;
}

/**
 * ng_look_up_live() - add to the key's NG_WORD_SETS what the live entries of its sets hold
 *
 * One word tells whether there is anything to do. Single addresses come first, they are what bans
 * mostly are; prefixes want a search for each length in use.
 */
static __always_inline void ng_look_up_live(const void *image, struct ng_packet *packet)
{
	const struct ng_image_header *header = image;
	const volatile struct ng_control *control;
	const struct ng_lookup *lookup;
	__u64 hi, lo, live;
	__u32 zero = 0;

	control = bpf_map_lookup_elem(&ng_control, &zero);
	live = control ? control->live : 0;
	if (!live)
		return;
	for (__u32 i = 0; i < NG_LOOKUPS_MAX && i < header->lookups.count; i++) {
		lookup = ng_lookup_at(image, i);
		ng_lookup_address(lookup, packet->key, &hi, &lo);
		packet->key[NG_WORD_SETS] |=
			ng_live_holds(ng_live_meta(packet->class & 1, lookup->row, 1), hi, lo) << i;
	}
	if (live & NG_LIVE_PREFIXES) {
		*(struct ng_live_walk *)packet->scratch = (struct ng_live_walk){ .image = image };
		bpf_loop(NG_LOOKUPS_MAX * 130, ng_live_step, packet, 0);
	}
}

#endif
