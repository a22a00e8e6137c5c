/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source (text and prefixes) of the last rulesets that were in force.
 *
 * Each is a map pinned as history/N, with increasing N. It is written before its image is
 * published, so that no ruleset is in force without an entry; an entry that never came into force
 * is not shown, and is removed when the next one is added. Which entry is in force is not recorded:
 * it is the one with the same time of creation as the image in the kernel.
 */
#ifndef NG_HISTORY_H
#define NG_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "layout/history.h"

struct ng_state;

/**
 * struct ng_origin - the command and the user that put a ruleset in force; truncated to fit struct
 * ng_history_head
 * @passing: an automatic change, which must not displace those of people from the history
 */
struct ng_origin {
	const char *command;
	const char *user;
	bool passing;
};

/**
 * struct ng_history_entry - an entry of the history
 * @in_force: it is in force
 * @previous: it is the one that ng_publish_previous() puts in force
 */
struct ng_history_entry {
	__u32 number;
	struct ng_history_head head;
	bool in_force, previous;
};

/**
 * ng_history_add() - add an entry for @image, before that is published
 * @state: opened with NG_ACCESS_CHANGE, or created by ng_attach()
 * @image: a compiled image
 *
 * If the source is larger than NG_HISTORY_BYTES, only the entry is kept. An image with the same
 * source as the last entry becomes a passing one.
 * Return: 0; -errno with @err filled.
 */
int ng_history_add(struct ng_state *state, const void *image, const struct ng_origin *origin,
		   struct ng_error *err);

/**
 * ng_history_settle() - remove entries that are no longer needed, after a publication, successful
 * or not
 * @shed: set to how many entries lost their source to make room for newer ones; may be NULL
 *
 * Keeps the last NG_HISTORY_MAX entries, and the passing ones whose image is in a slot.
 * Return: 0; -errno: the next call tries again.
 */
int ng_history_settle(struct ng_state *state, size_t *shed);

/** ng_history_reject() - the image in the current slot was not confirmed in time; 0 or -errno */
int ng_history_reject(struct ng_state *state);

/** ng_history_list() - all entries, newest first; *@list for free(), *@n of them; 0 or -errno */
int ng_history_list(const struct ng_state *state, struct ng_history_entry **list, size_t *n,
		    struct ng_error *err);

/**
 * ng_history_source() - the source of ruleset @number, for ng_image_ruleset()
 *
 * Return: 0 with *@data for free(); -ENOENT: there is no such entry, or its source is not kept;
 * -EPROTO: another netguard wrote it; @err is filled.
 */
int ng_history_source(const struct ng_state *state, __u32 number, void **data,
		      struct ng_error *err);

#endif
