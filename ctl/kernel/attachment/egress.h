/* SPDX-License-Identifier: GPL-2.0-only */
/* The TC egress programs, which are attached only while a ruleset needs them. */
#ifndef NG_EGRESS_H
#define NG_EGRESS_H

#include "kernel/attachment/attachment.h"

/**
 * ng_egress_add() - attach an egress program to each interface that has an ingress program
 * @had: set to whether any of them had one before
 *
 * Return: 0; -errno with @err filled, and programs that were added are removed.
 */
int ng_egress_add(struct ng_state *state, bool *had, struct ng_error *err);

/**
 * ng_egress_settle() - remove them when no image that may be in force needs them; 0; -errno with
 * @err filled
 */
int ng_egress_settle(struct ng_state *state, struct ng_error *err);

#endif
