/* SPDX-License-Identifier: GPL-2.0-only */
/* How a window ends: confirmed, taken back, or recovered when it has expired; see maps/window.h. */
#ifndef NG_WINDOW_END_H
#define NG_WINDOW_END_H

#include "kernel/maps/window.h"

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

/**
 * ng_window_recover() - finish a window that has expired
 *
 * Return: 0; -ENOENT when nothing is attached any more; another -errno.
 */
int ng_window_recover(struct ng_state *state);

#endif
