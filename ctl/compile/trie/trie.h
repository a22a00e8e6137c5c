/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes -> struct ng_trie with its tables and leaves (include/layout/image.h). */
#ifndef NG_TRIE_H
#define NG_TRIE_H

#include "base/buffer.h"
#include "layout/image.h"
#include "rules/ruleset.h"

/*
 * Upper bounds of the size of a set: bytes for each prefix, and bytes in addition. Only prefixes
 * made for it come near that; a million random ones take 4.6 bytes each (IPv4) or 22 (IPv6).
 */
#define NG_TRIE_PREFIX_SIZE4 96
#define NG_TRIE_PREFIX_SIZE6 192
#define NG_TRIE_EXTRA_SIZE   512

/**
 * ng_trie_write() - append the trie of the prefixes of one @family (4 or 6) among @prefixes
 * @prefixes: sorted by family, address, length; may nest and touch
 * @body:     the image so far; offsets are relative to its start
 *
 * The same prefixes at the same offset give the same bytes. Return: 0; -ENOMEM, and *@trie is
 * unchanged.
 */
int ng_trie_write(const struct ng_prefix *prefixes, size_t n, unsigned int family,
		  struct ng_buffer *body, struct ng_trie *trie);

/** ng_trie_size() - the approximate size of that without hash tables; 0 or -ENOMEM */
int ng_trie_size(const struct ng_prefix *prefixes, size_t n, unsigned int family, size_t *size);

#endif
