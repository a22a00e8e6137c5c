/* SPDX-License-Identifier: GPL-2.0-only */
/* Address prefixes and lists of them. */
#ifndef NG_PREFIX_H
#define NG_PREFIX_H

#include "rules/ruleset.h"

/** ng_prefix_read() - like ng_parse_prefix(), but host bits are cleared and *@masked is set */
int ng_prefix_read(const char *text, struct ng_prefix *prefix, bool *masked, struct ng_error *err);

/** ng_prefix_mask() - shorten @prefix to @len bits and clear what is behind them */
void ng_prefix_mask(struct ng_prefix *prefix, unsigned int len);

/** ng_prefix_holds() - is all of @inner inside @outer? */
bool ng_prefix_holds(const struct ng_prefix *outer, const struct ng_prefix *inner);

/** ng_prefixes_push() - append to an array that only this function has grown; 0 or -ENOMEM */
int ng_prefixes_push(struct ng_prefix **list, size_t *n, const struct ng_prefix *prefix);

/** ng_prefixes_sort() - by family, address, length; returns how many duplicates it took out */
size_t ng_prefixes_sort(struct ng_prefix *list, size_t *n);

/** ng_prefixes_find() - the index of @prefix in a sorted list that holds it */
size_t ng_prefixes_find(const struct ng_prefix *list, size_t n, const struct ng_prefix *prefix);

/** ng_prefixes_common() - how many prefixes stand in both of two sorted lists */
size_t ng_prefixes_common(const struct ng_prefix *a, size_t n_a, const struct ng_prefix *b,
			  size_t n_b);

/** ng_prefixes_fill() - do the sorted prefixes together hold every address of @family? */
bool ng_prefixes_fill(const struct ng_prefix *list, size_t n, unsigned int family);

/**
 * ng_prefix_check_mapped() - refuse a prefix that was meant as the IPv4 prefix in an IPv6 address
 * @text: what it was read from, up to @end or less
 *
 * Which no packet has, RFC 4291 section 2.5.5.2: a part of ::ffff:0:0/96; an address of it with a
 * length that leaves none of it, ::ffff:10.0.0.0/8; any other that ends as IPv4 is written, with a
 * length that fits IPv4, ::10.0.0.0/8. Return: 0; -EINVAL with @err without .where.
 */
int ng_prefix_check_mapped(const char *text, const char *end, const struct ng_prefix *prefix,
			   struct ng_error *err);

#endif
