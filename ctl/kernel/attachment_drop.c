// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>

#include "kernel/attachment_private.h"
#include "kernel/tc.h"
#include "privilege.h"

void ng_qdisc_drop(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	ng_pin_path(state, path, "%d-qdisc", ifindex);
	if (!access(path, F_OK) && (ng_tc_qdisc_remove(ifindex) || !ng_tc_qdisc_exists(ifindex)))
		unlink(path);
}

static int take_off(const struct ng_state *state, const struct ng_attachment *attachment,
		    const struct ng_place *place)
{
	int result;

	if (attachment->hook != NG_HOOK_XDP)
		return ng_tc_detach(place->ifindex, attachment->hook, attachment->link);
	ng_change_begin(state, attachment->ifindex);
	result = ng_xdp_detach(place->ifindex, place, attachment->program);
	ng_change_end(state, attachment->ifindex);
	return result;
}

int ng_attachment_drop(const struct ng_state *state, __u32 generation,
		       const struct ng_attachment *attachment, const struct ng_attachment *instead)
{
	char path[NG_PIN_PATH];
	struct ng_place place;
	int result, own;

	/* libxdp would find nothing, and what is there would stay, and be forgotten. */
	if (attachment->hook == NG_HOOK_XDP && !ng_privilege_has(CAP_SYS_ADMIN))
		return -EPERM;
	ng_attachment_find(attachment, &place);
	result = ng_place_enter(&place, &own);
	if (result)
		return result;
	if (place.attached && instead && !place.dispatcher)
		result = ng_attachment_swap(attachment, &place, attachment->program,
					    instead->program);
	else if (place.attached)
		result = take_off(state, attachment, &place);
	ng_place_leave(own);
	if (result)
		return result;
	unlink(ng_path_link(state, path, generation, attachment->ifindex, attachment->hook));
	ng_unpin_program(state, generation, attachment->ifindex, attachment->hook);
	if (attachment->hook == NG_HOOK_XDP && !place.attached)
		ng_xdp_clean(attachment->ifindex, state->control_id);
	if (!instead && place.way == NG_WAY_CLSACT)
		ng_qdisc_drop(state, attachment->ifindex);
	return 0;
}
