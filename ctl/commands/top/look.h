/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the filter is and has counted at one moment, looked at again and again: rulesets, programs
 * and their generations may come and go in between.
 */
#ifndef NG_LOOK_H
#define NG_LOOK_H

#include "kernel/maps/counters.h"
#include "kernel/attachment/counting.h"
#include "kernel/publish.h"
#include "report/counts.h"
#include "report/rates.h"

#define NG_HOOK_TEXT (IF_NAMESIZE + 8)

/**
 * struct ng_look - begins zeroed
 * @counts: the ruleset in force with its counters, and the rates since the look before
 * @image, @ruleset, @counters: what @counts points to
 * @hooks:  @n_hooks of them, and @names: "eth0 xdp"
 */
struct ng_look {
	struct ng_counts counts;
	struct ng_held_image image;
	struct ng_ruleset *ruleset;
	struct ng_counter *counters;
	struct ng_counting *hooks;
	char (*names)[NG_HOOK_TEXT];
	size_t n_hooks;
	struct ng_rates rates;
};

/**
 * ng_look_again() - open the state, read all, close it
 *
 * What does not change between two looks is not read again. Return: 0; -EAGAIN when programs are
 * just being replaced, see ng_counters_are_whole(), and all is as at the look before; -errno with
 * @err filled as of ng_state_open().
 */
int ng_look_again(struct ng_look *look, struct ng_error *err);
void ng_look_clear(struct ng_look *look);
#define __cleanup_look __attribute__((cleanup(ng_look_clear)))

/** ng_look_time() - CLOCK_BOOTTIME, ns: goes on while the machine sleeps, when nothing is counted
 */
uint64_t ng_look_time(void);

/** ng_look_passed() - the rate at which hook @index passes packets; drops them */
struct ng_rate ng_look_passed(const struct ng_look *look, size_t index);
struct ng_rate ng_look_dropped(const struct ng_look *look, size_t index);

#endif
