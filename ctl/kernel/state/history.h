/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last rulesets that were in force, as what they were compiled from: text and prefixes.
 *
 * Each is a map pinned as history/N, N counting up. It is written before its image is published,
 * so that no ruleset is ever in force without an entry; what was not put in force after all is
 * taken away when the next one comes, and is never shown. Which entry is in force is not noted
 * but seen: the image in the kernel has the same time of creation.
 */
#ifndef NG_HISTORY_H
#define NG_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "layout/history.h"

struct ng_state;

/**
 * struct ng_origin - what puts a ruleset in force, and who; cut to what struct ng_history_head
 * holds
 * @passing: it is a machine's work, which is to leave the places of the history to people
 */
struct ng_origin {
	const char *command;
	const char *user;
	bool passing;
};

/**
 * struct ng_history_entry - a ruleset that was in force
 * @in_force, @previous: it is, or it is what ng_publish_previous() goes to
 */
struct ng_history_entry {
	__u32 number;
	struct ng_history_head head;
	bool in_force, previous;
};

/**
 * ng_history_add() - before @image is published
 * @state: opened with NG_ACCESS_CHANGE, or of which ng_attach() made something
 * @image: a compiled image
 *
 * A source that is larger than NG_HISTORY_BYTES is not kept, the entry is. What is the same as
 * the last entry that takes a place takes no other one, whoever made it.
 * Return: 0; -errno with @err filled.
 */
int ng_history_add(struct ng_state *state, const void *image, const struct ng_origin *origin,
		   struct ng_error *err);

/**
 * ng_history_settle() - after a publication, also one that failed
 * @shed: set to how many entries had to give up their source for those after them; may be NULL
 *
 * Keeps the last NG_HISTORY_MAX entries, and the passing ones whose image is in a slot.
 * Return: 0; -errno: the next call tries the rest.
 */
int ng_history_settle(struct ng_state *state, size_t *shed);

/** ng_history_reject() - the image in the current slot was not confirmed in time; 0 or -errno */
int ng_history_reject(struct ng_state *state);

/** ng_history_list() - newest first; *@list for free(), *@n of them; 0 or -errno */
int ng_history_list(const struct ng_state *state, struct ng_history_entry **list, size_t *n,
		    struct ng_error *err);

/**
 * ng_history_source() - what ruleset @number was compiled from, for ng_image_ruleset()
 *
 * Return: 0 with *@data for free(); -ENOENT: there is no such entry, or its source is not kept;
 * -EPROTO: another netguard wrote it; @err is filled.
 */
int ng_history_source(const struct ng_state *state, __u32 number, void **data,
		      struct ng_error *err);

#endif
