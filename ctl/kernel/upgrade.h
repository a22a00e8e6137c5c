/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replacing the programs in force, which an older netguard may have loaded with another layout of
 * maps, by those of this netguard. What is carried over is read only as include/layout/stable.h
 * describes it: rulesets as text, counters by slot, live entries, attachments.
 *
 * It works as exchange.h describes: at every moment one program filters on each hook, and one store
 * puts the new layout in force together with the new generation. A command that is killed before
 * leaves the old filter, one that is killed after leaves the new one.
 */
#ifndef NG_UPGRADE_H
#define NG_UPGRADE_H

#include "compile/image.h"
#include "kernel/state/state.h"

/**
 * struct ng_upgraded - what was done
 * @from:     the layout that was in force
 * @programs: how many were replaced
 */
struct ng_upgraded {
	__u32 from;
	size_t programs;
};

/**
 * ng_upgrade() - replace all programs and maps
 * @state:  opened with NG_ACCESS_UPGRADE
 * @images: by enum ng_image_slot: the rulesets in those slots, compiled again so that rules keep
 *          their counters; NG_IMAGE_PREVIOUS may be all zero
 *
 * Return: 0 with *@done; -ENOSPC, -ENOMEM or another -errno with @err filled: the old programs are
 * still in force.
 */
int ng_upgrade(struct ng_state *state, const struct ng_image images[NG_IMAGE_SLOTS],
	       struct ng_upgraded *done, struct ng_error *err);

#endif
