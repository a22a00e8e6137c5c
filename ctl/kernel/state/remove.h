/* SPDX-License-Identifier: GPL-2.0-only */
/* Removing a state. */
#ifndef NG_REMOVE_H
#define NG_REMOVE_H

struct ng_state;

/** ng_state_close_pins() - close everything but the folder, which is the lock */
void ng_state_close_pins(struct ng_state *state);

/**
 * ng_state_remove() - unpin everything, when nothing is attached any more
 *
 * Return: 0; -errno: the state is still complete, or only stale pins remain; the next command that
 * takes the lock removes them.
 */
int ng_state_remove(struct ng_state *state);

/** ng_state_empty() - the same, but the folder, which is the lock, stays and stays locked */
int ng_state_empty(struct ng_state *state);

#endif
