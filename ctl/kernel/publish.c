// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/egress.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/flow_table.h"
#include "kernel/maps/images.h"
#include "kernel/maps/rows.h"
#include "kernel/maps/window.h"
#include "kernel/programs/needs.h"
#include "kernel/state/exchange.h"

int ng_image_hold(const struct ng_state *state, enum ng_image_slot slot,
		  struct ng_held_image *image, struct ng_error *err)
{
	int result = ng_image_map(&state->now, slot, &image->data, &image->size);

	if (result == -ENOENT)
		return ng_fail(err, result, "there is no previous ruleset");
	if (result == -ENODATA) {
		ng_fail_at(err, result, state->folder,
			   "the pin of the ruleset's source is missing");
		return ng_hint(err, result,
			       "packets are filtered as before; detach, and attach again");
	}
	if (result == -EPROTO)
		return ng_fail(err, result,
			       "the ruleset in force is damaged, or its source is "
			       "that of another one");
	return result ? ng_fail_bpf(err, result, "cannot read the ruleset in force") : 0;
}

void ng_image_release(struct ng_held_image *image)
{
	if (image->data)
		munmap((void *)image->data, image->size);
	*image = (struct ng_held_image){ 0 };
}

int ng_image_hold_in_force(const struct ng_state *state, struct ng_held_image *image,
			   struct ng_error *err)
{
	struct ng_held_image held = { 0 };
	enum ng_image_slot slot;
	int result;

	/* A command that recovers an expired window meanwhile swaps the slots. */
	do {
		ng_image_release(&held);
		slot = ng_window_slot(state);
		result = ng_image_hold(state, slot, &held, err);
	} while (!result && slot != ng_window_slot(state));
	if (!result)
		*image = held;
	return result;
}

static int check_interface(const struct ng_attachment *attachment, struct ng_error *err)
{
	struct ng_interface iface;
	int result = ng_interface_at(attachment->ifindex, &iface);

	if (!result && iface.strips_vlan)
		return ng_fail_stripped(iface.name, err);
	if (!ng_unless_gone(result))
		return 0;
	return ng_fail_at(err, result, attachment->iface, "cannot query the interface: %s",
			  strerror(-result));
}

/* Can each hook see what the rules have conditions on? */
static int check_hooks(const struct ng_state *state, const void *image, struct ng_error *err)
{
	struct ng_attachments attachments;
	int result;

	if (!ng_image_reads_vlan(image))
		return 0;
	result = ng_attachments_read(state, state->now.number, &attachments);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	for (size_t i = 0; !result && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];

		if (attachment->hook == NG_HOOK_XDP)
			result = check_interface(attachment, err);
	}
	ng_attachments_close(&attachments);
	return result;
}

/* Load the image into the kernel and prepare its counters; an fd or -errno. */
static int make_image(const struct ng_state *state, const struct ng_image *image,
		      struct ng_image_room *room)
{
	/* A room created before the programs were replaced by larger ones does not fit these. */
	int fd = room->data && room->data == image->data && room->capacity == state->now.capacity
			 ? ng_image_room_seal(&state->now, room)
			 : ng_image_create(&state->now, image->data);
	/* Counters that belonged to other rules begin at 0; nothing counts in them yet. */
	int result = fd < 0 ? fd : ng_rows_begin(&state->now, image->fresh, image->n_fresh);

	if (!result)
		return fd;
	ng_cleanup_fd(&fd);
	return result;
}

/* After a failure: put the image that was there before back into the previous slot. */
static void restore_previous(struct ng_state *state, int fd)
{
	int result = fd < 0 ? fd : ng_image_put(&state->now, NG_IMAGE_PREVIOUS, fd);

	if (result && result != -ENOENT)
		ng_warn(result, "the previous ruleset");
}

/*
 * The update of the current slot is the publication: each program uses either the old or the new
 * image. While a window is open, the image for a rollback stays in the previous slot.
 */
static int put_in_force(struct ng_state *state, int new, struct ng_error *err)
{
	__cleanup_fd int old = ng_image_fd(&state->now, NG_IMAGE_CURRENT);
	__cleanup_fd int before = ng_image_fd(&state->now, NG_IMAGE_PREVIOUS);
	bool waits = ng_window_goes_back(state), at_once = !waits && !state->confirm;
	int result = old < 0 ? old : before < 0 ? ng_unless_gone(before) : 0;

	if (!result && !waits && !at_once)
		result = ng_image_put(&state->now, NG_IMAGE_PREVIOUS, old);
	if (result)
		return ng_fail_bpf(err, result, "cannot put the ruleset in force");
	result = ng_window_open(state, err);
	if (result)
		return result;
	result = at_once ? ng_image_advance(&state->now, old, new)
			 : ng_image_put(&state->now, NG_IMAGE_CURRENT, new);
	if (!result)
		return 0;
	if (!waits) {
		ng_window_close(state);
		restore_previous(state, before);
	}
	return ng_fail_bpf(err, result, "cannot put the ruleset in force");
}

/*
 * After put_in_force(): release rows and egress programs that are no longer needed. A failure does
 * no harm, and the next command tries again. Returns @result, that of put_in_force().
 */
static int settle(struct ng_state *state, bool had_out, int result)
{
	int failed = ng_live_settle(state);

	if (failed)
		ng_warn(failed, "the live table");
	failed = ng_buckets_settle(&state->now);
	if (failed)
		ng_warn(failed, "tables of rules with a rate");
	failed = ng_flows_settle(state);
	if (failed)
		ng_warn(failed, "the flow table");
	failed = result && had_out ? 0 : ng_egress_settle(state, NULL);
	if (failed)
		ng_warn(failed, "egress programs");
	return result;
}

int ng_publish_there(struct ng_state *state, const struct ng_image *image,
		     struct ng_image_room *room, struct ng_error *err)
{
	__cleanup_fd int new = -1;
	bool had_out = true;
	int result = ng_generation_check(state, err);

	if (!result)
		result = ng_window_admits(state, err);
	if (!result)
		result = check_hooks(state, image->data, err);
	if (!result && (image->size > state->now.capacity || image->slots > state->now.slots))
		result = ng_generation_grow(state, image->size, image->slots, err);
	if (!result && ng_image_needs_out(image->data))
		result = ng_egress_add(state, &had_out, err);
	if (result)
		return result;
	result = ng_live_bind(state, image->data);
	if (!result)
		result = ng_buckets_bind(&state->now, &state->now, image->data);
	if (!result)
		result = ng_flows_bind(state, image->data);
	if (!result)
		result = new = make_image(state, image, room);
	if (result < 0)
		ng_fail_bpf(err, result, "cannot put the ruleset in force");
	else
		result = put_in_force(state, new, err);
	return settle(state, had_out, result);
}

bool ng_publish_added_egress(const struct ng_state *state)
{
	return state->egress_added;
}

int ng_publish(struct ng_state *state, const struct ng_image *image, struct ng_error *err)
{
	struct ng_image_room none = { 0 };

	return ng_publish_there(state, image, &none, err);
}

int ng_publish_room(const struct ng_state *state, size_t size, size_t source,
		    struct ng_image_room *room)
{
	return ng_image_room_open(&state->now, size, source, room);
}

int ng_publish_previous(struct ng_state *state, struct ng_error *err)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, NG_IMAGE_PREVIOUS);
	struct ng_held_image image = { 0 };
	bool had_out = true;
	int result = ng_generation_check(state, err);

	if (!result)
		result = ng_window_admits(state, err);
	if (!result)
		result = ng_image_hold(state, NG_IMAGE_PREVIOUS, &image, err);
	if (!result)
		result = check_hooks(state, image.data, err);
	if (!result && ng_image_needs_out(image.data))
		result = ng_egress_add(state, &had_out, err);
	ng_image_release(&image);
	if (result)
		return result;
	result = ng_live_unsettle(state);
	if (result)
		ng_fail_bpf(err, result, "cannot put the ruleset in force");
	else
		result = put_in_force(state, fd, err);
	return settle(state, had_out, result);
}
