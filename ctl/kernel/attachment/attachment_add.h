/* SPDX-License-Identifier: GPL-2.0-only */
/* A program is loaded, attached and pinned. */
#ifndef NG_ATTACHMENT_ADD_H
#define NG_ATTACHMENT_ADD_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_add() - load a program of the generation in force, attach and pin it
 * @way: native or generic for NG_HOOK_XDP; else set: TCX, or clsact where there is no TCX
 *
 * Takes the stead of one that is pinned for this hook and has lost it, and goes on with its totals;
 * else they begin with 0. Return: 0; -ENOSPC, and what ng_xdp_attach() and ng_tc_filter() return;
 * @err is filled and all is as before.
 */
int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err);

/** ng_program_load_pinned() - load and pin what is attached afterwards; fd, or -errno, @err filled
 */
int ng_program_load_pinned(const struct ng_state *state, const struct ng_generation *maps,
			   int ifindex, enum ng_hook hook, const struct ng_config *config,
			   struct ng_error *err);

/** ng_attachment_add_xdp() - load, attach and pin; 0; -errno with @err filled and all as before */
int ng_attachment_add_xdp(const struct ng_state *state, const struct ng_generation *maps,
			  const struct ng_interface *iface, enum ng_way way,
			  const struct ng_config *config, struct ng_error *err);

#endif
