// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attach.h"
#include "kernel/programs/namespaces_sweep.h"
#include "kernel/state/remove.h"
#include "kernel/state/state.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/attachment_add.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/attachment_pins.h"
#include "kernel/attachment/search.h"
#include "kernel/maps/window.h"
#include "kernel/programs/needs.h"
#include "kernel/state/exchange.h"

static int attach_xdp(struct ng_state *state, const struct ng_interface *iface, enum ng_way way,
		      const struct ng_hook_needs *needs, struct ng_attached *result,
		      struct ng_error *err)
{
	struct ng_attachments attachments;
	const struct ng_attachment *added;
	struct ng_location location;
	int failed;

	if (needs->vlan && iface->strips_vlan)
		return ng_fail_stripped(iface->name, err);
	failed = ng_attachment_add(state, iface, NG_HOOK_XDP, &way, err);
	if (failed)
		return failed;
	result->hook = NG_HOOK_XDP;
	result->way = way;
	if (!ng_attachments_read(state, state->now.number, &attachments)) {
		added = ng_attachments_find(&attachments, iface->ifindex, NG_HOOK_XDP);
		if (added) {
			result->dispatcher =
				!ng_attachment_locate(added, &location) && location.dispatcher;
		}
		ng_attachments_close(&attachments);
	}
	return 0;
}

static int attach_tc(struct ng_state *state, const struct ng_interface *iface,
		     struct ng_attached *result, struct ng_error *err)
{
	result->hook = NG_HOOK_TC_IN;
	return ng_attachment_add(state, iface, NG_HOOK_TC_IN, &result->way, err);
}

/* Does the failure mean that the interface has no native XDP? Other failures may be temporary. */
static bool is_about_interface(int code)
{
	switch (-code) {
	case EBUSY:
	case EPERM:
	case EACCES:
	case ENOENT:
	case ENODEV:
	case ENOMEM:
	case ENOBUFS:
	case ENFILE:
	case EMFILE:
	case EIO:
	case EINTR:
	case EAGAIN:
		return false;
	default:
		return true;
	}
}

/*
 * TC is used where the interface has no native XDP, but not where another program is in the way:
 * that would then run before ours, which nobody asked for.
 */
static int attach_auto(struct ng_state *state, const struct ng_interface *iface,
		       const struct ng_hook_needs *needs, struct ng_attached *result,
		       struct ng_error *err)
{
	struct ng_error why = { 0 };
	int failed = attach_xdp(state, iface, NG_WAY_NATIVE, needs, result, &why);

	if (!failed)
		return 0;
	if (!is_about_interface(failed)) {
		if (err)
			*err = why;
		return failed;
	}
	snprintf(result->fallback, sizeof(result->fallback), "%.255s", why.what);
	return attach_tc(state, iface, result, err);
}

static int attach_in(struct ng_state *state, const struct ng_interface *iface, enum ng_mode mode,
		     const struct ng_hook_needs *needs, struct ng_attached *result,
		     struct ng_error *err)
{
	switch (mode) {
	case NG_MODE_NATIVE:
		return attach_xdp(state, iface, NG_WAY_NATIVE, needs, result, err);
	case NG_MODE_GENERIC:
		return attach_xdp(state, iface, NG_WAY_GENERIC, needs, result, err);
	case NG_MODE_TC:
		return attach_tc(state, iface, result, err);
	default:
		return attach_auto(state, iface, needs, result, err);
	}
}

static bool is_mode(enum ng_mode mode, const struct ng_attachment *attachment,
		    const struct ng_location *location)
{
	switch (mode) {
	case NG_MODE_NATIVE:
		return attachment->hook == NG_HOOK_XDP && location->way == NG_WAY_NATIVE;
	case NG_MODE_GENERIC:
		return attachment->hook == NG_HOOK_XDP && location->way == NG_WAY_GENERIC;
	case NG_MODE_TC:
		return attachment->hook == NG_HOOK_TC_IN;
	default:
		return true;
	}
}

static int follow_one(const struct ng_state *state, const struct ng_attachment *attachment,
		      const struct ng_interface *iface, struct ng_attached *result)
{
	char name[IF_NAMESIZE];
	struct ng_location location;
	int failed = ng_interface_name(attachment->ifindex, name);

	if (!failed && !strcmp(name, attachment->iface))
		return 0;
	failed = ng_unless_gone(failed);
	if (!failed)
		failed = ng_attachment_locate_on(attachment, iface->ifindex, &location);
	if (failed || !location.attached)
		return failed;
	failed = ng_pins_rename(state, attachment->hook, attachment->ifindex, iface->ifindex);
	result->repaired = true;
	return failed;
}

/* Find attachments of this interface from before it was moved, when it had another index. */
static int follow(const struct ng_state *state, const struct ng_interface *iface,
		  struct ng_attached *result, struct ng_error *err)
{
	struct ng_attachments attachments = { 0 };
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	for (size_t i = 0; !failed && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];

		if (attachment->ifindex != iface->ifindex)
			failed = follow_one(state, attachment, iface, result);
	}
	ng_attachments_close(&attachments);
	return failed ? ng_fail_bpf(err, failed, "cannot read the state") : 0;
}

static enum ng_mode mode_of(const struct ng_attachment *attachment)
{
	if (attachment->hook != NG_HOOK_XDP)
		return NG_MODE_TC;
	return attachment->config.generic ? NG_MODE_GENERIC : NG_MODE_NATIVE;
}

/*
 * Is the interface already attached? If its program lost its hook, *@mode becomes that program's.
 */
static int look_for(const struct ng_state *state, const struct ng_interface *iface,
		    enum ng_mode *mode, struct ng_attached *result, struct ng_error *err)
{
	struct ng_attachments attachments;
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	if (failed)
		return ng_fail_bpf(err, failed, "cannot read the state");
	for (size_t i = 0; !failed && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_location location;

		if (attachment->ifindex != iface->ifindex)
			continue;
		if (strcmp(attachment->iface, iface->name) != 0)
			memcpy(result->was, attachment->iface, sizeof(result->was));
		failed = ng_attachment_locate(attachment, &location);
		if (failed) {
			ng_fail_at(err, failed, iface->name, "cannot find out what is attached: %s",
				   strerror(-failed));
		} else if (!location.attached) {
			result->repaired = true;
			if (attachment->hook != NG_HOOK_TC_OUT && *mode == NG_MODE_AUTO)
				*mode = mode_of(attachment);
		} else if (attachment->hook == NG_HOOK_TC_OUT) {
			result->egress = true;
		} else if (!is_mode(*mode, attachment, &location)) {
			ng_fail_at(err, -EBUSY, iface->name, "is already attached in %s mode",
				   attachment->hook == NG_HOOK_XDP ? ng_way_name(location.way)
								   : "tc");
			failed = ng_hint(err, -EBUSY, "%s detach %s first", ng_netguard(),
					 iface->name);
		} else {
			result->already = true;
			result->hook = attachment->hook;
			result->way = location.way;
			result->dispatcher = location.dispatcher;
		}
	}
	ng_attachments_close(&attachments);
	return failed;
}

static int remove_hook(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	struct ng_attachments attachments;
	const struct ng_attachment *attachment;
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	if (failed)
		return failed;
	attachment = ng_attachments_find(&attachments, ifindex, hook);
	if (attachment)
		failed = ng_attachment_remove(state, state->now.number, attachment, NULL);
	ng_attachments_close(&attachments);
	return failed;
}

/*
 * Remove programs that have lost their hook and are not repaired: those attached in another mode
 * than now, and those of a deleted interface that had the same name.
 */
static int remove_lost(const struct ng_state *state, const struct ng_interface *iface,
		       struct ng_error *err)
{
	struct ng_attachments attachments = { 0 };
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	for (size_t i = 0; !failed && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_location location;

		if (attachment->ifindex != iface->ifindex && strcmp(attachment->iface, iface->name))
			continue;
		failed = ng_attachment_search(attachment, &location);
		if (!failed && !location.attached)
			failed = ng_attachment_remove(state, state->now.number, attachment, NULL);
	}
	ng_attachments_close(&attachments);
	return failed ? ng_fail_at(err, failed, iface->name,
				   "cannot remove the programs that lost their hooks: %s",
				   strerror(-failed))
		      : 0;
}

/* 1, 0, or -errno. */
static int has_old_name(const struct ng_state *state, const struct ng_interface *iface)
{
	struct ng_attachments attachments;
	int found = ng_attachments_read(state, state->now.number, &attachments);

	if (found)
		return found;
	for (size_t i = 0; i < attachments.n; i++)
		found |= attachments.list[i].ifindex == iface->ifindex &&
			 strcmp(attachments.list[i].iface, iface->name) != 0;
	ng_attachments_close(&attachments);
	return found;
}

/* If programs know the interface by an old name, replace them by ones that know the current one. */
static int rename_programs(struct ng_state *state, const struct ng_interface *iface,
			   struct ng_error *err)
{
	int failed = has_old_name(state, iface);

	if (failed <= 0)
		return failed ? ng_fail_bpf(err, failed, "cannot read the state") : 0;
	state->renamed = iface->ifindex;
	failed = ng_generation_grow(state, 0, 0, err);
	state->renamed = 0;
	return failed;
}

/* Remove the programs that were attached; those that were there before or were repaired stay. */
static void undo_one(const struct ng_state *state, const struct ng_interface *iface,
		     const struct ng_attached *done)
{
	int failed;

	if (done->already || done->repaired)
		return;
	failed = remove_hook(state, iface->ifindex, NG_HOOK_TC_OUT);
	if (!failed)
		failed = remove_hook(state, iface->ifindex, done->hook);
	if (failed)
		ng_warn(failed, iface->name);
}

/* Records in *@done what was done, also when it fails halfway. */
static int attach_one(struct ng_state *state, const struct ng_interface *iface, enum ng_mode mode,
		      const struct ng_hook_needs *needs, struct ng_attached *done,
		      struct ng_error *err)
{
	enum ng_way way;
	int failed;

	*done = (struct ng_attached){ .down = !iface->up };
	memcpy(done->iface, iface->name, sizeof(done->iface));
	failed = follow(state, iface, done, err);
	if (!failed)
		failed = look_for(state, iface, &mode, done, err);
	if (!failed && !done->already)
		failed = attach_in(state, iface, mode, needs, done, err);
	if (failed)
		return failed;
	if (needs->out && !done->egress) {
		failed = ng_attachment_add(state, iface, NG_HOOK_TC_OUT, &way, err);
		done->egress = !failed;
	}
	if (!failed)
		failed = remove_lost(state, iface, err);
	if (!failed)
		failed = rename_programs(state, iface, err);
	if (failed)
		undo_one(state, iface, done);
	return failed;
}

static int find_all(const char *const *names, size_t n, struct ng_interface *ifaces,
		    struct ng_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int failed = ng_interface_find(names[i], &ifaces[i], err);

		if (!failed)
			failed = ng_interface_has_ethernet(&ifaces[i], err);
		if (failed)
			return failed;
	}
	return 0;
}

static int attach_all(struct ng_state *state, const struct ng_interface *ifaces, size_t n,
		      enum ng_mode mode, struct ng_attached *done, struct ng_error *err)
{
	struct ng_hook_needs needs;
	bool any = false;
	size_t i = 0;
	int failed = ng_needs_read(state, &needs);

	if (failed)
		return ng_fail_bpf(err, failed, "cannot read the ruleset in force");
	failed = ng_window_trial_begin(state, err);
	while (!failed && i < n) {
		failed = attach_one(state, &ifaces[i], mode, &needs, &done[i], err);
		if (!failed)
			any |= !done[i++].already;
	}
	while (failed && i-- > 0)
		undo_one(state, &ifaces[i], &done[i]);
	ng_window_trial_end(state, !failed && any);
	return failed;
}

/* If something is attached all the same, the state is still needed. */
static void remove_unused(struct ng_state *state)
{
	struct ng_attachments attachments;
	int failed = ng_attachments_read(state, state->now.number, &attachments);
	bool used = failed || attachments.n;

	if (!failed)
		ng_attachments_close(&attachments);
	if (!used) {
		ng_xdp_sweep_folder();
		failed = ng_state_remove(state);
	}
	if (failed)
		ng_warn(failed, "the state that was made");
}

int ng_attach(struct ng_state *state, const char *const *ifaces, size_t n, enum ng_mode mode,
	      const struct ng_image *first, struct ng_attached *result, struct ng_error *err)
{
	__cleanup_free struct ng_interface *found = calloc(n, sizeof(*found));
	__cleanup_free struct ng_attached *done = calloc(n, sizeof(*done));
	bool made = !ng_state_exists(state);
	int failed;

	if (!found || !done)
		return ng_fail(err, -ENOMEM, "out of memory");
	failed = find_all(ifaces, n, found, err);
	if (failed)
		return failed;
	ng_netns_sweep(state);
	if (made)
		failed = ng_state_create(state, first->data, first->size, first->slots, err);
	if (failed)
		return failed;
	failed = attach_all(state, found, n, mode, done, err);
	if (!failed)
		memcpy(result, done, n * sizeof(*result));
	else if (made)
		remove_unused(state);
	return failed;
}
