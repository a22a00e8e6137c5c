/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of `watch` and `capture`: which packets are asked for. */
#ifndef NG_WATCH_WORDS_H
#define NG_WATCH_WORDS_H

#include "cli/command.h"
#include "base/buffer.h"

/**
 * struct ng_wanted - what is asked for
 * @word:   NG_WATCH_*, without a rate
 * @rule:   1: what the rule decides whose number is the second word; its slot belongs into @word
 * @what:   the packets in words
 * @leaves: only of packets that leave
 * @filter: the conditions, see ng_filter_compile(); empty without any. For ng_buffer_clear()
 */
struct ng_wanted {
	__u64 word;
	bool rule;
	const char *what;
	bool leaves;
	struct ng_buffer filter;
};

/**
 * ng_wanted_read() - [all|log|drop|invalid|blocked|rule N] [[in|out] [on IFACE] CONDITIONS]
 *
 * Without any word what rules marked `log` match is asked for.
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM with @ctx->error.
 */
int ng_wanted_read(struct ng_context *ctx, struct ng_wanted *wanted);

#endif
