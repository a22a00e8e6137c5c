/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpinning inner maps and sources of images (inner.h) when nothing names them any more. */
#ifndef NG_INNER_SWEEP_H
#define NG_INNER_SWEEP_H

struct ng_state;

/**
 * ng_inner_sweep() - unpin all but the live table, and the current and previous images with their
 * sources
 * @state: with the lock
 *
 * Return: 0 or -errno; nothing is unpinned as long as it is not known what they are.
 */
int ng_inner_sweep(const struct ng_state *state);

#endif
