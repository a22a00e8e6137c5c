/* SPDX-License-Identifier: GPL-2.0-only */
/* One program on one hook: found again by its pin. */
#ifndef NG_ATTACHMENT_H
#define NG_ATTACHMENT_H

#include "kernel/pins/handle.h"
#include "kernel/programs/interface.h"
#include "kernel/programs/xdp.h"
#include "layout/config.h"

/**
 * struct ng_attachment - a pinned program
 * @iface:   the name that it was bound to
 * @program: fd
 * @link:    fd of its TCX link, or -1
 */
struct ng_attachment {
	int ifindex;
	enum ng_hook hook;
	char iface[IF_NAMESIZE];
	int program;
	int link;
	struct ng_program_info info;
	struct ng_config config;
};

struct ng_attachments {
	struct ng_attachment *list;
	size_t n;
};

/**
 * ng_attachments_read() - those of one generation, by ifindex and hook
 *
 * Return: 0 with all that are pinned; -ENOENT: there is no such generation; another -errno when
 * one of them cannot be read: none is left out.
 */
int ng_attachments_read(const struct ng_state *state, __u32 generation,
			struct ng_attachments *attachments);
void ng_attachments_close(struct ng_attachments *attachments);

const struct ng_attachment *ng_attachments_find(const struct ng_attachments *attachments,
						int ifindex, enum ng_hook hook);

/** ng_attachment_locate() - is it where it was put? 0; -errno when that cannot be told */
int ng_attachment_locate(const struct ng_attachment *attachment, struct ng_location *location);

/** ng_attachment_swap() - program @to (fd) in the place of program @from; 0 or -errno */
int ng_attachment_swap(const struct ng_attachment *attachment, const struct ng_location *location,
		       int from, int to);

#endif
