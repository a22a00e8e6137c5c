/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs count, and in which counters. */
#ifndef NG_COUNTING_H
#define NG_COUNTING_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

#include "base/error.h"
#include "kernel/pins/hooks.h"

struct ng_state;

/**
 * struct ng_counting - a program that counts what passes it and what it drops
 * @iface: the name under which it was attached
 * @slot:  of what passed; the next one is of what was dropped
 */
struct ng_counting {
	char iface[IF_NAMESIZE];
	enum ng_hook hook;
	__u32 slot;
};

/**
 * ng_counting() - all of them, sorted by interface index and hook, on their hook or not
 *
 * Unlike ng_hooks() it needs no privilege and is cheap.
 * Return: 0 with *@list, @*n of them, for free(); -errno with @err filled.
 */
int ng_counting(const struct ng_state *state, struct ng_counting **list, size_t *n,
		struct ng_error *err);

#endif
