/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs off their interfaces. */
#ifndef NG_DETACH_H
#define NG_DETACH_H

#include <stddef.h>

#include "kernel/state/state.h"

/**
 * ng_detach() - detach @n interfaces; all when @n is 0
 * @state: opened with NG_ACCESS_CHANGE
 *
 * Knows an interface by the name it has or the name it was attached under, also when it is gone
 * since. A program of somebody else's that stands in our place stays. With the last interface
 * the state goes: rules, counters and the live set; then @state only can be closed.
 * Return: 0; -ENOENT for an interface that is not attached, before anything is detached; or
 * another -errno with @err filled: what could be detached is, and a second call tries the rest.
 */
int ng_detach(struct ng_state *state, const char *const *ifaces, size_t n, struct ng_error *err);

#endif
