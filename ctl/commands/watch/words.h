/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the arguments of `watch` and `capture`: the selection of packets. */
#ifndef NG_WATCH_WORDS_H
#define NG_WATCH_WORDS_H

#include "base/buffer.h"
#include "cli/command.h"

/**
 * struct ng_wanted - a selection of packets
 * @word:   NG_WATCH_*, without a rate
 * @rule:   packets of the rule whose number is the second word; the caller adds its slot to @word
 * @what:   the selection as text
 * @leaves: only outgoing packets
 * @filter: the compiled conditions, see ng_filter_compile(); empty: none. The caller clears it
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
 * Without any word: packets of rules marked `log`.
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM with @ctx->error.
 */
int ng_wanted_read(struct ng_context *ctx, struct ng_wanted *wanted);

#endif
