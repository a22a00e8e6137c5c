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

#include "kernel/state/state.h"
#include "layout/image.h"

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

/**
 * ng_window_confirm() - what waits stays
 * @state:  opened with NG_ACCESS_CHANGE
 * @window: what was confirmed, or came too late
 *
 * Return: 0; -ENOENT when nothing waits; -ETIMEDOUT when the time is over; @err is filled.
 */
int ng_window_confirm(struct ng_state *state, struct ng_window *window, struct ng_error *err);

/**
 * ng_window_cancel() - take back what waits, as if its time were over
 * @state: opened with NG_ACCESS_CHANGE; only to be closed when nothing is attached any more
 * @left:  set to whether something is
 *
 * Return: 0; -errno with @err filled: what is left is done by the next command.
 */
int ng_window_cancel(struct ng_state *state, bool *left, struct ng_error *err);

#endif
