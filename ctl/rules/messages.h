/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors and warnings that are found while a ruleset is read. */
#ifndef NG_MESSAGES_H
#define NG_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define NG_MESSAGES_MAX 20   /* kept */
#define NG_ERRORS_MAX	1000 /* then reading ends: probably it is no ruleset */

/** struct ng_message - .where of @error is "file:line:column", or "rule N" where there is no file
 */
struct ng_message {
	bool warning;
	struct ng_error error;
};

/**
 * struct ng_messages - errors and warnings in the order in which they were found
 *
 * At most NG_MESSAGES_MAX are kept; @left_out counts the rest. Zeroed, it is empty.
 */
struct ng_messages {
	struct ng_message *list;
	size_t n, left_out;
	size_t errors; /* of all found, kept or not */
};
/** ng_messages_add() - add a copy of @error; out of memory it is only counted */
void ng_messages_add(struct ng_messages *messages, bool warning, const struct ng_error *error);
/** ng_messages_put_first() - add a warning before all others; the last one may go for it */
void ng_messages_put_first(struct ng_messages *messages, const struct ng_error *warning);
void ng_messages_clear(struct ng_messages *messages);

#endif
