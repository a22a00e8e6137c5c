/* SPDX-License-Identifier: GPL-2.0-only */
/* Detaching from interfaces. */
#ifndef NG_DETACH_H
#define NG_DETACH_H

#include <stddef.h>

#include "kernel/state/state.h"

/**
 * ng_detach() - detach @n interfaces; all when @n is 0
 * @state: opened with NG_ACCESS_CHANGE
 *
 * Accepts the current name of an interface or the one it was attached under, even if it is gone.
 * Programs that are not netguard's stay. With the last interface the state is removed: rules,
 * counters and live entries; @state may then only be closed.
 * Return: 0; -ENOENT for an interface that is not attached, before anything is detached; another
 * -errno with @err filled: as much as possible is detached, and a second call tries the rest.
 */
int ng_detach(struct ng_state *state, const char *const *ifaces, size_t n, struct ng_error *err);

#endif
