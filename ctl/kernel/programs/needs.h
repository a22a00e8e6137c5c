/* SPDX-License-Identifier: GPL-2.0-only */
/* What an image asks of the hooks it is to run on. */
#ifndef NG_NEEDS_H
#define NG_NEEDS_H

#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_image_needs_out() - has it a say about packets that leave? */
bool ng_image_needs_out(const struct ng_image_header *image);

/** ng_image_reads_vlan() - does a rule for packets that come in look at VLAN tags? */
bool ng_image_reads_vlan(const struct ng_image_header *image);

/**
 * struct ng_hook_needs - what is asked of each hook now
 * @out:  an egress program beside it
 * @vlan: XDP must see the tags
 */
struct ng_hook_needs {
	bool out, vlan;
};

/** ng_needs_read() - of the image in force and of that which a window may go back to; 0 or -errno
 */
int ng_needs_read(const struct ng_state *state, struct ng_hook_needs *needs);

/** ng_fail_stripped() - XDP does not see the VLAN tags that the ruleset asks for; -EOPNOTSUPP */
int ng_fail_stripped(const char *iface, struct ng_error *err);

#endif
