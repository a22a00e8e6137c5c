// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/needs.h"

#include "base/cleanup.h"
#include "kernel/maps/images.h"
#include "kernel/maps/window.h"
#include "rules/ruleset.h"

bool ng_image_needs_out(const struct ng_image_header *image)
{
	return image->drop_default[NG_OUT] || image->decides_out || image->established;
}

bool ng_image_reads_vlan(const struct ng_image_header *image)
{
	return image->reads_vlan;
}

static int add(const struct ng_state *state, enum ng_image_slot slot, struct ng_hook_needs *needs)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, slot);
	struct ng_image_header head;
	int result = fd < 0 ? fd : ng_image_head(fd, &head);

	if (result)
		return result;
	needs->out |= ng_image_needs_out(&head);
	needs->vlan |= ng_image_reads_vlan(&head);
	return 0;
}

int ng_needs_read(const struct ng_state *state, struct ng_hook_needs *needs)
{
	struct ng_hook_needs both = { 0 };
	int result = add(state, NG_IMAGE_CURRENT, &both);

	if (!result && ng_window_goes_back(state))
		result = add(state, NG_IMAGE_PREVIOUS, &both);
	if (!result)
		*needs = both;
	return result;
}

int ng_fail_stripped(const char *iface, struct ng_error *err)
{
	ng_fail_at(err, -EOPNOTSUPP, iface,
		   "the ruleset has conditions on VLAN tags, and the interface removes tags from "
		   "frames before XDP sees them");
	return ng_hint(err, -EOPNOTSUPP, "%sethtool -K %s rxvlan off, or attach with --mode tc",
		       ng_in_netns(), iface);
}
