/* SPDX-License-Identifier: GPL-2.0-only */
/* What an image asks of the hooks it is to run on. */
#ifndef NG_NEEDS_H
#define NG_NEEDS_H

#include <stdbool.h>

#include "layout.h"

/** ng_image_needs_out() - has it a say about packets that leave? */
bool ng_image_needs_out(const struct ng_image_header *image);

/** ng_image_reads_vlan() - does a rule for packets that come in look at VLAN tags? */
bool ng_image_reads_vlan(const struct ng_image_header *image);

#endif
