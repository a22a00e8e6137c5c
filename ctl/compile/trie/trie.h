/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes -> struct ng_trie and the tables and leaves behind it (include/layout/image.h). */
#ifndef NG_TRIE_H
#define NG_TRIE_H

#include "base/buffer.h"
#include "layout/image.h"
#include "rules/ruleset.h"

/*
 * No set needs more memory than this: bytes for each prefix, and bytes besides. It takes
 * prefixes made for it to come near; a million that are spread at random take 4 bytes each of
 * IPv4, 22 of IPv6.
 */
#define NG_TRIE_PREFIX_SIZE4 96
#define NG_TRIE_PREFIX_SIZE6 192
#define NG_TRIE_EXTRA_SIZE   512

/**
 * ng_trie_write() - append the trie of the prefixes of one @family (4 or 6) among @prefixes
 * @prefixes: sorted by family, address, length; may nest and touch
 * @body:     the image so far: offsets count from its start
 *
 * The same prefixes at the same place give the same bytes.
 * Return: 0 or -ENOMEM, then *@trie is untouched.
 */
int ng_trie_write(const struct ng_prefix *prefixes, size_t n, unsigned int family,
		  struct ng_buffer *body, struct ng_trie *trie);

/** ng_trie_size() - how many bytes that will be without hash tables, roughly; 0 or -ENOMEM */
int ng_trie_size(const struct ng_prefix *prefixes, size_t n, unsigned int family, size_t *size);

#endif
