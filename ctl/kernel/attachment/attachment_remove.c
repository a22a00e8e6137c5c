// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment_remove.h"

#include <errno.h>
#include <unistd.h>

#include "base/privilege.h"
#include "kernel/attachment/attachment_pins.h"
#include "kernel/attachment/search.h"
#include "kernel/programs/tc.h"

int ng_qdisc_remove(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];
	int result = ng_pin_exists(ng_pin_path(state, path, "%d-qdisc", ifindex));

	if (result <= 0)
		return result;
	result = ng_tc_qdisc_exists(ifindex);
	if (result > 0)
		result = ng_tc_qdisc_remove(ifindex);
	if (result == -EBUSY)
		return 0;
	/* As in detach(). */
	if (result && !ng_tc_qdisc_exists(ifindex))
		result = 0;
	return result ? result : ng_pin_remove(path);
}

static int detach(const struct ng_state *state, const struct ng_attachment *attachment,
		  const struct ng_location *location)
{
	struct ng_location after;
	int result;

	if (attachment->hook != NG_HOOK_XDP) {
		result = ng_tc_detach(location->ifindex, attachment->hook, attachment->link);
	} else {
		result = ng_change_begin(state, attachment->ifindex);
		if (result)
			return result;
		result = ng_xdp_detach(location->ifindex, location, attachment->program);
		ng_change_end(state, attachment->ifindex);
	}
	/* The kernel may have done it although its answer could not be read. */
	if (result && !ng_attachment_locate_on(attachment, location->ifindex, &after) &&
	    !after.attached)
		return 0;
	return result;
}

/*
 * The link before the program: commands that are killed here leave only a program, which others
 * find.
 */
static int unpin(const struct ng_state *state, __u32 generation,
		 const struct ng_attachment *attachment)
{
	char path[NG_PIN_PATH];
	int result = ng_pin_remove(
		ng_path_link(state, path, generation, attachment->ifindex, attachment->hook));

	if (result)
		return result;
	return ng_unpin_program(state, generation, attachment->ifindex, attachment->hook);
}

/* Remove the pins of a program that is off its hook; with @qdisc, also the qdisc, if it is ours. */
static int remove_record(const struct ng_state *state, __u32 generation,
			 const struct ng_attachment *attachment, bool qdisc)
{
	int result = qdisc ? ng_qdisc_remove(state, attachment->ifindex) : 0;

	return result ? result : unpin(state, generation, attachment);
}

int ng_attachment_remove(const struct ng_state *state, __u32 generation,
			 const struct ng_attachment *attachment,
			 const struct ng_attachment *instead)
{
	struct ng_location location;
	int result, own;
	bool qdisc;

	/* libxdp would not see the program: it would stay attached, without a pin. */
	if (attachment->hook == NG_HOOK_XDP && !ng_privilege_has(CAP_SYS_ADMIN))
		return -EPERM;
	result = ng_attachment_search(attachment, &location);
	if (!result)
		result = ng_location_enter(&location, &own);
	if (result)
		return result;
	if (location.attached && instead && !location.dispatcher)
		result = ng_attachment_swap(attachment, &location, attachment->program,
					    instead->program);
	else if (location.attached)
		result = detach(state, attachment, &location);
	ng_location_leave(own);
	/* Pins stay as long as there is anything to do, so that the next command can go on. */
	if (!result && attachment->hook == NG_HOOK_XDP && !location.attached)
		result = ng_xdp_sweep_pins(attachment->ifindex, state->control_id);
	if (result)
		return result;
	/* It is detached, and stale pins would report it as lost: try twice. */
	qdisc = !instead && location.way == NG_WAY_CLSACT;
	result = remove_record(state, generation, attachment, qdisc);
	return result ? remove_record(state, generation, attachment, qdisc) : 0;
}
