/* SPDX-License-Identifier: GPL-2.0-only */
/* One program on one hook: made, found again by its pin, exchanged, taken away. */
#ifndef NG_ATTACHMENT_H
#define NG_ATTACHMENT_H

#include "kernel/programs/interface.h"
#include "kernel/state/private.h"
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

/** ng_attachment_place() - is it where it was put? 0; -errno when that cannot be told */
int ng_attachment_place(const struct ng_attachment *attachment, struct ng_place *place);

/** ng_attachment_place_on() - is it on that interface instead? likewise */
int ng_attachment_place_on(const struct ng_attachment *attachment, int ifindex,
			   struct ng_place *place);

/**
 * ng_attachment_find() - where it is in the kernel, wherever its interface was moved to
 *
 * Searches only when the interface that it was attached to is not here any more. What ends up with
 * another index, or in a network namespace that cannot be reached, under libxdp's dispatcher is
 * not found. Return: 0; -errno when it cannot be told.
 */
int ng_attachment_find(const struct ng_attachment *attachment, struct ng_place *place);

/** ng_attachment_follow() - its interface has the index @ifindex now; 0 or -errno */
int ng_attachment_follow(const struct ng_state *state, const struct ng_attachment *attachment,
			 int ifindex);

/**
 * ng_attachment_add() - load a program of the generation in force, attach and pin it
 * @way: native or generic for NG_HOOK_XDP; else set: TCX, or clsact where there is no TCX
 *
 * Takes the stead of one that is pinned for this hook and has lost it, and goes on with its totals;
 * else they begin with 0. Return: 0; -ENOSPC, and what ng_xdp_attach() and ng_tc_filter() return;
 * @err is filled and all is as before.
 */
int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err);

/**
 * ng_attachment_renew() - a program of the coming generation @next for the hook of @old
 *
 * In the place of @old's, or behind it under libxdp's dispatcher; when @old has lost its place,
 * pinned alone. Return: 0; -errno with @err filled: then perhaps it is pinned, and
 * ng_attachment_drop() undoes it.
 */
int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err);

/**
 * ng_attachment_drop() - take a program off its hook and unpin it
 * @generation: whose pin it is
 * @instead:    the program that is to take its place; NULL: none
 *
 * Return: 0, also when it was not on its hook; -errno, and then it is still pinned.
 */
int ng_attachment_drop(const struct ng_state *state, __u32 generation,
		       const struct ng_attachment *attachment, const struct ng_attachment *instead);

/**
 * ng_attachments_sweep() - take away what killed commands left on interfaces and do not know of
 *
 * Return: 0; -errno: what is left is still marked.
 */
int ng_attachments_sweep(const struct ng_state *state);

#endif
