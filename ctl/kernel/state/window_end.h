/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a window: confirmed, rolled back, or recovered after it has expired; see
 * maps/window.h.
 */
#ifndef NG_WINDOW_END_H
#define NG_WINDOW_END_H

#include "kernel/maps/window.h"

/**
 * ng_window_confirm() - confirm the change that waits
 * @state:  opened with NG_ACCESS_CHANGE
 * @window: filled with what was confirmed, or expired before
 *
 * Return: 0; -ENOENT when nothing waits; -ETIMEDOUT when it has expired; @err is filled.
 */
int ng_window_confirm(struct ng_state *state, struct ng_window *window, struct ng_error *err);

/**
 * ng_window_cancel() - roll back the change that waits, as if it had expired
 * @state: opened with NG_ACCESS_CHANGE; when nothing is attached afterwards, it may only be closed
 * @left: set to whether anything is attached afterwards
 *
 * Return: 0; -errno with @err filled: the next command does the rest.
 */
int ng_window_cancel(struct ng_state *state, bool *left, struct ng_error *err);

/**
 * ng_window_recover() - finish a window that has expired
 *
 * Return: 0; -ENOENT when nothing is attached any more; another -errno.
 */
int ng_window_recover(struct ng_state *state);

#endif
