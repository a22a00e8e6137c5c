/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tries of sets, walked by the programs' own code in the bytes of an image, compared with a search
 * in the bounds of the same prefixes (tests/compile_bounds_test.c).
 */
#ifndef NG_TRIE_SUBJECT_H
#define NG_TRIE_SUBJECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/entry/bounds.h"
#include "compile/trie/trie.h"
#include "random_number.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"
#include "net/ip.h"

/* In place of include/bpf/image.bpf.h. */
#define NG_IMAGE_BPF_H
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define asm __asm__ /* C11 has no asm, clang's BPF programs have */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

static size_t image_size;

static inline const void *ng_image_at(const void *image, __u64 offset)
{
	assert_true(offset % 8 == 0 && offset < image_size);
	return (const char *)image + offset;
}

#include "bpf/trie.bpf.h"

typedef unsigned __int128 u128;

/**
 * struct subject - one set of one family
 * @image: @n bytes of something else, then the trie, then NG_IMAGE_SLACK bytes
 */
struct subject {
	unsigned int family;
	struct ng_prefix *prefixes;
	size_t n;
	struct ng_bounds bounds;
	struct ng_buffer image;
	struct ng_trie trie;
};

static inline void set_address(struct ng_prefix *prefix, u128 address)
{
	int bytes = prefix->family == 4 ? 4 : 16;

	for (int i = bytes - 1; i >= 0; i--, address >>= 8)
		prefix->addr[i] = address;
}

static u128 random_address(struct random *random, unsigned int family)
{
	u128 address = (u128)random_next(random) << 64 | random_next(random);

	return family == 4 ? (__u32)address : address;
}

static inline void append(struct subject *s, u128 address, unsigned int len)
{
	struct ng_prefix prefix = { .family = s->family };

	set_address(&prefix, address);
	ng_prefix_mask(&prefix, s->family == 4 && len > 32 ? 32 : len);
	assert_int_equal(ng_prefixes_push(&s->prefixes, &s->n, &prefix), 0);
}

static inline size_t trie_size(const struct subject *s)
{
	return s->image.size - 64;
}

static inline void build(struct subject *s)
{
	static const char before[64] = { 1 }, slack[NG_IMAGE_SLACK] = { 2 };
	size_t limit = s->family == 4 ? NG_TRIE_PREFIX_SIZE4 : NG_TRIE_PREFIX_SIZE6, foreseen;

	ng_prefixes_sort(s->prefixes, &s->n);
	ng_buffer_append(&s->image, before, sizeof(before));
	assert_int_equal(ng_trie_write(s->prefixes, s->n, s->family, &s->image, &s->trie), 0);
	assert_true(trie_size(s) <= s->n * limit + NG_TRIE_EXTRA_SIZE);
	assert_int_equal(ng_trie_size(s->prefixes, s->n, s->family, &foreseen), 0);
	if (s->trie.root & NG_TRIE_HASH) /* the size foreseen is without tables */
		assert_true(foreseen <= s->n * limit + NG_TRIE_EXTRA_SIZE);
	else
		assert_int_equal(trie_size(s), foreseen);
	image_size = s->image.size;
	ng_buffer_append(&s->image, slack, sizeof(slack));
	s->image.size -= sizeof(slack);
	assert_int_equal(ng_bounds_of_prefixes(s->prefixes, s->n, s->family, &s->bounds), 0);
}

static inline void clear(struct subject *s)
{
	free(s->prefixes);
	free(s->bounds.list);
	ng_buffer_clear(&s->image);
}

static inline bool is_inside(const struct subject *s, u128 address)
{
	size_t below = 0, above = s->bounds.n;

	while (below < above) {
		size_t middle = (below + above) / 2;
		const struct ng_bound *bound = &s->bounds.list[middle];

		if (((u128)bound->hi << 64 | bound->lo) <= address)
			below = middle + 1;
		else
			above = middle;
	}
	return below & 1;
}

static inline void check(const struct subject *s, u128 address)
{
	__u64 found = s->family == 4
			      ? ng_trie_holds4(s->image.data, &s->trie, address)
			      : ng_trie_holds6(s->image.data, &s->trie, address >> 64, address);

	if (found != is_inside(s, address))
		fail_msg("IPv%u address %016llx%016llx: the trie says %llu", s->family,
			 (unsigned long long)(address >> 64), (unsigned long long)address,
			 (unsigned long long)found);
}

/* The borders of every prefix, addresses around and between them, and random ones. */
static inline void check_all(const struct subject *s, struct random *random)
{
	u128 all = s->family == 4 ? 0xffffffff : ~(u128)0;

	check(s, 0);
	check(s, all);
	for (size_t i = 0; i < s->n; i++) {
		struct ng_bound first, mask;
		u128 low, high, noise = random_address(random, s->family);

		ng_prefix_number(&s->prefixes[i], &first, &mask);
		low = (u128)first.hi << 64 | first.lo;
		high = low | (all & ~((u128)mask.hi << 64 | mask.lo));
		check(s, low);
		check(s, (low - 1) & all);
		check(s, high);
		check(s, (high + 1) & all);
		check(s, low ^ (noise & (high - low)));
		check(s, noise);
		/* A neighbour that differs in one bit, and one that shares the bits after it. */
		check(s, low ^ (u128)1 << noise % (s->family == 4 ? 32 : 128));
		check(s, low ^ (noise & ~(all >> noise % (s->family == 4 ? 32 : 128))));
	}
}

static inline void run(struct subject *s, struct random *random)
{
	build(s);
	check_all(s, random);
	clear(s);
}

/* ---- shapes ---------------------------------------------------------------------------- */

static inline void shape_hosts(struct subject *s, struct random *random, size_t n)
{
	while (n--)
		append(s, random_address(random, s->family), 128);
}

/* As in published lists: half have one length, the others a similar one. */
static inline void shape_lists(struct subject *s, struct random *random, size_t n)
{
	while (n--) {
		u128 address = random_address(random, s->family);

		if (s->family == 6)
			address = (address & ~(u128)0 >> 20) | (u128)0x20010 << 108;
		append(s, address,
		       s->family == 4		 ? 20 + random_below(random, 13)
		       : random_below(random, 2) ? 48
						 : 40 + random_below(random, 89));
	}
}

/* Adjacent, so that many make up a shorter prefix. */
static inline void shape_adjacent(struct subject *s, struct random *random, size_t n)
{
	u128 address = random_address(random, s->family);

	while (n--)
		append(s, address += 1 + !random_below(random, 16), 128);
}

#endif
