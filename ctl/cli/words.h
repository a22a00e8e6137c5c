/* SPDX-License-Identifier: GPL-2.0-only */
/* Words for what the modules below have as numbers, and durations at the end of arguments. */
#ifndef NG_COMMANDS_WORDS_H
#define NG_COMMANDS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/pins/hooks.h"
#include "layout/counters.h"

/** ng_hook_words() - "native XDP", "TC ingress (tcx)" … */
const char *ng_hook_words(enum ng_hook hook, enum ng_way way);

/** ng_egress_words - what is attached for rulesets that need it, and why */
extern const char ng_egress_words[];

/**
 * struct ng_decider_words - words for what decides about a packet
 * @name:   in JSON and in lists: "non_ip"
 * @by:     after "drop by" or "passed by"
 * @reason: why it decides, for explain
 */
struct ng_decider_words {
	const char *name, *by, *reason;
};

const struct ng_decider_words *ng_decider_words(enum ng_decider decider);

/** ng_decider_text() - a rule's number, or "default", "invalid", "non_ip" …; returns @text */
const char *ng_decider_text(const struct ng_decision *decision, char *text, size_t size);

/** ng_plural() - "" for 1, else "s" */
const char *ng_plural(size_t n);

/** ng_boot_to_real() - the CLOCK_REALTIME, ns, at which ng_clock_now() is or was @ns */
uint64_t ng_boot_to_real(uint64_t ns);

/** ng_boot_time() - an ng_clock_now() in ns as RFC 3339 UTC; @text has at least 21 bytes */
const char *ng_boot_time(uint64_t ns, char *text, size_t size);

/** ng_real_time() - the same for a CLOCK_REALTIME in ns */
const char *ng_real_time(uint64_t ns, char *text, size_t size);

/**
 * ng_cut_duration() - cut "for TIME" off the end of @text
 * @seconds: untouched if @text does not end in it
 *
 * Return: 0; -EINVAL with @err if TIME is missing or not a duration.
 */
int ng_cut_duration(char *text, uint64_t *seconds, struct ng_error *err);

/**
 * ng_check_not_forgotten() - refuse "192.0.2.1 10m", where `for` was forgotten
 *
 * Return: -EINVAL with @err if @text is a prefix and @time, which follows it, a duration; else 0.
 */
int ng_check_not_forgotten(const char *text, const char *time, struct ng_error *err);

#endif
