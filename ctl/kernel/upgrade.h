/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * This netguard's programs in the place of those that run, which an older netguard may have
 * loaded with another layout of the maps. What is taken over is read by include/layout/stable.h
 * alone: rulesets as text, counters by slot, live entries, attachments.
 *
 * It is the way of exchange.h, so a hook has one program at work at every moment, and one store
 * puts the new layout in force with the new generation: who is killed before leaves the old
 * netguard's filter as it was, who is killed after leaves this one's.
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
 * @images: by enum ng_image_slot: what is there now, compiled anew so that rules keep their slots;
 *          NG_IMAGE_PREVIOUS may be zeroed
 *
 * Hooks that lost their program are forgotten.
 * Return: 0 with *@done; -ENOSPC, -ENOMEM or another -errno with @err filled, and the old programs
 * are in force as before.
 */
int ng_upgrade(struct ng_state *state, const struct ng_image images[NG_IMAGE_SLOTS],
	       struct ng_upgraded *done, struct ng_error *err);

#endif
