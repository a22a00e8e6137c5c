/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs are loaded for images up to a capacity and for a number of counters. When a ruleset
 * outgrows them, or for an upgrade, programs of a new generation take their place:
 *
 *  1. The maps of generation N+1 are made, with a copy of the image in force, or for an upgrade
 *     with an image of the same ruleset and a live table of the same entries.
 *  2. Each hook gets a new program. Where one program can be exchanged for another (all but
 *     libxdp's dispatcher) it works from then on, by the same ruleset as the old one. Under the
 *     dispatcher it is added behind the old one, passive.
 *  3. ng_control.generation becomes N+1, by one store. Added programs begin to work, the old ones
 *     before them cease to. A packet between the two at that instant is decided by both, alike,
 *     and counted twice; none is decided by neither.
 *  4. What is left of generation N is taken away and its counts are carried over.
 *
 * A command can be killed anywhere. ng_control.generation is the truth: the next one that takes
 * the lock takes away everything of any other generation, and where a program of N+1 was already
 * exchanged for one of N, that comes back; it is still pinned.
 */
#ifndef NG_EXCHANGE_H
#define NG_EXCHANGE_H

#include <stddef.h>

#include "kernel/pins/handle.h"

/**
 * ng_generation_grow() - go over to programs that hold an image of @size bytes and @slots counters
 *
 * The image in force stays in force. Hooks that lost their program are forgotten.
 * Return: 0, or -errno with @err filled and the old generation in force.
 */
int ng_generation_grow(struct ng_state *state, size_t size, __u32 slots, struct ng_error *err);

/**
 * ng_generation_replace() - the programs of generation @next take the place of those in force
 * @next: with the images it is to have; taken over
 *
 * Hooks that lost their program are forgotten. What was counted is carried over.
 * Return: 0; -errno with @err filled, then the old generation is in force and @next is gone.
 */
int ng_generation_replace(struct ng_state *state, struct ng_generation *next, struct ng_error *err);

/** ng_generation_discard() - take away a generation that did not come to be in force */
void ng_generation_discard(struct ng_state *state, struct ng_generation *next);

/**
 * ng_generation_recover() - finish or undo what a command that was killed or failed left half done
 * @any: set to whether anything is attached: else there is no use for the state
 *
 * Return: 0; -errno with @err filled, and nothing is to be changed before it succeeds.
 */
int ng_generation_recover(struct ng_state *state, bool *any, struct ng_error *err);

/**
 * ng_generation_whole() - is no exchange of programs half done, that could not be recovered from?
 *
 * Else some programs go by images that are not those of the generation in force. Return: 0; -errno
 * with @err filled.
 */
int ng_generation_whole(const struct ng_state *state, struct ng_error *err);

#endif
