// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "cleanup.h"
#include "kernel/attach.h"
#include "kernel/attachment.h"
#include "kernel/maps.h"
#include "kernel/window.h"

static void say_what_is_there(__u32 id, char *problem, size_t size)
{
	struct ng_program_info info;
	__cleanup_fd int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0 && !ng_program_ask(fd, &info))
		snprintf(problem, size, "program %s (id %u) is in its place", info.name, id);
	else
		snprintf(problem, size, "another program is in its place");
}

static void find_problem(const struct ng_attachment *attachment, const struct ng_place *place,
			 const struct ng_control *words, const struct ng_window *window,
			 struct ng_hook_info *info)
{
	size_t size = sizeof(info->problem);

	if (!info->name_now[0])
		snprintf(info->problem, size, "the interface is gone from this network namespace");
	else if (!place->attached && place->other)
		say_what_is_there(place->other, info->problem, size);
	else if (!place->attached)
		snprintf(info->problem, size, "the program was taken off the interface");
	else if (words->trial && words->trial == attachment->config.trial &&
		 window->kind == NG_WINDOW_ATTACH && window->expired)
		snprintf(info->problem, size,
			 "was not confirmed in time: the program hands every packet on, and the "
			 "next "
			 "command that changes anything takes it off");
	else if (words->generation < attachment->config.first_generation ||
		 words->generation > attachment->config.last_generation)
		snprintf(info->problem, size, "the program belongs to an update that is not done");
	else if (strcmp(info->name_now, info->iface))
		snprintf(info->problem, size,
			 "the interface is called %s now: rules `on %s` still mean it",
			 info->name_now, info->iface);
	else if (!info->up)
		snprintf(info->problem, size, "the interface is down");
}

static void fill(const struct ng_state *state, const struct ng_attachment *attachment,
		 const struct ng_rows *rows, struct ng_hook_info *info)
{
	__u32 totals = NG_SLOT_TOTALS + 2 * attachment->config.attachment;
	struct ng_interface iface;
	struct ng_window window;
	struct ng_place place;

	ng_window_read(state, &window);
	ng_attachment_place(attachment, &place);
	*info = (struct ng_hook_info){
		.ifindex = attachment->ifindex,
		.hook = attachment->hook,
		.way = place.way,
		.dispatcher = place.dispatcher,
		.attached = place.attached,
		.attachment = attachment->config.attachment,
		.program_id = attachment->info.id,
		.loaded = attachment->info.loaded,
		.passed = ng_rows_reported(rows, totals),
		.dropped = ng_rows_reported(rows, totals + 1),
	};
	memcpy(info->iface, attachment->iface, sizeof(info->iface));
	if (!ng_interface_at(attachment->ifindex, &iface)) {
		memcpy(info->name_now, iface.name, sizeof(info->name_now));
		info->up = iface.up;
	}
	find_problem(attachment, &place, state->words, &window, info);
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
