/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs onto interfaces. */
#ifndef NG_ATTACH_H
#define NG_ATTACH_H

#include <net/if.h>
#include <stddef.h>

#include "compile/image.h"
#include "kernel/pins/hooks.h"
#include "kernel/state/state.h"
#include "layout/counters.h"

/**
 * struct ng_attached - what ng_attach() did about one interface
 * @already:    it was attached before, in this way; nothing was done but what @repaired and @was
 * tell
 * @repaired:   a program had lost its hook, or its interface came back with another index
 * @was:        the name its programs had for the interface, which was renamed; else empty
 * @dispatcher: shares the interface with other XDP programs through libxdp
 * @down:       the interface is down: nothing passes until it is set up
 * @egress:     a TC egress program was attached too, because the ruleset has a say about `out`
 * @fallback:   NG_MODE_AUTO came to TC: why not native XDP; else empty
 */
struct ng_attached {
	char iface[IF_NAMESIZE];
	enum ng_hook hook;
	enum ng_way way;
	bool already;
	bool repaired;
	char was[IF_NAMESIZE];
	bool dispatcher;
	bool down;
	bool egress;
	char fallback[256];
};

/**
 * ng_attach() - attach to @n interfaces, all or none
 * @state:  opened with NG_ACCESS_CREATE
 * @first:  the image to begin with when there is no state yet; else not looked at
 * @result: @n of them, filled on success only
 *
 * Never replaces a program that is not netguard's. An interface that is attached in another mode
 * is an error; NG_MODE_AUTO takes any. Mends what happened to an interface since it was attached,
 * NG_MODE_AUTO in the mode it had, and goes on with its totals; what was repaired stays so also
 * when another interface fails. Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP, -EPERM, or another -errno
 * with @err filled.
 */
int ng_attach(struct ng_state *state, const char *const *ifaces, size_t n, enum ng_mode mode,
	      const struct ng_image *first, struct ng_attached *result, struct ng_error *err);

#endif
