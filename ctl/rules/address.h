/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads addresses and prefixes from text that need not end with a NUL. */
#ifndef NG_ADDRESS_H
#define NG_ADDRESS_H

#include "rules/ruleset.h"

/**
 * ng_address_scan() - the address that @text begins with
 * @prefix: gets it, with the length of a single address
 *
 * Accepts what inet_pton() does: four decimal numbers without leading zeros, or IPv6 (RFC 4291
 * section 2.2), no zone.
 * Return: the position after its last character; NULL if there is none: @prefix is undefined then.
 */
const char *ng_address_scan(const char *text, const char *end, struct ng_prefix *prefix);

/**
 * ng_prefix_scan() - the same for an address with or without "/LENGTH"
 * @masked: set to whether host bits were set, which are cleared
 */
const char *ng_prefix_scan(const char *text, const char *end, struct ng_prefix *prefix,
			   bool *masked);

#endif
