/* SPDX-License-Identifier: GPL-2.0-only */
/* Cleaning up after commands that were killed while they changed an interface. */
#ifndef NG_ATTACHMENT_SWEEP_H
#define NG_ATTACHMENT_SWEEP_H

#include "kernel/pins/handle.h"

/**
 * ng_attachments_sweep() - finish or undo what killed commands left on interfaces
 *
 * Return: 0; -errno: the rest is still marked.
 */
int ng_attachments_sweep(const struct ng_state *state);

#endif
