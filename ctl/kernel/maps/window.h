/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change that waits to be confirmed. It takes effect at once; unless it is confirmed before the
 * deadline, the programs themselves go back to the state before. No process needs to be alive for
 * that.
 *
 *	what waits		when the time is over
 *	the ruleset in force	programs use the previous image
 *	attachments (a trial)	their programs pass every frame
 *
 * There is one window at a time. Only the word ng_control.window decides: 0, a deadline, or
 * expired. The first packet or command after the deadline sets it to expired, for good. The next
 * command that takes the lock finishes a window that has expired: it puts the previous image into
 * the current slot and the rejected one into the other, or detaches the trial; only then does the
 * word become 0. If that command is killed, the window is still expired, and the next command
 * finishes it.
 */
#ifndef NG_WINDOW_H
#define NG_WINDOW_H

#include <stdbool.h>

#include "base/error.h"
#include "layout/image.h"

struct ng_state;

enum ng_window_kind { NG_WINDOW_NONE, NG_WINDOW_RULESET, NG_WINDOW_ATTACH };

/**
 * struct ng_window - the window that is open, or the last one
 * @kind:     what waits to be confirmed; NG_WINDOW_NONE: nothing
 * @expired:  the deadline has passed; without @kind: the last change was rolled back for that
 * @deadline: CLOCK_BOOTTIME, ns; valid with @kind or @expired
 * @left:     ns until then
 */
struct ng_window {
	enum ng_window_kind kind;
	bool expired;
	__u64 deadline;
	__u64 left;
};

/** ng_window_read() - NG_WINDOW_NONE if there is no state yet */
void ng_window_read(const struct ng_state *state, struct ng_window *window);

/** ng_window_slot() - the slot of the image that programs use now */
enum ng_image_slot ng_window_slot(const struct ng_state *state);

/** ng_window_ask() - changes through @state have to be confirmed within @ns from now on */
void ng_window_ask(struct ng_state *state, __u64 ns);

/** ng_window_goes_back() - may programs use the previous image, now or at the deadline? */
bool ng_window_goes_back(const struct ng_state *state);

/**
 * ng_window_admits() - may the ruleset change now?
 *
 * While a ruleset waits, only one that has to be confirmed, too, may take its place; a rollback
 * still goes to the same ruleset as before. Return: 0; -EBUSY with @err filled; -ETIMEDOUT as
 * ng_window_open().
 */
int ng_window_admits(const struct ng_state *state, struct ng_error *err);

/**
 * ng_window_open() - open the window, if one was asked for, right before the current image changes
 *
 * The previous slot holds the image for a rollback. Return: 0; -ETIMEDOUT with @err filled: the
 * change that waited has just expired.
 */
int ng_window_open(struct ng_state *state, struct ng_error *err);

/**
 * ng_window_trial_begin() - before interfaces are attached: from now on they are on trial, if a
 * window was requested
 *
 * Return: 0; -EBUSY with @err filled.
 */
int ng_window_trial_begin(struct ng_state *state, struct ng_error *err);

/** ng_window_trial_end() - after that; @any: something was attached, so the window opens */
void ng_window_trial_end(struct ng_state *state, bool any);

/** ng_window_close() - nothing waits any more, and no rollback is reported */
void ng_window_close(struct ng_state *state);

/** ng_window_word() - 0, a deadline, or NG_WINDOW_EXPIRED */
__u64 ng_window_word(const struct ng_state *state);

/** ng_window_is_over() - has a window with this word expired? */
bool ng_window_is_over(__u64 word);

/** ng_window_exchange() - replace @from by @to, atomically: 0, or the word that is there instead */
__u64 ng_window_exchange(struct ng_state *state, __u64 from, __u64 to);

/** ng_window_store() - store @word unconditionally */
void ng_window_store(struct ng_state *state, __u64 word);

#endif
