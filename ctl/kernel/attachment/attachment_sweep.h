/* SPDX-License-Identifier: GPL-2.0-only */
/* What killed commands left on interfaces. */
#ifndef NG_ATTACHMENT_SWEEP_H
#define NG_ATTACHMENT_SWEEP_H

#include "kernel/pins/handle.h"

/**
 * ng_attachments_sweep() - take away what killed commands left on interfaces and do not know of
 *
 * Return: 0; -errno: what is left is still marked.
 */
int ng_attachments_sweep(const struct ng_state *state);

#endif
