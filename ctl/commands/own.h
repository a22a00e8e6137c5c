/* SPDX-License-Identifier: GPL-2.0-only */
/* `--own LIST`: the addresses of the host that captures were made for. */
#ifndef NG_OWN_H
#define NG_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "rules/ruleset.h"

/** struct ng_own - all zero: none */
struct ng_own {
	struct ng_prefix *prefixes;
	size_t n_prefixes;
	struct ng_range *macs; /* the first byte on the wire highest */
	size_t n_macs;
};

/**
 * ng_own_read() - "192.0.2.1,2001:db8::/64,02:00:00:00:00:01"
 *
 * Return: 0, or -errno with @err filled; in both cases for ng_own_clear().
 */
int ng_own_read(const char *list, struct ng_own *own, struct ng_error *err);
void ng_own_clear(struct ng_own *own);

/** ng_own_sends() - does the frame come from one of these addresses? */
bool ng_own_sends(const struct ng_own *own, const uint8_t *frame, size_t captured, size_t length);

#endif
