/* SPDX-License-Identifier: GPL-2.0-only */
/* Attachments: programs on hooks, each with a pin by which commands find it. */
#ifndef NG_ATTACHMENT_H
#define NG_ATTACHMENT_H

#include "kernel/pins/handle.h"
#include "kernel/programs/interface.h"
#include "kernel/programs/xdp.h"
#include "layout/config.h"

/**
 * struct ng_attachment - a pinned program
 * @iface:   the interface's name when it was attached, which `on IFACE` compares with
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
 * ng_attachments_read() - the attachments of one generation, sorted by ifindex and hook
 *
 * Return: 0 with all of them; -ENOENT: there is no such generation; another -errno, also when only
 * one of them cannot be read.
 */
int ng_attachments_read(const struct ng_state *state, __u32 generation,
			struct ng_attachments *attachments);
void ng_attachments_close(struct ng_attachments *attachments);

const struct ng_attachment *ng_attachments_find(const struct ng_attachments *attachments,
						int ifindex, enum ng_hook hook);

/** ng_attachment_locate() - is it still where it was attached? 0; -errno when that is not known */
int ng_attachment_locate(const struct ng_attachment *attachment, struct ng_location *location);

/** ng_attachment_swap() - replace program @from (fd) by @to, atomically; 0 or -errno */
int ng_attachment_swap(const struct ng_attachment *attachment, const struct ng_location *location,
		       int from, int to);

#endif
