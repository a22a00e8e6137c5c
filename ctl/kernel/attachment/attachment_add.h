/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading, attaching and pinning a program. */
#ifndef NG_ATTACHMENT_ADD_H
#define NG_ATTACHMENT_ADD_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_add() - load a program of the generation in force, attach and pin it
 * @way: for NG_HOOK_XDP, native or generic; else set to TCX, or to clsact where there is no TCX
 *
 * Replaces a program that is pinned for this hook but has lost it, and continues its totals; else
 * totals begin at 0. Return: 0; -ENOSPC, or what ng_xdp_attach() and ng_tc_filter() return, with
 * @err filled and nothing changed.
 */
int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err);

/**
 * ng_program_load_pinned() - load and pin a program without attaching it; an fd, or -errno with
 * @err filled
 */
int ng_program_load_pinned(const struct ng_state *state, const struct ng_generation *maps,
			   int ifindex, enum ng_hook hook, const struct ng_config *config,
			   struct ng_error *err);

/**
 * ng_attachment_add_xdp() - load, attach and pin; 0; -errno with @err filled and nothing changed
 */
int ng_attachment_add_xdp(const struct ng_state *state, const struct ng_generation *maps,
			  const struct ng_interface *iface, enum ng_way way,
			  const struct ng_config *config, struct ng_error *err);

#endif
