/* SPDX-License-Identifier: GPL-2.0-only */
/* What a line of `netguard feed` says; only text. */
#ifndef NG_FEED_LINE_H
#define NG_FEED_LINE_H

#include "rules/set_file.h"

#define NG_FEED_LINE_MAX 1024 /* bytes */

enum ng_feed_verb {
	NG_FEED_NOTHING, /* an empty line, or a comment */
	NG_FEED_ADD,
	NG_FEED_DELETE,
	NG_FEED_BEGIN,
	NG_FEED_COMMIT,
	NG_FEED_PING,
};

enum ng_feed_end { NG_FEED_FOR_GOOD, NG_FEED_FOR, NG_FEED_UNTIL };

/**
 * struct ng_feed_line - a line
 * @set: without '@'
 * @end: of an addition; @ns from now, or since the epoch
 *
 * The prefixes of an addition or deletion, at least one, are in the struct ng_list_reader.
 */
struct ng_feed_line {
	enum ng_feed_verb verb;
	char set[NG_SET_NAME_LEN];
	enum ng_feed_end end;
	uint64_t ns;
};

/**
 * ng_feed_read() - read a line, up to the NUL at @end; @text is modified
 * @list: its prefixes replace those of the line before; list->number is the caller's
 *
 * Return: 0 with *@line; -EINVAL with list->err, whose .where is to be ignored; -ENOMEM.
 */
int ng_feed_read(struct ng_list_reader *list, char *text, const char *end,
		 struct ng_feed_line *line);

#endif
