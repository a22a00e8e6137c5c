/* SPDX-License-Identifier: GPL-2.0-only */
/* The TC egress programs, which come and go with the rulesets that need them. */
#ifndef NG_EGRESS_H
#define NG_EGRESS_H

#include "kernel/attachment.h"

/**
 * ng_egress_add() - an egress program on each interface that has a program for what comes in
 * @had: set to whether there was one on any of them before
 *
 * Return: 0; -errno with @err filled, and what was added is taken away.
 */
int ng_egress_add(struct ng_state *state, bool *had, struct ng_error *err);

/**
 * ng_egress_mend() - take egress programs away that the ruleset in force has no use for
 *
 * A command was killed between them and the ruleset. Only in a state of this layout.
 */
void ng_egress_mend(struct ng_state *state, const struct ng_attachments *attachments);

/** ng_egress_drop() - take all of them away; 0, or -errno with @err filled */
int ng_egress_drop(struct ng_state *state, struct ng_error *err);

#endif
