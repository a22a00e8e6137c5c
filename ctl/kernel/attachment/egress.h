/* SPDX-License-Identifier: GPL-2.0-only */
/* The TC egress programs, which come and go with the rulesets that need them. */
#ifndef NG_EGRESS_H
#define NG_EGRESS_H

#include "kernel/attachment/attachment.h"

/**
 * ng_egress_add() - an egress program on each interface that has a program for what comes in
 * @had: set to whether there was one on any of them before
 *
 * Return: 0; -errno with @err filled, and what was added is taken away.
 */
int ng_egress_add(struct ng_state *state, bool *had, struct ng_error *err);

/** ng_egress_settle() - take them away when no image that may be in force needs them; likewise */
int ng_egress_settle(struct ng_state *state, struct ng_error *err);

#endif
