// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/detach.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/search.h"
#include "kernel/pins/log.h"
#include "kernel/programs/namespaces_sweep.h"
#include "kernel/state/remove.h"

/*
 * The index of the interface called @name, if it is attached, else of one that was attached under
 * this name; 0: neither; or -errno.
 */
static int index_of(const struct ng_attachments *attachments, const char *name)
{
	int ifindex = ng_interface_index(name), bound = 0;

	if (ifindex < 0 && !ng_is_gone(ifindex))
		return ifindex;
	for (size_t i = 0; i < attachments->n; i++) {
		if (attachments->list[i].ifindex == ifindex)
			return ifindex;
		if (!strcmp(attachments->list[i].iface, name))
			bound = attachments->list[i].ifindex;
	}
	return bound;
}

static int fail_detach(const struct ng_attachment *attachment, int code, struct ng_error *err)
{
	const char *reason = ng_log_reason();
	struct ng_location location;

	if (!ng_attachment_search(attachment, &location) && !location.attached) {
		ng_fail_at(err, code, attachment->iface,
			   "%s is detached, but cannot remove its pins: %s",
			   ng_hook_name(attachment->hook), strerror(-code));
		return ng_hint(err, code, "%s detach %s again", ng_netguard(), attachment->iface);
	}
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
		failed = ng_attachment_remove(state, state->now.number, attachment, NULL);
		if (failed)
			result = fail_detach(attachment, failed, err);
	}
	return result;
}

/* Look up all names before anything is detached. */
static int read_names(const struct ng_attachments *attachments, const char *const *ifaces, size_t n,
		      int *indices, struct ng_error *err)
{
	for (size_t i = 0; i < n; i++) {
		indices[i] = index_of(attachments, ifaces[i]);
		if (indices[i] < 0)
			return ng_fail_at(err, indices[i], ifaces[i],
					  "cannot query the interface: %s", strerror(-indices[i]));
		if (!indices[i]) {
			ng_fail_at(err, -ENOENT, ifaces[i],
				   "netguard is not attached to this interface");
			return ng_hint(err, -ENOENT,
				       "`%s status` lists those that it is attached to",
				       ng_netguard());
		}
	}
	return 0;
}

/* Remove the state if nothing is attached any more. */
static int end_state(struct ng_state *state, struct ng_error *err)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);
	bool last = !result && !attachments.n;

	if (!result)
		ng_attachments_close(&attachments);
	if (last) {
		ng_xdp_sweep_folder();
		result = ng_state_remove(state);
	}
	return result ? ng_fail_bpf(err, result, "detached, but cannot remove what is pinned") : 0;
}

int ng_detach(struct ng_state *state, const char *const *ifaces, size_t n, struct ng_error *err)
{
	__cleanup_free int *indices = calloc(n + 1, sizeof(*indices));
	struct ng_attachments attachments;
	int result;

	if (!indices)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = ng_attachments_read(state, state->now.number, &attachments);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	result = read_names(&attachments, ifaces, n, indices, err);
	if (!result) {
		ng_netns_sweep(state);
		/* Index 0 means all. */
		for (size_t i = 0; i < (n ? n : 1); i++) {
			int failed = detach_index(state, &attachments, indices[i], err);

			if (failed)
				result = failed;
		}
	}
	ng_attachments_close(&attachments);
	return result ? result : end_state(state, err);
}
