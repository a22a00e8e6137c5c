// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "kernel/attach.h"
#include "kernel/attachment.h"
#include "kernel/log.h"

/* The index that @name means: of the interface called so, else of what was attached as that. */
static int index_of(const struct ng_attachments *attachments, const char *name)
{
	int ifindex = if_nametoindex(name), bound = 0;

	for (size_t i = 0; i < attachments->n; i++) {
		if (ifindex && attachments->list[i].ifindex == ifindex)
			return ifindex;
		if (!strcmp(attachments->list[i].iface, name))
			bound = attachments->list[i].ifindex;
	}
	return bound;
}

static int fail_detach(const struct ng_attachment *attachment, int code, struct ng_error *err)
{
	const char *reason = ng_log_reason();

	return ng_fail_at(err, code, attachment->iface, "cannot detach %s: %s",
			  ng_hook_name(attachment->hook), reason[0] ? reason : strerror(-code));
}

static int detach_index(const struct ng_state *state, const struct ng_attachments *attachments,
			int ifindex, struct ng_error *err)
{
	int result = 0;

	for (size_t i = 0; i < attachments->n; i++) {
		const struct ng_attachment *attachment = &attachments->list[i];
		int failed;

		if (ifindex && attachment->ifindex != ifindex)
			continue;
		ng_log_begin();
		failed = ng_attachment_drop(state, state->now.number, attachment, NULL);
		if (failed)
			result = fail_detach(attachment, failed, err);
	}
	return result;
}

static int check_names(const struct ng_attachments *attachments, const char *const *ifaces,
		       size_t n, struct ng_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!index_of(attachments, ifaces[i])) {
			ng_fail_at(err, -ENOENT, ifaces[i],
				   "netguard is not attached to this interface");
			return ng_hint(err, -ENOENT, "`%s status` lists those it is on",
				       ng_netguard());
		}
	}
	return 0;
}

int ng_detach(struct ng_state *state, const char *const *ifaces, size_t n, struct ng_error *err)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	result = check_names(&attachments, ifaces, n, err);
	if (result)
		goto out;
	ng_netns_sweep(state);
	if (!n)
		result = detach_index(state, &attachments, 0, err);
	for (size_t i = 0; i < n; i++) {
		int failed =
			detach_index(state, &attachments, index_of(&attachments, ifaces[i]), err);

		if (failed)
			result = failed;
	}
	ng_attachments_close(&attachments);
	if (ng_attachments_read(state, state->now.number, &attachments))
		return result;
	if (!attachments.n) {
		ng_xdp_tidy();
		ng_state_remove(state);
	}
out:
	ng_attachments_close(&attachments);
	return result;
}
