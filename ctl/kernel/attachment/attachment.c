// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/attachment/attachment_pins.h"
#include "kernel/programs/programs.h"
#include "kernel/programs/tc.h"

static void unpack_name(const __u64 packed[2], char name[IF_NAMESIZE])
{
	for (size_t i = 0; i < IF_NAMESIZE; i++)
		name[i] = packed[i / 8] >> (56 - 8 * (i % 8));
	name[IF_NAMESIZE - 1] = '\0';
}

/* -ENOENT: it is no program, or was removed after the folder was read. */
static int read_pin(const struct ng_state *state, __u32 generation, const char *entry,
		    struct ng_attachment *attachment)
{
	struct ng_attachment read = { .program = -1, .link = -1 };
	char path[NG_PIN_PATH], config[NG_PIN_PATH], hook[16];
	int result;

	if (sscanf(entry, "%d-%15s", &read.ifindex, hook) != 2 || ng_hook_parse(hook, &read.hook))
		return -ENOENT; /* a link or a map */
	ng_path_config(state, config, generation, read.ifindex, read.hook);
	result = ng_config_get(config, &read.config);
	if (result && result != -ENOENT)
		return result;
	read.program =
		ng_pin_open(ng_path_program(state, path, generation, read.ifindex, read.hook));
	if (read.program < 0)
		return read.program;
	/* It may have been pinned meanwhile. An older netguard pinned no configurations. */
	if (result == -ENOENT)
		result = ng_config_get(config, &read.config);
	if (result == -ENOENT)
		result = ng_program_config(read.program, &read.config);
	if (!result)
		result = ng_program_ask(read.program, &read.info);
	if (!result && read.hook != NG_HOOK_XDP) {
		read.link =
			ng_pin_open(ng_path_link(state, path, generation, read.ifindex, read.hook));
		result = read.link < 0 ? ng_unless_gone(read.link) : 0;
	}
	if (result) {
		close(read.program);
		/* The program exists, so -ENOENT would be wrong. */
		return ng_is_gone(result) ? -EIO : result;
	}
	unpack_name(read.config.iface, read.iface);
	*attachment = read;
	return 0;
}

static int by_interface(const void *a, const void *b)
{
	const struct ng_attachment *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return (int)x->hook - (int)y->hook;
}

static int append(struct ng_attachments *attachments, const struct ng_attachment *found)
{
	if (ng_array_grow(&attachments->list, attachments->n, sizeof(*found)))
		return -ENOMEM;
	attachments->list[attachments->n++] = *found;
	return 0;
}

int ng_attachments_read(const struct ng_state *state, __u32 generation,
			struct ng_attachments *attachments)
{
	struct ng_attachments read = { 0 };
	char path[NG_PIN_PATH];
	int result;
	__cleanup_folder DIR *folder =
		ng_folder_open(ng_pin_path(state, path, "gen-%u", generation), &result);
	struct dirent *entry;

	if (!folder)
		return result ? result : -ENOENT;
	while (!result && (entry = ng_folder_next(folder, &result))) {
		struct ng_attachment found;

		result = read_pin(state, generation, entry->d_name, &found);
		if (result) {
			result = ng_unless_gone(result);
			continue;
		}
		result = append(&read, &found);
		if (result) {
			close(found.program);
			ng_cleanup_fd(&found.link);
		}
	}
	if (result) {
		ng_attachments_close(&read);
		return result;
	}
	if (read.n)
		qsort(read.list, read.n, sizeof(*read.list), by_interface);
	*attachments = read;
	return 0;
}

void ng_attachments_close(struct ng_attachments *attachments)
{
	for (size_t i = 0; i < attachments->n; i++) {
		close(attachments->list[i].program);
		ng_cleanup_fd(&attachments->list[i].link);
	}
	free(attachments->list);
	*attachments = (struct ng_attachments){ 0 };
}

const struct ng_attachment *ng_attachments_find(const struct ng_attachments *attachments,
						int ifindex, enum ng_hook hook)
{
	for (size_t i = 0; i < attachments->n; i++)
		if (attachments->list[i].ifindex == ifindex && attachments->list[i].hook == hook)
			return &attachments->list[i];
	return NULL;
}

int ng_attachment_locate(const struct ng_attachment *attachment, struct ng_location *location)
{
	if (attachment->hook == NG_HOOK_XDP)
		return ng_xdp_locate(attachment->ifindex, attachment->info.id, location);
	return ng_tc_locate(attachment->ifindex, attachment->hook, attachment->link,
			    attachment->info.id, location);
}

int ng_attachment_swap(const struct ng_attachment *attachment, const struct ng_location *location,
		       int from, int to)
{
	if (attachment->hook == NG_HOOK_XDP)
		return ng_xdp_swap(location->ifindex, location->way, from, to);
	return ng_tc_swap(location->ifindex, attachment->hook, attachment->link, from, to);
}
