// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/counting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/attachment/attachment.h"
#include "layout/counters.h"

int ng_counting(const struct ng_state *state, struct ng_counting **list, size_t *n,
		struct ng_error *err)
{
	struct ng_attachments attachments;
	struct ng_counting *found;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	found = calloc(attachments.n + 1, sizeof(*found));
	for (size_t i = 0; found && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];

		memcpy(found[i].iface, attachment->iface, sizeof(found[i].iface));
		found[i].hook = attachment->hook;
		found[i].slot = NG_SLOT_TOTALS + 2 * attachment->config.attachment;
	}
	*n = attachments.n;
	ng_attachments_close(&attachments);
	if (!found)
		return ng_fail(err, -ENOMEM, "out of memory");
	*list = found;
	return 0;
}
