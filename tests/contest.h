/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the model and the programs of all hooks under the same ruleset. */
#ifndef NG_TEST_CONTEST_H
#define NG_TEST_CONTEST_H

#include "by_changes.h"
#include "random_frame.h"
#include "subject.h"

/**
 * struct contest - the model and the program of one hook
 * @iface: another one for each hook, so that `on IFACE` is true at one and false at others
 */
struct contest {
	enum ng_hook hook;
	const char *name;
	const char *iface;
	struct subject *model, *program;
};

/**
 * struct contests - all hooks
 * @ruleset:      the one in force
 * @only:         NG_HOOKS, or the only hook to run
 * @quiet:        do not print differences
 * @differed:     the hook of the last difference
 * @changes:      how many changes lead to a ruleset, drawn by @seed; 0: it is compiled
 * @by_changes:   their results
 * @time:         of the last frame since the ruleset is in force, ns
 * @over:         decisions by a rule with a rate
 * @run:          decisions made
 * @out_of_range: frames that the kernel's test run did not accept
 * @now:          for flows: CLOCK_MONOTONIC, ns
 * @flows:        flows that were noted and compared
 * @deciders, @reasons: those that occurred
 */
struct contests {
	struct contest list[NG_HOOKS];
	const struct ng_ruleset *ruleset;
	enum ng_hook only;
	bool quiet;
	enum ng_hook differed;
	size_t changes;
	uint64_t seed;
	struct by_changes by_changes;
	uint64_t time, over;
	uint64_t run, out_of_range;
	uint64_t now, flows;
	bool deciders[NG_BY_BLOCKED + 1];
	bool reasons[NG_REASONS];
};

/** contests_open() - @live must outlive it; 0 or -ENOMEM */
int contests_open(struct contests *contests, const struct model_live *live);
void contests_close(struct contests *contests);

/**
 * contests_use() - put @ruleset in force everywhere, with all counters at zero
 * @ruleset: must live until the next call or contests_close()
 *
 * Return: 0, or -errno, with the reason printed.
 */
int contests_use(struct contests *contests, const struct ng_ruleset *ruleset);

#define CONTEST_DIFFERS 1

/**
 * contests_run() - let all hooks decide one frame
 * @met: NULL, or the index of a rule; *@met becomes whether it counted or decided anywhere
 *
 * Return: 0, CONTEST_DIFFERS, or -errno; all but 0 with a print of what happened.
 */
int contests_run(struct contests *contests, const struct random_frame *frame, size_t rule,
		 bool *met);

/**
 * contests_converse() - let time pass, and now and then note the flow that @frame would belong to
 *
 * If the ruleset uses `established`. Return: 0 or -errno.
 */
int contests_converse(struct contests *contests, struct random *random,
		      const struct random_frame *frame);

/** contests_agree() - are all counters equal? Prints those that are not. */
bool contests_agree(struct contests *contests);

#endif
