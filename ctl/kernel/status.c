// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/search.h"
#include "kernel/maps/rows.h"
#include "kernel/maps/window.h"

static void describe_other(__u32 id, char *problem, size_t size)
{
	struct ng_program_info info;
	__cleanup_fd int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0 && !ng_program_ask(fd, &info))
		snprintf(problem, size, "program %s (id %u) is in its place", info.name, id);
	else
		snprintf(problem, size, "another program is in its place");
}

/* The interface does not have the name and index here that it was attached with. */
static void describe_move(const struct ng_location *location, struct ng_hook_info *info)
{
	size_t size = sizeof(info->problem);
	const char *name = info->iface;

	if (location->netns[0])
		snprintf(
			info->problem, size,
			"the interface was moved to network namespace %s, where this ruleset still "
			"filters it",
			info->netns);
	else if (location->attached)
		snprintf(info->problem, size,
			 "the interface was moved away and came back as %s with another index",
			 info->name_now);
	else if (ng_interface_index(name) > 0)
		snprintf(info->problem, size,
			 "the interface is gone; another one is called %s now, which is not "
			 "filtered",
			 name);
	else
		snprintf(info->problem, size, "the interface is gone from this network namespace");
	if (!location->netns[0] &&
	    ng_interface_index(location->attached ? info->name_now : name) > 0)
		snprintf(info->repair, sizeof(info->repair), "%s attach %s", ng_netguard(),
			 location->attached ? info->name_now : name);
	else
		snprintf(info->repair, sizeof(info->repair), "%s detach %s", ng_netguard(), name);
}

static void find_problem(const struct ng_attachment *attachment, const struct ng_location *location,
			 const struct ng_control *words, const struct ng_window *window,
			 struct ng_hook_info *info)
{
	size_t size = sizeof(info->problem);

	if (!info->name_now[0] || location->netns[0] || location->ifindex != attachment->ifindex) {
		describe_move(location, info);
		return;
	}
	if (!location->attached && location->other)
		describe_other(location->other, info->problem, size);
	else if (!location->attached && strcmp(info->name_now, info->iface) != 0)
		snprintf(info->problem, size,
			 "the program was removed from the interface, which is called %s now",
			 info->name_now);
	else if (!location->attached)
		snprintf(info->problem, size, "the program was removed from the interface");
	else if (words->trial && words->trial == attachment->config.trial &&
		 window->kind == NG_WINDOW_ATTACH && window->expired)
		snprintf(info->problem, size,
			 "was not confirmed in time: the program passes every packet, and the next "
			 "command that changes anything detaches it");
	else if (words->generation < attachment->config.first_generation ||
		 words->generation > attachment->config.last_generation)
		snprintf(info->problem, size,
			 "the program belongs to an update that is not complete");
	else if (strcmp(info->name_now, info->iface))
		snprintf(info->problem, size,
			 "the interface is called %s now; to rules it is still %s", info->name_now,
			 info->iface);
	else if (!info->up) {
		snprintf(info->problem, size, "the interface is down");
		return;
	} else {
		return;
	}
	snprintf(info->repair, sizeof(info->repair), "%s%s attach %s",
		 location->other ? "detach that, then " : "", ng_netguard(), info->name_now);
}

/* The name that the interface has now, in the namespace where it is, and whether it is up. */
static void ask_interface(const struct ng_location *location, struct ng_hook_info *info)
{
	struct ng_interface iface;
	int own = location->netns[0] ? ng_netns_switch(location->netns) : -1;

	if (location->netns[0])
		ng_netns_describe(location->netns, info->netns);
	if (location->netns[0] && own < 0)
		return;
	if (!ng_interface_at(location->ifindex, &iface)) {
		memcpy(info->name_now, iface.name, sizeof(info->name_now));
		info->up = iface.up;
	}
	if (own >= 0)
		ng_netns_return(own);
}

static void fill(const struct ng_state *state, const struct ng_attachment *attachment,
		 const struct ng_rows *rows, struct ng_hook_info *info)
{
	__u32 totals = NG_SLOT_TOTALS + 2 * attachment->config.attachment;
	struct ng_location location = { .ifindex = attachment->ifindex };
	struct ng_window window;
	int failed;

	ng_window_read(state, &window);
	failed = ng_attachment_search(attachment, &location);
	*info = (struct ng_hook_info){
		.ifindex = attachment->ifindex,
		.hook = attachment->hook,
		.way = location.way,
		.dispatcher = location.dispatcher,
		.attached = location.attached,
		.attachment = attachment->config.attachment,
		.program_id = attachment->info.id,
		.loaded = attachment->info.loaded,
		.passed = ng_rows_reported(rows, totals),
		.dropped = ng_rows_reported(rows, totals + 1),
	};
	memcpy(info->iface, attachment->iface, sizeof(info->iface));
	if (attachment->hook == NG_HOOK_XDP && !location.attached)
		info->way = attachment->config.generic ? NG_WAY_GENERIC : NG_WAY_NATIVE;
	ask_interface(&location, info);
	if (failed)
		snprintf(info->problem, sizeof(info->problem),
			 "cannot find out whether the program is attached: %s", strerror(-failed));
	else
		find_problem(attachment, &location, state->words, &window, info);
}

int ng_hooks(const struct ng_state *state, struct ng_hook_info **hooks, size_t *n,
	     struct ng_error *err)
{
	struct ng_attachments attachments;
	struct ng_hook_info *list;
	struct ng_rows rows;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	list = calloc(attachments.n + 1, sizeof(*list));
	result = list ? ng_rows_map(&state->now, false, &rows) : -ENOMEM;
	if (result) {
		free(list);
		ng_attachments_close(&attachments);
		return ng_fail_bpf(err, result, "cannot read the counters");
	}
	for (size_t i = 0; i < attachments.n; i++)
		fill(state, &attachments.list[i], &rows, &list[i]);
	*hooks = list;
	*n = attachments.n;
	ng_rows_unmap(&rows);
	ng_attachments_close(&attachments);
	return 0;
}
