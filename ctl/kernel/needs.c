// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/needs.h"

#include <stddef.h>

#include "rules/ruleset.h"

bool ng_image_needs_out(const struct ng_image_header *image)
{
	if (image->drop_default[NG_OUT])
		return true;
	for (enum ng_class kind = 0; kind < NG_CLASSES; kind++)
		if (image->entries[NG_OUT][kind].count)
			return true;
	return false;
}

static const struct ng_entry *entry_at(const struct ng_image_header *image, enum ng_class class,
				       __u32 i)
{
	const char *first = (const char *)image + image->entries[NG_IN][class].offset;

	switch (class) {
	case NG_CLASS_IPV4:
		return &((const struct ng_entry4 *)first)[i].common;
	case NG_CLASS_IPV6:
		return &((const struct ng_entry6 *)first)[i].common;
	default:
		return &((const struct ng_entry *)first)[i];
	}
}

/* Every condition on a tag asks whether the tags could be read at all. */
bool ng_image_reads_vlan(const struct ng_image_header *image)
{
	for (enum ng_class kind = 0; kind < NG_CLASSES; kind++)
		for (__u32 i = 0; i < image->entries[NG_IN][kind].count; i++)
			if (entry_at(image, kind, i)->bits_mask & NG_BIT_HAS_VLAN)
				return true;
	return false;
}
