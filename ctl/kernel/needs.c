// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/needs.h"

#include "rules/ruleset.h"

bool ng_image_needs_out(const struct ng_image_header *image)
{
	return image->drop_default[NG_OUT] || image->decides_out;
}

bool ng_image_reads_vlan(const struct ng_image_header *image)
{
	return image->reads_vlan;
}
