/* SPDX-License-Identifier: GPL-2.0-only */
/* The pins of a program, and the marks that exist until a change is complete; see handle.h. */
#ifndef NG_ATTACHMENT_PINS_H
#define NG_ATTACHMENT_PINS_H

#include "kernel/pins/handle.h"
#include "kernel/pins/hooks.h"
#include "layout/config.h"

/* The pins that a program has in a generation, see handle.h; each returns @path. */
const char *ng_path_program(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			    int ifindex, enum ng_hook hook);
const char *ng_path_link(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			 int ifindex, enum ng_hook hook);
const char *ng_path_config(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			   int ifindex, enum ng_hook hook);

/** ng_pin_fd() - pin a program or link; 0; -errno with @err filled */
int ng_pin_fd(int fd, const char *path, struct ng_error *err);

/** ng_pin_program() - pin a program and its configuration; 0; -errno with @err filled and no pin */
int ng_pin_program(const struct ng_state *state, __u32 generation, int ifindex, enum ng_hook hook,
		   int program, const struct ng_config *config, struct ng_error *err);
/** ng_unpin_program() - 0, also when it is not pinned, or -errno */
int ng_unpin_program(const struct ng_state *state, __u32 generation, int ifindex,
		     enum ng_hook hook);

/**
 * ng_change_begin() - mark the interface, so that a later command recovers if this one is killed; 0
 * or -errno
 */
int ng_change_begin(const struct ng_state *state, int ifindex);
/** ng_change_end() - remove the mark; 0; -errno: the next command recovers needlessly */
int ng_change_end(const struct ng_state *state, int ifindex);

/**
 * ng_pin_set_aside() - make room for a successor of a program that lost its hook
 *
 * Until ng_pin_bring_back() its pin has another name, so that it is not lost if attaching the
 * successor fails. Return: 0 or -errno.
 */
int ng_pin_set_aside(const struct ng_state *state, int ifindex, enum ng_hook hook);

/**
 * ng_pin_bring_back() - remove that pin if there is a successor, else rename it back
 *
 * Return: 0; -errno: the next command that takes the lock tries again.
 */
int ng_pin_bring_back(const struct ng_state *state, int ifindex, enum ng_hook hook);

/**
 * ng_pins_rename() - rename pins when interface @from has got index @to; 0; -errno: nothing changed
 */
int ng_pins_rename(const struct ng_state *state, enum ng_hook hook, int from, int to);

#endif
