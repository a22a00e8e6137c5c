/* SPDX-License-Identifier: GPL-2.0-only */
/* What publishing and attaching do with the window; see window.h. */
#ifndef NG_WINDOW_PRIVATE_H
#define NG_WINDOW_PRIVATE_H

#include "kernel/state/private.h"
#include "kernel/state/window.h"

/** ng_window_runs() - does a change wait whose time is not over? */
bool ng_window_runs(const struct ng_state *state);

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

/**
 * ng_window_mend() - finish a window that has expired
 *
 * Return: 0; -ENOENT when nothing is attached any more; another -errno.
 */
int ng_window_mend(struct ng_state *state);

#endif
