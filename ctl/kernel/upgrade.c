// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/upgrade.h"

#include <errno.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/live/live_rebuild.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/flow_table.h"
#include "kernel/maps/generation.h"
#include "kernel/maps/images.h"
#include "kernel/maps/rows.h"
#include "kernel/maps/window.h"
#include "kernel/state/exchange.h"
#include "layout/version.h"

/*
 * A window of an older layout that has expired ends with that layout: programs use the previous
 * image then, and the new generation has that image in both slots.
 */
static int check_window(const struct ng_state *state, struct ng_error *err)
{
	struct ng_window window;

	ng_window_read(state, &window);
	if (window.kind == NG_WINDOW_NONE || (window.kind == NG_WINDOW_RULESET && window.expired))
		return 0;
	ng_fail(err, -EBUSY, "a change waits to be confirmed");
	return ng_hint(err, -EBUSY,
		       "run %s confirm or %s rollback first, with the netguard "
		       "that made the change",
		       ng_netguard(), ng_netguard());
}

static int count_programs(const struct ng_state *state, size_t *n, struct ng_error *err)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	*n = attachments.n;
	ng_attachments_close(&attachments);
	return 0;
}

/*
 * Create maps that are large enough for all images, and have at least as many counters as before.
 */
static int create_generation(const struct ng_state *state, const struct ng_image *images, int live,
			     struct ng_generation *next, struct ng_error *err)
{
	__u32 slots = state->now.slots;
	size_t size = 0;
	/* Another layout may have another format. */
	int flows = state->words->version == NG_LAYOUT_VERSION ? state->now.flows : -1;

	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++) {
		if (images[slot].size > size)
			size = images[slot].size;
		if (images[slot].data && ng_slots_for(images[slot].slots) > slots)
			slots = ng_slots_for(images[slot].slots);
	}
	if (!ng_capacity_for(size))
		return ng_fail(err, -E2BIG, "the ruleset is too large: %zu bytes of %u", size,
			       NG_IMAGE_MAX);
	return ng_generation_create(state, state->now.number + 1, ng_capacity_for(size), slots,
				    live, flows, next, err);
}

/*
 * @coming: the state with the new generation; the images get rows in its live table. @now: the
 * generation in force.
 */
static int put_images(struct ng_state *coming, const struct ng_generation *now,
		      const struct ng_image *images)
{
	int result = 0;

	for (int slot = NG_IMAGE_SLOTS - 1; !result && slot >= 0; slot--) {
		__cleanup_fd int fd = -1;

		if (!images[slot].data)
			continue;
		result = ng_live_bind(coming, images[slot].data);
		if (!result)
			result = ng_buckets_bind(&coming->now, now, images[slot].data);
		if (!result)
			result = ng_flows_bind(coming, images[slot].data);
		if (!result)
			result = fd = ng_image_create(&coming->now, images[slot].data);
		if (fd >= 0)
			result = ng_image_put(&coming->now, slot, fd);
	}
	return result ? result : ng_live_settle(coming);
}

/*
 * A rule whose text this netguard writes differently has a new slot, in which nothing counts yet.
 */
static int begin_fresh(const struct ng_state *state, const struct ng_image *images)
{
	struct ng_rows rows;
	int result = ng_rows_map(&state->now, true, &rows);

	if (result)
		return result;
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		for (size_t i = 0; i < images[slot].n_fresh; i++)
			if (images[slot].fresh[i] < rows.slots)
				ng_rows_reset(&rows, images[slot].fresh[i]);
	ng_rows_unmap(&rows);
	return 0;
}

int ng_upgrade(struct ng_state *state, const struct ng_image images[NG_IMAGE_SLOTS],
	       struct ng_upgraded *done, struct ng_error *err)
{
	struct ng_upgraded upgraded = { .from = state->words->version };
	struct ng_state coming = *state;
	__cleanup_fd int live = -1;
	int result = ng_generation_check(state, err);

	if (!result)
		result = check_window(state, err);
	if (!result)
		result = count_programs(state, &upgraded.programs, err);
	if (result)
		return result;
	live = ng_live_carry(state);
	if (live == -ENOSPC)
		return ng_fail(err, live, "there are %u or more live entries, more than fit",
			       NG_LIVE_MAX);
	if (live < 0)
		return ng_fail_bpf(err, live, "cannot carry the live table over");
	result = create_generation(state, images, live, &coming.now, err);
	if (result)
		return result;
	result = put_images(&coming, &state->now, images);
	if (!result)
		result = begin_fresh(state, images);
	if (result) {
		ng_fail_bpf(err, result, "cannot carry the ruleset over");
		ng_generation_discard(state, &coming.now);
		return result;
	}
	result = ng_generation_replace(state, &coming.now, err);
	if (result)
		return result;
	if (state->words->window)
		ng_window_close(state);
	*done = upgraded;
	return 0;
}
