/* SPDX-License-Identifier: GPL-2.0-only */
/* The pins of a program, and the marks that a change leaves until it is whole: handle.h. */
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
int ng_pin_set_aside(const struct ng_state *state, int ifindex, enum ng_hook hook);

/**
 * ng_pin_bring_back() - the end of that, whether there is another program now or not
 *
 * Return: 0; -errno: whoever takes the lock next tries again.
 */
int ng_pin_bring_back(const struct ng_state *state, int ifindex, enum ng_hook hook);

/** ng_pins_follow() - the interface @from has the index @to now; 0 or -errno, all as before */
int ng_pins_follow(const struct ng_state *state, enum ng_hook hook, int from, int to);

#endif
