/* SPDX-License-Identifier: GPL-2.0-only */
/* What adding, renewing, dropping and sweeping attachments share; see attachment.h. */
#ifndef NG_ATTACHMENT_PRIVATE_H
#define NG_ATTACHMENT_PRIVATE_H

#include "kernel/attachment/attachment.h"

/* The pins that a program has in a generation, see private.h; each returns @path. */
const char *ng_path_program(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			    int ifindex, enum ng_hook hook);
const char *ng_path_link(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			 int ifindex, enum ng_hook hook);
const char *ng_path_config(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			   int ifindex, enum ng_hook hook);

/** ng_pin_fd() - 0; -errno with @err filled */
int ng_pin_fd(int fd, const char *path, struct ng_error *err);

/** ng_pin_program() - pin a program and its configuration; 0; -errno with @err filled and no pin */
int ng_pin_program(const struct ng_state *state, __u32 generation, int ifindex, enum ng_hook hook,
		   int program, const struct ng_config *config, struct ng_error *err);
/** ng_unpin_program() - 0, also when it is not pinned, or -errno */
int ng_unpin_program(const struct ng_state *state, __u32 generation, int ifindex,
		     enum ng_hook hook);

/** ng_change_begin() - a mark, so that who comes after a killed command looks closer; or -errno */
int ng_change_begin(const struct ng_state *state, int ifindex);
/** ng_change_end() - what was changed is whole; 0 or -errno: then it is looked at once more */
int ng_change_end(const struct ng_state *state, int ifindex);

/**
 * ng_pin_set_aside() - room for another program in the stead of one that lost its hook
 *
 * Until ng_pin_bring_back() that one is known by another name, so that it is not forgotten when
 * the attempt fails. 0 or -errno.
 */
int ng_pin_set_aside(const struct ng_state *state, const struct ng_attachment *lost);

/**
 * ng_pin_bring_back() - the end of that, whether there is another program now or not
 *
 * Return: 0; -errno: whoever takes the lock next tries again.
 */
int ng_pin_bring_back(const struct ng_state *state, int ifindex, enum ng_hook hook);

/** ng_program_load_pinned() - load and pin what is attached afterwards; fd, or -errno, @err filled
 */
int ng_program_load_pinned(const struct ng_state *state, const struct ng_generation *maps,
			   int ifindex, enum ng_hook hook, const struct ng_config *config,
			   struct ng_error *err);

/** ng_attachment_add_xdp() - load, attach and pin; 0; -errno with @err filled and all as before */
int ng_attachment_add_xdp(const struct ng_state *state, const struct ng_generation *maps,
			  const struct ng_interface *iface, enum ng_way way,
			  const struct ng_config *config, struct ng_error *err);

/**
 * ng_qdisc_drop() - the qdisc goes with the last filter, when it was made for ours
 *
 * It is marked before it is made: a command killed in between leaves a mark of a qdisc that does
 * not exist, which does no harm. Return: 0, also when it is not ours or stays for others' filters;
 * -errno, and it is still marked.
 */
int ng_qdisc_drop(const struct ng_state *state, int ifindex);

/** ng_attachment_swap() - program @to (fd) in the place of program @from; 0 or -errno */
int ng_attachment_swap(const struct ng_attachment *attachment, const struct ng_place *place,
		       int from, int to);

/** ng_place_enter() - go to the network namespace of @place; *@own for ng_place_leave(); 0, -errno
 */
int ng_place_enter(const struct ng_place *place, int *own);
void ng_place_leave(int own);

#endif
