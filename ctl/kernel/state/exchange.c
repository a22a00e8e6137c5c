// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/state/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/privilege.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/attachment_renew.h"
#include "kernel/attachment/attachment_sweep.h"
#include "kernel/attachment/egress.h"
#include "kernel/maps/generation.h"
#include "kernel/maps/images.h"
#include "kernel/maps/rows.h"
#include "layout/control.h"
#include "layout/version.h"

/* Move what @from reports to @to. A second call changes nothing: @from reports 0 then. */
static int carry_counters(const struct ng_generation *from, const struct ng_generation *to)
{
	struct ng_rows old, new;
	__u32 slots;
	int result = ng_rows_map(from, true, &old);

	if (result)
		return result;
	result = ng_rows_map(to, true, &new);
	if (!result) {
		slots = old.slots < new.slots ? old.slots : new.slots;
		for (__u32 slot = 0; slot < slots; slot++) {
			struct ng_counter counted = ng_rows_reported(&old, slot);

			new.baseline[slot].packets -= counted.packets;
			new.baseline[slot].bytes -= counted.bytes;
			old.baseline[slot].packets += counted.packets;
			old.baseline[slot].bytes += counted.bytes;
		}
		ng_rows_unmap(&new);
	}
	ng_rows_unmap(&old);
	return result;
}

/* The programs of generation @number count no more: move their counters. */
static int carry_over(const struct ng_state *state, __u32 number)
{
	struct ng_generation maps;
	int result = ng_generation_open(state, number, &maps);

	/* Not all of its maps were created. */
	if (result == -ENOENT)
		return 0;
	if (result)
		return result;
	result = ng_programs_wait(&state->now);
	if (!result)
		result = carry_counters(&maps, &state->now);
	ng_generation_close(&maps);
	return result;
}

/* Remove a generation that is not in force. */
static int retire(const struct ng_state *state, __u32 number)
{
	struct ng_attachments going, staying;
	char path[NG_PIN_PATH];
	int result;

	result = ng_attachments_read(state, state->now.number, &staying);
	if (result)
		return result;
	result = ng_attachments_read(state, number, &going);
	if (result)
		goto out_staying;
	for (size_t i = 0; i < going.n; i++) {
		const struct ng_attachment *attachment = &going.list[i];
		int failed = ng_attachment_remove(
			state, number, attachment,
			ng_attachments_find(&staying, attachment->ifindex, attachment->hook));

		if (failed)
			result = failed;
	}
	/* Programs that could not be detached stay pinned; the next command tries again. */
	if (!result)
		result = carry_over(state, number);
	if (!result)
		result = ng_folder_clear(ng_pin_path(state, path, "gen-%u", number));
	ng_attachments_close(&going);
out_staying:
	ng_attachments_close(&staying);
	return result;
}

static int copy_image(const struct ng_generation *from, const struct ng_generation *to,
		      enum ng_image_slot slot)
{
	__cleanup_fd int old = ng_image_fd(from, slot), new = -1;

	if (old < 0)
		return old;
	new = ng_image_copy(to, old);
	return new < 0 ? new : ng_image_put(to, slot, new);
}

static int copy_images(const struct ng_generation *from, const struct ng_generation *to)
{
	int result = copy_image(from, to, NG_IMAGE_PREVIOUS);

	if (result && result != -ENOENT)
		return result;
	return copy_image(from, to, NG_IMAGE_CURRENT);
}

static int renew_all(const struct ng_state *state, const struct ng_generation *next,
		     struct ng_error *err)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	for (size_t i = 0; !result && i < attachments.n; i++)
		result = ng_attachment_renew(state, next, &attachments.list[i], err);
	ng_attachments_close(&attachments);
	return result;
}

void ng_generation_discard(struct ng_state *state, struct ng_generation *next)
{
	int result = retire(state, next->number);

	if (result)
		ng_warn(result, "programs of a new generation");
	ng_generation_close(next);
}

int ng_generation_replace(struct ng_state *state, struct ng_generation *next, struct ng_error *err)
{
	struct ng_control words = { .version = NG_LAYOUT_VERSION, .generation = next->number };
	__u32 old = state->now.number;
	int result = renew_all(state, next, err);

	if (result) {
		ng_generation_discard(state, next);
		return result;
	}
	__atomic_store_n(&state->words->in_force, words.in_force, __ATOMIC_RELEASE);
	ng_generation_close(&state->now);
	state->now = *next;
	result = retire(state, old);
	if (result)
		ng_warn(result, "programs that were replaced");
	return 0;
}

int ng_generation_grow(struct ng_state *state, size_t size, __u32 slots, struct ng_error *err)
{
	__u64 capacity = ng_capacity_for(size);
	struct ng_generation next;
	int result;
	NG_RAISED;

	if (!capacity)
		return ng_fail(err, -E2BIG, "the ruleset is too large: %zu bytes of %u", size,
			       NG_IMAGE_MAX);
	/* Without CAP_SYS_ADMIN libxdp does not see the programs, as if there were none. */
	if (!ng_privilege_has(CAP_SYS_ADMIN)) {
		ng_fail(err, -EPERM,
			"the ruleset has outgrown the programs that are loaded, and loading larger "
			"ones requires CAP_SYS_ADMIN");
		return ng_hint(err, -EPERM, "run as root");
	}
	slots = ng_slots_for(slots);
	result = ng_generation_create(state, state->now.number + 1,
				      capacity > state->now.capacity ? capacity
								     : state->now.capacity,
				      slots > state->now.slots ? slots : state->now.slots,
				      state->now.live, state->now.flows, &next, err);
	if (result)
		return result;
	result = copy_images(&state->now, &next);
	if (result) {
		ng_generation_discard(state, &next);
		return ng_fail_bpf(err, result, "cannot copy the ruleset in force");
	}
	return ng_generation_replace(state, &next, err);
}

static int retire_others(const struct ng_state *state)
{
	int result;
	__cleanup_folder DIR *folder = ng_folder_open(state->folder, &result);
	struct dirent *entry;

	while (folder && !result && (entry = ng_folder_next(folder, &result))) {
		__u32 number;

		if (sscanf(entry->d_name, "gen-%u", &number) == 1 && number != state->now.number)
			result = retire(state, number);
	}
	return result;
}

static bool has_egress(const struct ng_attachments *attachments)
{
	for (size_t i = 0; i < attachments->n; i++)
		if (attachments->list[i].hook == NG_HOOK_TC_OUT)
			return true;
	return false;
}

/*
 * Without CAP_SYS_ADMIN libxdp does not see the programs, and one that is attached would lose its
 * pin. Recovering can wait for a command with that privilege: all programs use the generation in
 * force, unless some were replaced already, see ng_generation_check().
 */
static int recover_programs(const struct ng_state *state)
{
	int result;

	if (!ng_privilege_has(CAP_SYS_ADMIN))
		return 0;
	result = ng_attachments_sweep(state);
	return result ? result : retire_others(state);
}

int ng_generation_recover(struct ng_state *state, bool *any, struct ng_error *err)
{
	struct ng_attachments attachments;
	NG_RAISED;
	int result = recover_programs(state);

	if (!result)
		result = ng_attachments_read(state, state->now.number, &attachments);
	if (result)
		return ng_fail_bpf(err, result,
				   "cannot complete or undo what an earlier command left");
	/*
	 * Egress programs left by a killed command. Whether an image of an older layout needs them
	 * cannot be read, see stable.h.
	 */
	if (has_egress(&attachments) && state->words->version == NG_LAYOUT_VERSION)
		result = ng_egress_settle(state, err);
	*any = attachments.n;
	ng_attachments_close(&attachments);
	return result;
}

int ng_generation_check(const struct ng_state *state, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result = ng_pin_exists(ng_pin_path(state, path, "gen-%u", state->now.number + 1));

	if (result < 0)
		return ng_fail_bpf(err, result, "cannot read the state");
	if (!result)
		return 0;
	ng_fail(err, -EPERM,
		"an earlier command was interrupted while it exchanged programs, and "
		"completing that requires CAP_SYS_ADMIN");
	return ng_hint(err, -EPERM, "run as root");
}
