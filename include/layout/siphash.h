/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SipHash-1-3 (Aumasson and Bernstein, 2012), for tables whose keys an attacker may choose: without
 * the random key he cannot predict where an entry is. For any two inputs, any n bits of their
 * hashes are the same under one in 2^n keys.
 */
#ifndef NG_SIPHASH_H
#define NG_SIPHASH_H

#include <linux/types.h>

static inline __u64 ng_rotate(__u64 x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void ng_sip_round(__u64 v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = ng_rotate(v[1], 13) ^ v[0];
	v[3] = ng_rotate(v[3], 16) ^ v[2];
	v[0] = ng_rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[1] = ng_rotate(v[1], 17) ^ v[2];
	v[3] = ng_rotate(v[3], 21) ^ v[0];
	v[2] = ng_rotate(v[2], 32);
}

static inline void ng_sip_word(__u64 v[4], __u64 word)
{
	v[3] ^= word;
	ng_sip_round(v);
	v[0] ^= word;
}

/** ng_siphash() - hash of 23 bytes: @a, @b, and the lower 7 bytes of @c, whose highest byte is 0 */
static inline __u64 ng_siphash(__u64 key0, __u64 key1, __u64 a, __u64 b, __u64 c)
{
	__u64 v[4] = { key0 ^ 0x736f6d6570736575ULL, key1 ^ 0x646f72616e646f6dULL,
		       key0 ^ 0x6c7967656e657261ULL, key1 ^ 0x7465646279746573ULL };

	ng_sip_word(v, a);
	ng_sip_word(v, b);
	ng_sip_word(v, c | 23ULL << 56);
	v[2] ^= 0xff;
	ng_sip_round(v);
	ng_sip_round(v);
	ng_sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/** ng_siphash_words() - hash of 40 bytes: five words */
static inline __u64 ng_siphash_words(__u64 key0, __u64 key1, const __u64 words[5])
{
	__u64 v[4] = { key0 ^ 0x736f6d6570736575ULL, key1 ^ 0x646f72616e646f6dULL,
		       key0 ^ 0x6c7967656e657261ULL, key1 ^ 0x7465646279746573ULL };

	ng_sip_word(v, words[0]);
	ng_sip_word(v, words[1]);
	ng_sip_word(v, words[2]);
	ng_sip_word(v, words[3]);
	ng_sip_word(v, words[4]);
	ng_sip_word(v, 40ULL << 56);
	v[2] ^= 0xff;
	ng_sip_round(v);
	ng_sip_round(v);
	ng_sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
