// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attach.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "kernel/attachment.h"
#include "kernel/maps.h"
#include "kernel/needs.h"

/* What the ruleset in force asks of a hook. */
struct needs {
	bool out, vlan;
};

static int needs_in_force(const struct ng_state *state, struct needs *needs, struct ng_error *err)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, NG_IMAGE_CURRENT);
	size_t size, mapped;
	const void *image;
	int result = fd < 0 ? fd : ng_image_map(fd, &image, &size, &mapped);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the ruleset in force");
	needs->out = ng_image_needs_out(image);
	needs->vlan = ng_image_reads_vlan(image);
	munmap((void *)image, mapped);
	return 0;
}

int ng_fail_stripped(const char *iface, struct ng_error *err)
{
	ng_fail_at(err, -EOPNOTSUPP, iface,
		   "the ruleset asks for VLAN tags, and the interface takes them out of the frames "
		   "before XDP sees them");
	return ng_hint(err, -EOPNOTSUPP, "ethtool -K %s rxvlan off, or attach with --mode tc",
		       iface);
}

static int attach_xdp(struct ng_state *state, const struct ng_interface *iface, enum ng_way way,
		      const struct needs *needs, struct ng_attached *result, struct ng_error *err)
{
	struct ng_attachments attachments;
	const struct ng_attachment *added;
	struct ng_place place;
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
			ng_attachment_place(added, &place);
			result->dispatcher = place.dispatcher;
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

/*
 * TC takes over where this interface has no native XDP; not where somebody else is in the way,
 * whose program would then stand before ours without anyone having asked for it.
 */
static int attach_auto(struct ng_state *state, const struct ng_interface *iface,
		       const struct needs *needs, struct ng_attached *result, struct ng_error *err)
{
	struct ng_error why = { 0 };
	int failed = attach_xdp(state, iface, NG_WAY_NATIVE, needs, result, &why);

	if (!failed)
		return 0;
	if (failed == -EBUSY || failed == -EPERM || failed == -ENOMEM || failed == -ENODEV) {
		if (err)
			*err = why;
		return failed;
	}
	snprintf(result->fallback, sizeof(result->fallback), "%.255s", why.what);
	return attach_tc(state, iface, result, err);
}

static int attach_in(struct ng_state *state, const struct ng_interface *iface, enum ng_mode mode,
		     const struct needs *needs, struct ng_attached *result, struct ng_error *err)
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
		    const struct ng_place *place)
{
	switch (mode) {
	case NG_MODE_NATIVE:
		return attachment->hook == NG_HOOK_XDP && place->way == NG_WAY_NATIVE;
	case NG_MODE_GENERIC:
		return attachment->hook == NG_HOOK_XDP && place->way == NG_WAY_GENERIC;
	case NG_MODE_TC:
		return attachment->hook == NG_HOOK_TC_IN;
	default:
		return true;
	}
}

/*
 * Is the interface attached already? Forgets attachments under its name or index that are not in
 * their place any more: of an interface that was made anew, or whose program was taken off.
 */
static int look_for(const struct ng_state *state, const struct ng_interface *iface,
		    enum ng_mode mode, struct ng_attached *result, struct ng_error *err)
{
	struct ng_attachments attachments;
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	if (failed)
		return ng_fail_bpf(err, failed, "cannot read the state");
	for (size_t i = 0; !failed && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_place place;

		if (attachment->ifindex != iface->ifindex && strcmp(attachment->iface, iface->name))
			continue;
		ng_attachment_place(attachment, &place);
		if (!place.attached) {
			ng_attachment_drop(state, state->now.number, attachment, NULL);
		} else if (attachment->ifindex != iface->ifindex) {
			continue;
		} else if (attachment->hook == NG_HOOK_TC_OUT) {
			result->egress = true;
		} else if (!is_mode(mode, attachment, &place)) {
			ng_fail_at(err, -EBUSY, iface->name, "is attached already, in %s mode",
				   attachment->hook == NG_HOOK_XDP ? ng_way_name(place.way) : "tc");
			failed = ng_hint(err, -EBUSY, "netguard detach %s first", iface->name);
		} else {
			result->already = true;
			result->hook = attachment->hook;
			result->way = place.way;
			result->dispatcher = place.dispatcher;
		}
	}
	ng_attachments_close(&attachments);
	return failed;
}

static int drop_hook(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	struct ng_attachments attachments;
	const struct ng_attachment *attachment;
	int failed = ng_attachments_read(state, state->now.number, &attachments);

	if (failed)
		return failed;
	attachment = ng_attachments_find(&attachments, ifindex, hook);
	if (attachment)
		failed = ng_attachment_drop(state, state->now.number, attachment, NULL);
	ng_attachments_close(&attachments);
	return failed;
}

static int attach_one(struct ng_state *state, const struct ng_interface *iface, enum ng_mode mode,
		      const struct needs *needs, struct ng_attached *result, struct ng_error *err)
{
	struct ng_attached done = { .down = !iface->up };
	enum ng_way way;
	int failed;

	memcpy(done.iface, iface->name, sizeof(done.iface));
	failed = look_for(state, iface, mode, &done, err);
	if (!failed && !done.already)
		failed = attach_in(state, iface, mode, needs, &done, err);
	if (failed)
		return failed;
	if (needs->out && !done.egress) {
		failed = ng_attachment_add(state, iface, NG_HOOK_TC_OUT, &way, err);
		if (failed) {
			if (!done.already)
				drop_hook(state, iface->ifindex, done.hook);
			return failed;
		}
		done.egress = true;
	}
	*result = done;
	return 0;
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

int ng_attach(struct ng_state *state, const char *const *ifaces, size_t n, enum ng_mode mode,
	      const struct ng_image *first, struct ng_attached *result, struct ng_error *err)
{
	__cleanup_free struct ng_interface *found = calloc(n, sizeof(*found));
	__cleanup_free struct ng_attached *done = calloc(n, sizeof(*done));
	bool made = !ng_state_exists(state);
	struct needs needs;
	size_t i = 0;
	int failed;

	if (!found || !done)
		return ng_fail(err, -ENOMEM, "out of memory");
	failed = find_all(ifaces, n, found, err);
	if (failed)
		return failed;
	if (made)
		failed = ng_state_make(state, first->data, first->size, first->slots, err);
	if (failed)
		return failed;
	failed = needs_in_force(state, &needs, err);
	while (!failed && i < n) {
		failed = attach_one(state, &found[i], mode, &needs, &done[i], err);
		if (!failed)
			i++;
	}
	if (!failed) {
		memcpy(result, done, n * sizeof(*result));
		return 0;
	}
	while (i-- > 0) {
		if (done[i].already)
			continue;
		drop_hook(state, found[i].ifindex, NG_HOOK_TC_OUT);
		drop_hook(state, found[i].ifindex, done[i].hook);
	}
	if (made) {
		ng_xdp_tidy();
		ng_state_remove(state);
	}
	return failed;
}
