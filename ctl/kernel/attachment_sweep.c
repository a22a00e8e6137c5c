// SPDX-License-Identifier: GPL-2.0-only
/* What killed commands left on interfaces. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/attachment_private.h"

/* The ids of all programs that are pinned, of whatever generation; @*n of them, for free(). */
static int pinned_ids(const struct ng_state *state, __u32 **ids, size_t *n)
{
	DIR *folder = opendir(state->folder);
	struct dirent *entry;

	*ids = NULL;
	*n = 0;
	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		struct ng_attachments attachments;
		__u32 generation, *more;

		if (sscanf(entry->d_name, "gen-%u", &generation) != 1 ||
		    ng_attachments_read(state, generation, &attachments))
			continue;
		more = reallocarray(*ids, *n + attachments.n + 1, sizeof(*more));
		for (size_t i = 0; more && i < attachments.n; i++)
			more[(*n)++] = attachments.list[i].info.id;
		ng_attachments_close(&attachments);
		if (!more) {
			closedir(folder);
			free(*ids);
			return -ENOMEM;
		}
		*ids = more;
	}
	closedir(folder);
	return 0;
}

/* TC programs are pinned before they are attached: those that did not come to be. */
static void sweep_tc(const struct ng_state *state, int ifindex)
{
	struct ng_attachments attachments;

	if (ng_attachments_read(state, state->now.number, &attachments))
		return;
	for (size_t i = 0; i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_place place;

		if (attachment->ifindex != ifindex || attachment->hook == NG_HOOK_XDP)
			continue;
		ng_attachment_place(attachment, &place);
		if (!place.attached)
			ng_attachment_drop(state, state->now.number, attachment, NULL);
	}
	ng_attachments_close(&attachments);
}

static void sweep_interface(const struct ng_state *state, int ifindex)
{
	__u32 *keep;
	size_t n;

	sweep_tc(state, ifindex);
	/* XDP programs are pinned after they were attached. */
	if (pinned_ids(state, &keep, &n))
		return;
	ng_xdp_sweep(ifindex, state->control_id, keep, n);
	free(keep);
	ng_change_end(state, ifindex);
}

static void sweep_lost(const struct ng_state *state, int ifindex, char *mark)
{
	char *end = strstr(mark, "-lost");
	enum ng_hook hook;

	if (!end)
		return;
	*end = '\0';
	if (!ng_hook_parse(mark, &hook))
		ng_pin_bring_back(state, ifindex, hook);
}

/* Configurations whose program was not pinned yet, or not any more. */
static void sweep_configs(const struct ng_state *state)
{
	char path[NG_PIN_PATH];
	DIR *folder = opendir(ng_pin_path(state, path, "gen-%u", state->now.number));
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char mark[16], *end;
		enum ng_hook hook;
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2)
			continue;
		end = strstr(mark, "-config");
		if (!end)
			continue;
		*end = '\0';
		if (!ng_hook_parse(mark, &hook) &&
		    access(ng_path_program(state, path, state->now.number, ifindex, hook), F_OK))
			unlink(ng_path_config(state, path, state->now.number, ifindex, hook));
	}
	if (folder)
		closedir(folder);
}

static void sweep_marks(const struct ng_state *state, bool changing)
{
	DIR *folder = opendir(state->folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char mark[16];
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2 ||
		    changing != !strcmp(mark, "changing"))
			continue;
		if (changing)
			sweep_interface(state, ifindex);
		else if (!strcmp(mark, "qdisc"))
			ng_qdisc_drop(state, ifindex);
		else
			sweep_lost(state, ifindex, mark);
	}
	if (folder)
		closedir(folder);
}

/* What is half attached goes first: else what lost its hook, brought back, would go with it. */
void ng_attachments_sweep(const struct ng_state *state)
{
	sweep_marks(state, true);
	sweep_marks(state, false);
	sweep_configs(state);
}
