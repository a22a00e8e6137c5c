/* SPDX-License-Identifier: GPL-2.0-only */
/* Pins of network namespaces that were deleted. */
#ifndef NG_NAMESPACES_SWEEP_H
#define NG_NAMESPACES_SWEEP_H

struct ng_state;

/**
 * ng_netns_sweep() - remove the pins of namespaces that were deleted
 * @state: its folder is beside theirs
 *
 * A namespace is deleted if its cookie is missing from the kernel's list and the whole list was
 * walked: nothing can enter it again, and no other namespace will get its cookie. Where the kernel
 * does not permit reading that list, nothing is removed.
 */
void ng_netns_sweep(const struct ng_state *state);

#endif
