// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment_sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/attachment/attachment.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/attachment_pins.h"

/* The ids of all pinned programs of all generations; *@n of them, for free(). */
static int pinned_ids(const struct ng_state *state, __u32 **ids, size_t *n)
{
	int result;
	__cleanup_folder DIR *folder = ng_folder_open(state->folder, &result);
	struct dirent *entry;
	__u32 *list = NULL;

	*n = 0;
	while (folder && !result && (entry = ng_folder_next(folder, &result))) {
		struct ng_attachments attachments;
		__u32 generation, *more;

		if (sscanf(entry->d_name, "gen-%u", &generation) != 1)
			continue;
		result = ng_attachments_read(state, generation, &attachments);
		if (result)
			break;
		more = reallocarray(list, *n + attachments.n + 1, sizeof(*more));
		for (size_t i = 0; more && i < attachments.n; i++)
			more[(*n)++] = attachments.list[i].info.id;
		ng_attachments_close(&attachments);
		if (more)
			list = more;
		else
			result = -ENOMEM;
	}
	if (result) {
		free(list);
		return result;
	}
	*ids = list;
	return 0;
}

/* TC programs are pinned before they are attached: remove those that are not attached. */
static int sweep_tc(const struct ng_state *state, int ifindex)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	if (result)
		return result;
	for (size_t i = 0; !result && i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_location location;

		if (attachment->ifindex != ifindex || attachment->hook == NG_HOOK_XDP)
			continue;
		result = ng_attachment_locate(attachment, &location);
		if (!result && !location.attached)
			result = ng_attachment_remove(state, state->now.number, attachment, NULL);
	}
	ng_attachments_close(&attachments);
	return result;
}

static int sweep_interface(const struct ng_state *state, int ifindex)
{
	__u32 *keep = NULL;
	size_t n;
	int result = sweep_tc(state, ifindex);

	/* XDP programs are pinned after they are attached. */
	if (!result)
		result = pinned_ids(state, &keep, &n);
	if (result)
		return result;
	result = ng_xdp_sweep(ifindex, state->control_id, keep, n);
	free(keep);
	return result ? result : ng_change_end(state, ifindex);
}

static int sweep_lost(const struct ng_state *state, int ifindex, char *mark)
{
	char *end = strstr(mark, "-lost");
	enum ng_hook hook;

	if (!end)
		return 0;
	*end = '\0';
	return ng_hook_parse(mark, &hook) ? 0 : ng_pin_bring_back(state, ifindex, hook);
}

static int sweep_config(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	char path[NG_PIN_PATH];
	__u32 number = state->now.number;
	int result = ng_pin_exists(ng_path_program(state, path, number, ifindex, hook));

	if (result)
		return result < 0 ? result : 0;
	return ng_pin_remove(ng_path_config(state, path, number, ifindex, hook));
}

/* Remove configurations without a pinned program. */
static int sweep_configs(const struct ng_state *state)
{
	char path[NG_PIN_PATH];
	int result;
	__cleanup_folder DIR *folder =
		ng_folder_open(ng_pin_path(state, path, "gen-%u", state->now.number), &result);
	struct dirent *entry;

	while (folder && !result && (entry = ng_folder_next(folder, &result))) {
		char mark[16], *end;
		enum ng_hook hook;
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2)
			continue;
		end = strstr(mark, "-config");
		if (!end)
			continue;
		*end = '\0';
		if (!ng_hook_parse(mark, &hook))
			result = sweep_config(state, ifindex, hook);
	}
	return result;
}

static int sweep_marks(const struct ng_state *state, bool changing)
{
	int result;
	__cleanup_folder DIR *folder = ng_folder_open(state->folder, &result);
	struct dirent *entry;

	while (folder && !result && (entry = ng_folder_next(folder, &result))) {
		char mark[16];
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2 ||
		    changing != !strcmp(mark, "changing"))
			continue;
		if (changing)
			result = sweep_interface(state, ifindex);
		else if (!strcmp(mark, "qdisc"))
			result = ng_qdisc_remove(state, ifindex);
		else
			result = sweep_lost(state, ifindex, mark);
	}
	return result;
}

/*
 * Programs that are half attached go first: else one that lost its hook and is brought back would
 * be removed with them.
 */
int ng_attachments_sweep(const struct ng_state *state)
{
	int result = sweep_marks(state, true);

	if (!result)
		result = sweep_marks(state, false);
	return result ? result : sweep_configs(state);
}
