/* SPDX-License-Identifier: GPL-2.0-only */
/* The model and the programs of all hooks under the same ruleset: do they answer alike? */
#ifndef NG_TEST_CONTEST_H
#define NG_TEST_CONTEST_H

#include "by_changes.h"
#include "random_frame.h"
#include "subject.h"

/**
 * struct contest - the model and the program of one hook
 * @iface: each hook is told another, so that `on IFACE` is true here and false there
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
 * @only:         NG_HOOKS, or the one hook that is asked
 * @quiet:        say nothing of what differs
 * @differed:     the hook where something differed last
 * @changes:      how many changes lead to a ruleset, drawn by @seed; 0: it is compiled
 * @by_changes:   what became of them
 * @run:          decisions made
 * @out_of_range: frames that a kernel's test run did not take
 * @deciders, @reasons: those that were met
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
	uint64_t run, out_of_range;
	bool deciders[NG_BY_BLOCKED + 1];
	bool reasons[NG_REASONS];
};

/** contests_open() - @live must live as long; 0 or -ENOMEM */
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

/** contests_agree() - are all counters equal? Prints those that are not. */
bool contests_agree(struct contests *contests);

#endif
