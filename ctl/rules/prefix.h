/* SPDX-License-Identifier: GPL-2.0-only */
/* Address prefixes and lists of them. */
#ifndef NG_PREFIX_H
#define NG_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "net/ip.h"

/**
 * ng_parse_prefix() - "203.0.113.7", "2001:db8::/32"
 *
 * Strict: no leading zeros in IPv4, no zone, no host names; host bits are an error.
 * Return: 0, or -EINVAL with @err, whose .where is empty.
 */
int ng_parse_prefix(const char *text, struct ng_prefix *prefix, struct ng_error *err);

/** ng_looks_like_prefix() - is @text meant as a prefix, and not as conditions? */
bool ng_looks_like_prefix(const char *text);

/** ng_prefix_read() - like ng_parse_prefix(), but host bits are cleared and *@masked is set */
int ng_prefix_read(const char *text, struct ng_prefix *prefix, bool *masked, struct ng_error *err);

/** ng_prefix_text() - "10.0.0.0/8"; an address of full length without "/32"; at least 50 bytes */
const char *ng_prefix_text(const struct ng_prefix *prefix, char *text, size_t size);

/** ng_prefixes_push() - append to an array that only this function has grown; 0 or -ENOMEM */
int ng_prefixes_push(struct ng_prefix **list, size_t *n, const struct ng_prefix *prefix);

/** ng_prefixes_fill() - do the sorted prefixes together contain every address of @family? */
bool ng_prefixes_fill(const struct ng_prefix *list, size_t n, unsigned int family);

/**
 * ng_prefix_check_mapped() - refuse an IPv6 prefix that was meant as an IPv4 prefix
 * @text: what it was read from, up to @end or less
 *
 * No packet has such an address (RFC 4291 section 2.5.5.2). Refused are parts of ::ffff:0:0/96;
 * its addresses with a shorter length (::ffff:10.0.0.0/8); and others that end in IPv4 notation and
 * have a length that fits IPv4 (::10.0.0.0/8). Return: 0; -EINVAL with @err without .where.
 */
int ng_prefix_check_mapped(const char *text, const char *end, const struct ng_prefix *prefix,
			   struct ng_error *err);

#endif
