/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs onto interfaces and off again; which are there. */
#ifndef NG_ATTACH_H
#define NG_ATTACH_H

#include <net/if.h>
#include <stddef.h>

#include "compile/image.h"
#include "kernel/pins/hooks.h"
#include "kernel/programs/namespaces.h"
#include "kernel/state/state.h"
#include "layout/counters.h"

/**
 * struct ng_attached - what ng_attach() did about one interface
 * @already:    it was attached before, in this way; nothing was done but what @mended and @was tell
 * @mended:     a program had lost its hook, or its interface came back with another index
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
	bool mended;
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
 * NG_MODE_AUTO in the mode it had, and goes on with its totals; what was mended stays so also when
 * another interface fails.
 * Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP, -EPERM, or another -errno with @err filled.
 */
int ng_attach(struct ng_state *state, const char *const *ifaces, size_t n, enum ng_mode mode,
	      const struct ng_image *first, struct ng_attached *result, struct ng_error *err);

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

/**
 * struct ng_hook_info - one program on one hook, as the kernel tells it
 * @iface:      the name under which it was attached, what `on IFACE` compares with
 * @name_now:   the name the interface has, wherever it is; empty when it is gone
 * @netns:      the network namespace that it was moved to, as ng_netns_words() says; else empty
 * @dispatcher: through libxdp's dispatcher, with others
 * @attached:   the program is on the hook and works
 * @problem:    why not, or what else is wrong, in words; else empty
 * @mend:       what to do about it: a command; may be empty
 * @attachment: its number, see NG_SLOT_TOTALS
 * @program_id: as bpftool prog shows it
 * @loaded:     CLOCK_BOOTTIME, ns
 * @passed, @dropped: totals since attach or `counters reset`
 */
struct ng_hook_info {
	char iface[IF_NAMESIZE];
	char name_now[IF_NAMESIZE];
	char netns[NG_NETNS_PATH];
	int ifindex;
	enum ng_hook hook;
	enum ng_way way;
	bool dispatcher;
	bool attached;
	bool up;
	char problem[256];
	char mend[320];
	__u32 attachment;
	__u32 program_id;
	__u64 loaded;
	struct ng_counter passed, dropped;
};

/**
 * ng_hooks() - all that is attached, by interface index and hook
 *
 * Return: 0 with *@hooks, @*n of them, for free(); -errno with @err filled.
 */
int ng_hooks(const struct ng_state *state, struct ng_hook_info **hooks, size_t *n,
	     struct ng_error *err);

#endif
