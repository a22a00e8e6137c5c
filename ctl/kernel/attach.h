/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaching to interfaces. */
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
 * @already: it was attached before, in the same way; nothing was done except for @repaired and @was
 * @repaired:   a program had lost its hook, or its interface had got another index
 * @was: the old name that its programs knew, if it was renamed; else empty
 * @dispatcher: attached under libxdp's dispatcher, which can share the interface with other
 *              programs
 * @down:       the interface is down: nothing passes until it is set up
 * @egress: a TC egress program was attached, too, because the ruleset decides outgoing packets
 * @fallback: why NG_MODE_AUTO used TC and not native XDP; else empty
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
 * @first:  the image for a state that does not exist yet; else not used
 * @result: @n of them, filled only on success
 *
 * Never replaces a program that is not netguard's. An interface that is attached in another mode is
 * an error, except with NG_MODE_AUTO, which accepts any. Repairs an attachment that something else
 * changed, with NG_MODE_AUTO in the mode it had, and continues its totals; a repair is not undone
 * when another interface fails. Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP, -EPERM, or another -errno
 * with @err filled.
 */
int ng_attach(struct ng_state *state, const char *const *ifaces, size_t n, enum ng_mode mode,
	      const struct ng_image *first, struct ng_attached *result, struct ng_error *err);

#endif
