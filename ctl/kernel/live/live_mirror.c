// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_mirror.h"

#include <errno.h>

#include "compile/image_read.h"
#include "net/ip.h"

/* Copy the live entries of @set that contain @address, the longest prefix first. */
static int mirror_set(const struct ng_state *state, struct ng_state *copy, const char *set,
		      struct ng_prefix address, struct ng_error *err)
{
	struct ng_live_member member;
	struct ng_error missing;
	bool there = true;

	for (;;) {
		int result = ng_live_test(state, set, &address, &there, &member, &missing);

		/* A new set has none. */
		if (result == -ENOENT || (!result && !there))
			return 0;
		if (result)
			return ng_fail(err, result, "%s", missing.what);
		result = ng_live_add(copy, set, &member.prefix, member.until, NULL, err);
		if (result || !member.prefix.len)
			return result;
		ng_prefix_mask(&address, member.prefix.len - 1);
	}
}

int ng_live_mirror(const struct ng_state *state, struct ng_state *copy, const void *image,
		   const struct ng_prefix *address, struct ng_error *err)
{
	size_t n;
	const struct ng_image_set *sets = ng_image_set_list(image, &n);
	int result = mirror_set(state, copy, NG_BLOCKED, *address, err);

	for (size_t i = 0; !result && i < n; i++)
		result = mirror_set(state, copy, sets[i].name, *address, err);
	return result;
}
