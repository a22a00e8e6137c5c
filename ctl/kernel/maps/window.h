/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change that waits to be confirmed. It works at once; unless someone confirms it before the
 * deadline the programs go back by themselves to what was before, with no process alive to do it.
 *
 *	what waits		when the time is over
 *	the ruleset in force	programs go by the previous image
 *	attachments (a trial)	their programs hand every frame on
 *
 * One window at a time. The word ng_control.window is the truth: 0, a deadline, or expired, which
 * the first packet or command after the deadline makes of it, for good. The next command that
 * takes the lock finishes what has expired: it puts the previous image into the current slot and
 * the rejected one into the other, or detaches the trial; only then the word becomes 0. Killed
 * in between it leaves a window that has expired, and the next one does it.
 */
#ifndef NG_WINDOW_H
#define NG_WINDOW_H

#include <stdbool.h>

#include "base/error.h"
#include "layout/image.h"

struct ng_state;

enum ng_window_kind { NG_WINDOW_NONE, NG_WINDOW_RULESET, NG_WINDOW_ATTACH };

/**
 * struct ng_window - what waits to be confirmed, or did
 * @kind:     NG_WINDOW_NONE: nothing does
 * @expired:  the time is over; without @kind: that of the last one was, and it was taken back
 * @deadline: CLOCK_BOOTTIME, ns; of @kind, or when @expired
 * @left:     ns until then
 */
struct ng_window {
	enum ng_window_kind kind;
	bool expired;
	__u64 deadline;
	__u64 left;
};

/** ng_window_read() - nothing waits where there is no state yet */
void ng_window_read(const struct ng_state *state, struct ng_window *window);

/** ng_window_slot() - where the image is that programs go by now */
enum ng_image_slot ng_window_slot(const struct ng_state *state);

/** ng_window_ask() - what is changed through @state from now on is to be confirmed within @ns */
void ng_window_ask(struct ng_state *state, __u64 ns);

/** ng_window_goes_back() - may the programs go by the previous image, now or when time is over? */
bool ng_window_goes_back(const struct ng_state *state);

/**
 * ng_window_admits() - may the ruleset change now?
 *
 * While a ruleset waits, one that is to be confirmed as well may take its place; what is gone back
 * to stays. Return: 0; -EBUSY with @err filled.
 */
int ng_window_admits(const struct ng_state *state, struct ng_error *err);

/**
 * ng_window_open() - right before the change of the current image: the time begins, if one was
 * asked
 *
 * The previous slot holds what is to be gone back to. Return: 0; -ETIMEDOUT with @err filled: the
 * change that waited was taken back this very moment.
 */
int ng_window_open(struct ng_state *state, struct ng_error *err);

/**
 * ng_window_try() - before interfaces are attached: what is attached from now on is on trial, if
 * a time was asked for
 *
 * Return: 0; -EBUSY with @err filled.
 */
int ng_window_try(struct ng_state *state, struct ng_error *err);

/** ng_window_tried() - they are attached, the time begins; @any: false: none was, nothing waits */
void ng_window_tried(struct ng_state *state, bool any);

/** ng_window_close() - nothing waits, and nobody is to be told of an end */
void ng_window_close(struct ng_state *state);

/** ng_window_word() - 0, a deadline, or NG_WINDOW_EXPIRED */
__u64 ng_window_word(const struct ng_state *state);

/** ng_window_is_over() - is that what such a word says by now? */
bool ng_window_is_over(__u64 word);

/** ng_window_exchange() - @to in the place of @from: 0, or what is there instead of @from */
__u64 ng_window_exchange(struct ng_state *state, __u64 from, __u64 to);

/** ng_window_store() - whatever is there */
void ng_window_store(struct ng_state *state, __u64 word);

#endif
