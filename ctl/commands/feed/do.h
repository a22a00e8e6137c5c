/* SPDX-License-Identifier: GPL-2.0-only */
/* What each line of `netguard feed` does. */
#ifndef NG_FEED_DO_H
#define NG_FEED_DO_H

#include "cli/context.h"
#include "commands/feed/line.h"
#include "kernel/live/live_owned.h"

/**
 * struct ng_feed_block - from `begin SET` to `commit SET`
 * @set:     empty: none is open
 * @members: @n of them, what the set is to have
 * @refused: entries that were left out
 * @broken:  number of the line for which nothing is replaced; 0: none
 */
struct ng_feed_block {
	char set[NG_SET_NAME_LEN];
	struct ng_live_member *members;
	size_t n, refused;
	unsigned long broken;
};

/**
 * struct ng_feed - the command
 * @state:    while lines are processed; NULL when it could not be opened, and then @closed says why
 * @shortest: the shortest prefix that is accepted: IPv4, IPv6
 * @counts:   of all lines
 */
struct ng_feed {
	struct ng_context *ctx;
	const char *owner;
	unsigned int shortest[2];
	struct ng_state *state;
	struct ng_error closed;
	struct ng_list_reader list;
	struct ng_feed_block block;
	struct ng_live_replaced counts;
};

#define NG_FEED_ANSWER 160 /* bytes of the words after `ok` */

/**
 * ng_feed_do() - do what a line says
 * @number: of the line
 * @answer: what was done, in words; may be empty
 *
 * Return: 0; -errno with ctx->error, and nothing has changed.
 */
int ng_feed_do(struct ng_feed *feed, const struct ng_feed_line *line, unsigned long number,
	       char answer[NG_FEED_ANSWER]);

/** ng_feed_break() - a line was wrong: if a block is open, its commit replaces nothing */
void ng_feed_break(struct ng_feed *feed, unsigned long number);

#endif
