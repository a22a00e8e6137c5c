/* SPDX-License-Identifier: GPL-2.0-only */
/* What is left of network namespaces that were deleted. */
#ifndef NG_NAMESPACES_SWEEP_H
#define NG_NAMESPACES_SWEEP_H

struct ng_state;

/**
 * ng_netns_sweep() - remove what is pinned for namespaces that were deleted
 * @state: its folder stands among theirs
 *
 * A namespace is deleted when the kernel's list of them, looked at as a whole, is without its
 * cookie: nobody can come back to it, and no other will have that cookie. Where the kernel does not
 * let that be asked, nothing is removed.
 */
void ng_netns_sweep(const struct ng_state *state);

#endif
