// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/egress.h"

#include <errno.h>
#include <string.h>

#include "base/privilege.h"
#include "kernel/attachment/attachment_add.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/programs/needs.h"

/* Remove the egress programs, except those in @before. */
static int remove_new(struct ng_state *state, const struct ng_attachments *before,
		      struct ng_error *err)
{
	struct ng_attachments now;
	NG_RAISED;
	int result = ng_attachments_read(state, state->now.number, &now);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	for (size_t i = 0; i < now.n; i++) {
		const struct ng_attachment *attachment = &now.list[i];
		int failed;

		if (attachment->hook != NG_HOOK_TC_OUT ||
		    ng_attachments_find(before, attachment->ifindex, NG_HOOK_TC_OUT))
			continue;
		failed = ng_attachment_remove(state, state->now.number, attachment, NULL);
		if (failed)
			result = ng_fail_at(err, failed, attachment->iface,
					    "cannot detach the egress program: %s",
					    strerror(-failed));
	}
	ng_attachments_close(&now);
	return result;
}

/* On the interface of @attachment; if that is gone, nothing leaves by it. */
static int add_beside(struct ng_state *state, const struct ng_attachment *attachment,
		      struct ng_error *err)
{
	struct ng_interface iface;
	enum ng_way way;
	int result = ng_interface_at(attachment->ifindex, &iface);

	if (ng_is_gone(result))
		return 0;
	if (result)
		return ng_fail_at(err, result, attachment->iface, "cannot query the interface: %s",
				  strerror(-result));
	/* `on IFACE` means the same on both sides, also when it was renamed since. */
	memcpy(iface.name, attachment->iface, sizeof(iface.name));
	return ng_attachment_add(state, &iface, NG_HOOK_TC_OUT, &way, err);
}

int ng_egress_add(struct ng_state *state, bool *had, struct ng_error *err)
{
	struct ng_attachments before;
	bool found = false;
	NG_RAISED;
	int result = ng_attachments_read(state, state->now.number, &before), failed = 0;

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	for (size_t i = 0; i < before.n; i++)
		found |= before.list[i].hook == NG_HOOK_TC_OUT;
	for (size_t i = 0; !result && i < before.n; i++) {
		const struct ng_attachment *attachment = &before.list[i];

		if (attachment->hook != NG_HOOK_TC_OUT &&
		    !ng_attachments_find(&before, attachment->ifindex, NG_HOOK_TC_OUT))
			result = add_beside(state, attachment, err);
	}
	if (result)
		failed = remove_new(state, &before, NULL);
	else
		*had = found;
	state->egress_added = !result && before.n && !found;
	if (failed)
		ng_warn(failed, "egress programs");
	ng_attachments_close(&before);
	return result;
}

static int remove_all(struct ng_state *state, struct ng_error *err)
{
	return remove_new(state, &(struct ng_attachments){ 0 }, err);
}

int ng_egress_settle(struct ng_state *state, struct ng_error *err)
{
	struct ng_hook_needs needs;
	int result = ng_needs_read(state, &needs);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the ruleset in force");
	return needs.out ? 0 : remove_all(state, err);
}
