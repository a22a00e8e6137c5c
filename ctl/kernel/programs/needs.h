/* SPDX-License-Identifier: GPL-2.0-only */
/* What an image needs from the hooks. */
#ifndef NG_NEEDS_H
#define NG_NEEDS_H

#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_image_needs_out() - does it decide outgoing packets, or note flows of them? */
bool ng_image_needs_out(const struct ng_image_header *image);

/** ng_image_reads_vlan() - does a rule for incoming packets have a condition on VLAN tags? */
bool ng_image_reads_vlan(const struct ng_image_header *image);

/**
 * struct ng_hook_needs - what each interface needs now
 * @out:  an egress program
 * @vlan: XDP must see the tags
 */
struct ng_hook_needs {
	bool out, vlan;
};

/** ng_needs_read() - what the image in force and the one for a rollback need; 0 or -errno */
int ng_needs_read(const struct ng_state *state, struct ng_hook_needs *needs);

/** ng_fail_stripped() - the ruleset reads VLAN tags, which XDP does not see here; -EOPNOTSUPP */
int ng_fail_stripped(const char *iface, struct ng_error *err);

#endif
