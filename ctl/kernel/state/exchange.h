/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs are loaded for images up to a capacity and for a number of counters. When a ruleset
 * outgrows them, and for an upgrade, they are replaced by programs of a new generation:
 *
 *  1. The maps of generation N+1 are created, with a copy of the image in force, or for an upgrade
 *     with an image of the same ruleset and a live table with the same entries.
 *  2. Each hook gets a new program. Where one program can replace another (everywhere but under
 *     libxdp's dispatcher), it filters from then on, with the same ruleset as the old one. Under
 *     the dispatcher it is added after the old one, and only passes packets.
 *  3. One store sets ng_control.generation to N+1. Added programs begin to filter, and the old ones
 *     before them cease to. A packet that is between the two at that instant is decided by both,
 *     with the same verdict, and counted twice; no packet is decided by neither.
 *  4. Generation N is removed, and its counters are carried over.
 *
 * A command can be killed anywhere. Only ng_control.generation decides: the next command that takes
 * the lock removes every other generation. Where a program of N+1 has replaced one of N already,
 * the old one, which is still pinned, replaces it again.
 */
#ifndef NG_EXCHANGE_H
#define NG_EXCHANGE_H

#include <stddef.h>

#include "kernel/pins/handle.h"

/**
 * ng_generation_grow() - replace the programs by ones for an image of @size bytes and @slots
 * counters
 *
 * The image in force stays in force. Return: 0; -errno with @err filled and the old generation in
 * force.
 */
int ng_generation_grow(struct ng_state *state, size_t size, __u32 slots, struct ng_error *err);

/**
 * ng_generation_replace() - replace the generation in force by @next
 * @next: holds its images already; owned by @state afterwards
 *
 * Counters are carried over.
 * Return: 0; -errno with @err filled: the old generation is in force, and @next is closed.
 */
int ng_generation_replace(struct ng_state *state, struct ng_generation *next, struct ng_error *err);

/** ng_generation_discard() - remove a generation that never came into force */
void ng_generation_discard(struct ng_state *state, struct ng_generation *next);

/**
 * ng_generation_recover() - finish or undo what a killed or failed command began
 * @any: set to whether anything is attached; if not, the state is not needed
 *
 * Return: 0; -errno with @err filled: nothing may be changed until it succeeds.
 */
int ng_generation_recover(struct ng_state *state, bool *any, struct ng_error *err);

/**
 * ng_generation_check() - check that all programs belong to one generation
 *
 * They do not after a command was killed while it replaced programs, if recovering needs a
 * privilege that is missing: some programs then use images of another generation. Return: 0; -errno
 * with @err filled.
 */
int ng_generation_check(const struct ng_state *state, struct ng_error *err);

#endif
