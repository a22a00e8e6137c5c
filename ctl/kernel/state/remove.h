/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a state. */
#ifndef NG_REMOVE_H
#define NG_REMOVE_H

struct ng_state;

/** ng_state_close_pins() - close what is pinned; the folder, which is the lock, stays open */
void ng_state_close_pins(struct ng_state *state);

/**
 * ng_state_remove() - unpin everything; nothing is attached any more
 *
 * Return: 0; -errno: what is left is no state or a whole one, and whoever takes the lock next
 * removes it.
 */
int ng_state_remove(struct ng_state *state);

#endif
