/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash table for single addresses of an IPv4 set, before its trie (layout/hosts.h). */
#ifndef NG_TRIE_HOSTS_H
#define NG_TRIE_HOSTS_H

#include "compile/trie/trie_hash.h"

/**
 * ng_trie_hosts_write() - append a hash table for most of disjoint, sorted IPv4 @items
 * @body:  ends at a multiple of a cache line, also afterwards
 * @items: those in the table are removed, the others keep their order
 * @n:     their number; set to how many are left
 * @at:    set to the offset of the struct ng_trie_hosts; its next is 0, to be set by the caller
 *
 * Return: 1; 0 when a trie alone is better, and nothing is changed; -E2BIG when it would leave too
 * many: then @body is unchanged and @items are not; -ENOMEM.
 */
int ng_trie_hosts_write(struct ng_buffer *body, struct ng_trie_item *items, size_t *n, size_t *at);

#endif
